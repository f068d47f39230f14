"""Two ``vinr worker`` processes beside each other on one PostgreSQL: a sweep of thousands settles each account once.

One works, the other stands by. One is killed in the middle: once its lease is over, the other goes on.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from tests.crash.processes import Vinr
from tests.crash.sweeping import due, end_leases, move_clock, swept
from tests.crash.year import fetch, opened, prepare
from tests.served import TESTS
from vinr_engagement.commands import ReceiveEvent, Store, leases, parse_event
from vinr_engagement.commands.verify import verify
from vinr_engagement.foundation.clock import DAY, SECOND, parse_instant

MEMBERS = 3_000
JOINED = "2026-01-10T12:00:00Z"
FIVE_WEEKS_LATER = parse_instant(JOINED) + 35 * DAY

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)]


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """A store with thousands of members whose points expire in five weeks' time."""
    await prepare(database_url, {"currency": {"expiry": {"type": "rolling", "months": 1}}})
    async with opened(database_url) as store:
        await move_clock(store, parse_instant(JOINED))
        payments = [ReceiveEvent(parse_event(_payment(number))) for number in range(MEMBERS)]
        await asyncio.gather(*[store.write_path.run(payment, TESTS) for payment in payments])
        yield store
        assert (await verify(store.database)).faults == []


def _payment(number: int) -> dict[str, object]:
    body = {"id": f"pay_{number}", "amount": 1_000 + number, "currency": "GBP", "customer": f"cust_{number}"}
    return {"id": f"evt_{number}", "type": "payment.completed", "created_at": JOINED, "data": {"object": body}}


async def _holder(store: Store) -> str:
    """Who sweeps, as soon as somebody does."""
    async with asyncio.timeout(60):
        while True:
            found = await fetch(store, "select holder from leases where name = 'sweep' and until > 0")
            if found:
                return str(found[0][0])
            await asyncio.sleep(0.02)


async def _both_at_work(workers: Sequence[Vinr]) -> None:
    async with asyncio.timeout(60):
        while workers[0].printed().count("Working on") < 2:  # noqa: ASYNC110 (it happens in other processes)
            await asyncio.sleep(0.02)
    assert all(worker.is_alive() for worker in workers)


async def _in_the_middle(store: Store) -> None:
    """Waits until some accounts are settled; some must be left."""
    async with asyncio.timeout(60):
        while await due(store) == MEMBERS:  # noqa: ASYNC110 (it happens in another process)
            await asyncio.sleep(0.01)
    assert 0 < await due(store) < MEMBERS


async def _check_each_expired_once(store: Store) -> None:
    expired = await fetch(store, "select account, -amount from transactions where type = 'expire'")
    earned = await fetch(store, "select account, amount from transactions where type = 'earn'")
    assert len(earned) == MEMBERS
    assert sorted(expired) == sorted(earned)
    assert await fetch(store, "select distinct balance from accounts") == [(0,)]


async def test_of_two_workers_one_sweeps_and_each_account_is_settled_once(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    workers = [Vinr(database_url, tmp_path, "worker") for _ in range(2)]
    with workers[0].running(), workers[1].running():
        await _both_at_work(workers)
        first = await _holder(store)
        await move_clock(store, FIVE_WEEKS_LATER)
        await _in_the_middle(store)
        await swept(store)
        assert await _holder(store) == first, "the other one stood by"
        assert [worker.stop() for worker in workers] == [0, 0]
    assert await fetch(store, "select count(*) from leases") == [(0,)], "given up in the end"
    await _check_each_expired_once(store)


async def _hand_over(store: Store, database_url: str, folder: Path, *, at_once: bool) -> float:
    """The one that sweeps is killed in the middle, the other takes over; answers after how many seconds all was done."""
    first, second = (Vinr(database_url, folder, "worker") for _ in range(2))
    with first.running():
        killed = await _holder(store)
        with second.running():
            await _both_at_work([first, second])
            await move_clock(store, FIVE_WEEKS_LATER)
            await _in_the_middle(store)
            first.kill()
            assert await due(store) > 0, "killed in the middle"
            started = time.perf_counter()
            if at_once:
                await end_leases(store)
            await swept(store)
            took = time.perf_counter() - started
            assert await _holder(store) != killed
            assert second.stop() == 0
    await _check_each_expired_once(store)
    return took


async def test_when_one_is_killed_in_the_middle_the_other_goes_on(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    await _hand_over(store, database_url, tmp_path, at_once=True)


@pytest.mark.slow
async def test_the_other_takes_over_when_the_lease_is_over(store: Store, database_url: str, tmp_path: Path) -> None:
    took = await _hand_over(store, database_url, tmp_path, at_once=False)
    assert leases.LEASE / SECOND / 2 < took < 2 * leases.LEASE / SECOND
