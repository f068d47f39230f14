"""From one release to the next: data stay, an older program keeps its hands off, two that migrate do not collide."""

import asyncio
import gzip
import json
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from vinr_engagement.commands import Store
from vinr_engagement.commands.verify import verify
from vinr_engagement.entrypoints.cli import main
from vinr_engagement.foundation.clock import DAY
from vinr_engagement.foundation.database import Database, Session, migrations
from vinr_engagement.foundation.database.open import open_store
from vinr_engagement.foundation.settings import Settings

pytestmark = pytest.mark.empty_database

RELEASES = sorted(Path(__file__).parent.glob("release_*.json.gz"))
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(params=RELEASES, ids=lambda path: path.name.removesuffix(".json.gz"))
def release(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What a release kept: its migrations and its rows."""
    kept: dict[str, Any] = json.loads(gzip.decompress(request.param.read_bytes()))
    return kept


@pytest.fixture
def vinr(database_url: str) -> Any:
    """The command, in this process."""
    return lambda *arguments: CliRunner(env={"VINR_DATABASE_URL": database_url}).invoke(main, arguments)


async def make_as_then(database: Database, release: dict[str, Any]) -> None:
    """A store as that release left it."""

    async def fill(session: Session) -> None:
        if session.engine == "postgresql":
            await session.execute("create schema vinr_test")
        await session.execute("create table schema_migrations (name text primary key, applied_at bigint not null)")
        for name in release["migrations"]:
            for statement in migrations.statements_of(name, session.engine):
                await session.execute(statement)
            await session.execute("insert into schema_migrations values ($1, 1)", name)
        await session.execute("delete from store_state")
        for table, rows in release["rows"].items():
            for row in rows:
                marks = ", ".join(f"${number}" for number in range(1, len(row) + 1))
                await session.execute(f"insert into {table} ({', '.join(row)}) values ({marks})", *row.values())

    await database.write(fill)


async def rows_now(database: Database, before: Rows) -> Rows:
    """The rows of the tables that there were, in the columns that there were."""

    async def read(session: Session) -> Rows:
        found: Rows = {}
        for table, rows in before.items():
            columns = list(rows[0]) if rows else ["1"]
            fetched = await session.fetch(f"select {', '.join(columns)} from {table}")
            found[table] = [dict(zip(columns, row, strict=True)) for row in fetched]
        return found

    return await database.read(read)


def in_order(rows: Rows) -> dict[str, list[str]]:
    return {table: sorted(json.dumps(row, sort_keys=True) for row in each) for table, each in rows.items()}


def as_numbers(rows: Rows) -> Rows:
    """SQLite keeps booleans as numbers."""
    return {
        table: [{name: int(value) if isinstance(value, bool) else value for name, value in row.items()} for row in each]
        for table, each in rows.items()
    }


async def days_now(session: Session) -> dict[tuple[str, int], tuple[int, int, int]]:
    """What counts towards tiers, by account and day."""
    found = await session.fetch(
        "select account, day, sum(points), sum(spend), sum(orders) from daily_totals group by 1, 2"
    )
    return {(account, day): (int(points), int(spend), int(orders)) for account, day, points, spend, orders in found}


def days_then(rows: Rows) -> dict[tuple[str, int], tuple[int, int, int]]:
    """What a release's payments and adjustments bring: points of a payment, net of what refunds made due, on its day."""
    days: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for purchase in rows["purchases"]:
        net = sum(award[8] - award[9] for award in json.loads(purchase["awards"]))
        for place, amount in enumerate((net, purchase["net_spend"], purchase["orders"])):
            days[purchase["account"], purchase["day"]][place] += amount
    for row in rows["transactions"]:
        if row["type"] == "adjust":
            days[row["account"], row["effective_at"] // DAY][0] += row["qualifying"]
    return {key: (points, spend, orders) for key, (points, spend, orders) in days.items() if points or spend or orders}


def test_a_database_of_an_earlier_release_is_brought_up_to_date(
    database_url: str, vinr: Any, release: dict[str, Any]
) -> None:
    async def prepare() -> None:
        database = open_store(database_url, "test")
        await make_as_then(database, release)
        await database.close()

    async def examine() -> None:
        store = await Store.open("test", Settings(database_url=database_url), migrate=False)
        try:
            after = await rows_now(store.database, release["rows"])
            assert in_order(as_numbers(after)) == in_order(as_numbers(release["rows"]))
            report = await verify(store.database)
            assert (report.accounts, report.faults) == (len(release["rows"]["accounts"]), [])
            assert await store.database.read(days_now) == days_then(release["rows"])
            assert await store.sweep() > 0, "the sweep goes on where it was"
            assert (await verify(store.database)).faults == []
        finally:
            await store.close()

    asyncio.run(prepare())
    done = vinr("migrate")
    assert done.exit_code == 0, done.output
    newer = [name for name in migrations.names() if name not in release["migrations"]]
    assert done.output.splitlines()[0] == f"test: {'applied ' + ', '.join(newer) if newer else 'up to date'}"
    asyncio.run(examine())


def test_an_older_program_leaves_a_newer_schema_alone(database_url: str, vinr: Any) -> None:
    assert vinr("migrate").exit_code == 0

    async def upgrade(session: Session) -> None:
        await session.execute("insert into schema_migrations (name, applied_at) values ('9000_later.sql', 1)")

    async def note_a_newer_migration() -> None:
        database = open_store(database_url, "live")
        await database.write(upgrade)
        with pytest.raises(migrations.NewerSchema, match="9000_later"):
            await database.migrate()
        await database.close()

    asyncio.run(note_a_newer_migration())
    for command in (("serve", "--port", "0"), ("worker",), ("migrate",), ("migrate", "--check"), ("verify",)):
        refused = vinr(*command)
        assert refused.exit_code == 1
        assert refused.stderr == (
            "Error: The live store needs a newer release of vinr: the schema is newer than this program,"
            " which does not know 9000_later.sql.\n"
        )


@pytest.mark.anyio
async def test_of_two_that_migrate_at_once_one_waits(database_url: str) -> None:
    databases = [open_store(database_url, "test") for _ in range(4)]
    applied = await asyncio.gather(*(database.migrate() for database in databases))
    assert sorted(applied) == [[], [], [], migrations.names()]
    stores = [Store("test", database, Settings()) for database in databases]
    await asyncio.gather(*(store.now() for store in stores))
    await asyncio.gather(*(store.close() for store in stores))


@pytest.mark.anyio
async def test_a_migration_waits_for_one_that_takes_long(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (open_store(database_url, "test") for _ in range(2))
    await first.migrate()
    apply, spans = migrations.apply, []

    async def slowly(session: Session) -> list[str]:
        began = time.monotonic()
        applied = await apply(session)
        await _hold(session)
        spans.append((began, time.monotonic()))
        return applied

    monkeypatch.setattr(migrations, "apply", slowly)
    await asyncio.gather(first.migrate(), second.migrate())
    (_, first_ended), (second_began, _) = sorted(spans)
    assert second_began >= first_ended
    await asyncio.gather(first.close(), second.close())


async def _hold(session: Session) -> None:
    if session.engine == "sqlite":
        time.sleep(0.3)  # noqa: ASYNC251 (it runs in the writer's thread)
    else:
        await asyncio.sleep(0.3)


def test_every_release_that_brought_a_migration_kept_its_rows() -> None:
    kept = [json.loads(gzip.decompress(path.read_bytes()))["migrations"] for path in RELEASES]
    assert all(each == migrations.names()[: len(each)] for each in kept), "migrations are forward only"
