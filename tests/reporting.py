"""Reports made as soon as they are asked for, beside a server that has no worker."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog

from vinr_engagement.commands import Store
from vinr_engagement.entrypoints.worker.reporter import Reporter


@asynccontextmanager
async def reporting(store: Store) -> AsyncIterator[None]:
    """Makes the reports of a store for as long as the block runs."""
    reporter = Reporter(store, structlog.get_logger())
    working = asyncio.create_task(_work(store, reporter))
    try:
        yield
    finally:
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working
        await reporter.let_go()


async def _work(store: Store, reporter: Reporter) -> None:
    while True:
        ring = store.write_path.committed.next_ring()
        while await reporter.step():
            pass
        await ring.wait()
