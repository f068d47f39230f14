"""The log of outgoing events: complete, in one order, whoever writes and whoever relays."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from vinr_engagement.audit import Origin
from vinr_engagement.commands import Adjust, CreateAccount, Store
from vinr_engagement.foundation.clock import DAY, real_now
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.errors import Contention
from vinr_engagement.foundation.settings import Settings
from vinr_engagement.outbox import OUTGOING_EVENTS, EventBatch, log

pytestmark = pytest.mark.anyio
TESTS = Origin("tests")


@pytest.fixture
async def stores(database_url: str) -> AsyncIterator[list[Store]]:
    """Two on PostgreSQL, as two processes have them; SQLite takes one process."""
    count = 1 if database_url.startswith("sqlite") else 2
    opened = [await Store.open("test", Settings(database_url=database_url)) for _ in range(count)]
    yield opened
    for store in opened:
        await store.close()


async def batches(store: Store, position: int = 0, limit: int = 10_000) -> list[EventBatch]:
    return await store.database.read(lambda session: log.after(session, position, limit))


async def relay(store: Store, limit: int = 7) -> None:
    for _ in range(400):
        with contextlib.suppress(Contention):
            await log.place(store.database, limit)
        await asyncio.sleep(0.001)


async def test_what_a_commit_announces_is_listed_once_and_in_the_order_of_each_account(stores: list[Store]) -> None:
    members = [
        (await stores[0].write_path.run(CreateAccount("prog_default", f"cust_{number}", {}), TESTS))["id"]
        for number in range(3)
    ]

    async def adjust(number: int) -> None:
        command = Adjust(members[number % 3], 1, "goodwill", {})
        await stores[number % len(stores)].write_path.run(command, TESTS)

    await asyncio.gather(*(relay(store) for store in stores), *(adjust(number) for number in range(90)))
    while await log.place(stores[0].database, 50):
        pass

    listed = await batches(stores[0])
    assert [batch.position for batch in listed] == list(range(1, len(listed) + 1))
    entries = [entry for batch in listed for entry in log.entries_of(batch)]
    events = await stores[0].database.read(lambda session: log.read(session, entries))
    assert [(event.id, event.type, event.account) for event in events] == [
        (entry.id, entry.type, entry.account) for entry in entries
    ]
    kept = await stores[0].database.read(lambda session: session.rows(OUTGOING_EVENTS, "true"))
    assert sorted(event.id for event in events) == sorted(event.id for event in kept)
    for member in members:
        told = [event.sequence for event in events if event.account == member]
        assert all(after == before + 1 for before, after in pairwise(told))


async def test_reading_goes_on_after_a_position(stores: list[Store]) -> None:
    for number in range(5):
        await stores[0].write_path.run(CreateAccount("prog_default", f"cust_{number}", {}), TESTS)
    assert await log.place(stores[0].database, 3) == 3
    assert [batch.position for batch in await batches(stores[0], 1, 10)] == [2, 3], "what is not placed is not read"
    assert await log.place(stores[0].database, 3) == 2
    assert await log.place(stores[0].database, 3) == 0
    assert [batch.position for batch in await batches(stores[0], 3, 1)] == [4]
    assert await stores[0].database.read(log.head) == 5


async def test_old_batches_are_forgotten_and_positions_count_on(stores: list[Store]) -> None:
    (store, *_) = stores
    for number in range(3):
        await store.write_path.run(CreateAccount("prog_default", f"cust_{number}", {}), TESTS)
    await log.place(store.database, 10)
    assert await log.purge(store.database, real_now() + 29 * DAY, 100) == 0
    assert await log.purge(store.database, real_now() + 31 * DAY, 100) == 2, "the last one stays"
    await store.write_path.run(CreateAccount("prog_default", "cust_late", {}), TESTS)
    await log.place(store.database, 10)
    assert [batch.position for batch in await batches(store)] == [3, 4]


async def test_no_entries_are_no_events(stores: list[Store]) -> None:
    assert await stores[0].database.read(lambda session: log.read(session, [])) == []


async def test_what_is_refused_announces_nothing(stores: list[Store]) -> None:
    with pytest.raises(Exception, match="No such account"):
        await stores[0].write_path.run(Adjust("loy_nobody", 1, "goodwill", {}), TESTS)

    async def count(session: Session) -> int:
        ((found,),) = await session.fetch("select count(*) from event_batches")
        return int(found)

    assert await stores[0].database.read(count) == 0
