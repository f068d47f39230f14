"""From a command to its work: the event loop, the settings, the stores, and faults in words."""

import asyncio
import sys
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import click

from vinr_engagement.entrypoints.cli.faults import CommandFailed, WrongUse

if TYPE_CHECKING:
    from vinr_engagement.commands import Store
    from vinr_engagement.foundation.database import Database
    from vinr_engagement.foundation.settings import Environment, Settings

Result = TypeVar("Result")


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Runs a command's work to its end. Raises ``CommandFailed`` for what the domain refuses and the database cannot do."""
    from vinr_engagement.foundation.errors import Contention, Refusal, Unavailable

    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(work)
    except Refusal as refusal:
        raise CommandFailed(refusal.message) from refusal
    except (Contention, Unavailable) as error:
        raise CommandFailed(f"The database takes no work now: {error}") from error


def _loop_factory() -> Any:
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop


def settings() -> "Settings":
    """The settings of this process. Raises ``WrongUse`` naming the variable that is wrong."""
    from vinr_engagement.foundation.settings import from_environment

    try:
        return from_environment()
    except ValueError as error:
        raise WrongUse(f"{error}.") from error


@asynccontextmanager
async def opened(
    chosen: "Settings", environments: Iterable["Environment"] | None = None, *, migrate: bool = False
) -> AsyncIterator[dict["Environment", "Store"]]:
    """The stores (both, unless some are named), closed at the end.

    With ``migrate`` their schemas are brought up to date and a fresh install gets its default program; without it they
    must be up to date. Raises ``WrongUse`` for a URL that names no database, ``CommandFailed`` for one out of reach.
    """
    from vinr_engagement.foundation.settings import ENVIRONMENTS

    async with AsyncExitStack() as stack:
        stores: dict[Environment, Store] = {}
        for environment in environments or ENVIRONMENTS:
            pending = await pending_migrations(chosen, environment)
            if pending and not migrate:
                raise CommandFailed(f"The {environment} store lacks {', '.join(pending)}: run `vinr migrate`.")
            stores[environment] = store = await _open(environment, chosen, migrate=migrate)
            stack.push_async_callback(store.close)
        yield stores


async def _open(environment: "Environment", chosen: "Settings", *, migrate: bool) -> "Store":
    from vinr_engagement.commands import Store

    try:
        return await Store.open(environment, chosen, migrate=migrate)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise CommandFailed(f"Cannot bring the {environment} store up to date: {reason}") from error


async def pending_migrations(chosen: "Settings", environment: "Environment") -> list[str]:
    """The migrations that a store lacks; nothing is made or changed. Raises as :func:`opened` does."""
    from vinr_engagement.foundation.database import migrations
    from vinr_engagement.foundation.database.migrations import NewerSchema
    from vinr_engagement.foundation.errors import Unavailable

    database = database_of(chosen, environment)
    if _is_new_file(database):
        return migrations.names()
    try:
        return await database.pending_migrations()
    except NewerSchema as error:
        raise CommandFailed(f"The {environment} store needs a newer release of vinr: {error}.") from error
    except Unavailable as error:
        raise CommandFailed(
            f"Cannot open the {environment} store of {without_secrets(chosen.database_url)}: {error}"
        ) from error
    except ValueError as error:
        raise _wrong_url(chosen.database_url) from error
    finally:
        await database.close()


def database_of(chosen: "Settings", environment: "Environment") -> "Database":
    """The database of a store, not opened yet. Raises ``WrongUse`` for a URL that names none."""
    from vinr_engagement.foundation.database.open import open_store

    try:
        return open_store(chosen.database_url, environment)
    except ValueError as error:
        raise _wrong_url(chosen.database_url) from error


def _wrong_url(url: str) -> WrongUse:
    """What is wrong is not quoted but for a scheme that we do not know: it may hold a password."""
    scheme, separator, _ = url.partition("://")
    unknown = separator and scheme.isalnum() and scheme not in ("sqlite", "postgresql", "postgres")
    return WrongUse(
        "The database URL is wrong: it is like sqlite:///vinr.db or postgresql://user:password@host/database"
        + (f", not {scheme[:40]!r}." if unknown else ".")
    )


def _is_new_file(database: "Database") -> bool:
    """Whether opening it would make the file; its folder must exist."""
    from vinr_engagement.foundation.database.sqlite import SQLiteDatabase

    return isinstance(database, SQLiteDatabase) and not database.path.exists() and database.path.parent.is_dir()


def without_secrets(url: str) -> str:
    """A database URL as it may be shown: no user, no password, no parameters."""
    if url.startswith("sqlite:"):
        return url
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def environment_option(*, default: str | None, text: str) -> Any:
    """``--environment test|live``."""
    return click.option(
        "--environment", type=click.Choice(["test", "live"]), default=default, show_default=True, help=text
    )
