"""TLS speaks to the name of the URL, over a connection to the address that was checked.

``localhost.pem`` is a certificate that nobody trusts, with its key, for the name ``localhost``.
"""

import ssl
from pathlib import Path

import pytest

from tests.webhooks.receiver import receiving
from vinr_engagement.foundation.clock import real_now
from vinr_engagement.webhooks import Outcome
from vinr_engagement.webhooks.sending import Sender

pytestmark = pytest.mark.anyio
CERTIFICATE = Path(__file__).with_name("localhost.pem")


def server_side() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=CERTIFICATE)


async def sent(url: str, tls: ssl.SSLContext | None) -> Outcome:
    sender = Sender(url, allow_private=True, tls=tls)
    try:
        return await sender.send(b"{}", {"webhook-id": "evt_1"}, real_now())
    finally:
        await sender.aclose()


async def test_a_certificate_must_be_trusted_and_be_of_the_name() -> None:
    async with receiving(server_side()) as receiver:
        good = await sent(f"https://localhost:{receiver.port}/hooks", trusting())
        assert (good.error, good.http_status, len(receiver.came)) == (None, 200, 1)
        assert receiver.came[0].headers["host"] == f"localhost:{receiver.port}"
        wrong_name = await sent(f"https://127.0.0.1:{receiver.port}/hooks", trusting())
        not_trusted = await sent(f"https://localhost:{receiver.port}/hooks", None)
        for outcome in (wrong_name, not_trusted):
            assert outcome.error == "connection_failed"
            assert "CERTIFICATE_VERIFY_FAILED" in (outcome.detail or "")
        assert len(receiver.came) == 1


async def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with receiving() as receiver:
        assert (await sent(receiver.url, None)).error is None
