"""PostgreSQL 14 and newer, through asyncpg: set-based statements, rows locked in the order of their keys."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import asyncpg
from msgspec.structs import astuple

from vinr_engagement.foundation.database import migrations, statements
from vinr_engagement.foundation.database.mixtures import Mixtures
from vinr_engagement.foundation.database.port import Changes, Result, Session, Wanted
from vinr_engagement.foundation.database.state import Key
from vinr_engagement.foundation.database.table import Row, Table
from vinr_engagement.foundation.errors import Contention, Unavailable

WRITERS = 4
READERS = 4
POOL_SIZE = WRITERS + READERS
"""Connections that a process keeps at most to each store."""
COMMAND_TIMEOUT_SECONDS = 60
SCHEMA_ATTEMPTS = 10
_AGAIN = frozenset({"40001", "40P01", "23505"})
"""Serialisation failure, deadlock, unique violation: another transaction was faster."""
_DOWN = ("08", "28", "3D", "53", "57P", "58", "XX", "25006")
_MIGRATION_TABLE = "schema_migrations"
_LOOKUPS = {
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}
"""Writers look rows up by key, however many: a plan made while tables were small would go on reading whole ones."""


class Column(list[Any]):
    """Values for an array parameter that has one dimension.

    The driver goes over an array twice: first it asks of each element whether it is an array itself, which costs as much as
    all else that it does for it, then it encodes them. These are none: the first time there is nothing to see.
    """

    __slots__ = ("_seen",)

    def __init__(self, values: Iterable[Any]) -> None:
        super().__init__(values)
        self._seen = False

    def __iter__(self) -> Iterator[Any]:
        if self._seen:
            return super().__iter__()
        self._seen = True
        return iter(())


class PostgreSQLSession:
    """A transaction on one connection."""

    engine = "postgresql"

    def __init__(
        self,
        connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record] | asyncpg.Connection[asyncpg.Record]",
        mixtures: Mixtures | None = None,
    ) -> None:
        self._connection = connection
        self._mixtures = Mixtures() if mixtures is None else mixtures

    async def fetch(self, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
        return [tuple(record) for record in await self._connection.fetch(sql, *arguments)]

    async def execute(self, sql: str, *arguments: Any) -> int:
        status = await self._connection.execute(sql, *arguments)
        count = status.rpartition(" ")[2]
        return int(count) if count.isdecimal() else 0

    async def find(self, table: Table[Row], keys: Sequence[Key]) -> list[Row]:
        sql = statements.postgresql_find(table)
        row = table.row
        return [row(*record) for record in await self._connection.fetch(sql, *_columns(keys))]

    async def gather(self, wanted: Sequence[Wanted]) -> list[list[Any]]:
        sql = statements.postgresql_gather(tuple([(source, lock) for source, _, lock in wanted]))
        arrays = [column for _, keys, _ in wanted for column in _columns(keys)]
        found = await self._connection.fetchrow(sql, *arrays)
        assert found is not None
        gathered = []
        for (source, _, _), records in zip(wanted, found, strict=True):
            row = statements.table_read(source).row
            gathered.append([row(*record) for record in records or ()])
        return gathered

    async def rows(self, table: Table[Row], where: str, *arguments: Any) -> list[Row]:
        sql = f"select {statements.columns(table)} from {table.name} where {where}"
        row = table.row
        return [row(*record) for record in await self._connection.fetch(sql, *arguments)]

    async def save(self, changes: Changes) -> None:
        for table, rows in changes.deleted.items():
            keys = [table.key_of(row) for row in rows]
            await self._connection.execute(statements.postgresql_delete(table), *_columns(keys))
        if changes.updated or changes.inserted:
            updated, inserted = self._mixtures.covering(changes.updated, changes.inserted)
            arrays = [Column([astuple(row) for _, row in changes.updated.get(table, ())]) for table in updated]
            arrays += [Column([astuple(row) for row in changes.inserted.get(table, ())]) for table in inserted]
            await self._connection.execute(statements.postgresql_write(updated, inserted), *arrays)


def _columns(keys: Sequence[Key]) -> list[Column]:
    """An array for each column of these keys."""
    return [Column(values) for values in zip(*keys, strict=True)]


class PostgreSQLDatabase:
    """One schema of one PostgreSQL database."""

    engine = "postgresql"

    def __init__(self, url: str, schema: str) -> None:
        self.url = url
        self.schema = schema
        self._writers = _Pool(self, WRITERS, _LOOKUPS)
        self._readers = _Pool(self, READERS, {})

    def server_settings(self) -> dict[str, str]:
        """What every connection asks of the server."""
        return {"search_path": self.schema, "application_name": "vinr-engagement"}

    async def write(self, work: Callable[[Session], Awaitable[Result]]) -> Result:
        async with self._writers.session() as session:
            return await work(session)

    async def read(self, work: Callable[[Session], Awaitable[Result]]) -> Result:
        async with self._readers.session(isolation="repeatable_read", readonly=True) as session:
            return await work(session)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Session]:
        with _faults_translated():
            connection = await asyncpg.connect(
                self.url, command_timeout=COMMAND_TIMEOUT_SECONDS, server_settings=self.server_settings()
            )
            try:
                async with connection.transaction(isolation="repeatable_read", readonly=True):
                    yield PostgreSQLSession(connection)
            finally:
                await connection.close(timeout=COMMAND_TIMEOUT_SECONDS)

    async def ask(self, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
        return await self._readers.ask(sql, *arguments)

    async def migrate(self) -> list[str]:
        for attempt in range(1, SCHEMA_ATTEMPTS + 1):
            try:
                await self.write(self._make_schema)
                break
            except Contention:  # Another process makes it: "if not exists" looks before it leaps.
                if attempt == SCHEMA_ATTEMPTS:
                    raise
        return await self._migrate_under_lock()

    async def _make_schema(self, session: Session) -> None:
        await session.execute(f'create schema if not exists "{self.schema}"')
        await session.execute(
            f"create table if not exists {_MIGRATION_TABLE} (name text primary key, applied_at bigint not null)"
        )

    async def _migrate_under_lock(self) -> list[str]:
        """On a connection of its own, without a time limit; readers of the table go on, another migration waits."""
        with _faults_translated():
            connection = await asyncpg.connect(self.url, server_settings=self.server_settings())
            try:
                async with connection.transaction():
                    await connection.execute("set local statement_timeout = 0")
                    await connection.execute(f"lock table {_MIGRATION_TABLE} in share row exclusive mode")
                    return await migrations.apply(PostgreSQLSession(connection))
            finally:
                await connection.close()

    async def pending_migrations(self) -> list[str]:
        return await self.read(migrations.pending)

    async def close(self) -> None:
        await self._writers.close()
        await self._readers.close()


class _Pool:
    """Connections of one kind, made when they are first needed."""

    def __init__(self, database: PostgreSQLDatabase, size: int, settings: dict[str, str]) -> None:
        self._database = database
        self._size = size
        self._settings = settings
        self._mixtures = Mixtures()
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._connecting = asyncio.Lock()

    async def _connected(self) -> "asyncpg.Pool[asyncpg.Record]":
        if self._pool is None:
            async with self._connecting:
                self._pool = self._pool or await self._connect()
        return self._pool

    async def _connect(self) -> "asyncpg.Pool[asyncpg.Record]":
        return await asyncpg.create_pool(
            self._database.url,
            min_size=1,
            max_size=self._size,
            command_timeout=COMMAND_TIMEOUT_SECONDS,
            reset=_leave_as_it_is,
            server_settings={**self._database.server_settings(), **self._settings},
        )

    @asynccontextmanager
    async def session(self, **transaction: Any) -> AsyncIterator[PostgreSQLSession]:
        """A transaction on a connection of its own."""
        with _faults_translated():
            pool = await self._connected()
            async with pool.acquire() as connection, connection.transaction(**transaction):
                yield PostgreSQLSession(connection, self._mixtures)

    async def ask(self, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
        """One statement; it is its own transaction."""
        with _faults_translated():
            pool = await self._connected()
            async with pool.acquire() as connection:
                return [tuple(record) for record in await connection.fetch(sql, *arguments)]

    async def close(self) -> None:
        """Waits for what runs, and lets go."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None


async def _leave_as_it_is(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """A transaction leaves nothing behind on its connection: resetting it would cost a statement each time."""


@contextmanager
def _faults_translated() -> Iterator[None]:
    """The driver's errors become the port's."""
    try:
        yield
    except asyncpg.PostgresError as error:
        raise _translated(error) from error
    except (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError, TimeoutError) as error:
        raise Unavailable(f"PostgreSQL: {error or type(error).__name__}") from error


def _translated(error: asyncpg.PostgresError) -> Exception:
    state: str = error.sqlstate or ""
    if state in _AGAIN:
        return Contention(str(error))
    if state.startswith(_DOWN):
        return Unavailable(f"PostgreSQL: {error}")
    return error
