"""Expiry beside traffic: how many lots a second the sweep closes, and what requests notice of it."""

import threading
import time
from itertools import pairwise
from typing import NamedTuple

import click

from benchmarks import fill, load, servers, terminal, traffic
from benchmarks.load import Measured, percentile
from benchmarks.results import Filled, Second, Sweep
from benchmarks.servers import Engine, Site

PAYMENTS, ADJUSTMENTS = 2, 6
LOTS_EACH = 2 * PAYMENTS + ADJUSTMENTS
BUYERS = 2_000
"""Members beside those whose points expire: the traffic is theirs, so that no request sweeps for itself."""
LOOK_SECONDS = 0.5
AFTER_SECONDS = 2.0


class Look(NamedTuple):
    """Lots expired at a time, in seconds from the start of the traffic."""

    at: float
    lots: int


def measure(engine: Engine, port: int, lots: int, rate: float, before: float, longest: float) -> Sweep:
    """Traffic for ``before`` seconds by itself, then beside the sweep until all is expired, ``longest`` seconds at most."""
    members = max(1, lots // LOTS_EACH)
    site = servers.new_site(engine, "sweep", members)
    filled = fill.fill(
        site.url, members, PAYMENTS, ADJUSTMENTS, due=True, progress=terminal.progress("filling lots that are due")
    )
    site.number = members * PAYMENTS
    _hold_sweep(site, 3_600)
    with servers.served(site, port):
        buyers = _enrol(site)
        _hold_sweep(site, before)
        measured, looks = _watch(site, members, rate, before, longest, buyers)
    if measured.failures:
        raise click.ClickException(f"requests failed beside the sweep: {measured.wrong.decode(errors='replace')}")
    return _summary(site, filled, measured, looks)


def _hold_sweep(site: Site, seconds: float) -> None:
    """Takes the lease of the sweep, as another worker would: it begins once this has run out."""
    until = time.time_ns() // 1_000 + int(seconds * 1e6)
    site.fetch(
        f"insert into leases (name, holder, until) values ('sweep', 'benchmark', {until})"
        " on conflict (name) do update set holder = excluded.holder, until = excluded.until"
    )


def _enrol(site: Site) -> list[str]:
    buyers = [traffic.customer(site.members + number) for number in range(BUYERS)]
    first = site.take(BUYERS)
    sent = [traffic.event(first + place, buyer) for place, buyer in enumerate(buyers)]
    measured = load.run(site.port, traffic.singles(site.key, sent))
    if measured.failures:
        raise click.ClickException(f"enrolling failed: {measured.wrong.decode(errors='replace')}")
    return buyers


def _watch(
    site: Site, members: int, rate: float, before: float, longest: float, buyers: list[str]
) -> tuple[Measured, list[Look]]:
    """The load runs in a thread of its own; here the server is asked how far it is."""
    measured: list[Measured] = []
    over = threading.Event()
    first = site.take(int(rate * (before + longest)) + 1)

    def send() -> None:
        requests = traffic.endless(site.key, first, buyers)
        try:
            measured.append(load.steady(site.port, requests, rate, before + longest, over.is_set))
        finally:
            over.set()

    sender = threading.Thread(target=send)
    started = time.perf_counter()
    sender.start()
    looks: list[Look] = []
    while not over.wait(LOOK_SECONDS):
        settled = int(servers.metric(site, "vinr_jobs_done_total", 'job="sweep"'))
        looks.append(Look(time.perf_counter() - started, settled * LOTS_EACH))
        terminal.say(f"sweep: {settled * LOTS_EACH:,} of {members * LOTS_EACH:,} lots expired")
        if settled >= members:
            over.wait(AFTER_SECONDS)
            over.set()
    sender.join()
    if not measured:
        raise click.ClickException("the traffic beside the sweep broke off")
    return measured[0], looks


def _summary(site: Site, filled: Filled, measured: Measured, looks: list[Look]) -> Sweep:
    begin = next((earlier.at for earlier, later in pairwise(looks) if later.lots), 0.0)
    last = looks[-1].lots
    end = next(look.at for look in looks if look.lots == last)
    if last == 0 or end <= begin:
        raise click.ClickException("the sweep did not begin in the time that it was given: --sweep-seconds")
    planned = list(zip(measured.sent_at, measured.latencies, strict=True))
    before = [latency * 1e3 for at, latency in planned if at < begin]
    during = [latency * 1e3 for at, latency in planned if begin <= at < end]
    return Sweep(
        lots=filled.rows,
        expired=last,
        seconds=end - begin,
        rate=last / (end - begin),
        before=(percentile(before, 0.5), percentile(before, 0.99)),
        during=(percentile(during, 0.5), percentile(during, 0.99)),
        timeline=_timeline(planned, looks),
        complete=last >= filled.rows,
        peak_memory=site.peak_memory,
    )


def _timeline(planned: list[tuple[float, float]], looks: list[Look]) -> list[Second]:
    """Second by second; a second without a look has the lots of the look before."""
    seconds = [[latency * 1e3 for _, latency in those] for those in _by_second(planned)]
    timeline, expired = [], 0
    for at, latencies in enumerate(seconds):
        reached = max((look.lots for look in looks if look.at < at + 1), default=0)
        timeline.append(Second(at, reached - expired, percentile(latencies, 0.5), percentile(latencies, 0.99)))
        expired = reached
    return timeline


def _by_second(planned: list[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    seconds: list[list[tuple[float, float]]] = [[] for _ in range(int(max(at for at, _ in planned)) + 1)]
    for at, latency in planned:
        seconds[int(at)].append((at, latency))
    return seconds
