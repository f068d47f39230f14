"""A server on a real socket of this machine, in the test's own loop."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn

from tests.reporting import reporting
from vinr_engagement.audit import Origin
from vinr_engagement.commands import Store
from vinr_engagement.entrypoints.api import create_app
from vinr_engagement.foundation.settings import Settings

TESTS = Origin("tests")


@dataclass
class Served:
    """A running server, its test store, and a secret key for it."""

    store: Store
    port: int
    key: str

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"


@asynccontextmanager
async def served(
    database_url: str, *, lanes: int = 1, around: Callable[[Any], Any] = lambda app: app
) -> AsyncIterator[Served]:
    """Serves the test store of a database for as long as the block runs; ``around`` may put something before the app."""
    settings = Settings(database_url=database_url, log_level="critical", lanes=lanes)
    store = await Store.open("test", settings)
    made = await store.write_path.run(store.new_key("tests", "secret", []), TESTS)
    app = around(create_app({"test": store}, settings))
    config = uvicorn.Config(app, port=0, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 (uvicorn sets no event)
        await asyncio.sleep(0.01)
    try:
        async with reporting(store):
            yield Served(store, server.servers[0].sockets[0].getsockname()[1], made["secret"])
    finally:
        server.should_exit = True
        await serving
        await store.close()
