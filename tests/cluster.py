"""The run's PostgreSQL, which lends databases: one that was given back is as it was, and lent again.

Making and dropping one costs as much as all that a test does in it.
"""

import asyncio
import json
import uuid
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

import asyncpg

from tests import stores
from vinr_engagement.foundation.settings import ENVIRONMENTS

FURNISHED = "furnished"
"""A database with both stores as a fresh install has them, to be copied."""
EMPTY = "template0"
# Tests check what is kept and what is undone, not what survives a power cut: three times faster without.
# Nor are there rows enough to need a vacuum, or statistics, which would come at some moment or other.
FOR_SPEED = ("fsync", "full_page_writes", "synchronous_commit", "autovacuum")
LENDINGS = 50
"""So often a database is lent: what was deleted still takes room in it."""
_SCHEMAS = tuple(f"vinr_{environment}" for environment in ENVIRONMENTS)
_SHAPE = """
    select md5(string_agg(part, ' ' order by part)) from (
        select concat_ws(' ', c.oid, nspname, relname, relkind, relhastriggers, attnum, attname, atttypid, attnotnull) as part
        from pg_class c join pg_namespace n on n.oid = relnamespace left join pg_attribute a on a.attrelid = c.oid
        where nspname !~ '^pg_' and nspname <> 'information_schema'
    ) parts
"""
"""Tells whether a test changed a table, an index or a trigger."""
_USED = """
    select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = relnamespace
    where nspname = any($1) and relkind = 'r' and pg_relation_size(c.oid) > 0
"""
_DISCONNECT = """
    select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = current_database()
    and pid <> pg_backend_pid()
"""
_EXISTS = "select exists (select from pg_database where datname = $1)"
Result = TypeVar("Result")

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]


class Cluster:
    """One for all workers of a run; each has its own of this, and its own databases."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._runner = asyncio.Runner()
        self._connection = self._runner.run(asyncpg.connect(server.get_uri()))
        self._spare: list[str] = []
        self._lent: dict[str, int] = {}
        self._shape = ""
        self._restore = ""

    def prepare(self) -> None:
        """Makes the database that others are copied from, unless another worker of this run did.

        A server goes away with its databases once all workers that used it have ended, so that it is asked what it has.
        """
        with stores.first_of_this_run("postgres"):
            if not self._runner.run(self._connection.fetchval(_EXISTS, FURNISHED)):
                self.execute(*(f"alter system set {name} = off" for name in FOR_SPEED))
                self.execute("select pg_reload_conf()", f"create database {FURNISHED} template template0")
                self._runner.run(stores.furnish(self.url(FURNISHED)))
            self._shape, self._restore = self._on(FURNISHED, _as_furnished)

    def url(self, database: str) -> str:
        """Where a database is."""
        found: str = self._server.get_uri(database=database)
        return found

    def execute(self, *statements: str) -> None:
        """Runs each statement on its own: these refuse to share a transaction."""
        for statement in statements:
            self._runner.run(self._connection.execute(statement))

    def make(self, template: str) -> str:
        """The name of a new database."""
        name = f"test_{uuid.uuid4().hex}"
        self.execute(f"create database {name} template {template} strategy file_copy")
        return name

    def drop(self, name: str) -> None:
        """Drops a database, even if somebody is still connected to it."""
        self.execute(f"drop database {name} with (force)")

    def lend(self) -> str:
        """The name of a database as a fresh install has it."""
        name = self._spare.pop() if self._spare else self.make(FURNISHED)
        self._lent[name] = self._lent.get(name, 0) + 1
        return name

    def take_back(self, name: str) -> None:
        """Has a database ready to be lent again, or drops it where a test changed more than rows."""
        if self._lent[name] < LENDINGS and self._on(name, self._empty):
            self._spare.append(name)
        else:
            self.drop(name)

    async def _empty(self, connection: "Connection") -> bool:
        await connection.execute(_DISCONNECT)
        if await connection.fetchval(_SHAPE) != self._shape:
            return False
        used = [f"delete from {name};" for (name,) in await connection.fetch(_USED, _SCHEMAS)]
        await connection.execute("".join(used) + self._restore)
        return True

    def _on(self, database: str, work: Callable[["Connection"], Coroutine[Any, Any, Result]]) -> Result:
        async def run() -> Result:
            connection = await asyncpg.connect(self.url(database))
            try:
                return await work(connection)
            finally:
                await connection.close()

        return self._runner.run(run())

    def close(self) -> None:
        """Lets go of the connection."""
        self._runner.run(self._connection.close())
        self._runner.close()


async def _as_furnished(connection: "Connection") -> tuple[str, str]:
    """The shape of a furnished database, and the statements that put its rows into an empty one."""
    restore = []
    for (name,) in await connection.fetch(_USED, _SCHEMAS):
        rows = json.loads(await connection.fetchval(f"select coalesce(json_agg(t), '[]')::text from {name} t"))
        text = json.dumps(rows).replace("'", "''")
        restore.append(f"insert into {name} select * from json_populate_recordset(null::{name}, '{text}');")
    return await connection.fetchval(_SHAPE), "".join(restore)
