"""A PostgreSQL of the test's own, which keeps its promises over a crash, to be killed and started again."""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg

from tests.crash.processes import PATIENCE_SECONDS
from tests.stores import RUN_FOLDER

APPLICATION = "vinr-engagement"
"""How the server's connections are named."""


class Postgres:
    """One cluster in a folder of its own, with every safeguard on, reached by a socket in that folder."""

    def __init__(self, folder: Path, programs: Path, user: str | None) -> None:
        self._folder = folder
        self._programs = programs
        self._user = user
        self._process: subprocess.Popen[bytes] | None = None
        self._starting = threading.Lock()
        self._run("initdb", "--auth=trust", "--encoding=utf8", "--username=postgres", "--no-sync", "-D", str(folder))

    @property
    def url(self) -> str:
        """Its database."""
        return f"postgresql://postgres@/postgres?host={self._folder}"

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self._folder / ".s.PGSQL.5432"

    def start(self) -> None:
        """Starts it, again where its shared memory is still in use: by backends that outlived a killed postmaster."""
        ends = time.monotonic() + PATIENCE_SECONDS
        with self._starting:
            while not self._accepts():
                assert time.monotonic() < ends, (self._folder / "printed").read_text()
                if not self.is_alive():
                    self._process = self._postmaster()
                time.sleep(0.05)

    def is_alive(self) -> bool:
        """Whether the postmaster runs."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """Ends the postmaster without a word; its backends notice, and end too."""
        self._end(signal.SIGKILL)

    async def busy_backend(self) -> int | None:
        """A process of it that works for the server at this moment, chosen at random."""
        try:
            connection = await asyncpg.connect(self.url)
            try:
                found: int | None = await connection.fetchval(
                    "select pid from pg_stat_activity where application_name = $1 and state <> 'idle' order by random()",
                    APPLICATION,
                )
                return found
            finally:
                await connection.close()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            return None

    def stop(self) -> None:
        """Ends it for good."""
        if self.is_alive():
            self._end(signal.SIGQUIT)

    def _end(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)
        self._process.wait(PATIENCE_SECONDS)

    def _postmaster(self) -> "subprocess.Popen[bytes]":
        with (self._folder / "printed").open("ab") as printed:
            arguments = ["-D", str(self._folder), "-k", str(self._folder), "-c", "listen_addresses="]
            return subprocess.Popen(
                [str(self._programs / "postgres"), *arguments],
                cwd=self._folder,
                user=self._user,
                stdout=printed,
                stderr=subprocess.STDOUT,
            )

    def _accepts(self) -> bool:
        return self.is_alive() and self._run("pg_isready", "-h", str(self._folder), check=False) == 0

    def _run(self, program: str, *arguments: str, check: bool = True) -> int:
        command = [str(self._programs / program), *arguments]
        done = subprocess.run(command, cwd=self._folder, user=self._user, stdout=subprocess.DEVNULL, check=check)
        return done.returncode


@contextmanager
def own_postgres(shared: Any) -> Iterator[Postgres]:
    """A new cluster for as long as the block runs, by the programs and the user of the run's shared server."""
    folder = Path(tempfile.mkdtemp(prefix="own-", dir=os.environ[RUN_FOLDER]))
    if shared.system_user is not None:
        shutil.chown(folder, shared.system_user)
    postgres = Postgres(folder, shared.bin_path, shared.system_user)
    postgres.start()
    try:
        yield postgres
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
