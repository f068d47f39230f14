"""A store with webhooks, its worker's part of it, and a clock that a test can move on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.api.conftest import Api, Json, close_api, open_api
from vinr_engagement.commands import Store
from vinr_engagement.entrypoints.worker.dispatcher import Dispatcher
from vinr_engagement.entrypoints.worker.jobs import jobs_of
from vinr_engagement.foundation import logs
from vinr_engagement.foundation.clock import Instant, real_now
from vinr_engagement.foundation.settings import Settings

ENDPOINTS = "/v1/webhook-endpoints"
SILENT = logs.logger(Settings(log_level="critical"))
PATIENCE_SECONDS = 30


class Clock:
    """Real time, ahead by as much as a test moves it."""

    def __init__(self) -> None:
        self.ahead: Instant = 0

    def __call__(self) -> Instant:
        return real_now() + self.ahead


async def until(condition: Callable[[], bool | Awaitable[bool]]) -> None:
    """Waits for something that must come about."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            found = condition()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.005)


@dataclass
class Office:
    """An API, and what delivers the events of its test store."""

    api: Api
    clock: Clock = field(default_factory=Clock)

    @property
    def store(self) -> Store:
        """The test store."""
        return self.api.stores["test"]

    async def endpoint(self, url: str, *events: str, **more: Any) -> Json:
        """A new endpoint, with its secret."""
        return await self.api.post(ENDPOINTS, {"url": url, "enabled_events": list(events or ("*",)), **more})

    async def shown(self, endpoint: Json) -> Json:
        """The endpoint as it is now."""
        return await self.api.get(f"{ENDPOINTS}/{endpoint['id']}")

    async def deliveries(self, endpoint: Json, **filters: str) -> list[Json]:
        """Its deliveries, newest first, with their attempts."""
        path = f"{ENDPOINTS}/{endpoint['id']}/deliveries"
        listed = (await self.api.get(path, params={"limit": "100", **filters}))["data"]
        return [await self.api.get(f"{path}/{each['id']}") for each in listed]

    async def member(self, customer: str | None = None) -> str:
        """A new member's id."""
        found: str = (await self.api.enrol(customer))["id"]
        return found

    async def give(self, account: str, times: int = 1) -> None:
        """Adjusts so many times, each of them an event."""
        body = {"account": account, "amount": 1}
        await self.api.post("/v1/loyalty/transactions/batch", {"transactions": [body] * times})

    async def all_relayed(self) -> None:
        """Waits until every event has its place in the log: until then an endpoint that begins may be told of it."""

        async def none_waits() -> bool:
            return not await self.store.database.ask("select 1 from event_batches where position is null limit 1")

        await until(none_waits)

    @asynccontextmanager
    async def delivering(self, holder: str = "first") -> AsyncIterator[None]:
        """Relays and delivers meanwhile, as a worker does."""
        stopping = asyncio.Event()
        dispatcher = Dispatcher(self.store, SILENT, holder, stopping, now=self.clock, chance=lambda: 0.5)
        tasks = [asyncio.create_task(dispatcher.run()), asyncio.create_task(relaying(self.store, stopping))]
        try:
            yield
        finally:
            stopping.set()
            await asyncio.gather(*tasks)
        assert self.store.jobs_failed["deliver_webhooks"] == 0


async def relaying(store: Store, stopping: asyncio.Event) -> None:
    """Gives events their places in the log, until it is told to stop."""
    (relay,) = [job for job in jobs_of(store, SILENT) if job.name == "relay_events"]
    while not stopping.is_set():
        if not await relay.step():
            await asyncio.sleep(0.01)


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    """On either engine, with receivers on this machine allowed."""
    api = await open_api(database_url, webhook_allow_private=True)
    yield Office(api)
    await close_api(api)


@pytest.fixture
async def strict_office(database_url: str) -> AsyncIterator[Office]:
    """As an operator has it who changed nothing: webhooks go to public addresses only."""
    api = await open_api(database_url)
    yield Office(api)
    await close_api(api)
