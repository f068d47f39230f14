"""A disk without space: writes are answered 503 and leave nothing, reads go on, and with space again a retry counts once.

On SQLite the file may grow no further, by a limit of its own or one on the server's process; on PostgreSQL the test's
database raises ``disk_full`` (SQLSTATE 53100) at a statement or at the commit.
"""

import asyncio
import resource
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.crash.processes import Server, ready
from tests.crash.sending import assert_unavailable
from tests.crash.year import FOR_EVER, fetch, opened, prepare
from tests.served import served
from vinr_engagement.commands import Store
from vinr_engagement.commands.verify import verify

Json = dict[str, Any]

TABLES = ("accounts", "transactions", "lots", "payments", "received_events", "outgoing_events", "idempotency_keys")
NO_LIMIT = 2**30
LARGE = {f"note_{number}": "x" * 400 for number in range(45)}
"""More than any page has left."""


@dataclass
class Shop:
    """A server whose disk the test fills and frees."""

    client: httpx2.AsyncClient
    store: Store
    fill: Callable[[], Awaitable[None]]
    free: Callable[[], Awaitable[None]]

    async def counts(self) -> list[int]:
        """How many rows each table has."""
        return [(await fetch(self.store, f"select count(*) from {table}"))[0][0] for table in TABLES]

    async def account(self, identifier: str) -> Json:
        """The account as it stands."""
        answer = await self.client.get(f"/v1/loyalty/accounts/{identifier}")
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found


@asynccontextmanager
async def limited_pages(database_url: str, folder: Path) -> AsyncIterator[Shop]:
    """SQLite's own limit on the size of a file: ``database or disk is full``."""
    async with _in_this_process(database_url) as (client, store):

        async def limit(pages: int) -> None:
            await store.database.write(lambda session: session.fetch(f"pragma max_page_count = {pages}"))

        yield Shop(client, store, fill=lambda: limit(1), free=lambda: limit(NO_LIMIT))


@asynccontextmanager
async def limited_files(database_url: str, folder: Path) -> AsyncIterator[Shop]:
    """The system's limit on the size of the files that the server writes: its log grows no further."""
    key = await prepare(database_url, FOR_EVER)
    server = Server(database_url, folder)
    log = folder / "vinr.test.db-wal"

    async def limit(size: int) -> None:
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    with server.running():
        async with server.client(key) as client, opened(database_url) as store:
            await ready(client)
            yield Shop(
                client, store, fill=lambda: limit(log.stat().st_size), free=lambda: limit(resource.RLIM_INFINITY)
            )
            assert server.stop() == 0


def raising(timing: str) -> Callable[[str, Path], Any]:
    """PostgreSQL says ``disk_full`` whenever an outgoing event or a ledger row is written."""

    @asynccontextmanager
    async def prepared(database_url: str, folder: Path) -> AsyncIterator[Shop]:
        async with _in_this_process(database_url) as (client, store):
            await _execute(
                store,
                "create function no_space() returns trigger language plpgsql as"
                " $$ begin raise exception using errcode = '53100', message = 'could not extend file'; end $$",
            )

            async def fill() -> None:
                for table in ("transactions", "outgoing_events"):
                    await _execute(
                        store, f"create {timing.format(table=table)} for each row execute function no_space()"
                    )

            async def free() -> None:
                for table in ("transactions", "outgoing_events"):
                    await _execute(store, f"drop trigger no_space on {table}")

            yield Shop(client, store, fill, free)

    return prepared


at_a_statement = raising("trigger no_space after insert on {table}")
at_the_commit = raising("constraint trigger no_space after insert on {table} deferrable initially deferred")


@asynccontextmanager
async def _in_this_process(database_url: str) -> AsyncIterator[tuple[httpx2.AsyncClient, Store]]:
    async with served(database_url) as server:
        headers = {"X-Api-Key": server.key}
        async with httpx2.AsyncClient(base_url=server.url, headers=headers, timeout=60) as client:
            yield client, server.store


async def _execute(store: Store, sql: str) -> None:
    await store.database.write(lambda session: session.execute(sql))


DISKS = [
    pytest.param("sqlite", limited_pages, id="sqlite-limited_pages"),
    pytest.param(
        "sqlite",
        limited_files,
        id="sqlite-limited_files",
        marks=pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="limits another process: Linux alone"),
    ),
    pytest.param("postgresql", at_a_statement, id="postgresql-at_a_statement"),
    pytest.param("postgresql", at_the_commit, id="postgresql-at_the_commit"),
]


def _requests(account: str) -> list[tuple[str, Json]]:
    """One of each kind, each too large for what is left."""
    adjust = {"account": account, "type": "adjust", "amount": 5, "metadata": LARGE}
    return [
        ("/v1/events", _payment("evt_1")),
        ("/v1/events/batch", {"events": [_payment("evt_2"), _payment("evt_3")]}),
        ("/v1/loyalty/transactions", adjust),
        ("/v1/loyalty/accounts", {"program": "prog_default", "customer": "cust_new", "metadata": LARGE}),
    ]


def _payment(event: str) -> Json:
    body = {"id": f"pay_{event}", "amount": 1_000, "currency": "GBP", "customer": "cust_1", "metadata": LARGE}
    return {
        "id": event,
        "type": "payment.completed",
        "created_at": "2026-04-01T12:00:00Z",
        "data": {"object": body},
    }


async def _send(shop: Shop, account: str) -> list[httpx2.Response]:
    """All at once, each with its key."""
    return await asyncio.gather(
        *[
            shop.client.post(path, json=body, headers={"Idempotency-Key": f"key-{number}"})
            for number, (path, body) in enumerate(_requests(account))
        ]
    )


async def _assert_reads_go_on(shop: Shop, account: str) -> None:
    assert (await shop.account(account))["balance"] == 0
    for path in ("/v1/loyalty/accounts", "/v1/events", "/v1/loyalty/earning-rules", "/readyz"):
        assert (await shop.client.get(path)).status_code == 200, path


@pytest.mark.anyio
@pytest.mark.parametrize(("database_url", "disk"), DISKS, indirect=["database_url"])
async def test_a_full_disk_refuses_writes_and_nothing_else(
    database_url: str, disk: Callable[[str, Path], Any], tmp_path: Path
) -> None:
    async with disk(database_url, tmp_path) as shop:
        made = await shop.client.post("/v1/loyalty/accounts", json={"program": "prog_default", "customer": "cust_1"})
        account = made.json()["id"]
        before = await shop.counts()

        await shop.fill()
        for _ in range(3):
            for answer in await _send(shop, account):
                assert_unavailable(answer)
            await _assert_reads_go_on(shop, account)
        assert await shop.counts() == before

        await shop.free()
        for replayed in (None, "true"):
            answers = await _send(shop, account)
            assert {answer.status_code for answer in answers} == {200}, [answer.text for answer in answers]
            assert {answer.headers.get("idempotent-replayed") for answer in answers} == {replayed}
        assert (await shop.account(account))["balance"] == 3 * 10 + 5
        assert (await verify(shop.store.database)).faults == []
