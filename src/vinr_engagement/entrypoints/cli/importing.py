"""``vinr import``."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from vinr_engagement.entrypoints.cli import running
from vinr_engagement.entrypoints.cli.faults import CommandFailed, WrongUse

if TYPE_CHECKING:
    from vinr_engagement.entrypoints.imports.run import KindName, Plan, Result
    from vinr_engagement.foundation.settings import Environment

REFUSED_EXIT: Final = 3
"""Lines were refused, and all else is in order."""
LANES: Final = 2
"""On PostgreSQL: the database saves some lines while Python decides others."""


@click.group("import", short_help="Take over events and members from files.")
def import_() -> None:
    """Take over history and members from NDJSON or CSV files, gzipped or not.

    A line takes effect once, however often its file is imported: stop at any time and run again.
    Exit code 0: all lines are in; 3: some were refused, and are in the file of refused lines; 1: it failed.
    """


def _options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(
        (
            click.argument("file"),
            running.environment_option(default="test", text="The store to import into."),
            click.option(
                "--format", "form", type=click.Choice(["ndjson", "csv"]), help="Told by the ending otherwise."
            ),
            click.option("--dry-run", is_flag=True, help="Check and decide every line, change nothing."),
            click.option("--refused", metavar="FILE", help="Where refused lines go.  [default: FILE.refused.…]"),
            click.option(
                "--batch",
                type=click.IntRange(1, 1_000),
                default=500,
                show_default=True,
                help="Lines asked for together.",
            ),
            click.option("--json", "as_json", is_flag=True, help="Print the control totals as JSON."),
        )
    ):
        command = option(command)
    return command


@import_.command(short_help="Import events.")
@_options
def events(**options: Any) -> None:
    """Import events from FILE, or from standard input (-), each as POST /v1/events takes it."""
    _import("events", **options)


@import_.command(short_help="Import members with their balances.")
@click.option("--welcome", is_flag=True, help="Give welcome bonuses as well.")
@_options
def members(**options: Any) -> None:
    """Import members from FILE, or from standard input (-), with lots, balances and lifetime points."""
    _import("members", **options)


def _import(
    kind: "KindName",
    file: str,
    environment: "Environment",
    form: str | None,
    refused: str | None,
    *,
    dry_run: bool,
    batch: int,
    as_json: bool,
    welcome: bool = False,
) -> None:
    from vinr_engagement.entrypoints.imports.run import Plan

    chosen = _format(file, form)
    plan = Plan(kind, file, chosen, _refused_path(file, chosen, refused), batch, dry_run, welcome)
    result = running.run(_run(plan, environment))
    _report(plan, result, as_json=as_json)


def _format(file: str, form: str | None) -> Any:
    from vinr_engagement.entrypoints.imports.source import STANDARD_INPUT, UnknownFormat, format_of

    if form is not None:
        return form
    if file == STANDARD_INPUT:
        return "ndjson"
    try:
        return format_of(file)
    except UnknownFormat as error:
        raise WrongUse(f"{error}.") from error


def _refused_path(file: str, form: Any, refused: str | None) -> Path:
    from vinr_engagement.entrypoints.imports.refused import default_path

    path = default_path(file, form) if refused is None else Path(refused)
    if path == Path(file) or (path.exists() and Path(file).exists() and path.samefile(file)):
        raise WrongUse(f"Refused lines cannot go to {file} itself: name another file with --refused.")
    return path


async def _run(plan: "Plan", environment: "Environment") -> "Result":
    from vinr_engagement.entrypoints.imports.csv_records import BadHeader
    from vinr_engagement.entrypoints.imports.run import Importer

    chosen = running.settings()
    side_by_side = replace(chosen, lanes=max(chosen.lanes, LANES))
    async with running.opened(side_by_side, [environment]) as stores:
        with _progress(plan) as advance:
            try:
                return await Importer(stores[environment], plan, advance).run()
            except BadHeader as error:
                raise CommandFailed(f"{plan.path}: {error}.") from error
            except (OSError, EOFError) as error:
                raise CommandFailed(f"Cannot read {plan.path}: {error}") from error


@contextmanager
def _progress(plan: "Plan") -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, nothing elsewhere; on stderr, so that stdout has the totals alone."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield lambda read, lines: None
        return
    path = Path(plan.path)
    total = path.stat().st_size if path.is_file() else None
    columns = (
        TextColumn(" {task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[lines]:,} lines"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(f"{'Trying' if plan.dry_run else 'Importing'} {plan.kind}", total=total, lines=0)
        yield lambda read, lines: progress.update(task, completed=read, lines=lines)


def _report(plan: "Plan", result: "Result", *, as_json: bool) -> None:
    from rich.console import Console

    from vinr_engagement.entrypoints.imports.summary import print_report, report_of
    from vinr_engagement.foundation import json

    if as_json:
        click.echo(json.text(report_of(plan, result)))
    else:
        print_report(Console(highlight=False), plan, result)
    if result.totals.difference:
        raise click.exceptions.Exit(1)
    if result.totals.refusals:
        raise click.exceptions.Exit(REFUSED_EXIT)
