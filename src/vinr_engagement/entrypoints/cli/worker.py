"""``vinr worker``."""

import asyncio
import signal
from typing import TYPE_CHECKING

import click

from vinr_engagement.entrypoints.cli import running

if TYPE_CHECKING:
    from vinr_engagement.entrypoints.worker import Worker


@click.command(short_help="Run the background jobs.")
def worker() -> None:
    """Run the background jobs of both stores: points that become available or expire, webhooks, what is kept for a time.

    For servers started with --no-worker. Any number may run: each job is done by one of them at a time.
    """
    running.run(_work())


async def _work() -> None:
    from vinr_engagement.entrypoints.worker import Worker
    from vinr_engagement.foundation import logs

    chosen = running.settings()
    async with running.opened(chosen) as stores:
        running_worker = Worker(stores.values(), logs.logger(chosen))
        _stop_on_signal(running_worker)
        click.echo(f"Working on {running.without_secrets(chosen.database_url)}")
        await running_worker.run()
    click.echo("Stopped.")


def _stop_on_signal(worker: "Worker") -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(worker.stop))
