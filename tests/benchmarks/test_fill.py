"""A filled store is one that the engine could have written: `verify` finds nothing, and events go on from there."""

import asyncio
from typing import Any

import pytest

from benchmarks import fill, program, template, traffic
from vinr_engagement.audit import Origin
from vinr_engagement.commands import ReceiveEvent, Store, parse_event
from vinr_engagement.commands.verify import Report, verify
from vinr_engagement.foundation.settings import Settings

MEMBERS, PAYMENTS, ADJUSTMENTS = 60, 2, 3
ROWS = 2 * PAYMENTS + ADJUSTMENTS


@pytest.fixture(params=["history", "due", "everything"])
def kind(request: pytest.FixtureRequest) -> str:
    """Of the store: a plain one, one whose points expired long ago, or one with everything on."""
    return str(request.param)


@pytest.fixture
def filled(kind: str, database_url: str) -> str:
    """The URL of a store with members."""
    furnishing = program.everything if kind == "everything" else program.plain
    fill.furnish(database_url, furnishing)
    size = fill.fill(database_url, MEMBERS, PAYMENTS, ADJUSTMENTS, due=kind == "due", furnishing=furnishing)
    assert (size.members, size.rows) == (MEMBERS, MEMBERS * ROWS)
    return database_url


def with_store(url: str, work: Any) -> Any:
    """Runs work on the store of a URL."""

    async def run() -> Any:
        store = await Store.open("test", Settings(database_url=url))
        try:
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(run())


def test_verify_finds_nothing(filled: str, kind: str) -> None:
    report: Report = with_store(filled, lambda store: verify(store.database))
    assert report.faults == []
    assert (report.accounts, report.transactions, report.lots) == (MEMBERS, MEMBERS * ROWS, MEMBERS * ROWS)
    assert report.earns == 2 * PAYMENTS * MEMBERS
    told = (1 + ROWS) * MEMBERS
    if kind == "everything":
        told += MEMBERS + 1  # each came up a tier, and the campaign began
    assert report.events == told


def test_members_go_on_earning(filled: str) -> None:
    async def pay(store: Store) -> Report:
        sent = [traffic.event(MEMBERS * PAYMENTS + place, traffic.customer(place)) for place in range(20)]
        outcomes = [await store.write_path.run(ReceiveEvent(parse_event(each)), Origin("tests")) for each in sent]
        assert not any(outcome.programs[0].enrolled for outcome in outcomes)
        again = await store.write_path.run(ReceiveEvent(parse_event(sent[0])), Origin("tests"))
        assert again.status == "duplicate"
        return await verify(store.database)

    assert with_store(filled, pay).faults == []


def test_an_event_of_the_history_is_known(filled: str) -> None:
    async def send(store: Store) -> Any:
        async def first(session: Any) -> str:
            rows = await session.fetch("select body from received_events order by id limit 1")
            return str(rows[0][0])

        body = template.json.decode(await store.database.read(first))
        return await store.write_path.run(ReceiveEvent(parse_event(body)), Origin("tests"))

    assert with_store(filled, send).status == "duplicate"


def test_what_is_due_is_swept(database_url: str) -> None:
    fill.furnish(database_url)
    fill.fill(database_url, 20, 1, 2, due=True)

    async def sweep(store: Store) -> tuple[int, Report]:
        return await store.sweep(), await verify(store.database)

    settled, report = with_store(database_url, sweep)
    assert settled == 20
    assert report.faults == []
    assert report.transactions == 20 * (4 + 4), "each row of points has one of expiry"
