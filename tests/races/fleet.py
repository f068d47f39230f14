"""Two ``vinr serve`` and a ``vinr worker``, each a process of its own, on one PostgreSQL."""

import asyncio
import itertools
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx2

from tests.crash.processes import Server, Vinr, ready
from tests.crash.year import FOR_EVER, opened, prepare
from vinr_engagement.commands.verify import verify

Json = dict[str, Any]


@dataclass
class Fleet:
    """Callers go to both servers in turn. Many tests may share one: names are their own by :meth:`name`."""

    database_url: str
    key: str
    servers: tuple[Server, Server]
    worker: Vinr
    clients: list[httpx2.AsyncClient] = field(default_factory=list)
    _turn: "itertools.count[int]" = field(default_factory=itertools.count)

    def next_client(self) -> httpx2.AsyncClient:
        """The servers alternate."""
        return self.clients[next(self._turn) % 2]

    async def post(self, path: str, body: Json, **headers: str) -> httpx2.Response:
        """One request, to the server whose turn it is."""
        return await self.next_client().post(path, json=body, headers=headers)

    async def account(self, identifier: str) -> Json:
        """The account as it stands."""
        found: Json = (await self.next_client().get(f"/v1/loyalty/accounts/{identifier}")).json()
        return found

    async def enrol(self, customer: str) -> str:
        """A new member's id."""
        made = await self.post("/v1/loyalty/accounts", {"program": "prog_default", "customer": customer})
        identifier: str = made.json()["id"]
        return identifier

    async def adjust(self, account: str, amount: int, **headers: str) -> httpx2.Response:
        """A credit or a debit."""
        body = {"account": account, "type": "adjust", "amount": amount}
        return await self.post("/v1/loyalty/transactions", body, **headers)

    async def pay(self, customer: str, amount: int) -> httpx2.Response:
        """A completed payment."""
        return await self.post("/v1/events", payment(customer, amount))


def payment(customer: str, amount: int) -> Json:
    """An event that was never sent before."""
    body = {"id": name("pay"), "amount": amount, "currency": "GBP", "customer": customer}
    return {
        "id": name("evt"),
        "type": "payment.completed",
        "created_at": "2026-04-01T12:00:00Z",
        "data": {"object": body},
    }


def name(prefix: str) -> str:
    """An id that nothing else has."""
    return f"{prefix}_{uuid.uuid4().hex}"


@contextmanager
def new_database(shared: Any) -> Iterator[str]:
    """The URL of a database in the run's PostgreSQL."""
    database = f"fleet_{uuid.uuid4().hex}"
    asyncio.run(_execute(shared.get_uri(), f"create database {database} template template0"))
    yield shared.get_uri(database=database)
    asyncio.run(_execute(shared.get_uri(), f"drop database {database} with (force)"))


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@contextmanager
def running_fleet(database_url: str, folder: Path) -> Iterator[Fleet]:
    """The processes, for as long as the block runs; all must be alive in the end, and stop as they are asked to."""
    key = asyncio.run(prepare(database_url, FOR_EVER))
    servers = (Server(database_url, folder, "--no-worker"), Server(database_url, folder, "--no-worker"))
    worker = Vinr(database_url, folder, "worker")
    processes: list[Vinr] = [*servers, worker]
    with ExitStack() as stack:
        for process in processes:
            stack.enter_context(process.running())
        yield Fleet(database_url, key, servers, worker)
        assert [process.stop() for process in processes] == [0, 0, 0]


@asynccontextmanager
async def called(fleet: Fleet) -> AsyncIterator[Fleet]:
    """Connections to both servers for one test; afterwards every account must agree with its ledger."""
    first, second = fleet.servers
    async with first.client(fleet.key) as one, second.client(fleet.key) as other:
        fleet.clients = [one, other]
        for client in fleet.clients:
            await ready(client)
        yield fleet
        assert all(process.is_alive() for process in (first, second, fleet.worker))
        async with opened(fleet.database_url) as store:
            assert (await verify(store.database)).faults == []
