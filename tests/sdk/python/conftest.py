"""A server that answers what a test tells it to, on a real socket."""

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest

Json = dict[str, Any]


class Told(NamedTuple):
    """An answer to give; ``None`` for a connection that breaks instead."""

    status: int
    body: Json | bytes | None
    headers: Mapping[str, str] = {}
    wait: threading.Event | None = None


@dataclass
class Scripted:
    """A server that gives its answers in turn, and remembers what it was asked."""

    url: str = ""
    answers: list[Told] = field(default_factory=list)
    asked: list[tuple[str, str, Mapping[str, str], bytes]] = field(default_factory=list)

    def tell(
        self, status: int, body: Json | bytes | None, *, wait: threading.Event | None = None, **headers: str
    ) -> None:
        """Adds an answer; names of headers have ``_`` for ``-``."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.append(Told(status, body, named, wait))

    @property
    def keys(self) -> list[str | None]:
        """The idempotency keys that it was sent."""
        return [headers.get("idempotency-key") for _, _, headers, _ in self.asked]


class Quiet(ThreadingHTTPServer):
    """Does not mind a caller who has gone."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing."""


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    """A server of the test's own."""
    script = Scripted()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            script.asked.append((self.command, self.path, headers, self.rfile.read(length)))
            answer = script.answers.pop(0)
            if answer.wait is not None:
                answer.wait.wait(10)
            if answer.body is None:
                self.close_connection = True
                return
            content = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for name, value in {"content-length": str(len(content)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_DELETE = do  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = Quiet(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    script.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield script
    server.shutdown()
    thread.join()
    server.server_close()
