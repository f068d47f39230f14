"""The commands that run until they are stopped."""

import signal
import socket
import threading
import time
import urllib.error
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.serving import fetch, half_sent, payment, url_in

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

Start = Callable[..., Any]


def test_serve_answers_and_stops(vinr: Any, start: Start) -> None:
    running = start(vinr, "serve", "--port", "0")
    printed = running.wait_for("vinr keys create")
    url = url_in(printed)
    assert fetch(f"{url}/healthz") == {"status": "ok"}
    assert fetch(f"{url}/readyz")["status"] == "ready"

    key = vinr.succeeds("keys", "create").strip()
    assert fetch(f"{url}/v1/loyalty/programs", key)["data"][0]["id"] == "prog_default"
    assert running.stop() == 0
    assert running.stdout.read_text().endswith("Stopped.\n")
    assert "Traceback" not in running.stderr.read_text()

    again = start(vinr, "serve", "--port", "0", "--no-worker")
    assert "vinr keys create" not in again.wait_for("http://")
    assert again.stop(signal.SIGINT) == 0


def test_serve_loses_nothing_that_it_accepted(vinr: Any, start: Start) -> None:
    vinr.succeeds("migrate")
    key = vinr.succeeds("keys", "create").strip()
    running = start(vinr, "serve", "--port", "0")
    url = url_in(running.wait_for("http://"))
    accepted: list[str] = []
    enough = threading.Event()

    def send(sender: int) -> None:
        for number in range(10_000):
            event = payment(f"evt_{sender}_{number}")
            try:
                fetch(f"{url}/v1/events", key, event)
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                return
            accepted.append(event["id"])
            if len(accepted) > 40:
                enough.set()

    senders = [threading.Thread(target=send, args=(sender,)) for sender in range(4)]
    for sender in senders:
        sender.start()
    assert enough.wait(30)
    assert running.stop() == 0
    for sender in senders:
        sender.join(30)

    again = start(vinr, "serve", "--port", "0")
    url = url_in(again.wait_for("http://"))
    answers = fetch(f"{url}/v1/events/batch", key, {"events": [payment(identifier) for identifier in accepted]})
    assert {answer["result"]["status"] for answer in answers["data"]} == {"duplicate"}
    assert again.stop() == 0


def test_serve_answers_a_request_that_it_was_reading_when_told_to_stop(vinr: Any, start: Start) -> None:
    vinr.succeeds("migrate")
    key = vinr.succeeds("keys", "create").strip()
    running = start(vinr, "serve", "--port", "0")
    port = int(url_in(running.wait_for("http://")).rpartition(":")[2])
    with half_sent(port, key) as (sender, rest):
        time.sleep(0.5)
        running.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert running.process.poll() is None, "it waits for the rest"
        sender.sendall(rest)
        with sender.makefile("rb") as answer:
            assert answer.readline().startswith(b"HTTP/1.1 200 ")
    assert running.process.wait(60) == 0
    assert "test: all is right; checked 1 accounts, 100 transactions" in vinr.succeeds("verify")


@ON_SQLITE
def test_serve_names_a_port_in_use(vinr: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        complaint = vinr.fails("serve", "--port", str(port), code=1)
    assert f"127.0.0.1:{port}" in complaint
    assert "--port" in complaint


def test_workers_run_beside_each_other_and_stop(vinr: Any, start: Start) -> None:
    vinr.succeeds("migrate")
    workers = [start(vinr, "worker") for _ in range(2)]
    for worker in workers:
        worker.wait_for("Working on")
    assert [worker.stop() for worker in workers] == [0, 0]
    assert [worker.stderr.read_text() for worker in workers] == ["", ""]
