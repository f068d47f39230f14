"""``vinr verify``."""

from typing import TYPE_CHECKING

import click

from vinr_engagement.entrypoints.cli import running

if TYPE_CHECKING:
    from vinr_engagement.commands.verify import Report
    from vinr_engagement.foundation.settings import Environment


@click.command(short_help="Check every balance against its ledger.")
@running.environment_option(default=None, text="Only this store.")
def verify(environment: "Environment | None") -> None:
    """Check the ledger's invariants, on a database that may be in use.

    Names every account that is wrong and by how much, and exits with 1 if there is one.
    """
    reports = running.run(_verify(environment))
    for name, report in reports.items():
        for fault in report.faults:
            about = f"{fault.account}: " if fault.account else ""
            click.echo(f"{name}: {about}{fault.message}")
        click.echo(f"{name}: {_verdict(report)}; checked {_checked(report)}.")
    if any(report.faults for report in reports.values()):
        raise click.exceptions.Exit(1)


def _verdict(report: "Report") -> str:
    faults = len(report.faults) + report.unnamed
    if not faults:
        return "all is right"
    named = f" ({len(report.faults):,} named above)" if report.unnamed else ""
    return f"{faults:,} {'fault' if faults == 1 else 'faults'}{named}"


def _checked(report: "Report") -> str:
    counts = {
        "accounts": report.accounts,
        "transactions": report.transactions,
        "lots": report.lots,
        "earns": report.earns,
        "outgoing events": report.events,
    }
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())


async def _verify(environment: "Environment | None") -> dict["Environment", "Report"]:
    from vinr_engagement.commands.verify import verify as verify_store

    async with running.opened(running.settings(), None if environment is None else [environment]) as stores:
        return {name: await verify_store(store.database) for name, store in stores.items()}
