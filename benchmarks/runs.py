"""Everything of one engine: rounds of all cases, then the parts, the large store and the sweep where they are wanted."""

import os
import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks import beside, parts, program, scale, servers, sweep, terminal, yardstick
from benchmarks.cases import FULL, PLAIN, Case
from benchmarks.results import EngineResult, Round
from benchmarks.servers import Engine, Site

QUIET_WITHIN_SECONDS = 60
_WAITING = "select (select count(*) from movements) + (select count(*) from event_batches where position is null)"
PROFILED = ("one", "full", "batch", "import", "redeem")
Sites = dict[str, Site]
"""The stores by name."""


@dataclass(frozen=True)
class Plan:
    """What is to be measured, and how much of it."""

    chosen: list[Case]
    events: int
    members: int
    runs: int
    seconds: float
    port: int
    folder: Path | None
    processes: int
    parts: bool
    scale_members: int
    sweep_lots: int
    sweep_rate: float
    sweep_before: float
    sweep_seconds: float
    beside: beside.Wanted | None


def measure(name: str, plan: Plan) -> EngineResult:
    """All of the plan on one engine, which is there for as long as that takes."""
    with servers.running(name, plan.folder, plan.processes or os.cpu_count() or 1) as engine:
        version, serving = servers.version(engine), engine.server_processes
        result = EngineResult(engine.name, engine.title, version, serving, plan.members, plan.events)
        if plan.chosen:
            sites = _sites(engine, plan)
            _rounds(sites, plan, result)
            if plan.parts:
                _parts(sites, plan, result)
            if plan.scale_members:
                _scale(sites[PLAIN], plan, result)
        if plan.sweep_lots:
            _sweep(engine, plan, result)
        if plan.beside is not None:
            result.beside = beside.measure(engine, plan.beside)
    return result


def _sites(engine: Engine, plan: Plan) -> Sites:
    """The stores that the chosen cases are measured on: members with a payment and a gift of points."""
    furnished = {PLAIN: program.plain, FULL: program.everything}
    wanted = {case.store for case in plan.chosen} | {PLAIN}
    sites = {
        name: servers.new_site(engine, name, plan.members, furnishing)
        for name, furnishing in furnished.items()
        if name in wanted
    }
    for site in sites.values():
        scale.filled_site(site, 1, 1)
    return sites


def _rounds(sites: Sites, plan: Plan, result: EngineResult) -> None:
    """A server for each store; all but one of them have nothing to do."""
    with ExitStack() as stack:
        for number, site in enumerate(sites.values()):
            stack.enter_context(servers.served(site, plan.port and plan.port + number))
        for number in range(plan.runs):
            terminal.heading(f"{result.title}, run {number + 1} of {plan.runs}")
            result.rounds.append(_round(sites, plan))
    result.peak_memory = max(site.peak_memory for site in sites.values())


def _round(sites: Sites, plan: Plan) -> Round:
    """Each case once, with the yardstick before and after them: a disk that others use as well is not always as fast."""
    terminal.say("yardstick")
    engine = sites[PLAIN].engine
    before = yardstick.measure(engine, plan.members, plan.seconds / 2)
    this = Round(before, {})
    for case in plan.chosen:
        terminal.say(case.title)
        _until_quiet(sites.values())
        this.samples[case.name] = case.measure(sites[case.store], plan.events)
    terminal.say("yardstick")
    this.yard = yardstick.mean(before, yardstick.measure(engine, plan.members, plan.seconds / 2))
    terminal.yard(this.yard)
    for case in plan.chosen:
        terminal.sample(case, this)
    return this


def _until_quiet(sites: Iterable[Site]) -> None:
    """Waits for what the workers have left to do of the case before, which would be measured with the next one."""
    given_up_at = time.monotonic() + QUIET_WITHIN_SECONDS
    while any(site.fetch(_WAITING) != [(0,)] for site in sites) and time.monotonic() < given_up_at:
        time.sleep(0.5)


def _parts(sites: Sites, plan: Plan, result: EngineResult) -> None:
    terminal.heading(f"{result.title}, CPU by part, in runs under a sampler")
    for case in plan.chosen:
        if case.name in PROFILED:
            terminal.say(case.title)
            result.parts[case.name] = parts.measure(sites[case.store], plan.port, case, plan.events)
            terminal.parts(case, result.parts[case.name])


def _scale(site: Site, plan: Plan, result: EngineResult) -> None:
    terminal.heading(f"{site.engine.title}, a large store")
    kept = scale.of_interest(plan.chosen)
    result.scale = scale.measure(site.engine, plan.port, site, plan.scale_members, kept, plan.events, plan.runs)


def _sweep(engine: Engine, plan: Plan, result: EngineResult) -> None:
    terminal.heading(f"{engine.title}, the sweep beside {plan.sweep_rate:,.0f} events a second")
    result.sweep = sweep.measure(
        engine, plan.port, plan.sweep_lots, plan.sweep_rate, plan.sweep_before, plan.sweep_seconds
    )
    terminal.sweep(result.sweep)
