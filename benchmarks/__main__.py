"""``make bench``: what the engine does, as ratios to what its database does by itself in the same run."""

import shlex
import signal
import sys
from pathlib import Path
from typing import Any

import click

from benchmarks import beside, cases, machine, report, results, runs, terminal
from benchmarks.results import Results
from benchmarks.runs import Plan

LARGE_MEMBERS = 1_000_000
SWEEP_LOTS = 1_000_000
RAW = "results.json"
_FOLDERS = ("--folder", "--report")


@click.command(context_settings={"show_default": True, "max_content_width": 120})
@click.option("--engine", type=click.Choice(["sqlite", "postgresql", "both"]), default="both")
@click.option("--only", multiple=True, type=click.Choice([*cases.CASES, "none"]), help="This case; may be repeated.")
@click.option("--events", default=20_000, help="Events (or reads) of a case; batches and imports take twice as many.")
@click.option("--members", default=100_000, help="Members of the store.")
@click.option("--runs", default=3, help="Runs of each case, with a yardstick each; medians are reported.")
@click.option("--seconds", default=3.0, help="Of the yardstick, for each number of clients.")
@click.option("--parts/--no-parts", default=True, help="Also runs under a sampler, for the CPU by part.")
@click.option("--scale", is_flag=True, help="Also a large store; it takes tens of gigabytes and minutes to fill.")
@click.option("--scale-members", default=LARGE_MEMBERS, help="Members of the large store, ten ledger rows each.")
@click.option("--sweep", is_flag=True, help="Also the sweep of expired lots beside traffic.")
@click.option("--sweep-lots", default=SWEEP_LOTS, help="Lots that are due.")
@click.option("--sweep-rate", default=200.0, help="Events a second beside the sweep.")
@click.option("--sweep-before", default=20.0, help="Seconds of traffic before the sweep begins.")
@click.option("--sweep-seconds", default=1_800.0, help="The sweep is watched for so long at most.")
@click.option(
    "--beside", "earlier", metavar="COMMIT", help="Also everything on beside the plain program of this commit."
)
@click.option("--series", default=5, help="Of runs in turn beside that commit, each on new stores.")
@click.option("--series-members", default=50_000, help="Members of these stores.")
@click.option("--series-events", default=4_000, help="Events of a run.")
@click.option("--processes", default=0, help="Of the server, on PostgreSQL. 0 for as many as there are cores.")
@click.option("--port", default=0, help="Of the server; a second one takes the next. 0 for free ones.")
@click.option(
    "--folder", type=click.Path(path_type=Path, exists=True), help="Where the databases are, for the time of the run."
)
@click.option(
    "--report", "into", type=click.Path(path_type=Path), help="Writes README.md, plots and raw figures there."
)
@click.option("--redraw", is_flag=True, help="Measures nothing: draws the report anew from its raw figures.")
def main(engine: str, only: tuple[str, ...], into: Path | None, *, redraw: bool, **options: Any) -> None:
    """Measures this machine; everything stays on 127.0.0.1 and stops by itself."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    if redraw:
        if into is None:
            raise click.UsageError("--redraw needs --report FOLDER")
        report.write(results.read(into / RAW), into)
        return
    plan = _plan(only, options)
    found = _before(machine.describe(plan.folder), into)
    command, commit = shlex.join(["make", "bench", *_arguments()]), machine.commit()
    for name in ("sqlite", "postgresql") if engine == "both" else (engine,):
        measured = runs.measure(name, plan)
        measured.command, measured.commit = command, commit
        found.put(measured)
        terminal.table(measured)
        if into is not None:  # what was measured is kept, whatever becomes of the next engine
            into.mkdir(parents=True, exist_ok=True)
            results.write(found, into / RAW)
    if into is not None:
        report.write(found, into)
        click.echo(f"\nWritten to {into}")


def _before(described: dict[str, str], into: Path | None) -> Results:
    """What the report has already of other engines, unless it is of another machine."""
    known = None if into is None or not (into / RAW).exists() else results.read(into / RAW)
    same = known is not None and known.machine["CPU"] == described["CPU"]
    return Results(described, known.engines if known is not None and same else [])


def _plan(only: tuple[str, ...], options: dict[str, Any]) -> Plan:
    scale, sweep, earlier = options.pop("scale"), options.pop("sweep"), options.pop("earlier")
    series, members, events = (options.pop(name) for name in ("series", "series_members", "series_events"))
    wanted = None if earlier is None else beside.Wanted(earlier, series, members, events)
    if not scale:
        options["scale_members"] = 0
    if not sweep:
        options["sweep_lots"] = 0
    return Plan(
        chosen=[] if only == ("none",) else cases.chosen([name for name in only if name != "none"]),
        beside=wanted,
        **options,
    )


def _arguments() -> list[str]:
    """As they are given to ``make``, without folders: where files are on this machine is nobody's business."""
    given = iter(sys.argv[1:])
    kept = [each for each in given if not (each in _FOLDERS and next(given, "")) and not each.startswith(_FOLDERS)]
    return [f"ARGS={shlex.join(kept)}"] if kept else []


if __name__ == "__main__":
    main()
