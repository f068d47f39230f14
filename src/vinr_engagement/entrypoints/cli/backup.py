"""``vinr backup`` and ``vinr restore``."""

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vinr_engagement.entrypoints.cli import running
from vinr_engagement.entrypoints.cli.faults import CommandFailed, WrongUse

if TYPE_CHECKING:
    from vinr_engagement.foundation.settings import Environment

_PATH = click.Path(path_type=Path)


@click.command(short_help="Back up both stores, while they serve.")
@click.argument("target", type=_PATH)
def backup(target: Path) -> None:
    """Copy both stores, as of one moment each, into the new folder TARGET; servers go on meanwhile.

    On PostgreSQL it prints the pg_dump line to use instead, and exits with 2. The secrets of API keys are not in a backup,
    nor is VINR_KEY_PEPPER: keep that elsewhere.
    """
    stores = _sqlite_stores()
    if stores is None:
        _leave_it_to_postgresql(_dump_line(target), "backed up")
        return
    from vinr_engagement.commands import backup as backups
    from vinr_engagement.foundation.database.sqlite_copy import Damaged
    from vinr_engagement.foundation.errors import Unavailable

    try:
        manifest = backups.make(stores, target, _progress)
    except (backups.BackupRefused, Damaged, Unavailable, OSError) as error:
        raise CommandFailed(f"Nothing was backed up: {error}.") from error
    sizes = ", ".join(f"{name} {copy.size:,} bytes" for name, copy in manifest.stores.items())
    click.echo(f"Backed up to {target}: {sizes}.")


@click.command(short_help="Bring a backup back.")
@click.argument("source", type=_PATH)
@click.option("--force", is_flag=True, help="Overwrite a database that is not empty.")
def restore(source: Path, *, force: bool) -> None:
    """Put the backup in the folder SOURCE in the place of both stores. Stop every vinr that uses them first.

    The backup is checked as a whole before anything is replaced. On PostgreSQL it prints the pg_restore line to use
    instead, and exits with 2.
    """
    stores = _sqlite_stores()
    if stores is None:
        _leave_it_to_postgresql(_restore_line(source, force=force), "restored")
        return
    from vinr_engagement.commands import backup as backups

    try:
        manifest = backups.restore(source, stores, force=force)
    except (backups.BackupRefused, OSError) as error:
        raise CommandFailed(f"Nothing was restored: {error}.") from error
    click.echo(f"Restored the backup of {manifest.made_at}, made by vinr {manifest.version}. Check it: vinr verify")
    if _behind(manifest):
        click.echo("It is of an earlier release. Bring it up to date: vinr migrate")


def _sqlite_stores() -> "Mapping[Environment, Path] | None":
    """The files of both stores; ``None`` for PostgreSQL."""
    from vinr_engagement.foundation.database.sqlite import SQLiteDatabase
    from vinr_engagement.foundation.settings import ENVIRONMENTS

    chosen = running.settings()
    databases = {environment: running.database_of(chosen, environment) for environment in ENVIRONMENTS}
    files = {name: database.path for name, database in databases.items() if isinstance(database, SQLiteDatabase)}
    return files or None


def _behind(manifest: Any) -> bool:
    from vinr_engagement.foundation.database import migrations

    return any(copy.migrations != migrations.names() for copy in manifest.stores.values())


def _progress(environment: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{environment}: {done:,} of {total:,} pages", nl=done == total, err=True)


def _leave_it_to_postgresql(line: str, done: str) -> None:
    click.echo(line)
    raise WrongUse(f"Nothing was {done}: PostgreSQL has its own tools. Run the line on standard output.")


def _dump_line(target: Path) -> str:
    return (
        "pg_dump --format=custom --schema=vinr_test --schema=vinr_live"
        f' --file={shlex.quote(str(target))} --dbname="$VINR_DATABASE_URL"'
    )


def _restore_line(source: Path, *, force: bool) -> str:
    clean = " --clean --if-exists" if force else ""
    return (
        f"pg_restore --single-transaction --exit-on-error --no-owner{clean}"
        f' --dbname="$VINR_DATABASE_URL" {shlex.quote(str(source))}'
    )
