"""The worker: one at a time for each job, nothing due left behind, faults survived."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from vinr_engagement.audit import Origin
from vinr_engagement.commands import (
    AdvanceClock,
    ReceiveEvent,
    SetClock,
    Store,
    UpdateProgram,
    leases,
    parse_event,
    retention,
)
from vinr_engagement.entrypoints.worker import Worker
from vinr_engagement.entrypoints.worker import worker as worker_module
from vinr_engagement.entrypoints.worker.jobs import Job
from vinr_engagement.foundation import logs
from vinr_engagement.foundation.clock import HOUR, SECOND, parse_instant, real_now
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.settings import Settings

pytestmark = pytest.mark.anyio
TESTS = Origin("tests")
SILENT = logs.logger(Settings(log_level="critical"))


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    opened = await Store.open("test", Settings(database_url=database_url))
    yield opened
    await opened.close()


async def fetch(store: Store, sql: str) -> list[tuple[Any, ...]]:
    return await store.database.read(lambda session: session.fetch(sql))


async def until(condition: Any) -> None:
    """Waits for something that must come about."""
    async with asyncio.timeout(60):
        while not await condition():  # noqa: ASYNC110 (what is awaited happens in the database)
            await asyncio.sleep(0.02)


async def test_a_lease_has_one_holder_until_it_ends_or_is_released(store: Store) -> None:
    now = real_now()
    assert await leases.hold(store.database, "sweep", "first", now)
    assert not await leases.hold(store.database, "sweep", "second", now)
    assert await leases.hold(store.database, "purge", "second", now), "another name is another lease"
    assert await leases.hold(store.database, "sweep", "first", now + 20 * SECOND), "its holder renews it"
    assert not await leases.hold(store.database, "sweep", "second", now + 49 * SECOND)
    assert await leases.hold(store.database, "sweep", "second", now + 50 * SECOND)

    await leases.release(store.database, "sweep", "first")
    assert not await leases.hold(store.database, "sweep", "first", now + 51 * SECOND), "not the first one's to release"
    await leases.release(store.database, "sweep", "second")
    assert await leases.hold(store.database, "sweep", "first", now + 51 * SECOND)


async def test_of_many_that_ask_at_once_one_gets_the_lease(store: Store) -> None:
    now = real_now()
    asked = [leases.hold(store.database, "sweep", f"worker_{number}", now) for number in range(20)]
    assert sum(await asyncio.gather(*asked)) == 1


async def test_another_worker_takes_over(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "STANDBY_SECONDS", 0.02)
    steps: list[str] = []

    def jobs_of(name: str) -> Any:
        async def step() -> int:
            steps.append(name)
            return 1

        return lambda store, log: [Job("count", 0.01, step)]

    async def counted(name: str, number: int) -> bool:
        return steps.count(name) >= number

    first = Worker([store], SILENT, jobs_of("first"))
    second = Worker([store], SILENT, jobs_of("second"))
    running = asyncio.create_task(first.run())
    await until(lambda: counted("first", 1))
    waiting = asyncio.create_task(second.run())
    await until(lambda: counted("first", 5))
    assert "second" not in steps
    first.stop()
    await running
    await until(lambda: counted("second", 2))
    second.stop()
    await waiting
    assert await fetch(store, "select count(*) from leases") == [(0,)]


async def test_a_job_that_fails_is_tried_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "backoff_seconds", lambda failures: 0.001 * failures)
    steps: list[int] = []

    async def step() -> int:
        steps.append(len(steps))
        if len(steps) < 4:
            raise RuntimeError("not yet")
        return 0

    async def succeeded() -> bool:
        return len(steps) == 4

    worker = Worker([store], SILENT, lambda store, log: [Job("count", 60, step)])
    running = asyncio.create_task(worker.run())
    await until(succeeded)
    worker.stop()
    async with asyncio.timeout(30):
        await running


def test_the_backoff_grows_and_ends() -> None:
    assert [worker_module.backoff_seconds(failures) for failures in (1, 2, 3, 6, 7, 10_000)] == [1, 2, 4, 32, 60, 60]


async def members_with_points_about_to_expire(store: Store, count: int) -> None:
    await store.write_path.run(UpdateProgram("prog_default", {"currency": {"expiry_months": 1}}), TESTS)
    await store.write_path.run(SetClock(parse_instant("2027-01-10T12:00:00Z")), TESTS)
    for number in range(count):
        body = {"id": f"pay_{number}", "amount": 1_000, "currency": "GBP", "customer": f"cust_{number}"}
        event = {
            "id": f"evt_{number}",
            "type": "payment.completed",
            "created_at": "2027-01-10T12:00:00Z",
            "data": {"object": body},
        }
        await store.write_path.run(ReceiveEvent(parse_event(event)), TESTS)


async def test_the_sweep_settles_by_the_clock_of_the_store(store: Store) -> None:
    await members_with_points_about_to_expire(store, 120)

    async def outstanding() -> int:
        ((points,),) = await fetch(store, "select sum(balance) from accounts")
        return int(points)

    async def all_expired() -> bool:
        return await outstanding() == 0

    worker = Worker([store], SILENT)
    running = asyncio.create_task(worker.run())
    await asyncio.sleep(0.3)
    assert await outstanding() == 1_200, "a frozen clock: nothing is due"
    await store.write_path.run(AdvanceClock(parse_instant("2027-02-20T00:00:00Z")), TESTS)
    await until(all_expired)
    worker.stop()
    await running
    assert await fetch(store, "select distinct amount, effective_at from transactions where type = 'expire'") == [
        (-10, parse_instant("2027-02-10T12:00:00Z"))
    ]


async def test_an_account_that_cannot_be_settled_does_not_hold_up_the_others(store: Store) -> None:
    await members_with_points_about_to_expire(store, 5)

    async def damage(session: Session) -> int:
        return await session.execute("update accounts set program = 'prog_gone' where customer = 'cust_2'")

    await store.database.write(damage)

    async def others_expired() -> bool:
        return await fetch(store, "select customer from accounts where balance > 0") == [("cust_2",)]

    await store.write_path.run(AdvanceClock(parse_instant("2027-02-20T00:00:00Z")), TESTS)
    worker = Worker([store], SILENT)
    running = asyncio.create_task(worker.run())
    await until(others_expired)
    worker.stop()
    await running


async def test_the_purge_forgets_old_idempotency_keys_in_batches(store: Store) -> None:
    now = real_now()

    async def fill(session: Session) -> None:
        for number in range(2_500):
            await remember(session, f"old_{number}", now - 25 * HOUR)
        await remember(session, "young", now - 24 * HOUR)

    async def remember(session: Session, key: str, created_at: int) -> None:
        await session.execute(
            "insert into idempotency_keys (bucket, scope, key, fingerprint, status, body, created_at)"
            " values (1, 'POST /v1/events', $1, 'f', 200, '{}', $2)",
            key,
            created_at,
        )

    await store.database.write(fill)
    purged = [await retention.purge_idempotency_keys(store.database, now) for _ in range(4)]
    assert purged == [1_000, 1_000, 500, 0]
    assert await fetch(store, "select key from idempotency_keys") == [("young",)]
