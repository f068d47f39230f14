"""`vinr listen`: the stream of a real server in a terminal, handed on to a real receiver."""

import json
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from standardwebhooks import Webhook

from tests.cli.serving import fetch, payment, url_in
from vinr_engagement.entrypoints.cli import main

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TYPES = ["loyalty.account.created", "loyalty.points.earned"]
LONGEST_SECONDS = 60

Start = Callable[..., Any]


@dataclass
class Receiver:
    """A shop's own server: keeps what it gets, and answers with ``status``."""

    url: str = ""
    status: int = 200
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def wait_for(self, count: int) -> None:
        ends = time.monotonic() + LONGEST_SECONDS
        while len(self.got) < count:
            assert time.monotonic() < ends, self.got
            time.sleep(0.05)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            found.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(found.status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        found.url = f"http://127.0.0.1:{server.server_port}/hooks"
        yield found
        server.shutdown()
        thread.join()


def serve(vinr: Any, start: Start, port: int = 0) -> tuple[Any, str]:
    """A server, of two processes where the database lets it."""
    several = () if vinr.database_url.startswith("sqlite") else ("--processes", "2")
    running = start(vinr, "serve", "--port", str(port), *several)
    return running, url_in(running.wait_for("http://"))


def test_events_are_shown_and_handed_on_as_webhooks_whatever_becomes_of_the_connection(
    vinr: Any, start: Start, receiver: Receiver
) -> None:
    vinr.succeeds("migrate")
    key = vinr.succeeds("keys", "create").strip()
    running, url = serve(vinr, start)
    listening = start(vinr, "listen", "--api-key", key, "--base-url", url, "--forward-to", receiver.url)
    listening.wait_for("Connected to")

    fetch(f"{url}/v1/events", key, payment("evt_1"))
    receiver.wait_for(2)
    printed = listening.wait_for("→ 200")
    secret = printed.partition("signed with ")[2].split()[0]
    assert secret.startswith("whsec_")
    for headers, body in receiver.got:
        told: Any = Webhook(secret).verify(body, headers)
        assert body == json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()
        assert headers["content-type"] == "application/json"
        assert headers["webhook-id"] == told["id"]
        assert headers["vinr-signature"].startswith("t=")
        assert fetch(f"{url}/v1/events/{told['id']}", key) == told
        assert told["id"] in printed

    began = time.monotonic()
    assert running.stop() == 0
    assert time.monotonic() - began < 15, "it does not wait for who listens"
    assert "Traceback" not in running.stderr.read_text()
    listening.wait_for("Disconnected: ")
    while_away(vinr, key)
    serve(vinr, start, int(url.rpartition(":")[2]))
    listening.wait_for("Connected again")
    receiver.wait_for(3)
    receiver.status = 500
    fetch(f"{url}/v1/events", key, payment("evt_3"))
    listening.wait_for("→ 500")
    types = [json.loads(body)["type"] for _, body in receiver.got]
    assert types == [*TYPES, "loyalty.points.earned", "loyalty.points.earned"], "none lost, none twice"
    assert listening.stop(signal.SIGINT) == 0
    assert listening.stdout.read_text().endswith("Stopped.\n")
    assert listening.stderr.read_text() == ""


def while_away(vinr: Any, key: str) -> None:
    """Something happens while nobody serves there."""
    events = vinr.folder / "events.ndjson"
    events.write_text(json.dumps(payment("evt_2")) + "\n", "utf-8")
    vinr.succeeds("import", "events", str(events))


@ON_SQLITE
def test_for_other_programs_there_is_json_and_nothing_else(vinr: Any, start: Start, receiver: Receiver) -> None:
    vinr.succeeds("migrate")
    key = vinr.succeeds("keys", "create").strip()
    _, url = serve(vinr, start)
    receiver.status = 400
    arguments = ("--print-json", "--types", "loyalty.points.*", "--base-url", url)
    chosen = "whsec_" + "c2VjcmV0" * 4
    listening = start(vinr, "listen", "--api-key", key, "--forward-to", receiver.url, "--secret", chosen, *arguments)
    wait_in(listening.stderr, "Connected to")
    fetch(f"{url}/v1/events", key, payment("evt_1"))
    (line,) = listening.wait_for("\n").splitlines()
    assert json.loads(line)["type"] == "loyalty.points.earned"
    wait_in(listening.stderr, "400 in")
    ((headers, body),) = receiver.got
    assert body.decode() == line
    Webhook(chosen).verify(body, headers)
    assert listening.stop(signal.SIGINT) == 0


def wait_in(path: Path, text: str) -> None:
    ends = time.monotonic() + LONGEST_SECONDS
    while text not in path.read_text():
        assert time.monotonic() < ends, path.read_text()
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("", "VINR_SECRET_KEY"),
        ("--api-key schlüssel", "no API key"),
        ("--api-key sk_test_x --forward-to http://127.0.0.1:1 --secret whsec_?", "whsec_ and then base64"),
        ("--api-key sk_test_x --forward-to 127.0.0.1:3000", "http://"),
    ],
)
def test_wrong_use(arguments: str, told: str) -> None:
    done = CliRunner(env={"VINR_SECRET_KEY": None}).invoke(main, ["listen", *arguments.split()])
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert told in done.stderr


@ON_SQLITE
def test_what_is_wrong_is_said_in_a_line(vinr: Any, start: Start) -> None:
    vinr.succeeds("migrate")
    key = vinr.succeeds("keys", "create").strip()
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    unreachable = vinr.fails("listen", "--api-key", key, "--base-url", nobody, code=1)
    assert unreachable.startswith(f"Error: Cannot reach {nobody}")
    assert "vinr serve" in unreachable
    assert "no URL" in vinr.fails("listen", "--api-key", key, "--base-url", "127.0.0.1:8000", code=1)
    _, url = serve(vinr, start)
    at = ("--base-url", url)
    assert "api_key_invalid" in vinr.fails("listen", "--api-key", "sk_test_wrong", *at, code=1)
    assert "loyalty.points.earned" in vinr.fails(
        "listen", "--api-key", key, "--types", "loyalty.points.earnt", *at, code=1
    )
    assert "resource_missing" in vinr.fails("listen", "--api-key", key, "--account", "loy_none", *at, code=1)
