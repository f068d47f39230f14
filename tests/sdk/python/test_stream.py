"""Following the stream of events, with both clients: from a running server, and over a network that misbehaves."""

import json
import random
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

import vinr
from tests.api.streaming import streaming
from tests.sdk.python.conftest import Scripted
from tests.sdk.python.test_network import REFUSAL, Sleeper
from tests.stores import sqlite_url
from vinr import AsyncVinr, Vinr, types
from vinr._core.blocks import Block, Blocks

pytestmark = pytest.mark.anyio

BEGIN = b"id: p0\nretry: 1000\n\n"
SSE = {"content_type": "text/event-stream; charset=utf-8", "connection": "close"}


def told(number: int) -> bytes:
    """An event as the server writes it."""
    event = {"id": f"evt_{number}", "object": "event", "type": "loyalty.account.enrolled", "data": {"object": {}}}
    return f"event: {event['type']}\ndata: {json.dumps(event)}\nid: p{number}\n\n".encode()


@pytest.fixture
def sleeper() -> Sleeper:
    return Sleeper()


@pytest.fixture
def client(scripted: Scripted, sleeper: Sleeper) -> Iterator[Vinr]:
    with Vinr("sk_test_1", base_url=scripted.url, sleep=sleeper) as opened:
        yield opened


def make_trouble(scripted: Scripted) -> None:
    """The second event is cut in the middle; then nobody is there, then too many are; then the server stops once."""
    cut = BEGIN + told(1) + told(2)[:-20]
    scripted.tell(200, cut, content_length=str(len(cut) + 20), **SSE)
    scripted.tell(0, None)
    scripted.tell(429, REFUSAL, retry_after="7")
    scripted.tell(200, b": hello\nid: p1\n\n" + told(2), **SSE)
    scripted.tell(200, told(3), **SSE)


def hold_trouble_was_overcome(found: list[tuple[str, str | None]], scripted: Scripted, sleeper: Sleeper) -> None:
    assert found == [("evt_1", "p1"), ("evt_2", "p2"), ("evt_3", "p3")]
    begun = "/v1/events/stream?types=loyalty.points.%2A%2Cloyalty.account.enrolled&account=loy_1"
    assert [path for _, path, _, _ in scripted.asked] == [begun, *(f"{begun}&last_event_id=p{n}" for n in (1, 1, 1, 2))]
    assert {headers["accept"] for _, _, headers, _ in scripted.asked} == {"text/event-stream"}
    lost, unreached, limited, ended = sleeper.waited
    assert 1.25 <= lost <= 1.5  # what the server asked for, and the first wait
    assert 1.5 <= unreached <= 2.0
    assert limited == 8.0
    assert 1.25 <= ended <= 1.5  # something came: it begins anew


NARROW: dict[str, Any] = {"types": ["loyalty.points.*", "loyalty.account.enrolled"], "account": "loy_1"}


def test_a_lost_connection_loses_nothing_and_doubles_nothing(
    client: Vinr, scripted: Scripted, sleeper: Sleeper
) -> None:
    make_trouble(scripted)
    found: list[tuple[str, str | None]] = []
    with client.events.stream(**NARROW) as stream:
        assert (stream.last_event_id, repr(stream)) == ("p0", "Stream(last_event_id='p0')")
        for event in stream:
            found.append((event.id, stream.last_event_id))
            if event.id == "evt_3":
                break
    assert next(stream, None) is None
    hold_trouble_was_overcome(found, scripted, sleeper)


async def test_an_awaited_stream_loses_and_doubles_nothing_either(scripted: Scripted, sleeper: Sleeper) -> None:
    make_trouble(scripted)
    found: list[tuple[str, str | None]] = []
    async with (
        AsyncVinr("sk_test_1", base_url=scripted.url, sleep=sleeper.awaited) as awaited,
        awaited.events.stream(**NARROW) as stream,
    ):
        assert stream.last_event_id == "p0"
        async for event in stream:
            found.append((event.id, stream.last_event_id))
            if event.id == "evt_3":
                break
    assert await anext(stream, None) is None
    hold_trouble_was_overcome(found, scripted, sleeper)


def test_a_place_given_as_a_header_is_left_behind(client: Vinr, scripted: Scripted) -> None:
    scripted.tell(200, told(1), **SSE)
    scripted.tell(200, told(2), **SSE)
    with closing(client.events.stream(options={"headers": {"Last-Event-ID": "p0"}})) as stream:
        assert [next(stream).id, next(stream).id] == ["evt_1", "evt_2"]
    assert [headers.get("last-event-id") for _, _, headers, _ in scripted.asked] == ["p0", None]


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "parameter_invalid", vinr.InvalidRequestError),
        (401, "api_key_invalid", vinr.AuthenticationError),
        (403, "permission_denied", vinr.PermissionDeniedError),
        (410, "stream_place_gone", vinr.InvalidRequestError),
    ],
)
async def test_what_no_further_attempt_mends_is_told(
    scripted: Scripted, client: Vinr, sleeper: Sleeper, status: int, code: str, kind: type[vinr.VinrError]
) -> None:
    for _ in range(2):
        scripted.tell(200, told(1), **SSE)
        scripted.tell(status, {"error": {"code": code, "message": "No."}})
    stream = client.events.stream()
    assert next(stream).id == "evt_1"
    with pytest.raises(kind) as refused:
        next(stream)
    assert (refused.value.code, stream.last_event_id, next(stream, None)) == (code, "p1", None)
    async with AsyncVinr("sk_test_1", base_url=scripted.url, sleep=sleeper.awaited) as awaited:
        again = awaited.events.stream()
        assert (await anext(again)).id == "evt_1"
        with pytest.raises(kind):
            await anext(again)
        assert await anext(again, None) is None
    assert scripted.answers == []


@pytest.mark.parametrize(("was_open", "retries", "expected"), [(False, 2, 3), (True, 2, 11), (True, 0, 1)])
def test_attempts_that_fail_come_to_an_end(
    client: Vinr, scripted: Scripted, sleeper: Sleeper, was_open: bool, retries: int, expected: int
) -> None:
    if was_open:
        scripted.tell(200, told(1), **SSE)
    for _ in range(expected - was_open):
        scripted.tell(503, REFUSAL)
    stream = client.events.stream(options={"max_retries": retries})
    if was_open:
        assert next(stream).id == "evt_1"
    kind = vinr.ServerError if retries else vinr.APIConnectionError
    with pytest.raises(kind):
        next(stream)
    assert scripted.answers == []
    assert len(sleeper.waited) == expected - 1


def test_a_server_that_wants_to_be_left_alone_for_long_is(client: Vinr, scripted: Scripted, sleeper: Sleeper) -> None:
    scripted.tell(429, REFUSAL, retry_after="600")
    with pytest.raises(vinr.RateLimitError) as refused, client.events.stream():
        pytest.fail("it opened")
    assert (refused.value.retry_after, sleeper.waited) == (600.0, [])


def test_what_is_no_stream_of_events_is_told(client: Vinr, scripted: Scripted) -> None:
    scripted.tell(200, b"<html>", content_type="text/html")
    scripted.tell(200, b"data: {\n\n", **SSE)
    with pytest.raises(vinr.InvalidAnswerError, match="text/html"):
        next(client.events.stream())
    with pytest.raises(vinr.InvalidAnswerError, match="not JSON"):
        next(client.events.stream())


def test_a_stream_is_waited_for_longer_than_three_heartbeats(client: Vinr, scripted: Scripted) -> None:
    stream = client.events.stream()
    waits = {stated: client.with_options(timeout=stated).events.stream() for stated in (5.0, 60.0, None)}
    assert {stated: each._following._silence() for stated, each in waits.items()} == {5.0: 45.0, 60.0: 60.0, None: None}
    stream.close()
    with stream as closed:
        assert list(closed) == []
    assert scripted.asked == []


EXPECTED = [
    Block(id="p0", retry=1000),
    Block(event="a.b", data="{\n}", id="p1"),
    Block(data="é€😀", id="p2"),
    Block(id="p2"),
    Block(data=""),
]
PLAIN = (
    "\ufeffid: p0\nretry: 1000\n\nevent: a.b\ndata: {\ndata:}\nid:p1\n\n: note\n\n\n"
    "data: é€😀\nid: p2\nid: p\0\nretry: soon\nother: x\n\nid: p2\n: still here\n\ndata\n\ndata: cut"
)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_blocks_are_the_same_wherever_they_are_cut(line_end: str) -> None:
    sent = PLAIN.replace("\n", line_end).encode()
    chance = random.Random(1)
    cuts = [[1] * len(sent), [len(sent)], *([chance.randint(1, 9) for _ in sent] for _ in range(50))]
    for sizes in cuts:
        blocks, rest, found = Blocks(), sent, []
        for size in sizes:
            found += list(blocks.feed(rest[:size]))
            rest = rest[size:]
        assert found == EXPECTED


async def test_a_running_server_is_followed_and_come_back_to(tmp_path: Any) -> None:
    async with streaming(sqlite_url(tmp_path)) as served:
        key = served.api.keys["test"]
        async with AsyncVinr(key, base_url=served.url) as client:
            async with client.events.stream(types=["loyalty.account.*"]) as stream:
                begun = stream.last_event_id
                await served.announce("cust_1", "cust_2")
                first = await anext(stream)
                place = stream.last_event_id
                second = await anext(stream)
            assert begun not in (None, place)
            await served.announce("cust_3")
            async with client.events.stream(types=["loyalty.account.*"], last_event_id=place) as again:
                found = [await anext(again), await anext(again)]
            accounts = [event.data.object for event in (first, *found)]
            assert all(isinstance(account, types.LoyaltyAccount) for account in accounts)
            assert [getattr(account, "customer", None) for account in accounts] == ["cust_1", "cust_2", "cust_3"]
            assert found[0] == second == await client.events.retrieve(second.id)
            with pytest.raises(vinr.InvalidRequestError) as refused:
                await anext(client.events.stream(last_event_id="nowhere"))
            assert (refused.value.code, refused.value.param) == ("parameter_invalid", "last_event_id")
