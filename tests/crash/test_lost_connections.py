"""The connection to PostgreSQL is lost in mid-transaction, or as it commits: the caller hears of it, a retry counts once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx2
import pytest

from tests.crash.postgres import APPLICATION
from tests.crash.proxy import Proxy, When, proxied
from tests.crash.sending import assert_unavailable
from tests.served import served
from vinr_engagement.commands import Store
from vinr_engagement.commands.verify import verify

Json = dict[str, Any]
DATABASE = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

pytestmark = [pytest.mark.anyio, DATABASE]


@dataclass
class Shop:
    """A server behind a proxy, one member with 100 points, and the test's own connection past the proxy."""

    client: httpx2.AsyncClient
    store: Store
    proxy: Proxy
    own: "asyncpg.Connection[asyncpg.Record]"
    account: str = ""

    async def adjust(self, amount: int, key: str | None = None) -> httpx2.Response:
        """A credit, under a key where there is one."""
        body = {"account": self.account, "type": "adjust", "amount": amount}
        headers = {} if key is None else {"Idempotency-Key": key}
        return await self.client.post("/v1/loyalty/transactions", json=body, headers=headers)

    async def pay(self, number: int) -> httpx2.Response:
        """A payment of ten pounds."""
        body = {"id": f"pay_{number}", "amount": 1_000, "currency": "GBP", "customer": "cust_1"}
        event = {"id": f"evt_{number}", "type": "payment.completed", "created_at": "2026-04-01T12:00:00Z"}
        return await self.client.post("/v1/events", json=event | {"data": {"object": body}})

    async def balance(self) -> int:
        """What the member has."""
        answer = await self.client.get(f"/v1/loyalty/accounts/{self.account}")
        found: int = answer.json()["balance"]
        return found

    async def backends_waiting(self, count: int) -> list[int]:
        """The server's connections that wait for a lock, as soon as there are so many."""
        async with asyncio.timeout(30):
            while True:
                rows = await self.own.fetch(
                    "select pid from pg_stat_activity where application_name = $1 and wait_event_type = 'Lock'"
                    " and datname = current_database()",
                    APPLICATION,
                )
                if len(rows) == count:
                    return [pid for (pid,) in rows]
                await asyncio.sleep(0.01)


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    folder = parse_qs(urlsplit(database_url).query)["host"][0]
    database = urlsplit(database_url).path.removeprefix("/")
    own = await asyncpg.connect(database_url, server_settings={"search_path": "vinr_test"})
    async with (
        proxied(folder, database) as (proxy, url),
        served(url, lanes=2) as server,
        httpx2.AsyncClient(base_url=server.url, headers={"X-Api-Key": server.key}, timeout=60) as client,
    ):
        shop = Shop(client, server.store, proxy, own)
        made = await client.post("/v1/loyalty/accounts", json={"program": "prog_default", "customer": "cust_1"})
        shop.account = made.json()["id"]
        assert (await shop.adjust(100)).status_code == 200
        yield shop
        assert (await verify(server.store.database)).faults == []
    await own.close()


async def _terminate(shop: Shop, backends: list[int]) -> None:
    for backend in backends:
        assert await shop.own.fetchval("select pg_terminate_backend($1, 5000)", backend)


async def test_a_backend_terminated_between_statements_is_answered_503_and_undone(shop: Shop) -> None:
    async with shop.own.transaction():
        await shop.own.execute("select 1 from accounts where id = $1 for update", shop.account)
        asked = asyncio.create_task(shop.adjust(5, "key-1"))
        await _terminate(shop, await shop.backends_waiting(1))
        assert_unavailable(await asked)
    assert await shop.balance() == 100
    assert (await shop.adjust(5, "key-1")).status_code == 200
    assert (await shop.adjust(5, "key-1")).headers["idempotent-replayed"] == "true"
    assert await shop.balance() == 105


async def test_idle_connections_that_were_terminated_are_replaced(shop: Shop) -> None:
    await asyncio.gather(*[shop.client.get("/v1/loyalty/accounts") for _ in range(20)])
    rows = await shop.own.fetch(
        "select pid from pg_stat_activity where application_name = $1 and datname = current_database()", APPLICATION
    )
    await _terminate(shop, [pid for (pid,) in rows])
    for number in range(20):
        answer = await shop.pay(number)
        if answer.status_code != 200:
            assert_unavailable(answer)
            assert (await shop.pay(number)).status_code == 200
    assert await shop.balance() == 100 + 20 * 10


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_commit_without_an_answer_is_503_and_a_retry_counts_once(shop: Shop, when: When) -> None:
    shop.proxy.lose(when)
    assert_unavailable(await shop.adjust(5, "key-1"))
    again = await shop.adjust(5, "key-1")
    assert again.status_code == 200
    assert (again.headers.get("idempotent-replayed") == "true") == (when == "after")
    shop.proxy.lose(when)
    assert_unavailable(await shop.pay(1))
    again = await shop.pay(1)
    assert again.json()["status"] == {"before": "processed", "after": "duplicate"}[when]
    assert shop.proxy.lost == 2
    assert await shop.balance() == 100 + 5 + 10


@pytest.mark.parametrize("when", ["before", "after"])
async def test_commits_of_many_lost_at_random_count_once_in_the_end(shop: Shop, when: When) -> None:
    async def until_answered(number: int) -> int:
        for tries in range(100):
            answer = await (shop.adjust(3, f"key-{number}") if number % 2 else shop.pay(number))
            if answer.status_code == 200:
                return tries
            assert_unavailable(answer)
        raise AssertionError("never answered")

    shop.proxy.lose(when, commits=10)
    tries = await asyncio.gather(*[until_answered(number) for number in range(200)])
    assert shop.proxy.lost == 10
    assert Counter(tries)[0] < 200, "some were sent again"
    assert await shop.balance() == 100 + 100 * 3 + 100 * 10


async def test_without_a_key_what_was_answered_200_took_effect_once(shop: Shop) -> None:
    """A commit that went unanswered may have taken effect: the server must not run a batch again by itself then."""
    shop.proxy.lose("after", commits=5)
    answers = await asyncio.gather(*[shop.adjust(7) for _ in range(40)])
    assert shop.proxy.lost > 0
    shop.proxy.lose("after", commits=0)
    for answer in answers:
        if answer.status_code != 200:
            assert_unavailable(answer)
    taken = (await shop.balance() - 100) // 7
    answered = Counter(answer.status_code for answer in answers)
    assert answered[200] <= taken <= 40
