"""The HTTP server over open stores, and its graceful end."""

import asyncio
import errno
import gc
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

import uvicorn

from vinr_engagement.commands import Store
from vinr_engagement.entrypoints.cli.faults import CommandFailed
from vinr_engagement.entrypoints.worker import Worker
from vinr_engagement.foundation import logs
from vinr_engagement.foundation.settings import Environment, Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from vinr_engagement.entrypoints.api.siblings import Siblings

KEEP_ALIVE_SECONDS = 75
"""Longer than proxies keep idle connections, so that it is they who close them."""
GRACE_SECONDS = 30
"""Requests that run when the server is told to stop may take so long."""
SILENT_SECONDS = 30
"""Where several processes serve, one that says nothing for so long is replaced."""
PORTS_TRIED = 50
GARBAGE_THRESHOLD = 50_000


def listen(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """A socket that listens there, beside others where it is ``shared``. Raises ``CommandFailed`` where it cannot be had."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=2_048, reuse_port=shared)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "the port is in use; choose another with --port" if taken else error.strerror or str(error)
        raise CommandFailed(f"Cannot listen on {host}:{port}: {reason}.") from error


def listen_from(host: str, port: int) -> socket.socket:
    """A socket on this port or, where it is in use, on the next free one."""
    for candidate in range(port, min(port + PORTS_TRIED, 65_535)):
        try:
            return listen(host, candidate)
        except CommandFailed as failure:
            if getattr(failure.__cause__, "errno", None) != errno.EADDRINUSE:
                raise
    return listen(host, port)


def url_of(listening: socket.socket) -> str:
    """Where the server is reached from this machine."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def serve(
    stores: Mapping[Environment, Store],
    settings: Settings,
    listening: socket.socket,
    *,
    with_worker: bool,
    announce: Callable[[], None],
) -> None:
    """Serves until SIGINT or SIGTERM; then takes no more, answers what was accepted, and stops the worker.

    ``announce`` is called once requests are answered. The stores stay open: whoever opened them closes them.
    """
    app = application(stores, settings)
    collect_rarely()
    config = configuration(app)
    async with working(stores, settings, with_worker=with_worker):
        await _Server(config, announce).serve([listening])


def application(
    stores: Mapping[Environment, Store], settings: Settings, siblings: "Siblings | None" = None
) -> "ASGIApp":
    """What is served: the API, and before it the dashboard and the documentation, where they are wanted."""
    from vinr_engagement.entrypoints.api import create_app
    from vinr_engagement.entrypoints.cli.docs import documented
    from vinr_engagement.entrypoints.dashboard import Dashboard

    app = create_app(stores, settings, siblings)
    app = documented(app, settings) if settings.docs else app
    return Dashboard(app) if settings.dashboard else app


def configuration(app: "ASGIApp", processes: int = 1) -> uvicorn.Config:
    """How uvicorn serves the application, in one process or in several."""
    from vinr_engagement.entrypoints.cli.connection import Connection

    return uvicorn.Config(
        app,
        interface="asgi3",
        http=Connection,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        workers=processes,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_worker_healthcheck=SILENT_SECONDS,
    )


def collect_rarely() -> None:
    """What is loaded by now stays; a batch makes many small objects, nearly all freed without the collector's help."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD, 20, 50)


@asynccontextmanager
async def working(stores: Mapping[Environment, Store], settings: Settings, *, with_worker: bool) -> AsyncIterator[None]:
    """Meanwhile the background jobs are done, where they are wanted; a step that has begun is finished."""
    if not with_worker:
        yield
        return
    worker = Worker(stores.values(), logs.logger(settings))
    task = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        worker.stop()
        await task


class _Server(uvicorn.Server):
    """Says when it is ready, and takes a signal as the wish to stop, not as a failure."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._announce()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        with super().capture_signals():
            yield
            self._captured_signals.clear()  # It would raise them again: the process would not end with 0.
