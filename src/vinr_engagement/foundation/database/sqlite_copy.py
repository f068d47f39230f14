"""Whole SQLite files: a consistent copy while the original is in use, what a copy holds, and putting one in place."""

import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from vinr_engagement.foundation.errors import Unavailable

PAGES_A_STEP: Final = 1_000
BREATH_SECONDS: Final = 0.002
"""After each step, so that a copy leaves the disk to whoever serves."""
_BUSY_SECONDS: Final = 30

Progress = Callable[[int, int], None]
"""Called with the pages copied so far and the pages there are."""


class Damaged(Exception):
    """A file is not the sound SQLite database that it should be."""


class InUse(Exception):
    """Another process has the database open."""


def copy_while_in_use(source: Path, target: Path, progress: Progress) -> None:
    """Copies a database as it was at one moment into a new file, in steps; writers go on meanwhile.

    One read transaction spans all steps: without it each commit would make the copy start anew. The log of the original
    grows until the copy is done. Raises ``Damaged`` for a copy that does not pass SQLite's integrity check, ``Unavailable``
    where the original cannot be read or the copy not be written.
    """

    def step(_: int, remaining: int, total: int) -> None:
        progress(total - remaining, total)
        time.sleep(BREATH_SECONDS)

    try:
        with closing(_read_only(source)) as reading, closing(sqlite3.connect(target, isolation_level=None)) as writing:
            reading.execute("begin")
            reading.execute("select count(*) from sqlite_master").fetchone()
            reading.backup(writing, pages=PAGES_A_STEP, progress=step)
            writing.execute("pragma journal_mode = delete").fetchone()
        migrations_in(target)
    except sqlite3.DatabaseError as error:
        raise Unavailable(f"SQLite: {error}") from error


def migrations_in(path: Path) -> list[str]:
    """The migrations of a database that nobody has open. Raises ``Damaged`` unless it passes SQLite's integrity check."""
    try:
        with closing(_read_only(path)) as connection:
            faults = [fault for (fault,) in connection.execute("pragma integrity_check(3)")]
            if faults != ["ok"]:
                raise Damaged(f"{path.name} is damaged: {'; '.join(faults)}")
            return [name for (name,) in connection.execute("select name from schema_migrations order by name")]
    except sqlite3.DatabaseError as error:
        raise Damaged(f"{path.name} is damaged: {error}") from error


def is_empty(path: Path) -> bool:
    """Whether there is no database, or one without any table."""
    if not path.exists() or path.stat().st_size == 0:
        return True
    try:
        with closing(_read_only(path)) as connection:
            ((tables,),) = connection.execute("select count(*) from sqlite_master")
            return bool(tables == 0)
    except sqlite3.DatabaseError:
        return False


def stage(copy: Path, target: Path) -> Path:
    """A durable copy of a file beside the database ``target``, ready to take its place."""
    fresh = target.with_name(target.name + ".restoring")
    shutil.copy(copy, fresh)
    make_durable(fresh)
    return fresh


def put_in_place(fresh: Path, target: Path) -> None:
    """Makes a staged file the database ``target``, which was claimed, and whose log is worthless from here on."""
    for log in ("-wal", "-shm"):
        target.with_name(target.name + log).unlink(missing_ok=True)
    fresh.replace(target)
    make_durable(target.parent)


def claim(path: Path) -> None:
    """Makes sure that nobody has a database open: whoever has would go on with the file that is gone. Raises ``InUse``.

    Only the sole user of a database may end its write-ahead log. A file that is no database anymore has no user.
    """
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
            ((mode,),) = connection.execute("pragma journal_mode = delete").fetchall()
            connection.execute("begin exclusive")
            connection.execute("rollback")
    except sqlite3.OperationalError as error:
        raise InUse(f"{path} is in use ({error})") from error
    except sqlite3.DatabaseError:
        return
    if mode != "delete":
        raise InUse(f"{path} is in use")


def make_durable(path: Path) -> None:
    """A file's contents, or a folder's entries, survive a power cut from here on."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS, isolation_level=None)
