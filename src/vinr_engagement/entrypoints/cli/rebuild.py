"""``vinr rebuild``."""

import time
from typing import TYPE_CHECKING

import click

from vinr_engagement.entrypoints.cli import running

if TYPE_CHECKING:
    from vinr_engagement.foundation.settings import Environment


@click.command(short_help="Count the figures of analytics anew.")
@running.environment_option(default=None, text="Only this store.")
def rebuild(environment: "Environment | None") -> None:
    """Count the totals that analytics reads from the ledger, on a database that may be in use.

    Needed only where `vinr verify` finds them wrong: a worker keeps them, and counts them by itself after an upgrade.
    """
    for name, seconds in running.run(_rebuild(environment)).items():
        click.echo(f"{name}: counted in {seconds:.1f} s")


async def _rebuild(environment: "Environment | None") -> dict["Environment", float]:
    from vinr_engagement import analytics
    from vinr_engagement.foundation.clock import real_now

    took: dict[Environment, float] = {}
    async with running.opened(running.settings(), None if environment is None else [environment]) as stores:
        for name, store in stores.items():
            started = time.perf_counter()
            await analytics.rebuild(store.database, real_now())
            took[name] = time.perf_counter() - started
    return took
