"""What we sign, stock libraries accept; what was altered, is stale or signed by others they refuse."""

import base64
import hmac
from collections.abc import Callable
from typing import Any

import pytest
import standardwebhooks
import svix.webhooks

from vinr_engagement.foundation.clock import MINUTE, SECOND, real_now
from vinr_engagement.webhooks import signing

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
SECRET, OLD = signing.secret_of(KEY), signing.secret_of(OTHER)
BODY = '{"id":"evt_1","name":"Zoë £5"}'.encode()

Verify = Callable[[str, bytes, dict[str, str]], Any]


def by_standardwebhooks(secret: str, body: bytes, headers: dict[str, str]) -> Any:
    return standardwebhooks.Webhook(secret).verify(body, headers)


def by_svix(secret: str, body: bytes, headers: dict[str, str]) -> Any:
    return svix.webhooks.Webhook(secret).verify(body, headers)


VERIFIERS = pytest.mark.parametrize("verify", [by_standardwebhooks, by_svix])


@VERIFIERS
@pytest.mark.parametrize("secret", [SECRET, OLD])
def test_both_secrets_verify_while_one_replaces_the_other(verify: Verify, secret: str) -> None:
    verify(secret, BODY, signing.headers("evt_1", BODY, [SECRET, OLD], real_now()))


def altered_body(headers: dict[str, str]) -> tuple[str, bytes]:
    return SECRET, BODY.replace(b"5", b"6")


def altered_id(headers: dict[str, str]) -> tuple[str, bytes]:
    headers["webhook-id"] = "evt_2"
    return SECRET, BODY


def altered_time(headers: dict[str, str]) -> tuple[str, bytes]:
    headers["webhook-timestamp"] = str(int(headers["webhook-timestamp"]) + 1)
    return SECRET, BODY


def wrong_secret(headers: dict[str, str]) -> tuple[str, bytes]:
    return OLD, BODY


def no_signature(headers: dict[str, str]) -> tuple[str, bytes]:
    del headers["webhook-signature"]
    return SECRET, BODY


@VERIFIERS
@pytest.mark.parametrize("spoil", [altered_body, altered_id, altered_time, wrong_secret, no_signature])
def test_what_is_not_ours_is_refused(verify: Verify, spoil: Callable[[dict[str, str]], tuple[str, bytes]]) -> None:
    headers = signing.headers("evt_1", BODY, [SECRET], real_now())
    secret, body = spoil(headers)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        verify(secret, body, headers)


@VERIFIERS
@pytest.mark.parametrize("apart", [-6 * MINUTE, 6 * MINUTE])
def test_what_is_stale_or_ahead_is_refused(verify: Verify, apart: int) -> None:
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        verify(SECRET, BODY, signing.headers("evt_1", BODY, [SECRET], real_now() + apart))


def test_our_own_header_is_over_time_and_body_under_the_text_of_the_secret() -> None:
    at = 1_775_044_800 * SECOND + 999_999
    headers = signing.headers("evt_1", BODY, [SECRET, OLD], at)
    signed = b"1775044800." + BODY
    each = [hmac.new(secret.encode(), signed, "sha256").hexdigest() for secret in (SECRET, OLD)]
    assert headers["vinr-signature"] == f"t=1775044800,v1={each[0]},v1={each[1]}"
    assert headers["webhook-timestamp"] == "1775044800"
    standard = base64.b64encode(hmac.digest(KEY, b"evt_1.1775044800." + BODY, "sha256")).decode()
    assert headers["webhook-signature"].split(" ")[0] == f"v1,{standard}"


def test_a_secret_has_the_standard_form() -> None:
    assert SECRET.startswith("whsec_")
    assert base64.b64decode(SECRET.removeprefix("whsec_"), validate=True) == KEY
