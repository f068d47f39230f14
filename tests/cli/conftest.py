"""The real `vinr`, in a process and a folder of its own, never for longer than two minutes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

EXECUTABLE = Path(sys.executable).with_name("vinr")
LONGEST_SECONDS = 120

Finished = subprocess.CompletedProcess[str]


@dataclass
class Vinr:
    """Runs commands in one folder, against one database."""

    folder: Path
    database_url: str

    def environment(self) -> dict[str, str]:
        """Ours, but for settings that would leak in."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("VINR_")}
        return {**inherited, "VINR_DATABASE_URL": self.database_url, "COLUMNS": "80"}

    def __call__(self, *arguments: str) -> Finished:
        """A command that ends by itself."""
        return subprocess.run(
            [EXECUTABLE, *arguments],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
            check=False,
        )

    def succeeds(self, *arguments: str) -> str:
        """What a command prints that must not fail."""
        done = self(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def fails(self, *arguments: str, code: int) -> str:
        """The one line that a command complains in."""
        done = self(*arguments)
        assert done.returncode == code, done.stdout + done.stderr
        assert done.stderr.count("\n") == 1, done.stderr
        return done.stderr.strip()


@dataclass
class Running:
    """A command that runs until it is stopped."""

    process: "subprocess.Popen[bytes]"
    stdout: Path
    stderr: Path

    def wait_for(self, text: str) -> str:
        """What it printed, once that has ``text``."""
        ends = time.monotonic() + LONGEST_SECONDS
        while text not in (printed := self.stdout.read_text()):
            assert self.process.poll() is None, printed + self.stderr.read_text()
            assert time.monotonic() < ends, printed + self.stderr.read_text()
            time.sleep(0.05)
        return printed

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Sends a signal; answers the exit code."""
        self.process.send_signal(number)
        return self.process.wait(LONGEST_SECONDS)


@pytest.fixture
def vinr(tmp_path: Path, database_url: str) -> Vinr:
    """The command, against a database of its own, on either engine; the files of SQLite it makes itself."""
    for file in tmp_path.glob("vinr.*.db"):
        file.unlink()
    return Vinr(tmp_path, database_url)


@pytest.fixture(scope="session")
def interruptible() -> Iterator[None]:
    """What is started meanwhile hears SIGINT, also where a shell without job control runs these tests in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def start(tmp_path: Path, interruptible: None) -> Iterator[Callable[..., Running]]:
    """Starts commands that run until they are stopped, at the latest when the test ends."""
    started: list[Running] = []

    def start(vinr: Vinr, *arguments: str) -> Running:
        name = f"{arguments[0]}-{len(started)}"
        out, err = tmp_path / f"{name}.out", tmp_path / f"{name}.err"
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(
                [EXECUTABLE, *arguments], cwd=vinr.folder, env=vinr.environment(), stdout=stdout, stderr=stderr
            )
        started.append(Running(process, out, err))
        return started[-1]

    yield start
    for running in started:
        if running.process.poll() is None:
            running.process.kill()
            running.process.wait(LONGEST_SECONDS)
