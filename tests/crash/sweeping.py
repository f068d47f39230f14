"""The sweep under kills: a program whose points wait and expire, the year in steps of its clock, and the exact end."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from tests.crash.processes import Vinr
from tests.crash.sending import Event
from tests.crash.year import earned, fetch, kept
from tests.served import TESTS
from vinr_engagement.commands import SetClock, Store
from vinr_engagement.commands.verify import verify
from vinr_engagement.foundation.clock import DAY, Instant, parse_instant

WAITING_AND_EXPIRING = {
    "hold_days": 7,
    "expiring_notice_days": 5,
    "currency": {"expiry": {"type": "rolling", "months": 1}},
}
STEP = 8 * DAY
RETURNS = 10 * DAY
"""Refunds come so soon that, a step later, the points of their payment are still there to be taken."""


def returned_in_time(events: Iterable[Event]) -> list[Event]:
    """The events without refunds of points that may have expired, which would be taken from other points."""
    paid: dict[str, Instant] = {}
    chosen = []
    for event in events:
        body, moment = event["data"]["object"], parse_instant(event["created_at"])
        if event["type"] == "payment.completed":
            paid[body["id"]] = moment
        elif body["payment"] not in paid or moment > paid[body["payment"]] + RETURNS:
            continue
        chosen.append(event)
    return chosen


def in_steps(events: Sequence[Event]) -> Iterator[tuple[Instant, list[Event]]]:
    """The events of each eight days, with the end of these days."""
    end = parse_instant(events[0]["created_at"]) + STEP
    part: list[Event] = []
    for event in events:
        while parse_instant(event["created_at"]) > end:
            yield end, part
            end, part = end + STEP, []
        part.append(event)
    yield end, part


async def move_clock(store: Store, now: Instant) -> None:
    """Stops the clock at a later time; what falls due is left to the sweep."""
    await store.write_path.run(SetClock(now), TESTS)


async def due(store: Store) -> int:
    """Accounts that the sweep has still before it."""
    return (await store.backlog()).accounts


async def swept(store: Store) -> None:
    """Waits until nothing is due."""
    async with asyncio.timeout(120):
        while await due(store):  # noqa: ASYNC110 (what is awaited happens in another process)
            await asyncio.sleep(0.05)


class Killing:
    """Kills the process that sweeps, in the middle: it holds the lease, and accounts are due before and after."""

    def __init__(self, store: Store, sweeper: Vinr, chance: random.Random) -> None:
        self._store = store
        self._sweeper = sweeper
        self._chance = chance
        self._dead: set[str] = set()
        self.left: list[int] = []
        """The accounts that were still due after each kill; one that left none came too late to count."""

    async def once(self) -> None:
        """Kills it within this sweep, unless that ends before, and starts it again."""
        while await self._holder() is None:
            if not await due(self._store):
                return
            await asyncio.sleep(0.005)
        await asyncio.sleep(self._chance.uniform(0, 0.05))
        if not await due(self._store):
            return
        self._sweeper.kill()
        left = await due(self._store)
        if left:
            self.left.append(left)
        await self._end_lease()
        self._sweeper.start()

    async def _holder(self) -> str | None:
        """The living process that sweeps."""
        found = [holder for (holder,) in await fetch(self._store, "select holder from leases where name = 'sweep'")]
        return next((holder for holder in found if holder not in self._dead), None)

    async def _end_lease(self) -> None:
        """As if the thirty seconds of the killed process's lease were over."""
        holder = await self._holder()
        if holder is not None:
            self._dead.add(holder)
        await end_leases(self._store)


async def end_leases(store: Store) -> None:
    """As if thirty seconds had gone by without a sign of whoever holds one."""
    await store.database.write(lambda session: session.execute("update leases set until = 0"))


async def check_all_expired(store: Store, events: list[Event]) -> None:
    """Long after the end: each lot became available once, was announced and expired once, with exactly what was left of it."""
    left = +kept(events)
    ((balance, pending, lifetime),) = await fetch(
        store, "select sum(balance), sum(pending_balance), sum(lifetime_points) from accounts"
    )
    assert (int(balance), int(pending), int(lifetime)) == (0, 0, earned(events).total())
    expired = await fetch(
        store,
        "select credit.source_id, -row.amount from transactions row join transactions credit"
        " on credit.bucket = row.bucket and credit.account = row.account and credit.id = row.source_id"
        " where row.type = 'expire' order by 1",
    )
    assert expired == sorted(left.items())
    assert await fetch(store, "select count(*) from received_events") == [(len(events),)]
    await _check_told(store, len(left))
    assert (await verify(store.database)).faults == []


async def _check_told(store: Store, lots: int) -> None:
    """No change of a lot was told of twice, and the end of each was announced; some were available when they came."""
    told: Counter[tuple[str, str]] = Counter()
    for kind, data in await fetch(store, "select type, data from outgoing_events where type like 'loyalty.points.%'"):
        if kind in ("loyalty.points.available", "loyalty.points.expiring"):
            told[kind, msgspec.json.decode(data)["object"]["id"]] += 1
    assert set(told.values()) == {1}
    kinds = Counter(kind for kind, _ in told)
    assert kinds["loyalty.points.expiring"] == lots
    assert kinds["loyalty.points.available"] > lots / 2
