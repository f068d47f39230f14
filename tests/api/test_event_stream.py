"""The stream of events: each once, in order, from where the client was, for as long as it may."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.api.conftest import Api
from tests.api.streaming import LONGEST_SECONDS, STREAM, Served, customers_of, streaming
from vinr_engagement.entrypoints.api import limits
from vinr_engagement.entrypoints.api.streams import EVENTS_REMEMBERED, Tail
from vinr_engagement.foundation.clock import real_now
from vinr_engagement.outbox import log, places

pytestmark = pytest.mark.anyio

SIX = [f"cust_{number}" for number in range(6)]


@pytest.fixture
async def served(database_url: str) -> AsyncIterator[Served]:
    """A server on either engine."""
    async with streaming(database_url) as running:
        yield running


async def test_each_event_comes_as_it_happens_just_as_it_can_be_read(served: Served) -> None:
    await served.announce("cust_before")
    async with served.listening() as listener:
        headers = listener.answer.headers
        assert listener.answer.status_code == 200
        assert headers["content-type"].startswith("text/event-stream")
        assert (headers["cache-control"], headers["x-accel-buffering"]) == ("no-store", "no")
        assert headers["x-request-id"]
        opening = await listener.block()
        assert opening is not None
        assert opening.id
        assert (opening.data, opening.retry) == ("", 1_000)

        await served.api.pay("evt_1", "cust_1", 2_000)
        await served.place()
        expected = (await served.announced())[1:]
        events = await listener.events(len(expected))
        assert [event.json() for event in events] == expected
        assert [event.event for event in events] == [event["type"] for event in expected]
        assert len({event.id for event in events}) == len(expected) == 2
        read = await served.api.call("GET", f"/v1/events/{expected[0]['id']}")
        assert events[0].data == read.text, "to the letter"

        await served.announce("cust_elsewhere", ring=False)
        assert await listener.customers(1) == ["cust_elsewhere"], "of another process, nobody rings"


async def test_whoever_comes_again_misses_nothing_and_gets_nothing_twice(served: Served) -> None:
    async with served.listening() as listener:
        opening = await listener.block()
        assert opening is not None
    await served.announce(*SIX[:3])
    accounts = [{"account": (await served.api.enrol(customer))["id"], "amount": 5} for customer in SIX[3:]]
    await served.api.post("/v1/loyalty/transactions/batch", {"transactions": accounts})
    await served.place()
    expected = [event["id"] for event in await served.announced()]
    async with served.listening(opening.id) as listener:
        events = await listener.events(len(expected))
    assert [event.json()["id"] for event in events] == expected  # type: ignore[index]
    assert len({event.id.rpartition("-")[0] for event in events}) < len(events), "some share a batch"
    for number, event in enumerate(events[:-1], 1):
        async with served.listening(event.id) as listener:
            rest = await listener.events(len(expected) - number)
        assert [each.data for each in rest] == [each.data for each in events[number:]]
    async with served.listening(last_event_id=events[1].id) as listener:
        assert (await listener.events(1))[0].data == events[2].data
    async with served.listening(events[2].id, last_event_id=events[0].id) as listener:
        assert (await listener.events(1))[0].data == events[3].data, "the header is the newer one"
    async with served.listening(events[-1].id) as listener:
        await listener.block()
        await served.announce("cust_new")
        assert await listener.customers(1) == ["cust_new"]


async def test_a_stream_may_be_of_some_types_or_of_one_member(served: Served) -> None:
    ada = await served.api.enrol("cust_ada")
    await served.place()
    points = {"account": ada["id"], "amount": 5}
    async with (
        served.listening(types="loyalty.points.*, loyalty.account.closed") as some,
        served.listening(account=ada["id"]) as hers,
        served.listening(types="*") as everything,
    ):
        for listener in (some, hers, everything):
            await listener.block()
        await served.api.enrol("cust_bob")
        await served.api.post("/v1/loyalty/transactions", points)
        await served.api.post(f"/v1/loyalty/accounts/{ada['id']}/close")
        await served.place()
        adjusted, closed = "loyalty.points.adjusted", "loyalty.account.closed"
        assert [event.event for event in await some.events(2)] == [adjusted, closed]
        assert [event.event for event in await hers.events(2)] == [adjusted, closed]
        created = "loyalty.account.created"
        assert [event.event for event in await everything.events(3)] == [created, adjusted, closed]


async def test_what_is_refused(served: Served) -> None:
    get, api = "GET", served.api
    for place in ("x", "evb_1", "start-1", "-1", "evb_1-9999999", "0", "évb_1-1"):
        error = await api.refused(get, STREAM, params={"last_event_id": place}, status=400, code="parameter_invalid")
        assert error["param"] == "last_event_id"
    error = await api.refused(
        get, STREAM, params={"types": "loyalty.points.earnt"}, status=400, code="parameter_invalid"
    )
    assert "loyalty.points.earned" in error["message"]
    for nothing in ("loyalty.", "loyalty*", "points.*", ",", "loyalty.points.earned,"):
        await api.refused(get, STREAM, params={"types": nothing}, status=400, code="parameter_invalid")
    await api.refused(get, STREAM, params={"account": "loy_none"}, status=404, code="resource_missing")
    await api.refused(get, STREAM, params={"type": "x"}, status=400, code="parameter_unknown")
    key = await api.new_key("test", "accounts:read")
    await api.refused(get, STREAM, key=key, status=403, code="permission_denied")
    await served.announce("cust_1")
    (batch,) = await served.store.database.read(lambda session: log.after(session, 0, 1))
    error = await api.refused(
        get, STREAM, headers={"Last-Event-ID": f"{batch.id}-2"}, status=400, code="parameter_invalid"
    )
    assert error["param"] == "Last-Event-ID"
    elsewhere = {"params": {"last_event_id": f"{batch.id}-1"}, "key": await api.key_of("live")}
    await api.refused(get, STREAM, status=410, code="stream_place_gone", **elsewhere)


async def test_a_place_whose_sequel_is_no_longer_kept_is_gone(served: Served) -> None:
    database = served.store.database
    start = await database.read(places.end)
    await served.announce(*SIX[:2])
    seen = await database.read(places.end)
    await served.announce(*SIX[2:4])
    assert await log.purge(database, real_now() + log.KEPT + 1_000_000, 10) == 3
    for gone in (start, seen):
        params = {"last_event_id": str(gone)}
        await served.api.refused("GET", STREAM, params=params, status=410, code="stream_place_gone")
    last = await database.read(places.end)
    async with served.listening(str(last)) as listener:
        await served.announce("cust_new")
        assert await listener.customers(1) == ["cust_new"]


async def test_there_is_room_for_so_many_and_again_when_one_is_gone(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STREAMS", 2)
    async with served.listening() as first, served.listening(key=await served.api.key_of("live")) as second:
        await first.block()
        await second.block()
        assert "vinr_event_streams 2.0" in (await served.api.client.get("/metrics")).text
        async with served.listening() as third:
            assert third.answer.status_code == 429
            assert third.answer.headers["retry-after"] == str(limits.STREAM_RETRY_AFTER_SECONDS)
    await until(lambda: served.streams.open == 0)
    async with served.listening() as again:
        assert again.answer.status_code == 200
    told = (await served.api.client.get("/metrics")).text
    assert f'vinr_http_requests_total{{method="GET",route="{STREAM}",status="429"}} 1.0' in told
    assert f'vinr_http_request_seconds_count{{route="{STREAM}"}} 1.0' in told, "the refusal; to listen is no latency"


async def test_an_idle_stream_says_that_it_is_there_and_how_far_it_is(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STREAM_HEARTBEAT_SECONDS", 0.05)
    async with served.listening(types="campaign.*") as listener:
        opening = await listener.block()
        await served.announce("cust_1")
        behind = str(await served.store.database.read(places.end))
        block = opening
        while block is not None and block.id != behind:
            assert block.data == ""
            block = await listener.block()
    async with served.answer() as answer:
        lines = aiter(answer.aiter_lines())
        while await anext(lines) != ": still here":
            pass


async def test_the_stream_of_a_revoked_key_ends(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KEY_CACHE_SECONDS", 0.05)
    made = await served.api.post("/v1/api-keys", {"name": "Lost"})
    async with served.listening(key=made["secret"]) as listener, served.listening() as other:
        await listener.block()
        await other.block()
        await served.api.call("DELETE", f"/v1/api-keys/{made['id']}")
        assert await listener.block() is None
        await served.announce("cust_1")
        assert await other.customers(1) == ["cust_1"]


async def test_one_that_takes_nothing_costs_little_misses_nothing_and_does_not_hold_up_the_end(served: Served) -> None:
    request = f"GET {STREAM} HTTP/1.1\r\nHost: vinr\r\nX-Api-Key: {served.api.keys['test']}\r\n\r\n"
    address = ("127.0.0.1", int(served.url.rpartition(":")[2]))
    with socket.socket() as slow, socket.socket() as stuck:
        for each in (slow, stuck):
            each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 18)
            each.setblocking(False)
            await asyncio.get_running_loop().sock_connect(each, address)
            await asyncio.get_running_loop().sock_sendall(each, request.encode())
        await until(lambda: served.streams.open == 2)
        total = await many_events(served)
        tail: Tail = served.streams._tails["test"]
        await until(lambda: tail._end is not None and tail._end.order == (total.batches, total.last))
        assert len(tail._told) <= EVENTS_REMEMBERED < total.events
        assert await ids_read(slow, total.events) == [
            entry.id for batch in total.all_batches for entry in log.entries_of(batch)
        ]
        began = time.monotonic()
        await served.stop()
        assert time.monotonic() - began < 10


class Total:
    """What is in the log."""

    def __init__(self, batches: list[Any]) -> None:
        self.all_batches = batches
        self.batches = len(batches)
        self.last = len(log.entries_of(batches[-1]))
        self.events = sum(len(log.entries_of(batch)) for batch in batches)


async def many_events(served: Served) -> Total:
    """More than what sockets take in on the way."""
    account = (await served.api.enrol("cust_1"))["id"]
    long = {f"note_{number}": "x" * 500 for number in range(6)}
    for _ in range(2):
        rows = [{"account": account, "amount": 1, "metadata": long}] * 1_000
        await served.api.post("/v1/loyalty/transactions/batch", {"transactions": rows})
        await served.place()
    return Total(await served.store.database.read(lambda session: log.after(session, 0, 10_000)))


async def until(true: Any) -> None:
    async with asyncio.timeout(LONGEST_SECONDS):
        while not true():  # noqa: ASYNC110 (nothing in a server tells a test of this)
            await asyncio.sleep(0.01)


async def ids_read(client: socket.socket, count: int) -> list[str]:
    """The ids of the events that a client gets that reads at last."""
    found = b""
    async with asyncio.timeout(LONGEST_SECONDS):
        while found.count(b"\ndata: ") < count or not found.endswith(b"\n\n\r\n"):
            found += await asyncio.get_running_loop().sock_recv(client, 1 << 20)
    return [line.split('"')[3] for line in found.decode().splitlines() if line.startswith("data: ")]


async def test_a_server_that_stops_ends_its_streams_at_once(served: Served) -> None:
    async with served.listening() as one, served.listening() as other:
        await one.block()
        await other.block()
        await served.announce("cust_1")
        assert customers_of(await one.events(1)) == ["cust_1"]
        began = time.monotonic()
        stopping = asyncio.create_task(served.stop())
        assert customers_of(await other.events(1)) == ["cust_1"], "what was on its way arrives"
        assert await other.block() is None
        assert await one.block() is None
    await stopping
    assert time.monotonic() - began < 5


async def test_it_is_a_path_of_its_own(api: Api) -> None:
    await api.refused("POST", STREAM, {}, status=405, code="method_not_allowed")
    assert (await api.call("GET", "/v1/events/streams")).json()["error"]["code"] == "resource_missing"
