"""The machine's clock jumps, an hour back or a day ahead, between events and under the worker.

Whatever it shows: ids stay unique, nothing becomes available or expires twice, and what a wrong clock has written stays
written. While a clock is behind, events of the right time are refused as being in the future, and ``verify`` may name lots
that became available too early by it; once it is right again, all is clean.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
import time_machine

from tests.crash.year import fetch, opened
from tests.served import TESTS, served
from vinr_engagement.commands import Store, UpdateProgram, leases, retention
from vinr_engagement.commands.verify import verify
from vinr_engagement.entrypoints.worker import Worker
from vinr_engagement.entrypoints.worker import worker as worker_module
from vinr_engagement.foundation import ids, logs
from vinr_engagement.foundation.clock import DAY, format_instant, real_now
from vinr_engagement.foundation.settings import Settings

Json = dict[str, Any]

HOUR_BACK = timedelta(hours=-1)
DAY_AHEAD = timedelta(days=1)
JUMPS = [timedelta(0), HOUR_BACK, DAY_AHEAD, timedelta(0), DAY_AHEAD + HOUR_BACK, HOUR_BACK, timedelta(0)]
WAITING_AND_EXPIRING = {
    "hold_days": 1,
    "expiring_notice_days": 2,
    "currency": {"expiry": {"type": "rolling", "months": 1}},
}
SILENT = logs.logger(Settings(log_level="critical"))

pytestmark = pytest.mark.anyio


class Shop:
    """A server and its store, in a process whose clock the test sets."""

    def __init__(self, client: httpx2.AsyncClient, store: Store) -> None:
        self.client = client
        self.store = store
        self.paid = 0

    async def post(self, path: str, body: Json) -> httpx2.Response:
        """One request."""
        return await self.client.post(path, json=body)

    def payment(self) -> Json:
        """Ten pounds of a member who never paid before, now."""
        self.paid += 1
        body = {"id": f"pay_{self.paid}", "amount": 1_000, "currency": "GBP", "customer": f"cust_{self.paid}"}
        event = {"id": f"evt_{self.paid}", "type": "payment.completed", "created_at": format_instant(real_now())}
        return event | {"data": {"object": body}}

    async def pay(self) -> None:
        """A payment that must count."""
        answer = await self.post("/v1/events", self.payment())
        assert (answer.status_code, answer.json().get("status")) == (200, "processed"), answer.text

    async def listed(self, path: str, page: int = 3) -> list[str]:
        """The ids of a list, page by page."""
        found: list[str] = []
        more: dict[str, Any] = {}
        while True:
            answer = (await self.client.get(path, params={"limit": page, **more})).json()
            found += [element["id"] for element in answer["data"]]
            if not answer["page"]["has_more"]:
                return found
            more = {"starting_after": answer["page"]["next_cursor"]}

    async def faults(self) -> list[str]:
        """What verify finds."""
        return [fault.message for fault in (await verify(self.store.database)).faults]


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    async with (
        served(database_url) as server,
        httpx2.AsyncClient(base_url=server.url, headers={"X-Api-Key": server.key}, timeout=60) as client,
    ):
        await server.store.write_path.run(UpdateProgram("prog_default", WAITING_AND_EXPIRING), TESTS)
        yield Shop(client, server.store)


@contextmanager
def jumped(start: datetime, by: timedelta) -> Iterator[None]:
    """The machine's clock is off by so much, and runs on."""
    with time_machine.travel(start + by, tick=True):
        yield


async def test_ids_of_a_process_stay_unique_and_in_the_order_of_what_happened(shop: Shop) -> None:
    start, made = datetime.now(UTC), []
    for jump in JUMPS:
        with jumped(start, jump):
            for _ in range(4):
                answer = await shop.post("/v1/loyalty/accounts", {"program": "prog_default"})
                made.append(answer.json()["id"])
            assert await shop.listed("/v1/loyalty/accounts") == made[::-1]
            assert await shop.faults() == []
    assert len(set(made)) == len(made)


async def test_a_process_started_by_a_clock_gone_back_lists_everything_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = datetime.now(UTC)
    for jump in JUMPS:
        with jumped(start, jump):
            monkeypatch.setattr(ids, "_sequence", ids._Sequence())  # as a process that has just started has it
            for _ in range(4):
                await shop.pay()
    everything = await shop.listed("/v1/loyalty/accounts")
    assert len(set(everything)) == len(everything) == 4 * len(JUMPS)
    told = await shop.listed("/v1/events", page=7)
    assert len(set(told)) == len(told)
    assert await shop.faults() == []


async def test_nothing_becomes_available_or_expires_twice(shop: Shop) -> None:
    start = datetime.now(UTC)
    month = timedelta(days=40)
    for jump in [*JUMPS, month, timedelta(0), month + HOUR_BACK, month + DAY_AHEAD, timedelta(0), HOUR_BACK, month]:
        with jumped(start, jump):
            await shop.pay()
            await shop.store.sweep()
            assert await shop.faults() == []
    with jumped(start, 3 * month):
        await shop.store.sweep()
        assert (await verify(shop.store.database)).faults == [], "the clock is ahead of all that was written"
    await _check_each_lot_ended_once(shop.store, shop.paid)


async def _check_each_lot_ended_once(store: Store, lots: int) -> None:
    expired = await fetch(store, "select source_id, amount from transactions where type = 'expire'")
    assert len({lot for lot, _ in expired}) == len(expired) == lots
    assert {amount for _, amount in expired} == {-10}
    assert await fetch(store, "select distinct balance, pending_balance from accounts") == [(0, 0)]
    told = Counter(kind for (kind,) in await fetch(store, "select type from outgoing_events"))
    assert [told[f"loyalty.points.{kind}"] for kind in ("earned", "available", "expired")] == [lots] * 3


async def test_balances_do_not_go_back_with_the_clock(shop: Shop) -> None:
    start = datetime.now(UTC)
    await shop.pay()
    (account,) = await shop.listed("/v1/loyalty/accounts")

    async def balances() -> tuple[int, int]:
        found = (await shop.client.get(f"/v1/loyalty/accounts/{account}")).json()
        return found["balance"], found["pending_balance"]

    assert await balances() == (0, 10)
    for jump, expected in [
        (DAY_AHEAD, (10, 0)),
        (HOUR_BACK, (10, 0)),
        (timedelta(days=40), (0, 0)),
        (HOUR_BACK, (0, 0)),
        (DAY_AHEAD, (0, 0)),
    ]:
        with jumped(start, jump + timedelta(minutes=1)):
            assert await balances() == expected, jump


async def test_an_event_of_the_right_time_waits_for_a_clock_that_is_behind(shop: Shop) -> None:
    start = datetime.now(UTC)
    event = shop.payment()
    with jumped(start, HOUR_BACK):
        refused = await shop.post("/v1/events", event)
        assert (refused.status_code, refused.json()["error"]["code"]) == (422, "event_in_future")
    assert (await shop.post("/v1/events", event)).json()["status"] == "processed"
    assert (await shop.post("/v1/events", event)).json()["status"] == "duplicate"


async def test_an_event_counts_once_though_a_clock_ahead_forgot_the_idempotency_keys(shop: Shop) -> None:
    start = datetime.now(UTC)
    event, headers = shop.payment(), {"Idempotency-Key": "key-1"}
    assert (await shop.client.post("/v1/events", json=event, headers=headers)).json()["status"] == "processed"
    with jumped(start, 2 * DAY_AHEAD):
        assert await retention.purge_idempotency_keys(shop.store.database, real_now()) == 1
    assert (await shop.client.post("/v1/events", json=event, headers=headers)).json()["status"] == "duplicate"


async def test_workers_whose_clock_jumps_settle_each_account_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock ahead the other's lease is over: for a while both sweep."""
    monkeypatch.setattr(worker_module, "STANDBY_SECONDS", 0.02)
    start, holders = datetime.now(UTC), set()
    for _ in range(120):
        await shop.pay()
    workers = [Worker([shop.store], SILENT) for _ in range(2)]
    running = [asyncio.create_task(worker.run()) for worker in workers]
    month = timedelta(days=40)
    for jump in (DAY_AHEAD, HOUR_BACK, timedelta(0), month, HOUR_BACK, month + DAY_AHEAD, timedelta(0)):
        with jumped(start, jump + timedelta(minutes=1)):
            await _swept(shop.store)
            assert await shop.faults() == []
            holders |= set(await fetch(shop.store, "select holder from leases where name = 'sweep'"))
    assert len(holders) == 2, "the lease went over"
    for worker in workers:
        worker.stop()
    await asyncio.gather(*running)
    assert shop.store.jobs_failed.total() == 0
    assert await fetch(shop.store, "select count(*) from leases") == [(0,)]
    await _check_each_lot_ended_once(shop.store, 120)


async def _swept(store: Store) -> None:
    async with asyncio.timeout(60):
        await asyncio.sleep(0.2)
        while await store.due_accounts():  # noqa: ASYNC110 (what is awaited happens in the database)
            await asyncio.sleep(0.02)


async def test_a_holder_whose_clock_was_ahead_corrects_its_lease_when_it_renews_it(database_url: str) -> None:
    async with opened(database_url) as store:
        now = real_now()
        assert await leases.hold(store.database, "sweep", "ahead", now + DAY)
        assert await leases.hold(store.database, "sweep", "ahead", now), "its clock is right again"
        assert not await leases.hold(store.database, "sweep", "other", now + leases.LEASE - 1)
        assert await leases.hold(store.database, "sweep", "other", now + leases.LEASE)


async def test_a_lease_by_a_clock_far_ahead_does_not_outlive_its_holder_by_a_day(database_url: str) -> None:
    async with opened(database_url) as store:
        now = real_now()
        assert await leases.hold(store.database, "sweep", "ahead, and then killed", now + DAY)
        assert await leases.hold(store.database, "sweep", "other", now + 2 * leases.LEASE)
