"""Fills an empty store with members and their history, as fast as the engine's database takes rows.

The rows are those of :mod:`benchmarks.template`. PostgreSQL gets them by COPY in the order of time, so that a member's rows
lie apart as they would; SQLite, which keeps most tables in the order of their keys, gets them in that order. Secondary
indexes are made afterwards.
"""

import asyncio
import gc
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg

from benchmarks import program, template
from benchmarks.program import Furnishing
from benchmarks.results import Filled
from benchmarks.template import SHIFTS, TABLES, Part, Template
from vinr_engagement import analytics, payments
from vinr_engagement.commands import Store
from vinr_engagement.foundation import ids
from vinr_engagement.foundation.clock import DAY, HOUR, SECOND, Instant, real_now
from vinr_engagement.foundation.database import Table
from vinr_engagement.foundation.settings import Settings

CHUNK = 20_000
"""Parts of histories whose rows are in memory at once."""
CACHE_KILOBYTES = 1_000_000
HISTORY_DAYS = 300
DUE_DAYS = 3 * 365
"""Points expire after 18 months: what was earned so long ago has expired by its date, and waits for the sweep."""

Progress = Callable[[int, int], None]
Rows = dict[Table[Any], list[Any]]


def furnish(url: str, furnishing: Furnishing = program.plain) -> None:
    """Brings a new store up to date and sets it up."""

    async def set_up() -> None:
        store = await Store.open("test", Settings(database_url=url))
        try:
            await furnishing(store)
        finally:
            await store.close()

    asyncio.run(set_up())


def fill(
    url: str,
    members: int,
    payments_each: int,
    adjustments_each: int = 0,
    *,
    due: bool = False,
    furnishing: Furnishing = program.plain,
    progress: Progress = lambda done, total: None,
) -> Filled:
    """Members with so many payments (two ledger rows each) and adjustments (one); with ``due`` all points have expired.

    The store has to be furnished, by the same ``furnishing``, and have no members. Theirs are the customers of the numbers
    from 0 on, and the events of the numbers from 0 to ``members × payments_each``.
    """
    started = time.perf_counter()
    dates = _dates(payments_each + adjustments_each, due=due)
    work = _Work(members, template.make(dates, payments_each, furnishing), progress)
    gc.disable()
    try:
        size = _fill_sqlite(url, work) if url.startswith("sqlite:") else asyncio.run(_fill_postgresql(url, work))
    finally:
        gc.enable()
    filled = Filled(members, members * work.rows_each, time.perf_counter() - started, size)
    asyncio.run(_count_totals(url))
    return filled


async def _count_totals(url: str) -> None:
    """What was filled in went past the engine, which keeps the totals of analytics with each commit."""
    store = await Store.open("test", Settings(database_url=url))
    try:
        await analytics.rebuild(store.database, real_now())
    finally:
        await store.close()


def _dates(count: int, *, due: bool) -> list[Instant]:
    """Evenly over the last months; or all within two weeks, long ago."""
    now = int(datetime.now(tz=UTC).timestamp()) * SECOND
    today = now - now % DAY + 6 * HOUR
    first, days = (DUE_DAYS, 14) if due else (HISTORY_DAYS, HISTORY_DAYS - 2)
    step = max(days // count, 1)
    return [today - (first - place * step) * DAY for place in range(count)]


class _Work:
    """The rows to be written, in either order, some thousands at a time."""

    def __init__(self, members: int, shape: Template, progress: Progress) -> None:
        self._shape = shape
        self._accounts = [ids.new_id("loy") for _ in range(members)]
        self._progress = progress
        self.rows_each = shape.rows

    def by_time(self) -> Iterator[Rows]:
        """All enrolments, then everybody's first payment, and so on."""
        accounts = self._accounts
        return self._chunks((part, member) for part in self._shape.parts for member in range(len(accounts)))

    def by_key(self) -> Iterator[Rows]:
        """Account by account, as the tables of an account's rows are ordered."""
        accounts = self._accounts
        ordered = sorted(range(len(accounts)), key=lambda member: (ids.bucket_of(accounts[member]), accounts[member]))
        return self._chunks((part, member) for member in ordered for part in self._shape.parts)

    def _chunks(self, wanted: Iterable[tuple[Part, int]]) -> Iterator[Rows]:
        accounts, each = self._accounts, self._shape.payments
        total = len(accounts) * len(self._shape.parts)
        rows: Rows = {table: [] for table in TABLES}
        for done, (part, member) in enumerate(wanted, 1):
            shift = member * 2_654_435_761 % SHIFTS
            written = part.write(member, member * each + part.place, accounts[member], shift)
            for table, row in zip(part.tables, written, strict=True):
                rows[table].append(row)
            if done % CHUNK == 0:
                yield rows
                rows = {table: [] for table in TABLES}
                self._progress(done, total)
        yield rows
        self._progress(total, total)


def _ahead(chunks: Iterator[Rows]) -> Iterator[Rows]:
    """The same chunks, the next one in the making while the database takes the last."""
    with ThreadPoolExecutor(1) as maker:
        coming = maker.submit(next, chunks, None)
        while (rows := coming.result()) is not None:
            coming = maker.submit(next, chunks, None)
            yield rows


def _fill_sqlite(url: str, work: _Work) -> int:
    """One transaction without a journal: a store that was not filled to its end is of no use anyway."""
    path = Path(url.removeprefix("sqlite:///").removesuffix(".db") + ".test.db")
    os.environ["SQLITE_TMPDIR"] = str(path.parent)
    staging = path.with_suffix(".staging")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in (
            "journal_mode = off",
            "synchronous = off",
            "locking_mode = exclusive",
            f"cache_size = -{CACHE_KILOBYTES}",
        ):
            connection.execute(f"pragma {pragma}")
        connection.execute("attach ? as staging", (str(staging),))
        connection.execute("pragma staging.journal_mode = off")
        connection.execute("create table staging.payments as select * from main.payments limit 0")
        indexes = connection.execute(
            "select name, sql from sqlite_schema where type = 'index' and sql is not null"
        ).fetchall()
        connection.execute("begin")
        for name, _ in indexes:
            connection.execute(f"drop index {name}")
        for rows in _ahead(work.by_key()):
            for table, those in rows.items():
                _insert_sqlite(connection, table, those)
        connection.execute("insert into main.payments select * from staging.payments order by id")
        for _, sql in indexes:
            connection.execute(sql)
        connection.execute("commit")
        connection.execute("detach staging")
    staging.unlink()
    _make_durable(path)
    return path.stat().st_size


def _insert_sqlite(connection: sqlite3.Connection, table: Table[Any], rows: list[Any]) -> None:
    """Payments, whose key has nothing to do with the account's, are set aside to be sorted by it at the end."""
    name = "staging.payments" if table is payments.PAYMENTS else table.name
    marks = ", ".join("?" * len(table.columns))
    connection.executemany(f"insert into {name} ({', '.join(table.columns)}) values ({marks})", rows)


def _make_durable(path: Path) -> None:
    """Nothing of the filling is left for the measuring to write."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma journal_mode = wal")
    with path.open("rb") as file:
        os.fsync(file.fileno())


async def _fill_postgresql(url: str, work: _Work) -> int:
    connection = await asyncpg.connect(url, server_settings={"search_path": "vinr_test"}, command_timeout=3_600)
    try:
        await connection.execute("set maintenance_work_mem = '512MB'; set synchronous_commit = off")
        names = [table.name for table in TABLES]
        keys = await connection.fetch(_KEYS, names)
        indexes = await connection.fetch(_INDEXES, names)
        async with connection.transaction():
            for key in keys:
                await connection.execute(f"alter table {key['table']} drop constraint {key['name']}")
            for index in indexes:
                await connection.execute(f"drop index {index['name']}")
            for rows in _ahead(work.by_time()):
                for table, those in rows.items():
                    await connection.copy_records_to_table(table.name, records=those, columns=table.columns)
            for key in keys:
                await connection.execute(f"alter table {key['table']} add constraint {key['name']} {key['definition']}")
            for index in indexes:
                await connection.execute(index["definition"])
        for name in names:
            await connection.execute(f"vacuum (freeze, analyze) {name}")
        await connection.execute("checkpoint")
        return int(await connection.fetchval("select pg_database_size(current_database())"))
    finally:
        await connection.close()


_KEYS = """
select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as definition
from pg_constraint where contype = 'p' and conrelid = any (select to_regclass(unnest($1::text[])))
"""
_INDEXES = """
select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
from pg_index i where not i.indisprimary and i.indrelid = any (select to_regclass(unnest($1::text[])))
"""
