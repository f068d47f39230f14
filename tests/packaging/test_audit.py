"""`make audit` fails on a finding, passes without one, and says so where it could not ask."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

ROOT = Path(__file__).parents[2]
FILES = ("requirements/runtime.txt", "requirements/dev.txt")


class Advisories(BaseHTTPRequestHandler):
    """A service that knows of one vulnerable version of click."""

    asked: ClassVar[list[dict[str, Any]]] = []
    answers: ClassVar[bytes | None] = None

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append(question)
        results = [
            {"vulns": [{"id": "GHSA-test"}]} if query["package"]["name"] == "click" else {}
            for query in question["queries"]
        ]
        body = self.answers or json.dumps({"results": results}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Keeps still."""


@pytest.fixture
def service() -> Iterator[str]:
    Advisories.asked.clear()
    Advisories.answers = None
    server = HTTPServer(("127.0.0.1", 0), Advisories)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def audit(service: str, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "scripts/audit.py", *FILES, "--service", service, *more],
        cwd=ROOT,
        env={"NO_PROXY": "*"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_finding_fails_and_is_named(service: str) -> None:
    done = audit(service)
    assert done.returncode == 1
    assert "click " in done.stderr
    assert "GHSA-test" in done.stderr
    (asked,) = Advisories.asked
    names = {query["package"]["name"] for query in asked["queries"]}
    assert {"fastapi", "asyncpg", "pytest"} <= names
    assert all(query["version"] for query in asked["queries"])


def test_a_finding_that_does_not_touch_us_can_be_left_out(service: str) -> None:
    done = audit(service, "--ignore", "GHSA-test")
    assert (done.returncode, done.stderr) == (0, "")
    assert "no known vulnerabilities" in done.stdout


def test_a_service_out_of_reach_is_told_and_fails_only_when_asked_to() -> None:
    done = audit("http://127.0.0.1:1/")
    assert done.returncode == 0
    assert done.stderr.startswith("Not audited: the advisory service cannot be reached")
    assert audit("http://127.0.0.1:1/", "--strict").returncode == 1


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b'{"results": []}', b'{"message": "no"}'])
def test_an_answer_that_tells_nothing_is_no_audit(service: str, answer: bytes) -> None:
    Advisories.answers = answer
    done = audit(service)
    assert done.returncode == 0
    assert done.stderr.startswith("Not audited")
