"""``vinr`` in processes of its own, killed and started again."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

EXECUTABLE = str(Path(sys.executable).with_name("vinr"))
TRIES = 600
PATIENCE_SECONDS = 60


class Vinr:
    """A command that runs until it is ended: ``serve`` or ``worker``. What it prints is kept beside its database."""

    def __init__(self, database_url: str, folder: Path, *arguments: str, **settings: str) -> None:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("VINR_")}
        ours = {"VINR_DATABASE_URL": database_url, "VINR_LOG_LEVEL": "error"}
        self._environment = {**inherited, **ours, **settings}
        self._folder = folder
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it; it is at work some time later."""
        with (self._folder / f"{self._arguments[0]}.log").open("ab") as printed:
            self._process = subprocess.Popen(
                [EXECUTABLE, *self._arguments],
                cwd=self._folder,
                env=self._environment,
                stdout=printed,
                stderr=subprocess.STDOUT,
            )

    @contextmanager
    def running(self) -> Iterator[None]:
        """Starts it; whatever runs of it when the block ends is killed."""
        self.start()
        try:
            yield
        finally:
            if self.is_alive():
                self.kill()

    @property
    def pid(self) -> int:
        """The process."""
        assert self._process is not None
        return self._process.pid

    def is_alive(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def printed(self) -> str:
        """What all of its kind have printed in this folder."""
        return (self._folder / f"{self._arguments[0]}.log").read_text()

    def kill(self) -> None:
        """Ends it without a word."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Asks it to end; answers the exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        assert self._process is not None
        self._process.send_signal(number)
        return self._process.wait(PATIENCE_SECONDS)


class Server(Vinr):
    """``vinr serve`` on a free port."""

    def __init__(self, database_url: str, folder: Path, *arguments: str, **settings: str) -> None:
        self.port = free_port()
        super().__init__(database_url, folder, "serve", "--port", str(self.port), *arguments, **settings)

    def client(self, key: str, connections: int = 64) -> httpx2.AsyncClient:
        """A caller of this server; close it in the end."""
        limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
        base = f"http://127.0.0.1:{self.port}"
        return httpx2.AsyncClient(base_url=base, headers={"X-Api-Key": key}, limits=limits, timeout=PATIENCE_SECONDS)


async def ready(client: httpx2.AsyncClient) -> None:
    """Waits until a server and its database answer."""
    for _ in range(TRIES):
        try:
            if (await client.get("/readyz")).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        await asyncio.sleep(0.05)
    raise AssertionError("the server did not come back")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
