"""Numbered, forward-only SQL files, applied in order under a lock.

A store that has migrations which this program does not know was made by a newer one, which alone may use it:
:class:`NewerSchema`.

One text serves both engines. ``/*sqlite: … */`` and ``/*postgresql: … */`` hold what only one of them understands.
"""

import re
from collections.abc import Awaitable, Callable
from importlib.resources import files

from vinr_engagement.foundation.clock import real_now
from vinr_engagement.foundation.database.migrations import search_terms
from vinr_engagement.foundation.database.port import Session
from vinr_engagement.foundation.errors import Unavailable

_ONLY = re.compile(r"/\*(sqlite|postgresql): (.*?) \*/", re.DOTALL)
_COMMENT = re.compile(r"--[^\n]*")


_BEYOND_SQL: dict[str, Callable[[Session], Awaitable[None]]] = {"0014_finding.sql": search_terms.fill}
"""What a migration does once its statements were run, in the same transaction."""


class NewerSchema(Unavailable):
    """A newer program brought the store up to date; nothing was changed. ``unknown``: its migrations that we lack."""

    def __init__(self, unknown: list[str]) -> None:
        super().__init__(f"the schema is newer than this program, which does not know {', '.join(unknown)}")
        self.unknown = unknown


def names() -> list[str]:
    """All migrations, in order."""
    return sorted(entry.name for entry in files(__name__).iterdir() if entry.name.endswith(".sql"))


async def applied(session: Session) -> set[str]:
    """The migrations that a store has."""
    listing = (
        "select name from sqlite_master where type = 'table' and name = 'schema_migrations'"
        if session.engine == "sqlite"
        else "select tablename from pg_tables where schemaname = current_schema() and tablename = 'schema_migrations'"
    )
    if not await session.fetch(listing):
        return set()
    return {name for (name,) in await session.fetch("select name from schema_migrations")}


async def pending(session: Session) -> list[str]:
    """The migrations that a store lacks, in order. Raises ``NewerSchema`` where it has some that we lack."""
    done = await applied(session)
    unknown = sorted(done.difference(names()))
    if unknown:
        raise NewerSchema(unknown)
    return [name for name in names() if name not in done]


async def apply(session: Session) -> list[str]:
    """Applies what is pending, in the transaction of the session. Raises ``NewerSchema`` before changing anything."""
    await session.execute(
        "create table if not exists schema_migrations (name text primary key, applied_at bigint not null)"
    )
    waiting = await pending(session)
    for name in waiting:
        for statement in statements_of(name, session.engine):
            await session.execute(statement)
        if name in _BEYOND_SQL:
            await _BEYOND_SQL[name](session)
        await session.execute("insert into schema_migrations (name, applied_at) values ($1, $2)", name, real_now())
    return waiting


def statements_of(name: str, engine: str) -> list[str]:
    """The statements of a migration in the words of one engine."""
    text = _COMMENT.sub("", files(__name__).joinpath(name).read_text("utf-8"))
    text = _ONLY.sub(lambda match: match[2] if match[1] == engine else "", text)
    return [statement.strip() for statement in text.split(";") if statement.strip()]
