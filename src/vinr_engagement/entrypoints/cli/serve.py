"""``vinr serve``."""

from typing import TYPE_CHECKING

import click

from vinr_engagement.entrypoints.cli import running

if TYPE_CHECKING:
    from vinr_engagement.commands import Store
    from vinr_engagement.foundation.database import Session


@click.command(short_help="Serve the API.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=8000, show_default=True, help="The port; 0 for a free one."
)
@click.option("--no-worker", is_flag=True, help="Leave the background jobs to `vinr worker`.")
def serve(host: str, port: int, *, no_worker: bool) -> None:
    """Serve the API of both stores, and run the background jobs.

    Brings the database up to date first. SIGINT or SIGTERM stop it: what was accepted is answered.
    """
    running.run(_serve(host, port, with_worker=not no_worker))


async def _serve(host: str, port: int, *, with_worker: bool) -> None:
    from vinr_engagement.entrypoints.cli import server

    chosen = running.settings()
    with server.listen(host, port) as listening:
        url = server.url_of(listening)
        async with running.opened(chosen, migrate=True) as stores:
            has_keys = any([await _has_keys(store) for store in stores.values()])

            def announce() -> None:
                click.echo(f"VINR Engagement serves {running.without_secrets(chosen.database_url)} at {url}")
                if not has_keys:
                    click.echo("It has no API key yet. Make one: vinr keys create --environment test --name 'My shop'")

            await server.serve(stores, chosen, listening, with_worker=with_worker, announce=announce)
    click.echo("Stopped.")


async def _has_keys(store: "Store") -> bool:
    async def count(session: "Session") -> int:
        ((found,),) = await session.fetch("select count(*) from api_keys where revoked_at is null")
        return int(found)

    return await store.database.read(count) > 0
