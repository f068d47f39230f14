"""Everything of one engine: rounds of all cases, then the parts, the large store and the sweep where they are wanted."""

import os
from dataclasses import dataclass
from pathlib import Path

from benchmarks import parts, scale, servers, sweep, terminal, yardstick
from benchmarks.cases import Case
from benchmarks.results import EngineResult, Round
from benchmarks.servers import Engine, Site

PROFILED = ("one", "batch", "import")


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


def measure(name: str, plan: Plan) -> EngineResult:
    """All of the plan on one engine, which is there for as long as that takes."""
    with servers.running(name, plan.folder, plan.processes or os.cpu_count() or 1) as engine:
        version, serving = servers.version(engine), engine.server_processes
        result = EngineResult(engine.name, engine.title, version, serving, plan.members, plan.events)
        if plan.chosen:
            site = servers.new_site(engine, "small", plan.members)
            scale.filled_site(site, 1, 0)
            _rounds(site, plan, result)
            if plan.parts:
                _parts(site, plan, result)
            if plan.scale_members:
                _scale(site, plan, result)
        if plan.sweep_lots:
            _sweep(engine, plan, result)
    return result


def _rounds(site: Site, plan: Plan, result: EngineResult) -> None:
    with servers.served(site, plan.port):
        for number in range(plan.runs):
            terminal.heading(f"{site.engine.title}, run {number + 1} of {plan.runs}")
            result.rounds.append(_round(site, plan))
    result.peak_memory = site.peak_memory


def _round(site: Site, plan: Plan) -> Round:
    """Each case once, with the yardstick before and after them: a disk that others use as well is not always as fast."""
    terminal.say("yardstick")
    before = yardstick.measure(site.engine, plan.members, plan.seconds / 2)
    this = Round(before, {})
    for case in plan.chosen:
        terminal.say(case.title)
        this.samples[case.name] = case.measure(site, plan.events)
    terminal.say("yardstick")
    this.yard = yardstick.mean(before, yardstick.measure(site.engine, plan.members, plan.seconds / 2))
    terminal.yard(this.yard)
    for case in plan.chosen:
        terminal.sample(case, this)
    return this


def _parts(site: Site, plan: Plan, result: EngineResult) -> None:
    terminal.heading(f"{site.engine.title}, CPU by part, in runs under a sampler")
    for case in plan.chosen:
        if case.name in PROFILED:
            terminal.say(case.title)
            result.parts[case.name] = parts.measure(site, plan.port, case, plan.events)
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
