"""The cases, each with its target, and how one run of each is measured."""

import os
import random
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click
import msgspec

from benchmarks import load, servers, traffic
from benchmarks.results import Sample
from benchmarks.servers import Site

YARDSTICK = "yardstick"
PLAIN, FULL = "small", "full"
"""The stores: of a plain program, and of one with everything on."""
READERS = 20_000
"""Random members that a read case chooses among."""


class Case(NamedTuple):
    """``targets`` are ratios to the rate of ``against``, for each engine; the ratio to that of ``also`` is told beside it.

    ``store`` is that which it is measured on.
    """

    name: str
    title: str
    targets: dict[str, float]
    against: str
    measure: Callable[["Site", int], Sample]
    also: str = ""
    store: str = PLAIN

    @property
    def compared(self) -> list[str]:
        """What its rate is compared with."""
        return [name for name in (self.against, self.also) if name]


def one(site: Site, count: int) -> Sample:
    """One event a request."""
    sent = traffic.events(site.take(count), count, site.members)
    return _post(site, traffic.singles(site.key, sent), count)


def batch(site: Site, count: int) -> Sample:
    """Many events a request; twice as many events as in the other cases, in whole requests."""
    count = max(2 * count // traffic.BATCH, 1) * traffic.BATCH
    sent = traffic.events(site.take(count), count, site.members)
    return _post(site, traffic.batches(site.key, sent), count)


def hot(site: Site, count: int) -> Sample:
    """All events on one member, another one in each run."""
    first = site.take(count)
    buyer = traffic.customer(traffic.member_of(first, site.members))
    return _post(site, traffic.singles(site.key, [traffic.event(first + n, buyer) for n in range(count)]), count)


def read(site: Site, count: int) -> Sample:
    """The account of any member."""
    found = site.fetch("select account from customer_links order by customer limit " + str(READERS))
    paths = [f"/v1/loyalty/accounts/{account}" for (account,) in found]
    chosen = random.Random(count).choices(paths, k=count)
    return _load(site, [load.request("GET", path, site.key) for path in chosen], count, b'"loyalty_account"')


def redeem(site: Site, count: int) -> Sample:
    """A reward for the points of any member, one a request."""
    found = site.fetch("select account from customer_links order by customer limit " + str(max(READERS, count)))
    ((reward,),) = site.fetch("select id from rewards")
    accounts = [account for (account,) in random.Random(site.take(1)).choices(found, k=count)]
    before = _redeemed(site)
    sample = _load(site, traffic.redemptions(site.key, accounts, reward), count, b'"status":"pending"')
    came = _redeemed(site) - before
    if came != count:
        raise click.ClickException(f"{came} of {count} redemptions were written")
    return sample


def _redeemed(site: Site) -> int:
    """Ledger rows of redemptions."""
    ((rows,),) = site.fetch("select count(distinct ledger_row) from redemptions")
    return int(rows)


def healthz(site: Site, count: int) -> Sample:
    """What a request costs that asks for nothing."""
    return _load(site, [load.request("GET", "/healthz", site.key)] * count, count, b'"ok"')


def _post(site: Site, requests: list[bytes], count: int) -> Sample:
    """Events: each has to be processed, not merely answered."""
    before = _processed(site)
    sample = _load(site, requests, count, b'"status":"processed"')
    came = _processed(site) - before
    if came != count:
        raise click.ClickException(f"{came} of {count} events were processed")
    return sample


def _processed(site: Site) -> int:
    """Events that the server has processed since it was started, as it counts them itself."""
    return int(servers.metric(site, "vinr_events_total", 'status="processed"'))


def _load(site: Site, requests: list[bytes], count: int, expected: bytes) -> Sample:
    before = site.usage()
    measured = load.run(site.port, requests, load.CONNECTIONS, expected)
    used = site.usage().since(before)
    if measured.failures:
        raise click.ClickException(
            f"{measured.failures} of {measured.requests} requests failed: {measured.wrong.decode(errors='replace')}"
        )
    return Sample(
        rate=count / measured.seconds,
        seconds=measured.seconds,
        p50=measured.percentile(0.5) * 1e3,
        p99=measured.percentile(0.99) * 1e3,
        cpu=_per_event(count, server=used.server, database=used.database, load=measured.cpu),
    )


def _per_event(count: int, **seconds: float) -> dict[str, float]:
    """Microseconds of each."""
    return {name: each / count * 1e6 for name, each in seconds.items()}


def import_file(site: Site, count: int) -> Sample:
    """``vinr import`` of a file of events, beside a server that has nothing to do.

    The rate is of the command's own seconds, from its reading to its last commit; ``wall`` is of the whole process.
    """
    count *= 2
    with tempfile.NamedTemporaryFile("wb", suffix=".ndjson", dir=site.engine.folder) as file:
        for event in traffic.events(site.take(count), count, site.members):
            file.write(msgspec.json.encode(event) + b"\n")
        file.flush()
        before = site.usage()
        imported = _timed_import(site, Path(file.name))
        used = site.usage().since(before)
    seconds = imported.said["seconds"]
    if imported.said["lines"]["accepted"] != count:
        raise click.ClickException(f"the import of {count} events ended otherwise: {imported.said}")
    return Sample(
        rate=count / seconds,
        seconds=seconds,
        wall_rate=count / imported.wall,
        memory=imported.peak,
        cpu=_per_event(count, server=imported.cpu, database=used.database, load=0.0),
    )


class _Import(NamedTuple):
    said: dict[str, Any]
    wall: float
    cpu: float
    peak: int


def _timed_import(site: Site, path: Path) -> _Import:
    """One process; the kernel says at its end what it has used."""
    arguments = [*site.importer, "import", "events", str(path), "--json"]
    started = time.perf_counter()
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(arguments, env=site.environment, stdout=subprocess.PIPE, stderr=complaints)
        assert process.stdout is not None
        with process.stdout:
            printed = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        complaints.seek(0)
        said = complaints.read().decode()
    if process.returncode:
        raise click.ClickException(f"vinr import ended with {process.returncode}: {printed.decode()}{said[-2_000:]}")
    return _Import(msgspec.json.decode(printed), wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


_BOTH = ("postgresql", "sqlite")
CASES = {
    case.name: case
    for case in (
        Case("one", "`POST /v1/events`, one a request", dict(zip(_BOTH, (0.7, 0.7), strict=True)), YARDSTICK, one),
        Case(
            "full",
            "`POST /v1/events`, everything on",
            dict.fromkeys(_BOTH, 0.8),
            "one",
            one,
            also=YARDSTICK,
            store=FULL,
        ),
        Case(
            "batch",
            f"`POST /v1/events/batch`, {traffic.BATCH} a request",
            dict(zip(_BOTH, (1.2, 1.0), strict=True)),
            YARDSTICK,
            batch,
        ),
        Case("import", "`vinr import events`", dict(zip(_BOTH, (1.5, 1.3), strict=True)), YARDSTICK, import_file),
        Case("hot", "all events on one member", dict.fromkeys(_BOTH, 0.8), "one", hot),
        Case("healthz", "`GET /healthz`", {}, "", healthz),
        Case("read", "`GET /v1/loyalty/accounts/{id}`", dict.fromkeys(_BOTH, 0.5), "healthz", read),
        Case(
            "redeem",
            "`POST /v1/loyalty/redemptions`",
            dict.fromkeys(_BOTH, 0.5),
            "one",
            redeem,
            also=YARDSTICK,
        ),
    )
}
"""In the order in which they run."""


def chosen(names: Sequence[str]) -> list[Case]:
    """The cases of these names (all, where there are none), and those that they are compared with."""
    wanted = set(names or CASES)
    wanted |= {CASES[name].against for name in wanted}
    return [case for case in CASES.values() if case.name in wanted]
