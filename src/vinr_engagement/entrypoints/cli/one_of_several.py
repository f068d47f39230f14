"""What one of several server processes serves."""

import asyncio
import multiprocessing
import shutil
import signal
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from vinr_engagement.entrypoints.cli import running, server
from vinr_engagement.entrypoints.cli.faults import CommandFailed

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from vinr_engagement.foundation.settings import Settings


@dataclass
class OneOfSeveral:
    """The ASGI application that each process is handed, pickled: what it takes to open its own stores and serve them.

    Settings come from the environment of the process. ``folder`` is where the processes meet.
    """

    processes: int
    folder: Path
    with_worker: bool
    _app: "ASGIApp | None" = field(default=None, init=False)

    def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> Awaitable[None]:
        """Opens the stores when the server starts, closes them when it ends, and answers requests between."""
        if self._app is None:
            return self._live(scope, receive, send)
        return self._app(scope, receive, send)

    async def _live(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """The lifespan. That it is over is told once everything is closed: the process may be gone right after."""
        told_last: list[Message] = []

        async def tell(message: "Message") -> None:
            if message["type"].startswith("lifespan.shutdown"):
                told_last.append(message)
            else:
                await send(message)

        try:
            async with self._serving() as self._app:
                await self._app(scope, receive, tell)
        except CommandFailed as failure:
            await send({"type": "lifespan.startup.failed", "message": failure.format_message()})
        for message in told_last:
            await send(message)

    @asynccontextmanager
    async def _serving(self) -> "AsyncIterator[ASGIApp]":
        from vinr_engagement.entrypoints.api.siblings import Siblings

        settings = share(running.settings(), self.processes)
        async with running.opened(settings) as stores:
            siblings = Siblings(self.folder)
            app = server.application(stores, settings, siblings)
            server.collect_rarely()
            with _no_longer_than_the_parent(self.folder):
                async with siblings.telling(), server.working(stores, settings, with_worker=self.with_worker):
                    yield app


def share(settings: "Settings", processes: int) -> "Settings":
    """The settings of one of so many processes: all together keep to the rate limit, rounded up in each of them."""
    return replace(
        settings,
        rate_limit=ceil(settings.rate_limit / processes),
        rate_limit_burst=ceil(settings.rate_limit_burst / processes),
    )


@contextmanager
def _no_longer_than_the_parent(folder: Path) -> Iterator[None]:
    """Stops this process, as SIGTERM does, where the one that started it is gone, and clears up: nobody else would."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    loop, sentinel = asyncio.get_running_loop(), parent.sentinel

    def stop() -> None:
        loop.remove_reader(sentinel)
        shutil.rmtree(folder, ignore_errors=True)
        signal.raise_signal(signal.SIGTERM)

    loop.add_reader(sentinel, stop)
    try:
        yield
    finally:
        loop.remove_reader(sentinel)
