"""Two servers decide at the same moment about one stock, one code, one redemption: the second sees what the first has done."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests.commands.test_verify import NOW, Shop
from vinr_engagement.audit import Origin
from vinr_engagement.commands import (
    Adjust,
    ApplyRedemption,
    CreateReward,
    RedeemReward,
    ReleaseRedemption,
    SetClock,
    Store,
)
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.errors import Refusal
from vinr_engagement.foundation.settings import Settings

pytestmark = pytest.mark.anyio
TESTS = Origin("tests")
OFF = {
    "program": "prog_default",
    "name": "Off",
    "cost": 100,
    "value": {"amount": 500, "currency": "GBP"},
    "inventory": 1,
}
LONG_ENOUGH_TO_ARRIVE = 0.4


class Rivals(Shop):
    """Two servers of one store; Ann and Bob have 200 points each, and there is one discount for 100."""

    def __init__(self, servers: list[Store]) -> None:
        super().__init__(servers[0])
        self.other = servers[1]

    async def meet(self, table: str, *requests: Coroutine[Any, Any, Any]) -> list[str]:
        """Lets requests come so far that each waits for the rows of a table; answers what came of each.

        On SQLite nobody has to hold them up: a store has one writer, and whoever comes second waits to begin.
        """
        arrived = asyncio.Event()

        async def hold(session: Session) -> None:
            if session.engine == "postgresql":
                await session.fetch(f"select 1 from {table} for update")
                await arrived.wait()

        holding = asyncio.create_task(self.store.database.write(hold))
        await asyncio.sleep(LONG_ENOUGH_TO_ARRIVE / 4)
        racing = [asyncio.create_task(request) for request in requests]
        await asyncio.sleep(LONG_ENOUGH_TO_ARRIVE)
        arrived.set()
        await holding
        found = await asyncio.gather(*racing, return_exceptions=True)
        return sorted(each.code if isinstance(each, Refusal) else each["status"] for each in found)  # type: ignore[index,union-attr]

    def here(self, command: Any) -> Coroutine[Any, Any, Any]:
        return self.run(command)

    async def there(self, command: Any) -> Any:
        return await self.other.write_path.run(command, TESTS)


@pytest.fixture
async def rivals(database_url: str) -> AsyncIterator[Rivals]:
    async with AsyncExitStack() as stack:
        servers = []
        for _ in range(2):
            servers.append(await Store.open("test", Settings(database_url=database_url)))
            stack.push_async_callback(servers[-1].close)
        rivals = Rivals(servers)
        await rivals.run(SetClock(NOW))
        for name in ("ann", "bob"):
            await rivals.enrol(f"cust_{name}", name)
            await rivals.run(Adjust(rivals.ids[name], 200, None, {}))
        rivals.ids["reward"] = (await rivals.run(CreateReward(OFF)))["id"]
        yield rivals
        assert await rivals.faults() == []


def redeem(rivals: Rivals, name: str) -> RedeemReward:
    return RedeemReward(rivals.ids[name], rivals.ids["reward"], 1, {})


async def test_the_last_of_a_stock_is_taken_once(rivals: Rivals) -> None:
    found = await rivals.meet("reward_stock", rivals.here(redeem(rivals, "ann")), rivals.there(redeem(rivals, "bob")))
    assert found == ["pending", "reward_out_of_stock"]
    assert await rivals.one("select sum(balance) from accounts") == "300"


async def test_of_applying_and_releasing_one_happens(rivals: Rivals) -> None:
    made = (await rivals.run(redeem(rivals, "ann")))["id"]
    found = await rivals.meet(
        "accounts", rivals.here(ReleaseRedemption(made, None)), rivals.there(ApplyRedemption(made, None))
    )
    assert found in (["applied", "redemption_not_pending"], ["redemption_not_pending", "released"])


async def test_of_two_payments_one_has_it(rivals: Rivals) -> None:
    made = (await rivals.run(redeem(rivals, "ann")))["id"]
    found = await rivals.meet(
        "accounts", rivals.here(ApplyRedemption(made, "pay_1")), rivals.there(ApplyRedemption(made, "pay_2"))
    )
    assert found == ["applied", "redemption_not_pending"]
