"""``vinr serve``."""

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click

from vinr_engagement.entrypoints.cli import running
from vinr_engagement.entrypoints.cli.faults import WrongUse

if TYPE_CHECKING:
    from vinr_engagement.commands import Store
    from vinr_engagement.foundation.database import Session
    from vinr_engagement.foundation.settings import Settings


@click.command(short_help="Serve the API.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=8000, show_default=True, help="The port; 0 for a free one."
)
@click.option(
    "--processes",
    type=click.IntRange(1),
    show_default="VINR_PROCESSES, or 1",
    help="Server processes, each for a core; PostgreSQL only.",
)
@click.option("--no-worker", is_flag=True, help="Leave the background jobs to `vinr worker`.")
def serve(host: str, port: int, processes: int | None, *, no_worker: bool) -> None:
    """Serve the API of both stores, and run the background jobs.

    Brings the database up to date first. SIGINT or SIGTERM stop it: what was accepted is answered.
    """
    chosen = running.settings()
    number = processes or chosen.processes
    if number == 1:
        running.run(_serve(chosen, host, port, with_worker=not no_worker))
    else:
        _serve_in_several(chosen, host, port, number, with_worker=not no_worker)
    click.echo("Stopped.")


async def _serve(chosen: "Settings", host: str, port: int, *, with_worker: bool) -> None:
    from vinr_engagement.entrypoints.cli import server

    with server.listen(host, port) as listening:
        url = server.url_of(listening)
        async with running.opened(chosen, migrate=True) as stores:
            announce = _announcement(chosen, url, has_keys=await _have_keys(stores.values()))
            await server.serve(stores, chosen, listening, with_worker=with_worker, announce=announce)


def _serve_in_several(chosen: "Settings", host: str, port: int, number: int, *, with_worker: bool) -> None:
    from vinr_engagement.entrypoints.cli import processes, server
    from vinr_engagement.foundation import logs

    _check_that_several_may(chosen, number)
    with server.listen(host, port) as listening:
        announce = _announcement(chosen, server.url_of(listening), has_keys=running.run(_prepare(chosen)))
        processes.serve(listening, number, logs.logger(chosen), with_worker=with_worker, announce=announce)


def _check_that_several_may(chosen: "Settings", number: int) -> None:
    if running.database_of(chosen, "test").engine == "sqlite":
        raise WrongUse(
            f"--processes {number} needs PostgreSQL: SQLite has one writer, so that more processes gain nothing."
        )
    if sys.platform == "win32":
        raise WrongUse(f"--processes {number} is not to be had on Windows.")


async def _prepare(chosen: "Settings") -> bool:
    """Brings both stores up to date; answers whether they have a key."""
    async with running.opened(chosen, migrate=True) as stores:
        return await _have_keys(stores.values())


def _announcement(chosen: "Settings", url: str, *, has_keys: bool) -> Callable[[], None]:
    def announce() -> None:
        click.echo(f"VINR Engagement serves {running.without_secrets(chosen.database_url)} at {url}")
        if not has_keys:
            click.echo("It has no API key yet. Make one: vinr keys create --environment test --name 'My shop'")

    return announce


async def _have_keys(stores: "Iterable[Store]") -> bool:
    return any([await _has_keys(store) for store in stores])


async def _has_keys(store: "Store") -> bool:
    async def count(session: "Session") -> int:
        ((found,),) = await session.fetch("select count(*) from api_keys where revoked_at is null")
        return int(found)

    return await store.database.read(count) > 0
