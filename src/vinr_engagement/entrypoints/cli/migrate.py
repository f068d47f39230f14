"""``vinr migrate``."""

from typing import TYPE_CHECKING

import click

from vinr_engagement.entrypoints.cli import running

if TYPE_CHECKING:
    from vinr_engagement.foundation.settings import Environment, Settings


@click.command(short_help="Bring the database up to date.")
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 where something is pending.")
def migrate(*, check: bool) -> None:
    """Bring the schemas of both stores up to date, and give a fresh install its default program."""
    pending = running.run(_pending() if check else _migrate())
    for environment, names in pending.items():
        state = f"{'pending' if check else 'applied'} {', '.join(names)}" if names else "up to date"
        click.echo(f"{environment}: {state}")
    if check and any(pending.values()):
        raise click.exceptions.Exit(1)


async def _pending() -> dict["Environment", list[str]]:
    return await _pending_of(running.settings())


async def _pending_of(chosen: "Settings") -> dict["Environment", list[str]]:
    from vinr_engagement.foundation.settings import ENVIRONMENTS

    return {environment: await running.pending_migrations(chosen, environment) for environment in ENVIRONMENTS}


async def _migrate() -> dict["Environment", list[str]]:
    chosen = running.settings()
    pending = await _pending_of(chosen)
    async with running.opened(chosen, migrate=True):
        return pending
