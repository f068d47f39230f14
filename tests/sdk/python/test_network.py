"""Both clients over a network that misbehaves."""

import asyncio
import pickle
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

import vinr
from tests.sdk.python.conftest import Scripted
from vinr import AsyncVinr, Vinr

pytestmark = pytest.mark.anyio

ACCOUNT: dict[str, Any] = {"id": "loy_1", "object": "loyalty_account", "balance": 5}
REFUSAL: dict[str, Any] = {"error": {"type": "api_error", "code": "service_unavailable", "message": "Later."}}


class Sleeper:
    """Waits for nothing, and remembers how long it should have."""

    def __init__(self) -> None:
        self.waited: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.waited.append(seconds)

    async def awaited(self, seconds: float) -> None:
        self.waited.append(seconds)


@pytest.fixture
def sleeper() -> Sleeper:
    return Sleeper()


@pytest.fixture
def client(scripted: Scripted, sleeper: Sleeper) -> Iterator[Vinr]:
    """A client of the scripted server."""
    with Vinr("sk_test_1", base_url=scripted.url, sleep=sleeper) as opened:
        yield opened


def make_trouble(scripted: Scripted) -> None:
    scripted.tell(503, REFUSAL, retry_after="7")
    scripted.tell(0, None)
    scripted.tell(200, ACCOUNT, x_request_id="req_3", idempotent_replayed="true")


def hold_trouble_was_overcome(made: Any, scripted: Scripted, sleeper: Sleeper) -> None:
    assert (made.id, made.balance) == ("loy_1", 5)
    assert (made.last_response.attempts, made.last_response.request_id) == (3, "req_3")
    assert made.last_response.idempotent_replayed
    assert made.last_response.headers["X-Request-Id"] == "req_3"
    assert sleeper.waited[0] == 7.0
    assert 0.5 <= sleeper.waited[1] <= 1.0
    assert len(set(scripted.keys)) == 1
    assert scripted.keys[0]
    assert len({body for _, _, _, body in scripted.asked}) == 1


def test_a_write_survives_an_overload_and_a_broken_connection(
    client: Vinr, scripted: Scripted, sleeper: Sleeper
) -> None:
    make_trouble(scripted)
    hold_trouble_was_overcome(client.loyalty.accounts.create(program="prog_default"), scripted, sleeper)


async def test_an_awaited_write_does_too(scripted: Scripted, sleeper: Sleeper) -> None:
    make_trouble(scripted)
    async with AsyncVinr("sk_test_1", base_url=scripted.url, sleep=sleeper.awaited) as awaited:
        made = await awaited.loyalty.accounts.create(program="prog_default")
    hold_trouble_was_overcome(made, scripted, sleeper)


def test_after_the_last_attempt_the_error_is_told(client: Vinr, scripted: Scripted) -> None:
    for _ in range(3):
        scripted.tell(503, REFUSAL)
    with pytest.raises(vinr.ServerError) as refused:
        client.loyalty.accounts.retrieve("loy_1")
    assert (refused.value.code, refused.value.status) == ("service_unavailable", 503)
    assert len(scripted.asked) == 3


def test_a_server_that_is_slow_is_given_up(client: Vinr, scripted: Scripted) -> None:
    done = threading.Event()
    scripted.tell(200, ACCOUNT, wait=done)
    with pytest.raises(vinr.APITimeoutError):
        client.loyalty.accounts.retrieve("loy_1", options={"timeout": 0.05, "max_retries": 0})
    done.set()


async def test_an_awaited_server_that_is_slow_is_given_up(scripted: Scripted) -> None:
    done = threading.Event()
    scripted.tell(200, ACCOUNT, wait=done)
    async with AsyncVinr("sk_test_1", base_url=scripted.url, timeout=0.05, max_retries=0) as awaited:
        with pytest.raises(vinr.APITimeoutError):
            await awaited.loyalty.accounts.retrieve("loy_1")
    done.set()


def test_where_nobody_listens_it_is_told(sleeper: Sleeper) -> None:
    nowhere = Vinr("sk_test_1", base_url="http://127.0.0.1:9", sleep=sleeper)
    with pytest.raises(vinr.APIConnectionError, match="after 3 attempts"):
        nowhere.loyalty.accounts.list()
    assert len(sleeper.waited) == 2
    nowhere.close()


def test_a_header_that_cannot_be_sent_is_not_tried_again(client: Vinr, sleeper: Sleeper) -> None:
    with pytest.raises(vinr.APIConnectionError):
        client.loyalty.accounts.list(options={"headers": {"x-note": "a\nb"}})
    assert sleeper.waited == []


async def test_an_address_that_is_none_is_told() -> None:
    with pytest.raises(vinr.ConfigurationError, match="no address"):
        Vinr("sk_test_1", base_url="http://[::1").loyalty.accounts.list()
    with pytest.raises(vinr.ConfigurationError, match="no address"):
        await AsyncVinr("sk_test_1", base_url="http://[::1").loyalty.accounts.list()


@pytest.mark.parametrize("path", [".elsewhere.test/v1/events", "@elsewhere.test/", "v1/events", ""])
async def test_no_path_leads_to_another_server(client: Vinr, scripted: Scripted, path: str) -> None:
    with pytest.raises(ValueError, match="path must start with /"):
        client.request("GET", path)
    with pytest.raises(ValueError, match="path must start with /"):
        await AsyncVinr("sk_test_1", base_url=scripted.url).request("GET", path)
    assert scripted.asked == []


def test_a_redirect_is_not_followed(client: Vinr, scripted: Scripted) -> None:
    scripted.tell(307, {}, location="http://127.0.0.1:9/elsewhere")
    with pytest.raises(vinr.InvalidAnswerError) as refused:
        client.loyalty.accounts.create(program="prog_default")
    assert refused.value.status == 307
    assert len(scripted.asked) == 1


def test_options_of_a_call_and_of_a_client(client: Vinr, scripted: Scripted) -> None:
    for _ in range(3):
        scripted.tell(200, ACCOUNT)
    client.loyalty.accounts.close("loy_1", options={"idempotency_key": "order-1", "headers": {"X-Shop": "one"}})
    changed = client.with_options(secret_key="sk_test_2", headers={"Vinr-Version": "2030-01-01"}, timeout=None)
    changed.loyalty.accounts.retrieve("loy_1")
    client.loyalty.accounts.retrieve("loy_1")
    headers = [found for _, _, found, _ in scripted.asked]
    assert (headers[0]["idempotency-key"], headers[0]["x-shop"]) == ("order-1", "one")
    assert (headers[1]["authorization"], headers[1]["vinr-version"]) == ("Bearer sk_test_2", "2030-01-01")
    assert (headers[2]["authorization"], headers[2]["vinr-version"]) == ("Bearer sk_test_1", "2026-04-01")
    assert "x-shop" not in headers[1]


def test_ids_reach_the_server_as_they_are(client: Vinr, scripted: Scripted) -> None:
    scripted.tell(200, {"object": "event_outcome"})
    client.events.replay("shop/1 ?#%", account="loy_1")
    assert scripted.asked[0][1] == "/v1/events/shop%2F1%20%3F%23%25/replay"


def test_a_client_of_ones_own_is_used_and_stays_open(scripted: Scripted) -> None:
    scripted.tell(200, ACCOUNT)
    with httpx2.Client(headers={"x-mine": "yes"}) as mine:
        with Vinr("sk_test_1", base_url=scripted.url, http_client=mine) as client:
            client.loyalty.accounts.retrieve("loy_1")
        assert not mine.is_closed
    assert scripted.asked[0][2]["x-mine"] == "yes"


async def test_an_awaited_client_of_ones_own_is_used_and_stays_open(scripted: Scripted) -> None:
    scripted.tell(200, ACCOUNT)
    async with httpx2.AsyncClient(headers={"x-mine": "yes"}) as mine:
        async with AsyncVinr("sk_test_1", base_url=scripted.url, http_client=mine) as awaited:
            await awaited.with_options(max_retries=0).loyalty.accounts.retrieve("loy_1")
        assert not mine.is_closed
    assert scripted.asked[0][2]["x-mine"] == "yes"


async def test_a_closed_client_says_so(scripted: Scripted) -> None:
    client, awaited = Vinr("sk_test_1", base_url=scripted.url), AsyncVinr("sk_test_1", base_url=scripted.url)
    client.close()
    await awaited.close()
    with pytest.raises(vinr.ConfigurationError, match="was closed"):
        client.loyalty.accounts.list()
    with pytest.raises(vinr.ConfigurationError, match="was closed"):
        await awaited.loyalty.accounts.list()


def test_threads_share_a_client(client: Vinr, scripted: Scripted) -> None:
    for _ in range(20):
        scripted.tell(200, ACCOUNT)
    found: list[str] = []
    ask = lambda: found.append(client.loyalty.accounts.retrieve("loy_1").id)  # noqa: E731
    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["loy_1"] * 20


async def test_tasks_share_a_client(scripted: Scripted) -> None:
    for _ in range(20):
        scripted.tell(200, ACCOUNT)
    async with AsyncVinr("sk_test_1", base_url=scripted.url) as awaited:
        found = await asyncio.gather(*(awaited.loyalty.accounts.retrieve("loy_1") for _ in range(20)))
    assert [account.id for account in found] == ["loy_1"] * 20


async def test_unless_told_otherwise_it_really_waits() -> None:
    started = time.monotonic()
    await AsyncVinr("sk_test_1")._driver._sleep(0.01)
    Vinr("sk_test_1")._driver._sleep(0.01)
    assert time.monotonic() - started >= 0.02


def test_a_secret_is_in_no_error_and_no_repr(scripted: Scripted) -> None:
    scripted.tell(401, {"error": {"code": "api_key_invalid", "message": "No.", "type": "authentication_error"}})
    client = Vinr("sk_test_secret", base_url=scripted.url)
    with pytest.raises(vinr.AuthenticationError) as refused:
        client.loyalty.accounts.list()
    assert "sk_test_secret" not in repr(refused.value) + str(refused.value) + repr(client) + repr(client.loyalty)
    client.close()


def test_an_error_crosses_to_another_process() -> None:
    error = vinr.ConflictError("No.", status=409, error={"code": "account_merged", "resource": "loy_2", "more": 5})
    copied = pickle.loads(pickle.dumps(error))
    assert type(copied) is vinr.ConflictError
    assert (copied.code, copied.resource, copied.details) == ("account_merged", "loy_2", {"more": 5})


def test_without_a_key_there_is_no_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VINR_SECRET_KEY", raising=False)
    with pytest.raises(vinr.ConfigurationError, match="VINR_SECRET_KEY"):
        Vinr()
    monkeypatch.setenv("VINR_SECRET_KEY", "sk_test_env")
    monkeypatch.setenv("VINR_API_BASE", "http://localhost:1")
    assert repr(Vinr()) == "Vinr(base_url='http://localhost:1')"
    assert repr(AsyncVinr()) == "AsyncVinr(base_url='http://localhost:1')"


async def test_a_file_comes_as_it_is(scripted: Scripted, sleeper: Sleeper) -> None:
    content = bytes(range(256)) * 9
    with Vinr("sk_test_1", base_url=scripted.url, sleep=sleeper) as client:
        scripted.tell(503, REFUSAL)
        scripted.tell(200, content, content_type="application/vnd.apache.parquet")
        assert client.reports.download("rpt_1") == content
        refused = {"error": {"type": "invalid_request_error", "code": "report_not_completed", "message": "Not yet."}}
        scripted.tell(409, refused)
        with pytest.raises(vinr.ConflictError, match=r"Not yet\."):
            client.reports.download("rpt_1")
    async with AsyncVinr("sk_test_1", base_url=scripted.url) as awaited:
        scripted.tell(200, content)
        assert await awaited.reports.download("rpt/1") == content
    assert [path for _, path, _, _ in scripted.asked][-2:] == [
        "/v1/reports/rpt_1/download",
        "/v1/reports/rpt%2F1/download",
    ]
    assert {headers["accept"] for _, _, headers, _ in scripted.asked} == {"*/*"}
    assert len(sleeper.waited) == 1
