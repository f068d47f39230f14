"""`vinr serve --processes`: several processes that are one server."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from tests.cli.serving import fetch, half_sent, payment, url_in
from vinr_engagement.entrypoints.api.limits import KEY_CACHE_SECONDS
from vinr_engagement.entrypoints.cli import main
from vinr_engagement.entrypoints.cli.one_of_several import share
from vinr_engagement.foundation.settings import Settings

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
LONGEST_SECONDS = 120

Start = Callable[..., Any]


def started(vinr: Any, start: Start) -> tuple[Any, str, str]:
    """A server of two processes on a new database, with its URL and a key."""
    vinr.succeeds("migrate")
    key = vinr.succeeds("keys", "create").strip()
    running = start(vinr, "serve", "--port", "0", "--processes", "2")
    return running, url_in(running.wait_for("http://")), key


def scraped(url: str) -> list[Sample]:
    with urllib.request.urlopen(f"{url}/metrics", timeout=30) as answer:
        families = list(text_string_to_metric_families(answer.read().decode()))
    assert len({family.name for family in families}) == len(families)
    return [sample for family in families for sample in family.samples]


def by_process(samples: list[Sample], name: str, **labels: str) -> dict[str, float]:
    """The sum of what each process counted."""
    sums = defaultdict[str, float](float)
    for sample in samples:
        if sample.name == name and labels.items() <= sample.labels.items():
            sums[sample.labels["process"]] += sample.value
    return dict(sums)


def pids(running: Any) -> list[int]:
    """The processes that serve."""
    parent = running.process.pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii").split()
    return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + LONGEST_SECONDS
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.1)


def sockets_listening(port: int) -> int:
    """Those of the kernel, however many processes hold each."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
    return sum(line[1].endswith(f":{port:04X}") and line[3] == "0A" for line in lines)


class Senders:
    """Four that send events, each on a new connection, until they are told to stop or the server is gone."""

    def __init__(self, url: str, key: str, *, persistent: bool = False) -> None:
        self.accepted: list[str] = []
        self.over = threading.Event()
        self._url, self._key, self._persistent = url, key, persistent
        self._threads = [threading.Thread(target=self._send, args=(sender,)) for sender in range(4)]
        for thread in self._threads:
            thread.start()

    def _send(self, sender: int) -> None:
        number = 0
        while not self.over.is_set():
            event = payment(f"evt_{sender}_{number}")
            try:
                fetch(f"{self._url}/v1/events", self._key, event)
            except (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError):
                if not self._persistent:
                    return
            else:
                self.accepted.append(event["id"])
                number += 1

    def wait_for_more(self, count: int) -> None:
        enough = len(self.accepted) + count
        until(lambda: len(self.accepted) >= enough)

    def join(self) -> None:
        self.over.set()
        for thread in self._threads:
            thread.join(LONGEST_SECONDS)


def check_that_all_are_there(vinr: Any, url: str, key: str, accepted: list[str]) -> None:
    events = [payment(identifier) for identifier in accepted]
    for begin in range(0, len(events), 1_000):
        answers = fetch(f"{url}/v1/events/batch", key, {"events": events[begin : begin + 1_000]})
        assert {answer["result"]["status"] for answer in answers["data"]} == {"duplicate"}
    assert "test: all is right" in vinr.succeeds("verify")


@ON_POSTGRESQL
def test_both_serve_and_what_they_count_adds_up(vinr: Any, start: Start) -> None:
    running, url, key = started(vinr, start)
    for number in range(60):
        assert fetch(f"{url}/v1/events", key, payment(f"evt_{number}"))["status"] == "processed"
    scrapes = [scraped(url) for _ in range(12)]
    for samples in scrapes:
        assert sorted(by_process(samples, "process_resident_memory_bytes")) == ["1", "2"]
        requests = by_process(samples, "vinr_http_requests_total", route="/v1/events", status="200")
        assert sum(requests.values()) == 60
        assert sum(by_process(samples, "vinr_events_total").values()) == 60
        assert sum(by_process(samples, "vinr_write_batch_commands_sum", store="test").values()) >= 60
        due = [sample.labels for sample in samples if sample.name == "vinr_due_accounts"]
        assert due == [{"store": "test"}, {"store": "live"}]
    assert sum(by_process(scrapes[-1], "vinr_http_requests_total", route="/metrics").values()) == 11
    listed = fetch(f"{url}/v1/loyalty/accounts?customer=cust_ada", key)["data"]
    assert [account["balance"] for account in listed] == [600]

    assert running.stop() == 0
    assert running.stdout.read_text().endswith("Stopped.\n")
    lines = [json.loads(line) for line in running.stderr.read_text().splitlines()]
    assert {line["event"] for line in lines} == {"request"}
    assert len(lines) == 60 + 12 + 1, "every request, and nothing else"


@ON_POSTGRESQL
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux deals connections out among sockets of one port")
def test_connections_are_dealt_out_evenly_on_a_port_that_nobody_else_may_have(vinr: Any, start: Start) -> None:
    running, url, _ = started(vinr, start)
    port = int(url.rpartition(":")[2])
    connections = [http.client.HTTPConnection("127.0.0.1", port, timeout=30) for _ in range(64)]
    for connection in connections:
        connection.connect()
    for connection in connections:
        connection.request("GET", "/healthz")
        assert connection.getresponse().read()
        connection.close()
    answered = by_process(scraped(url), "vinr_http_requests_total", route="/healthz")
    assert sum(answered.values()) == 64
    assert min(answered.get("1", 0), answered.get("2", 0)) >= 14, "by chance it is less once in 500,000 times"
    assert sockets_listening(port) == 2
    for several in ((), ("--processes", "2")):
        assert "the port is in use" in vinr.fails("serve", "--port", str(port), *several, code=1)
    assert running.stop() == 0


@ON_POSTGRESQL
def test_nothing_that_was_accepted_is_lost_by_stopping(vinr: Any, start: Start) -> None:
    running, url, key = started(vinr, start)
    senders = Senders(url, key)
    senders.wait_for_more(100)
    assert running.stop() == 0
    senders.join()
    assert "Traceback" not in running.stderr.read_text()

    again = start(vinr, "serve", "--port", "0", "--processes", "2", "--no-worker")
    check_that_all_are_there(vinr, url_in(again.wait_for("http://")), key, senders.accepted)
    os.kill(again.process.pid, signal.SIGINT)
    assert again.process.wait(LONGEST_SECONDS) == 0
    assert "Traceback" not in again.stderr.read_text()


@ON_POSTGRESQL
def test_a_request_that_is_being_read_is_answered_while_new_connections_are_refused(vinr: Any, start: Start) -> None:
    running, url, key = started(vinr, start)
    port = int(url.rpartition(":")[2])
    with half_sent(port, key) as (sender, rest):
        time.sleep(0.5)
        running.process.send_signal(signal.SIGTERM)
        time.sleep(2)
        assert running.process.poll() is None, "it waits for the rest"
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=30)
        sender.sendall(rest)
        with sender.makefile("rb") as answer:
            assert answer.readline().startswith(b"HTTP/1.1 200 ")
    assert running.process.wait(LONGEST_SECONDS) == 0
    assert "test: all is right; checked 1 accounts, 100 transactions" in vinr.succeeds("verify")


@ON_POSTGRESQL
def test_a_process_that_was_killed_is_replaced(vinr: Any, start: Start) -> None:
    running, url, key = started(vinr, start)
    senders = Senders(url, key, persistent=True)
    senders.wait_for_more(50)
    before = pids(running)
    assert len(before) == 2
    os.kill(before[0], signal.SIGKILL)
    senders.wait_for_more(50)
    until(
        lambda: len(by_process(scraped(url), "process_resident_memory_bytes")) == 2 and before[0] not in pids(running)
    )
    assert before[1] in pids(running)
    senders.wait_for_more(50)
    senders.join()
    assert sorted(by_process(scraped(url), "process_resident_memory_bytes")) == ["1", "2"]
    check_that_all_are_there(vinr, url, key, senders.accepted)
    assert running.stop() == 0
    events = [json.loads(line) for line in running.stderr.read_text().splitlines()]
    (replaced,) = [event for event in events if event["event"] == "process_replaced"]
    assert (replaced["pid"], replaced["exit_code"]) == (before[0], -signal.SIGKILL)


@ON_POSTGRESQL
def test_a_revoked_key_is_refused_by_both_soon(vinr: Any, start: Start) -> None:
    _, url, key = started(vinr, start)
    other = vinr.succeeds("keys", "create", "--name", "other").strip()
    (named,) = [line.split("\t")[0] for line in vinr.succeeds("keys", "list").splitlines() if "\tother\t" in line]
    for _ in range(12):
        fetch(f"{url}/v1/loyalty/programs", other)
    vinr.succeeds("keys", "revoke", named)
    time.sleep(KEY_CACHE_SECONDS)
    for _ in range(12):
        with pytest.raises(urllib.error.HTTPError, match="401"):
            fetch(f"{url}/v1/loyalty/programs", other)
    assert fetch(f"{url}/v1/loyalty/programs", key)["data"]


@ON_POSTGRESQL
def test_no_process_outlives_the_one_that_started_it(vinr: Any, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setenv("TMPDIR", folder)
        running, _, _ = started(vinr, start)
        orphans = pids(running)
        (meeting,) = Path(folder).iterdir()
        assert meeting.stat().st_mode & 0o777 == 0o700
        running.process.kill()
        running.process.wait(LONGEST_SECONDS)
        until(lambda: not any(Path(f"/proc/{pid}/fd/0").exists() for pid in orphans))
        assert not meeting.exists()


@ON_POSTGRESQL
@pytest.mark.empty_database
def test_one_that_cannot_start_stops_all(vinr: Any) -> None:
    code = """
from vinr_engagement.entrypoints.cli import processes, server
from vinr_engagement.entrypoints.cli.faults import CommandFailed
from vinr_engagement.foundation import logs
from vinr_engagement.foundation.settings import Settings

with server.listen("127.0.0.1", 0) as listening:
    try:
        processes.serve(listening, 2, logs.logger(Settings()), with_worker=False, announce=lambda: print("ready"))
    except CommandFailed as failure:
        print(failure.exit_code, failure.format_message())
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=vinr.environment(),
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    assert done.stdout == "1 A server process could not start, so that all were stopped; it says why above.\n"
    assert "run `vinr migrate`" in done.stderr
    assert "Traceback" not in done.stderr


@ON_SQLITE
def test_sqlite_has_one_writer(vinr: Any, database_url: str) -> None:
    complaint = vinr.fails("serve", "--port", "0", "--processes", "2", code=2)
    assert "SQLite has one writer" in complaint
    assert "PostgreSQL" in complaint
    assert not list(vinr.folder.glob("*.db"))

    environment = {"VINR_DATABASE_URL": database_url, "VINR_PROCESSES": "3"}
    refused = CliRunner(env=environment).invoke(main, ["serve", "--port", "0"])
    assert refused.exit_code == 2
    assert "--processes 3" in refused.output
    assert CliRunner(env={**environment, "VINR_PROCESSES": "two"}).invoke(main, ["serve"]).exit_code == 2


def test_each_process_has_its_share_of_the_rate_limit() -> None:
    shared = share(Settings(rate_limit=100, rate_limit_burst=201), 4)
    assert (shared.rate_limit, shared.rate_limit_burst) == (25, 51)
    least = share(Settings(rate_limit=1, rate_limit_burst=2), 4)
    assert (least.rate_limit, least.rate_limit_burst) == (1, 1)
    assert share(Settings(), 4).rate_limit == 0, "no limit is no limit"
