"""What is said on the terminal: a line for each measurement, and a table at the end."""

import sys
from collections.abc import Callable, Sequence

import click

from benchmarks.cases import CASES, Case
from benchmarks.results import (
    EngineResult,
    Filled,
    Pair,
    Parts,
    Round,
    Sample,
    Scale,
    Sweep,
    Yard,
    figure,
    median,
    rates,
    ratio,
    slowdown,
)


def heading(text: str) -> None:
    """A new section."""
    click.echo(f"\n{text}")


def say(text: str) -> None:
    """What begins now; on a terminal, the line is replaced by its outcome."""
    if sys.stdout.isatty():
        click.echo(f"  … {text}".ljust(100) + "\r", nl=False)


def progress(what: str) -> Callable[[int, int], None]:
    """Tells of how much is done."""
    return lambda done, total: say(f"{what}: {done / total:.0%}")


def line(text: str) -> None:
    """An outcome."""
    click.echo(f"  {text}".ljust(100))


def yard(measured: Yard) -> None:
    """The yardstick of a run."""
    rates = ", ".join(f"{clients}: {rate:,.0f}" for clients, rate in measured.rates.items())
    line(f"yardstick {measured.rate:,.0f}/s ({measured.how}; by clients {rates})")


def sample(case: Case, run: Round) -> None:
    """A case of a run."""
    measured = run.samples[case.name]
    found = ratio([run], case.name, case.against) if case.against else None
    line(
        f"{case.title:<45}{measured.rate:>9,.0f}/s  {_times(found)}  {_latency(measured)}  {_cpu(measured.cpu)}"
        f"{_also(case, [run])}"
    )


def parts(case: Case, found: Parts) -> None:
    """The shares of a case."""
    line(f"{case.title:<45}" + ", ".join(f"{part} {share:.0%}" for part, share in found.parts.items()))


def filled(name: str, store: Filled) -> None:
    """A store that is ready."""
    line(
        f"the {name} store: {store.members:,} members, {store.rows:,} ledger rows, {store.bytes / 1e9:.2f} GB"
        f" in {store.seconds:.0f} s"
    )


def sweep(found: Sweep) -> None:
    """What the sweep did, and what the traffic felt."""
    line(f"{found.expired:,} of {found.lots:,} lots expired in {found.seconds:.0f} s: {found.rate:,.0f} a second")
    for when, (middle, high) in (("before", found.before), ("during", found.during)):
        line(f"traffic {when}: p50 {middle:.1f} ms, p99 {high:.1f} ms")


def pair(series: Sequence[Pair]) -> None:
    """A series of runs in turn."""
    line(
        f"then {median(each.then for each in series):,.0f}/s, now {median(each.now for each in series):,.0f}/s:"
        f" {median(each.now / each.then for each in series):.2f} ×"
    )


def _times(found: float | None) -> str:
    return f"{found:5.2f} ×" if found is not None else " " * 7


def _also(case: Case, rounds: Sequence[Round]) -> str:
    """The second ratio, where a case has one."""
    found = ratio(rounds, case.name, case.also) if case.also else None
    return "" if found is None else f"  {found:.2f} × {case.also}"


def _latency(measured: Sample) -> str:
    if measured.p50 is None or measured.p99 is None:
        return f"{'':<25}"
    return f"p50 {measured.p50:6.1f}  p99 {measured.p99:6.1f} ms"


def _cpu(cpu: dict[str, float]) -> str:
    return "µs: " + ", ".join(f"{name} {each:.0f}" for name, each in cpu.items() if each)


def table(result: EngineResult) -> None:
    """Medians of all runs."""
    yards = [run.yard.rate for run in result.rounds]
    if not yards:
        return
    heading(
        f"{result.title}, medians of {len(yards)} runs; yardstick {median(yards):,.0f}/s ({result.rounds[0].yard.how})"
    )
    click.echo(
        f"  {'':<45}{'a second':>10}{'ratio':>9}{'target':>9}{'p50 ms':>9}{'p99 ms':>9}"
        f"{'server':>9}{'database':>9}{'load':>7}  µs each"
    )
    for case in CASES.values():
        if case.name in result.rounds[0].samples:
            click.echo(_row(result, case))
    click.echo(f"  server memory at most {result.peak_memory / 1e6:,.0f} MB")
    if result.scale is not None:
        _scale(result.scale)


def _scale(scale: Scale) -> None:
    store = scale.filled
    heading(f"{store.members:,} members and {store.rows:,} ledger rows, beside the small store")
    for case in CASES.values():
        share = slowdown(scale, case.name)
        if share is not None:
            small, large = median(rates(scale.small, case.name)), median(rates(scale.large, case.name))
            click.echo(f"  {case.title:<45}{small:>9,.0f}/s {large:>9,.0f}/s  {share - 1:+.0%}")
    click.echo(f"  server memory at most {scale.peak_memory / 1e6:,.0f} MB")


def _row(result: EngineResult, case: Case) -> str:
    rounds, name = result.rounds, case.name
    rate = figure(rounds, name, lambda each: each.rate)
    found = ratio(rounds, name, case.against) if case.against else None
    target = case.targets.get(result.engine)
    cells = [f"{rate:>10,.0f}", f"{_times(found):>9}", f"{'' if target is None else f'≥ {target}':>9}"]
    latencies = (figure(rounds, name, lambda each: each.p50), figure(rounds, name, lambda each: each.p99))
    cells += [f"{'' if latency is None else f'{latency:.1f}':>9}" for latency in latencies]
    for process, width in (("server", 9), ("database", 9), ("load", 7)):
        used = figure(rounds, name, lambda each, process=process: each.cpu.get(process))
        cells.append(f"{used:>{width}.0f}")
    return f"  {case.title:<45}" + "".join(cells) + _also(case, rounds)
