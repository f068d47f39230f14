"""SQLite: a file, write-ahead log, full sync, one writer thread and a few readers.

Work is written once, as coroutines, for both engines. Here a session never waits for anything but the file, so its
coroutines run to their end without suspending: the writer thread drives them itself.
"""

import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, cast

from msgspec.structs import astuple

from vinr_engagement.foundation.database import migrations, statements
from vinr_engagement.foundation.database.port import Changes, Result, Session, Wanted
from vinr_engagement.foundation.database.state import Key
from vinr_engagement.foundation.database.table import Query, Row, Table, fields_of
from vinr_engagement.foundation.errors import Contention, Unavailable

BUSY_TIMEOUT_SECONDS = 30
BUSY_LOOK_SECONDS = 0.01
MIGRATION_TIMEOUT_SECONDS = 3_600
"""Another process may be migrating a large store."""
READERS = 2
CHECKPOINT_BYTES = 64 * 1024 * 1024
"""The write-ahead log is moved into the database, beside the writer, once it is this large. Then it starts anew in the room
that it has: a file that each commit makes longer takes it 1.4 times as long.
"""
SYNCHRONOUS = "full"
"""What is committed is on the disk, also where power fails the moment after."""
MINIMUM_VERSION = (3, 35, 0)


class SQLiteSession:
    """A transaction on one connection, used by one thread."""

    engine = "sqlite"

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def fetch(self, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
        return self._connection.execute(statements.sqlite_text(sql), arguments).fetchall()

    async def execute(self, sql: str, *arguments: Any) -> int:
        return self._connection.execute(statements.sqlite_text(sql), arguments).rowcount

    async def find(self, table: Table[Row], keys: Sequence[Key]) -> list[Row]:
        return self._each(statements.sqlite_find(table), table, keys)

    async def gather(self, wanted: Sequence[Wanted]) -> list[list[Any]]:
        return [self._gather(source, keys) for source, keys, _ in wanted]

    def _gather(self, source: Table[Any] | Query[Any], keys: Sequence[Key]) -> list[Any]:
        if isinstance(source, Table):
            return self._each(statements.sqlite_find(source), source, keys)
        return self._each(statements.sqlite_select(source), source.table, keys)

    def _each(self, sql: str, table: Table[Row], keys: Sequence[Key]) -> list[Row]:
        row, execute = table.row, self._connection.execute
        return [row(*values) for key in keys for values in execute(sql, key)]

    async def rows(self, table: Table[Row], where: str, *arguments: Any) -> list[Row]:
        sql = f"select {statements.columns(table)} from {table.name} where {where}"
        row = table.row
        return [row(*values) for values in self._connection.execute(statements.sqlite_text(sql), arguments)]

    async def save(self, changes: Changes) -> None:
        many = self._connection.executemany
        for table, rows in changes.deleted.items():
            many(statements.sqlite_delete(table), map(table.key_of, rows))
        for table, pairs in changes.updated.items():
            for names, rows in _by_columns_changed(table, pairs).items():
                many(statements.sqlite_update(table, names), map(fields_of(names + table.key), rows))
        for table, rows in changes.inserted.items():
            many(statements.sqlite_insert(table), map(astuple, rows))


def _by_columns_changed(table: Table[Any], pairs: Sequence[tuple[Any, Any]]) -> dict[tuple[str, ...], list[Any]]:
    """The rows by what is to be set: naming a column in an update costs the upkeep of its indexes, changed or not."""
    shapes: dict[tuple[str, ...], list[Any]] = {}
    for before, row in pairs:
        values = zip(table.columns, astuple(before), astuple(row), strict=True)
        shapes.setdefault(tuple([name for name, old, new in values if old != new]), []).append(row)
    return shapes


class SQLiteDatabase:
    """One database file."""

    engine = "sqlite"

    def __init__(self, path: Path, checkpoint_bytes: int = CHECKPOINT_BYTES) -> None:
        if sqlite3.sqlite_version_info < MINIMUM_VERSION:
            raise Unavailable(f"SQLite {sqlite3.sqlite_version} is too old; 3.35 or newer is needed")
        self.path = path
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="sqlite-writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="sqlite-reader")
        self._checkpointer = ThreadPoolExecutor(1, thread_name_prefix="sqlite-checkpoint")
        self._checkpoint: Future[None] | None = None
        self._checkpoint_bytes = checkpoint_bytes
        self._log = path.with_name(path.name + "-wal")
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []

    async def write(self, work: Callable[[Session], Awaitable[Result]]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._writer, self._write, work)

    async def read(self, work: Callable[[Session], Awaitable[Result]]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Session]:
        held = _Held(self.path)
        try:
            yield await held.begin()
        finally:
            await held.end()

    async def ask(self, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
        return await self.read(lambda session: session.fetch(sql, *arguments))

    async def migrate(self) -> list[str]:
        return await asyncio.get_running_loop().run_in_executor(self._writer, self._migrate)

    async def pending_migrations(self) -> list[str]:
        return await self.read(migrations.pending)

    async def close(self) -> None:
        await asyncio.to_thread(self._shut_down)

    def _shut_down(self) -> None:
        self._writer.shutdown()
        self._readers.shutdown()
        self._checkpointer.shutdown()
        for connection in self._connections:
            connection.close()
        self._connections.clear()

    def _write(self, work: Callable[[Session], Awaitable[Result]]) -> Result:
        result = self._transact("begin immediate", work)
        if self._checkpoint is not None and self._checkpoint.done():
            self._checkpoint = None
            self._move_log()  # what came meanwhile, so that the log is empty and starts anew
        elif self._checkpoint is None and self._log.stat().st_size > self._checkpoint_bytes:
            self._checkpoint = self._checkpointer.submit(self._move_log)
        return result

    def _move_log(self) -> None:
        """Moves the log into the database; what readers still need is moved the next time."""
        with suppress(sqlite3.DatabaseError):
            self._connection().execute("pragma wal_checkpoint(passive)").fetchone()

    def _read(self, work: Callable[[Session], Awaitable[Result]]) -> Result:
        return self._transact("begin", work)

    def _transact(self, begin: str, work: Callable[[Session], Awaitable[Result]]) -> Result:
        try:
            connection = self._connection()
            connection.execute(begin)
            try:
                result = drive(work(SQLiteSession(connection)))
                connection.execute("commit")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("rollback")
                raise
        except sqlite3.IntegrityError as error:
            raise Contention(str(error)) from error
        except sqlite3.DatabaseError as error:
            raise Unavailable(f"SQLite: {error}") from error
        return result

    def _migrate(self) -> list[str]:
        self._patience(MIGRATION_TIMEOUT_SECONDS)
        try:
            return self._transact("begin exclusive", migrations.apply)
        finally:
            self._patience(BUSY_TIMEOUT_SECONDS)

    def _patience(self, seconds: int) -> None:
        """How long the writer waits for another process to commit."""
        try:
            self._connection().execute(f"pragma busy_timeout = {seconds * 1_000}")
        except sqlite3.DatabaseError as error:
            raise Unavailable(f"SQLite: {error}") from error

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = _connect(self.path, self._checkpoint_bytes)
            self._connections.append(connection)
        return connection


class _Held:
    """A session that stays open between steps, each of which a thread of its own takes."""

    engine = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite-snapshot")
        self._connection: sqlite3.Connection | None = None

    async def begin(self) -> "_Held":
        """Opens the snapshot."""
        await self._do(self._open)
        return self

    async def end(self) -> None:
        """Lets go of it."""
        try:
            await self._do(self._close)
        finally:
            self._thread.shutdown(wait=False)

    async def fetch(self, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
        return await self._do(lambda: drive(self._session().fetch(sql, *arguments)))

    async def execute(self, sql: str, *arguments: Any) -> int:
        return await self._do(lambda: drive(self._session().execute(sql, *arguments)))

    async def find(self, table: Table[Row], keys: Sequence[Key]) -> list[Row]:
        return await self._do(lambda: drive(self._session().find(table, keys)))

    async def gather(self, wanted: Sequence[Wanted]) -> list[list[Any]]:
        return await self._do(lambda: drive(self._session().gather(wanted)))

    async def rows(self, table: Table[Row], where: str, *arguments: Any) -> list[Row]:
        return await self._do(lambda: drive(self._session().rows(table, where, *arguments)))

    async def save(self, changes: Changes) -> None:
        await self._do(lambda: drive(self._session().save(changes)))

    async def _do(self, step: Callable[[], Result]) -> Result:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, step)
        except sqlite3.DatabaseError as error:
            raise Unavailable(f"SQLite: {error}") from error

    def _session(self) -> SQLiteSession:
        assert self._connection is not None
        return SQLiteSession(self._connection)

    def _open(self) -> None:
        self._connection = _connect(self._path)
        self._connection.execute("pragma query_only = on")
        self._connection.execute("pragma cache_size = -8192")
        self._connection.execute("begin")
        self._connection.execute("select 1 from sqlite_master").fetchone()  # The first look takes the snapshot.

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()


def _connect(path: Path, log_bytes: int = CHECKPOINT_BYTES) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    for pragma in (
        "journal_mode = wal",
        f"synchronous = {SYNCHRONOUS}",
        "wal_autocheckpoint = 0",
        f"journal_size_limit = {log_bytes}",
        "cache_size = -65536",
    ):
        _set(connection, f"pragma {pragma}")
    return connection


def _set(connection: sqlite3.Connection, pragma: str) -> None:
    """Of several that open a new file at once one makes it write ahead; SQLite does not wait for it, whatever the timeout."""
    until = time.monotonic() + BUSY_TIMEOUT_SECONDS
    while True:
        try:
            connection.execute(pragma)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                connection.close()
                raise
            time.sleep(BUSY_LOOK_SECONDS)
        else:
            return


def drive(work: Awaitable[Result]) -> Result:
    """Runs a coroutine that never suspends to its end. Raises ``RuntimeError`` for one that does."""
    coroutine = cast(Coroutine[Any, Any, Result], work)
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    coroutine.close()
    raise RuntimeError("work on SQLite may await nothing but its session")
