"""Today's program with everything on beside the plain one of an earlier commit: what the features since then cost.

Either is a server of its own code on stores of its own, in turn on the same machine. Servers of the same code differ by up to
a tenth for as long as they live: so several short series, each with new stores and new processes, say more than a long one.
Nothing is known of the earlier code but its command line and its API.
"""

import io
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from benchmarks import cases, load, program, servers, terminal, traffic
from benchmarks.results import Beside, Pair
from benchmarks.servers import Engine, Site

RUNS = 4
"""Of each of the two in a series."""
WARMING_EVENTS = 1_000
_IDLE_SHARE = 0.1
_IDLE_SECONDS = 0.5
_IDLE_WITHIN_SECONDS = 20
_FILLING_CONNECTIONS = 4
_HERE = Path(__file__).parents[1]


@dataclass(frozen=True)
class Wanted:
    """What is to be measured: so many series, on stores of so many members, with so many events a run."""

    commit: str
    series: int
    members: int
    events: int


def measure(engine: Engine, wanted: Wanted) -> Beside:
    """All series."""
    found = Beside(wanted.commit, wanted.members, wanted.events, [])
    code = _code(engine, wanted.commit)
    for number in range(wanted.series):
        terminal.heading(
            f"{engine.title}, everything on beside {wanted.commit}, series {number + 1} of {wanted.series}"
        )
        found.series.append(_series(engine, code, wanted, number))
        terminal.pair(found.series[-1])
    return found


def _series(engine: Engine, code: Path, wanted: Wanted, number: int) -> list[Pair]:
    """One run of each after the other, the first of them in turn; both servers are up, and one has nothing to do."""
    with (
        _site_then(engine, code, f"then_{number}", wanted.members) as then,
        _site_now(engine, f"now_{number}", wanted.members) as now,
    ):
        for site in (then, now):
            cases.one(site, min(WARMING_EVENTS, wanted.events))
        return [_pair(then, now, wanted.events, first_now=bool(run % 2)) for run in range(RUNS)]


def _pair(then: Site, now: Site, events: int, *, first_now: bool) -> Pair:
    rates = {}
    for site in (now, then) if first_now else (then, now):
        _until_idle((then, now))
        rates[site.name] = cases.one(site, events).rate
    return Pair(rates[then.name], rates[now.name])


@contextmanager
def _site_now(engine: Engine, name: str, members: int) -> Iterator[Site]:
    site = servers.new_site(engine, name, members, program.everything)
    with servers.served(site, 0):
        _send(site, [traffic.joining(*_known(member)) for member in range(members)])
        _send_payments(site)
        yield site


@contextmanager
def _site_then(engine: Engine, code: Path, name: str, members: int) -> Iterator[Site]:
    site = servers.bare_site(engine, name, members, PYTHONPATH=str(code))
    imported = subprocess.run(
        [sys.executable, "-c", "import vinr_engagement; print(vinr_engagement.__file__)"],
        env=site.environment, cwd=engine.folder, check=True, capture_output=True, text=True,
    )  # fmt: skip
    if not Path(imported.stdout.strip()).is_relative_to(code):
        raise RuntimeError(f"the earlier commit's code is not what runs, but {imported.stdout.strip()}")
    with servers.served(site, 0):
        site.ask("POST", "/v1/loyalty/earning-rules", program.RULE_APP)
        _send_payments(site)
        yield site


def _known(member: int) -> tuple[str, str, str]:
    return f"evt_joined_{traffic.spread(member)}", traffic.customer(member), "FR" if member % 2 else "GB"


def _send_payments(site: Site) -> None:
    """A payment of each member, by which they become members."""
    first = site.take(site.members)
    _send(site, [traffic.event(first + member, traffic.customer(member)) for member in range(site.members)])


def _send(site: Site, events: list[dict[str, object]]) -> None:
    sent = load.run(site.port, traffic.batches(site.key, events), _FILLING_CONNECTIONS)
    if sent.failures:
        raise click.ClickException(f"{site.name} was not filled: {sent.wrong.decode(errors='replace')}")


def _until_idle(sites: tuple[Site, Site]) -> None:
    """Waits for what the background jobs have left to do, as long as anybody's processes use the CPU."""
    given_up_at = time.monotonic() + _IDLE_WITHIN_SECONDS
    while time.monotonic() < given_up_at:
        before = [site.usage() for site in sites]
        time.sleep(_IDLE_SECONDS)
        used = [site.usage().since(known) for site, known in zip(sites, before, strict=True)]
        if sum(each.server for each in used) + used[0].database < _IDLE_SHARE * _IDLE_SECONDS:
            return


def _code(engine: Engine, commit: str) -> Path:
    """The earlier sources, in a folder that goes away with the databases."""
    archive = subprocess.run(["git", "archive", commit, "src"], cwd=_HERE, check=False, capture_output=True)
    if archive.returncode:
        raise click.UsageError(f"--beside: {archive.stderr.decode(errors='replace').strip()}")
    folder = engine.folder / "then"
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as packed:
        packed.extractall(folder, filter="data")
    return folder / "src"
