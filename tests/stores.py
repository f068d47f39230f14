"""Stores that have their tables, their default program and its rule: a copy is there sooner than one made anew."""

import asyncio
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vinr_engagement.commands import Store
from vinr_engagement.foundation.settings import ENVIRONMENTS, Settings

RUN_FOLDER = "VINR_TEST_RUN_FOLDER"
"""The variable that names the folder which all workers of a run share."""
_FILE = "vinr.db"


def sqlite_url(folder: Path) -> str:
    """The URL of the two stores in this folder; those that are not there yet are made."""
    for original in _sqlite_originals().iterdir():
        if not (folder / original.name).exists():
            shutil.copyfile(original, folder / original.name)
    return f"sqlite:///{folder / _FILE}"


def are_there(url: str) -> bool:
    """Whether the stores of a URL were made already, as those of PostgreSQL always are."""
    path = Path(url.removeprefix("sqlite:///"))
    return not url.startswith("sqlite:") or path.with_name(f"{path.stem}.test.db").exists()


def make_sqlite_originals() -> None:
    """Makes what is copied, unless another worker of this run did."""
    with first_of_this_run("sqlite") as first:
        if first:
            _sqlite_originals().mkdir()
            asyncio.run(furnish(f"sqlite:///{_sqlite_originals() / _FILE}"))


def _sqlite_originals() -> Path:
    return Path(os.environ[RUN_FOLDER], "sqlite")


async def furnish(url: str) -> None:
    """Makes both stores of an empty database, as a fresh install does."""
    for environment in ENVIRONMENTS:
        await (await Store.open(environment, Settings(database_url=url))).close()


@contextmanager
def first_of_this_run(name: str) -> Iterator[bool]:
    """Whether nobody of this run was here before; others wait until the first is done."""
    mark = Path(os.environ[RUN_FOLDER], f"{name}.done")
    with mark.with_suffix(".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield not mark.exists()
        mark.touch()
