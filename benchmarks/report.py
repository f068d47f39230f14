"""The report: a page of tables, and the plots beside it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks import load, plots, traffic
from benchmarks.cases import CASES, YARDSTICK, Case
from benchmarks.parts import ORDER
from benchmarks.results import (
    Beside,
    EngineResult,
    Results,
    Round,
    Scale,
    Sweep,
    figure,
    median,
    rates,
    ratio,
    slowdown,
)
from benchmarks.servers import POSTGRESQL_SETTINGS

_ALT = {
    "rates": "Rates as ratios to what they are measured by",
    "latency": "Latency percentiles",
    "cpu": "CPU of an event by part",
    "scale": "Rates on the large store as shares of those on the small one",
    "sweep": "Latency of traffic beside the sweep",
}


def write(found: Results, folder: Path) -> None:
    """``README.md`` and the plots, in a folder that is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {name.removesuffix(".svg") for name in plots.draw(found, folder)}
    (folder / "README.md").write_text("\n".join(_page(found, drawn)) + "\n", encoding="utf-8")


def _page(found: Results, drawn: set[str]) -> Iterator[str]:
    yield "# Benchmarks"
    yield ""
    yield "What the engine does on one machine, beside what its database does by itself in the same run, on the same disk."
    yield "Every commit is durable. Written by `make bench`; the figures are in [results.json](results.json)."
    yield ""
    yield from _table(("machine", ""), found.machine.items())
    measured = [engine for engine in found.engines if engine.rounds]
    if measured:
        yield from _rates(measured, drawn)
        yield from _cpu(measured, drawn)
    yield from _scale([engine for engine in found.engines if engine.scale is not None], drawn)
    yield from _sweep([engine for engine in found.engines if engine.sweep is not None], drawn)
    yield from _beside([engine for engine in found.engines if engine.beside is not None])
    yield from _how(found)


def _rates(engines: list[EngineResult], drawn: set[str]) -> Iterator[str]:
    yield from ("## Rates", "")
    yield from _plot("rates", drawn)
    for engine in engines:
        yield f"### {engine.title} {engine.version}"
        yield ""
        yield from _measured_by(engine)
        yard = median(each.yard.rate for each in engine.rounds)
        yield f"Yardstick: {yard:,.0f} transactions a second ({_yard(engine)}). Medians of {len(engine.rounds)} runs,"
        yield f"{engine.members:,} members, {engine.events:,} events of a case (batches and imports: twice as many),"
        yield f"{_served_by(engine)}."
        yield ""
        yield from _table(
            ("case", "a second", "ratio", "target", "range of the runs", "p50 ms", "p99 ms"),
            [_rate_row(engine, case) for case in CASES.values() if case.name in engine.rounds[0].samples],
        )
        yield f"The server had {engine.peak_memory / 1e6:,.0f} MB of memory at most, all its processes together."
        yield ""
    yield from _plot("latency", drawn)


def _measured_by(engine: EngineResult) -> Iterator[str]:
    if engine.command:
        commit = f"Commit {engine.commit}: " if engine.commit else ""
        yield f"{commit}`{engine.command}`."
        yield ""


def _served_by(engine: EngineResult) -> str:
    return "one server process" if engine.processes == 1 else f"{engine.processes} server processes on one port"


def _yard(engine: EngineResult) -> str:
    yard = engine.rounds[0].yard
    rates_of = {clients: median(each.yard.rates[clients] for each in engine.rounds) for clients in yard.rates}
    if len(rates_of) == 1:
        return yard.how
    return f"{yard.how}; by clients " + ", ".join(f"{clients}: {rate:,.0f}" for clients, rate in rates_of.items())


def _rate_row(engine: EngineResult, case: Case) -> tuple[str, ...]:
    rounds, target = engine.rounds, case.targets.get(engine.engine)
    found = ratio(rounds, case.name, case.against) if case.against else None
    compared = [_compared(rounds, case.name, against) for against in case.compared]
    each = rates([one.samples for one in rounds], case.name)
    return (
        case.title,
        _number(median(each)),
        ", ".join(compared),
        "" if target is None else f"≥ {target} {_verdict(found, target)}",
        f"{min(each):,.0f} to {max(each):,.0f}",
        _number(figure(rounds, case.name, lambda sample: sample.p50), 1),
        _number(figure(rounds, case.name, lambda sample: sample.p99), 1),
    )


def _compared(rounds: list[Round], name: str, against: str) -> str:
    found = ratio(rounds, name, against)
    of = "" if CASES[name].compared == [YARDSTICK] else f" of {_short(against)}"
    return "" if found is None else f"{found:.2f} ×{of}"


def _short(name: str) -> str:
    if name == YARDSTICK:
        return "the yardstick"
    return "one a request" if name == "one" else CASES[name].title


def _verdict(found: float | None, target: float) -> str:
    return "met" if found is not None and found >= target else "missed"


def _cpu(engines: list[EngineResult], drawn: set[str]) -> Iterator[str]:
    yield from (
        "## CPU",
        "",
        "Microseconds of an event, a redemption or a read, by process (for an import, `server` is its process):",
        "",
    )
    yield from _table(
        ("engine", "case", "server", "database processes", "load generator"),
        [
            (engine.title, case.title, *(_used(engine, case, process) for process in ("server", "database", "load")))
            for engine in engines
            for case in CASES.values()
            if case.name in engine.rounds[0].samples
        ],
    )
    profiled = [(engine, name) for engine in engines for name in engine.parts]
    if not profiled:
        return
    yield "By part of the server. The shares are from runs of their own under a sampler, the sums from the runs above:"
    yield ""
    yield from _plot("cpu", drawn)
    yield from _table(
        ("engine", "case", *ORDER),
        [(engine.title, CASES[name].title, *_parts(engine, name)) for engine, name in profiled],
    )
    yield "What each part is: *HTTP* reads, checks and answers requests (uvicorn, httptools, `entrypoints.api`); *event loop*"
    yield "is uvloop, and compiled code that it calls without a Python frame, such as asyncpg's reading of rows; *import* is"
    yield "`entrypoints.imports`; *decide* is `commands`, `rules`, `ledger` and all that changes the state in memory; *database"
    yield "client* is `foundation.database`, asyncpg and sqlite3, which on SQLite is the database itself. The line between HTTP"
    yield "and event loop is good to a few per cent of the whole only."
    yield ""


def _used(engine: EngineResult, case: Case, process: str) -> str:
    used = figure(engine.rounds, case.name, lambda each: each.cpu.get(process))
    return f"{used:,.0f}" if used else ""


def _parts(engine: EngineResult, name: str) -> Iterator[str]:
    stack = plots.cpu_by_part(engine, name)
    for part in ORDER:
        share = engine.parts[name].parts.get(part)
        yield "" if share is None else f"{stack[part]:,.0f} ({share:.0%})"


def _scale(engines: list[EngineResult], drawn: set[str]) -> Iterator[str]:
    if not engines:
        return
    yield from (
        "## Size",
        "",
        "The same cases on a small and on a large store in turn. Target: less than 20 % slower.",
        "",
    )
    yield from _plot("scale", drawn)
    for engine in engines:
        scale = engine.scale
        assert scale is not None
        filled = scale.filled
        yield f"### {engine.title}: {filled.members:,} members, {filled.rows:,} ledger rows, {filled.bytes / 1e9:.1f} GB"
        yield ""
        yield f"Filled in {filled.seconds:,.0f} seconds. The server had {scale.peak_memory / 1e6:,.0f} MB at most"
        yield f"(target: under 300 MB, {'met' if scale.peak_memory < 300e6 else 'missed'})."
        yield ""
        yield from _kept(engine.title, scale)
        yield from _table(("case", "small, a second", "large, a second", "change"), _scale_rows(scale))


def _scale_rows(scale: Scale) -> Iterator[tuple[str, ...]]:
    for case in CASES.values():
        share = slowdown(scale, case.name)
        if share is not None:
            small, large = rates(scale.small, case.name), rates(scale.large, case.name)
            change = f"{share - 1:+.0%} {_verdict(share, 0.8)}"
            yield case.title, _number(median(small)), _number(median(large)), change


def _sweep(engines: list[EngineResult], drawn: set[str]) -> Iterator[str]:
    if not engines:
        return
    yield from (
        "## The sweep",
        "",
        "Lots that expired by their date are closed by the server's own worker, beside traffic of",
    )
    yield "other members. Latencies count from when a request was due to be sent."
    yield ""
    yield from _plot("sweep", drawn)
    yield from _table(
        (
            "engine",
            "lots expired",
            "a second",
            "p50 before, ms",
            "p99 before",
            "p50 during",
            "p99 during",
            "server memory",
        ),
        [_sweep_row(engine.title, engine.sweep) for engine in engines if engine.sweep is not None],
    )
    for engine in engines:
        if engine.sweep is not None:
            yield from _kept(engine.title, engine.sweep)


def _beside(engines: list[EngineResult]) -> Iterator[str]:
    if not engines:
        return
    yield "## Beside an earlier commit"
    yield ""
    yield "`POST /v1/events` with everything on beside the plain program of an earlier commit, one event a request. Either has a"
    yield "server of its own code. They run in turn; each series has new stores and new processes, and the ratio is the median of"
    yield "the series, of each the median of its runs."
    yield ""
    yield from _table(
        ("engine", "earlier commit", "then, a second", "now, a second", "ratio", "target", "series"),
        [_beside_row(engine, engine.beside) for engine in engines if engine.beside is not None],
    )
    for engine in engines:
        if engine.beside is not None:
            found = engine.beside
            yield f"{engine.title}: {len(found.series)} series of {len(found.series[0])} runs of {found.events:,} events each,"
            yield f"{found.members:,} members who have bought once. In the order of time:"
            yield (
                "; ".join(
                    ", ".join(f"{pair.now:,.0f} of {pair.then:,.0f}" for pair in series) for series in found.series
                )
                + "."
            )
            yield ""
            yield from _kept(engine.title, found)


def _beside_row(engine: EngineResult, found: Beside) -> tuple[str, ...]:
    pairs, target = [pair for series in found.series for pair in series], CASES["full"].targets[engine.engine]
    return (
        engine.title,
        found.earlier,
        _number(median(pair.then for pair in pairs)),
        _number(median(pair.now for pair in pairs)),
        f"{found.ratio:.2f} ×",
        f"≥ {target} {_verdict(found.ratio, target)}",
        ", ".join(f"{ratio:.2f}" for ratio in sorted(found.ratios)),
    )


def _kept(title: str, measured: Scale | Sweep | Beside) -> Iterator[str]:
    """Of what commit figures are that were kept when the rest was measured anew."""
    if measured.commit:
        yield f"{title}'s figures of this are those of commit {measured.commit}."
        yield ""


def _sweep_row(title: str, sweep: Sweep) -> tuple[str, ...]:
    expired = f"{sweep.expired:,}" + ("" if sweep.complete else f" of {sweep.lots:,} in the time given")
    latencies = (f"{value:.1f}" for value in (*sweep.before, *sweep.during))
    return title, expired, f"{sweep.rate:,.0f}", *latencies, f"{sweep.peak_memory / 1e6:,.0f} MB"


def _how(found: Results) -> Iterator[str]:
    settings = ", ".join(f"`{name} = {value}`" for name, value in POSTGRESQL_SETTINGS.items())
    yield _HOW.format(settings=settings, connections=load.CONNECTIONS, batch=traffic.BATCH).strip()
    for engine in found.engines:
        wall = figure(engine.rounds, "import", lambda each: each.wall_rate)
        if wall is not None:
            yield f"- {engine.title}: {wall:,.0f} events a second were imported by the wall clock, the command's start included."


_HOW = """
## How it is measured

`make bench ARGS=--help` lists the options; a run of one engine leaves the figures of the other as they are.

- **Yardstick.** One earn of one random member in a transaction: a ledger row, the balance, an outbox row, each row with 300
  bytes of payload. PostgreSQL: the best over 1 to 32 clients. SQLite: one bare loop, write-ahead log. It is measured in every
  run, before and after the cases; a ratio is of the rates of one run.
- **Durable.** SQLite with `synchronous = FULL`; PostgreSQL with {settings},
  all else as it comes.
- **Quiet.** A case begins once the workers have done what the one before it left to them, a minute later at most.
- **Load.** One process on the same machine, {connections} keep-alive connections that are never idle. A case fails unless every
  request was answered with 200 and every event was processed.
- **Events.** Payments of random members, with new ids in no order. Two rules: a point per whole pound, and five points for one
  event in ten. Nothing is switched off but the request log.
- **Everything on**: a store of its own, as large, whose program has five rules (on the event, the tier, a segment, what was
  spent in 90 days; two with a cap), two segments (by what members did, by what they are), three tiers by what was spent in
  twelve months, with multipliers, and a campaign that multiplies the points of every second member. Customers are mirrored.
  The events are the same.
- **A webhook for each**: the server's own worker delivers every event of the store to an endpoint, a process beside it that only
  answers. It goes on with what is left when the load has ended; nobody waits for that.
- **Redemptions** are of a discount without an end of it, by random members who have the points; each writes a ledger row.
- **Batches** have {batch} events. **Imports** are of an NDJSON file, beside a server that has nothing to do; their rate is by the
  seconds that the command prints: from opening the file, its digest included, to the last commit.
- **Stores** are filled by `benchmarks/fill.py`: rows that the engine wrote for one member, with the ids, buckets and times of
  others in their place; `vinr verify` finds them clean. A member has a payment, awarded by two rules, and points given by
  hand: three ledger rows. On the large store a member has two payments, each awarded by both rules, and six adjustments: ten
  ledger rows.
"""


def _plot(name: str, drawn: set[str]) -> Iterator[str]:
    if name in drawn:
        yield from (f"![{_ALT[name]}]({name}.svg)", "")


def _number(value: float | None, places: int = 0) -> str:
    return "" if value is None else f"{value:,.{places}f}"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    names = tuple(head)
    yield f"| {' | '.join(names)} |"
    yield "|" + "---|" * len(names)
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""
