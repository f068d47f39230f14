"""The API behind the server that `vinr serve` runs, and clients of its stream of events."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import uvicorn

from tests.api.conftest import Api, Json, close_api, open_api
from vinr_engagement import outbox
from vinr_engagement.commands import Store
from vinr_engagement.entrypoints.cli import server

STREAM = "/v1/events/stream"
LONGEST_SECONDS = 60


@dataclass
class Served:
    """A server with both stores; nobody but the test gives events their places."""

    api: Api
    url: str
    uvicorn: uvicorn.Server
    serving: "asyncio.Task[None]"

    @property
    def store(self) -> Store:
        """The test store."""
        return self.api.stores["test"]

    @property
    def streams(self) -> Any:
        """What the process has of streams."""
        return self.api.app._api.state.streams

    async def place(self, *, ring: bool = True) -> None:
        """Gives what was announced its places; without ``ring`` as another process would."""
        await outbox.log.place(self.store.database, 10_000)
        if ring:
            self.store.relayed.ring()

    async def announce(self, *customers: str, ring: bool = True) -> None:
        """Enrols customers, each in a batch of its own."""
        for customer in customers:
            await self.api.enrol(customer)
        await self.place(ring=ring)

    async def announced(self) -> list[Json]:
        """Every event as the API shows it, oldest first."""
        listed = await self.api.get("/v1/events", params={"limit": 100})
        assert not listed["page"]["has_more"]
        return sorted(listed["data"], key=lambda event: str(event["id"]))

    async def stop(self) -> None:
        """As SIGTERM does."""
        self.uvicorn.should_exit = True
        await self.serving

    @asynccontextmanager
    async def listening(
        self, place: str | None = None, key: str | None = None, **query: str
    ) -> "AsyncIterator[Listener]":
        """A client of the stream; with ``place`` one that comes again."""
        async with self.answer(place, key, **query) as answer:
            yield Listener(answer)

    @asynccontextmanager
    async def answer(
        self, place: str | None = None, key: str | None = None, **query: str
    ) -> AsyncIterator[httpx2.Response]:
        """What the stream answers, not read yet."""
        headers = {"X-Api-Key": self.api.keys["test"] if key is None else key}
        if place is not None:
            headers["Last-Event-ID"] = place
        async with (
            httpx2.AsyncClient(base_url=self.url, headers=headers, timeout=LONGEST_SECONDS) as client,
            client.stream("GET", STREAM, params=query) as answer,
        ):
            yield answer


class Listener:
    """Reads a stream block by block."""

    def __init__(self, answer: httpx2.Response) -> None:
        self.answer = answer
        self._blocks = aiter(httpx2.EventSource(answer)) if answer.status_code == 200 else None

    async def block(self) -> httpx2.ServerSentEvent | None:
        """The next block, ``None`` where the stream ended."""
        assert self._blocks is not None
        async with asyncio.timeout(LONGEST_SECONDS):
            return await anext(self._blocks, None)

    async def events(self, count: int) -> list[httpx2.ServerSentEvent]:
        """The next so many events."""
        found: list[httpx2.ServerSentEvent] = []
        while len(found) < count:
            block = await self.block()
            assert block is not None, "the stream ended"
            if block.data:
                found.append(block)
        return found

    async def customers(self, count: int) -> list[str]:
        """Whom the next so many events are about."""
        return customers_of(await self.events(count))


def customers_of(events: Iterable[httpx2.ServerSentEvent]) -> list[str]:
    """The customers of accounts that events tell of."""
    decoded: list[Any] = [event.json() for event in events]
    return [event["data"]["object"]["customer"] for event in decoded]


@asynccontextmanager
async def streaming(database_url: str) -> AsyncIterator[Served]:
    """Serves two fresh stores for as long as the block runs, as `vinr serve` does."""
    api = await open_api(database_url)
    with server.listen("127.0.0.1", 0) as listening:
        running = uvicorn.Server(server.configuration(api.app))
        serving = asyncio.create_task(running.serve([listening]))
        served = Served(api, server.url_of(listening), running, serving)
        try:
            yield served
        finally:
            await served.stop()
            await close_api(api)
