"""Two servers decide at the same moment: both wait for the same account, and the second sees what the first has done."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack
from typing import Any

import pytest

from vinr_engagement import ledger
from vinr_engagement.audit import Origin
from vinr_engagement.commands import (
    Adjust,
    Claim,
    CreateAccount,
    CreateRule,
    ReceiveEvent,
    Reply,
    Store,
    parse_event,
)
from vinr_engagement.commands.verify import verify
from vinr_engagement.foundation import json
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.errors import Refusal
from vinr_engagement.foundation.settings import Settings

pytestmark = pytest.mark.anyio
TESTS = Origin("tests")
VISIT = {"program": "prog_default", "trigger": "shop.visited", "award": {"type": "fixed", "points": 5}}
LONG_ENOUGH_TO_ARRIVE = 0.4


class Rivals:
    """Two servers of one store, a member with 100 points, and somebody who can hold up whoever wants the account."""

    def __init__(self, servers: list[Store], account: str) -> None:
        self.servers = servers
        self.account = account

    async def meet(self, *requests: Coroutine[Any, Any, Any]) -> list[Any]:
        """Lets requests come so far that each waits for the account; then lets go of it.

        On SQLite nobody has to hold them up: a store has one writer, and whoever comes second waits to begin.
        """
        arrived = asyncio.Event()

        async def hold(session: Session) -> None:
            if session.engine == "postgresql":
                await session.fetch("select 1 from accounts where id = $1 for update", self.account)
                await arrived.wait()

        holding = asyncio.create_task(self.servers[0].database.write(hold))
        await asyncio.sleep(LONG_ENOUGH_TO_ARRIVE / 4)
        racing = [asyncio.create_task(request) for request in requests]
        await asyncio.sleep(LONG_ENOUGH_TO_ARRIVE)
        arrived.set()
        await holding
        return await asyncio.gather(*racing, return_exceptions=True)

    async def amounts(self) -> list[int]:
        async def read(session: Session) -> list[ledger.Transaction]:
            return await session.rows(ledger.TRANSACTIONS, "true order by id")

        return [row.amount for row in await self.servers[0].database.read(read)]


@pytest.fixture
async def rivals(database_url: str) -> AsyncIterator[Rivals]:
    async with AsyncExitStack() as stack:
        servers = []
        for _ in range(2):
            servers.append(await Store.open("test", Settings(database_url=database_url)))
            stack.push_async_callback(servers[-1].close)
        await servers[0].write_path.run(CreateRule(VISIT), TESTS)
        account = (await servers[0].write_path.run(CreateAccount("prog_default", "cust_1", {}), TESTS))["id"]
        await servers[0].write_path.run(Adjust(account, 100, None, {}), TESTS)
        yield Rivals(servers, account)
        assert (await verify(servers[0].database)).faults == []


async def test_of_two_debits_that_the_balance_allows_once_one_is_refused(rivals: Rivals) -> None:
    answers = await rivals.meet(
        *(server.write_path.run(Adjust(rivals.account, -60, None, {}), TESTS) for server in rivals.servers)
    )
    (refused,) = [answer for answer in answers if isinstance(answer, Refusal)]
    assert (refused.code, refused.details) == ("insufficient_points", {"balance": 40, "required": 60})
    assert await rivals.amounts() == [100, -60]


async def test_an_event_that_two_servers_receive_at_once_takes_effect_once(rivals: Rivals) -> None:
    raw = {
        "id": "evt_1",
        "type": "shop.visited",
        "created_at": "2026-04-01T12:00:00Z",
        "data": {"object": {"customer": "cust_1"}},
    }
    answers = await rivals.meet(
        *(server.write_path.run(ReceiveEvent(parse_event(raw)), TESTS) for server in rivals.servers)
    )
    assert sorted(answer.status for answer in answers) == ["duplicate", "processed"]
    assert await rivals.amounts() == [100, 5]


async def test_a_request_that_is_repeated_at_another_server_gets_the_first_answer(rivals: Rivals) -> None:
    def render(outcomes: list[Any]) -> tuple[Reply, bool]:
        return Reply(200, json.encode(outcomes)), True

    answers = await rivals.meet(
        *(
            server.write_path.answer(
                [Adjust(rivals.account, 7, None, {})], TESTS, render, Claim("POST /v1/anything", "once", "the same")
            )
            for server in rivals.servers
        )
    )
    assert answers[0].body == answers[1].body
    assert sorted(answer.replayed for answer in answers) == [False, True]
    assert await rivals.amounts() == [100, 7]
