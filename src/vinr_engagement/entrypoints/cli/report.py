"""``vinr report``."""

import sys
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from vinr_engagement.entrypoints.cli import running
from vinr_engagement.entrypoints.cli.faults import WrongUse

if TYPE_CHECKING:
    from vinr_engagement.foundation.settings import Environment
    from vinr_engagement.reports import Asked, ReportFormat, ReportType


@click.command(short_help="Write a report to standard output.")
@click.argument("kind", metavar="TYPE", type=click.Choice(["transactions", "redemptions", "liability_journal"]))
@click.option("--program", default="prog_default", show_default=True, help="The program that it is about.")
@click.option(
    "--from", "gte", required=True, metavar="DAY", help="The first day, or a time such as 2026-04-01T12:00:00Z."
)
@click.option("--to", "lt", required=True, metavar="DAY", help="The day, or the time, before which it ends.")
@click.option("--format", "form", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True)
@running.environment_option(default="live", text="The store that it is about.")
def report(kind: "ReportType", environment: "Environment", **asked: Any) -> None:
    """Write a report of TYPE to standard output, beside running traffic, and its totals to standard error.

    TYPE is transactions, redemptions or liability_journal, as of POST /v1/reports. Nothing is kept in the database.
    """
    if sys.stdout.isatty() and asked["form"] == "parquet":
        raise WrongUse("Parquet is not for a terminal: write it to a file, by > FILE.")
    totals = running.run(_report(environment, sys.stdout.buffer, kind, **asked))
    click.echo(totals, err=True)


async def _report(
    environment: "Environment",
    target: BinaryIO,
    kind: "ReportType",
    *,
    program: str,
    gte: str,
    lt: str,
    form: "ReportFormat",
) -> str:
    from vinr_engagement.commands.reports import making
    from vinr_engagement.foundation import json

    async with running.opened(running.settings(), [environment]) as stores:
        store = stores[environment]
        async with store.database.snapshot() as session:
            asked = await _asked(session, kind, form, program, gte, lt)
            made = making(store.write_path, session, asked, await store.now_in(session))
            async for part in made.parts():
                target.write(part)
        target.flush()
    return json.text({"rows": made.rows, **made.totals})


async def _asked(session: Any, kind: "ReportType", form: "ReportFormat", program: str, gte: str, lt: str) -> "Asked":
    from vinr_engagement import programs
    from vinr_engagement.commands.reports import asked_of
    from vinr_engagement.foundation.errors import NotFound

    found = await session.find(programs.PROGRAMS, [(program,)])
    if not found:
        raise NotFound("resource_missing", f"There is no program {program!r} in this store.", param="program")
    return asked_of(kind, form, programs.program_of(found[0]), gte, lt)
