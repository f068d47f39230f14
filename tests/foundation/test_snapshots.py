"""A snapshot that stays: it sees nothing of what comes later, and changes nothing; slices cover a table once."""

from collections.abc import AsyncIterator

import pytest

from vinr_engagement.foundation.database import Database
from vinr_engagement.foundation.database.open import open_store
from vinr_engagement.foundation.database.page import Filters
from vinr_engagement.foundation.database.slices import slices

pytestmark = pytest.mark.anyio
ROWS = 5_000


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A store with a table of numbers."""
    opened = open_store(database_url, "test")
    await opened.write(lambda session: session.execute("create table numbers (n bigint primary key, more text)"))
    await add(opened, 1, ROWS)
    yield opened
    await opened.close()


async def add(database: Database, first: int, last: int) -> None:
    """Rows from the first number to the last."""
    fill = (
        f"with recursive counted (n) as (select {first} union all select n + 1 from counted where n < {last})"
        " insert into numbers select n, 'some more, so that a block has not too many' from counted"
    )
    await database.write(lambda session: session.execute(fill))


async def test_it_sees_nothing_of_what_comes_later(database: Database) -> None:
    async with database.snapshot() as session:
        assert await session.fetch("select count(*) from numbers") == [(ROWS,)]
        await add(database, ROWS + 1, ROWS + 10)
        await database.write(lambda session: session.execute("update numbers set n = -n where n <= 10"))
        assert await session.fetch("select count(*), min(n) from numbers") == [(ROWS, 1)]
    assert await database.ask("select count(*), min(n) from numbers") == [(ROWS + 10, -10)]


async def test_it_changes_nothing(database: Database) -> None:
    with pytest.raises(Exception, match=r"read-only|readonly"):
        async with database.snapshot() as session:
            await session.execute("delete from numbers")
    assert await database.ask("select count(*) from numbers") == [(ROWS,)]


@pytest.mark.parametrize("each", [1, 700, 1_000_000])
async def test_slices_cover_a_table_once(database: Database, each: int) -> None:
    await database.write(lambda session: session.execute("delete from numbers where n % 3 = 0 or n < 900"))
    async with database.snapshot() as session:
        parts = await slices(session, "numbers", each)
        await add(database, 10_001, 10_500)
        found: list[int] = []
        for part in parts:
            filters = Filters().where(part.condition, *part.bounds)
            rows = await session.fetch(f"select n from numbers where {filters.sql()}", *filters.arguments)
            assert len(rows) <= max(each * 12, 300)
            found += [number for (number,) in rows]
    assert sorted(found) == [n for n in range(900, ROWS + 1) if n % 3]


async def test_an_empty_table_has_no_slices(database: Database) -> None:
    await database.write(lambda session: session.execute("create table hollow (n bigint)"))
    async with database.snapshot() as session:
        assert await slices(session, "hollow", 10) == []
