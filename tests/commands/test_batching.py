"""Who shares a batch: those that came while the last one committed, and those who were answered together and ask again."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from vinr_engagement.audit import Origin
from vinr_engagement.commands import write_path
from vinr_engagement.commands.context import Decision
from vinr_engagement.commands.write_path import COMPANY, PATIENCE_SECONDS, QUIET_SECONDS, Group, WritePath
from vinr_engagement.foundation.database import Database

pytestmark = pytest.mark.anyio

ORIGIN = Origin("test")
MANY = 8


class Paper(WritePath):
    """Answers batches without a database, and notes how many groups each had."""

    def __init__(self) -> None:
        super().__init__(cast("Database", SimpleNamespace(engine="sqlite")), real_time_only=True)
        self.sizes: list[int] = []

    async def _transact(self, batch: list[Group], turn: Any) -> list[Any]:
        self.sizes.append(len(batch))
        turn.pass_on()
        await asyncio.sleep(0.002)
        return [["done"] for _ in batch]


class Nothing(Decision):
    """Changes nothing."""

    def decide(self, context: Any) -> None:
        """Nothing."""


async def ask(path: Paper, times: int, others_first: int = 0) -> None:
    """Asks again as soon as it was answered, after so many turns of the loop."""
    for _ in range(times):
        for _ in range(others_first):
            await asyncio.sleep(0)
        await path.run(Nothing(), ORIGIN)


async def test_those_who_were_answered_together_are_decided_together() -> None:
    path = Paper()
    await asyncio.gather(*(ask(path, 6, number) for number in range(MANY)))
    assert sum(path.sizes) == 6 * MANY
    assert path.sizes.count(MANY) >= 4, "not one of them alone, and then the others"


async def test_once_all_of_them_are_there_nobody_waits_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    path = Paper()
    await asyncio.gather(*(ask(path, 1) for _ in range(MANY)))
    monkeypatch.setattr(write_path, "QUIET_SECONDS", 3_600)
    async with asyncio.timeout(20):
        await asyncio.gather(*(ask(path, 1, number) for number in range(MANY)))
    assert path.sizes == [MANY, MANY]


async def test_who_came_meanwhile_and_who_were_answered_become_one_batch() -> None:
    path = Paper()
    few = [asyncio.create_task(ask(path, 8)) for _ in range(COMPANY)]
    await asyncio.sleep(0.001)
    assert path.sizes == [COMPANY], "the others come while these are decided"
    await asyncio.gather(*few, *(ask(path, 8) for _ in range(MANY)))
    assert path.sizes.count(COMPANY + MANY) >= 5


async def test_a_lone_one_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_path, "QUIET_SECONDS", 3_600)
    path = Paper()
    async with asyncio.timeout(20):
        await ask(path, 5)
        await asyncio.gather(*(ask(path, 5) for _ in range(COMPANY - 1)))
    assert sum(path.sizes) == 5 * COMPANY


async def test_who_stays_away_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    path = Paper()
    await asyncio.gather(*(ask(path, 1) for _ in range(MANY)))
    assert path.sizes == [MANY]
    await ask(path, 1)
    monkeypatch.setattr(write_path, "QUIET_SECONDS", 3_600)
    async with asyncio.timeout(20):
        await ask(path, 2)
    assert path.sizes == [MANY, 1, 1, 1]


class Trickle(Paper):
    """While a batch is waited for, one more comes each time that it is looked for them."""

    def __init__(self) -> None:
        super().__init__()
        self.came: list[asyncio.Future[Any]] = []

    async def _wait_until_complete(self, seconds: float) -> None:
        assert seconds == QUIET_SECONDS
        self.came.append(asyncio.ensure_future(self.run(Nothing(), ORIGIN)))
        await asyncio.sleep(0)


async def test_nobody_waits_for_ever_while_a_few_come_at_a_time() -> None:
    path = Trickle()
    await asyncio.gather(*(ask(path, 1) for _ in range(200)))
    assert path.sizes == [200]
    await ask(path, 1)
    assert 1 < path.sizes[1] <= 2 + PATIENCE_SECONDS / QUIET_SECONDS, (
        "the first was answered, with who had come by then"
    )
    await asyncio.gather(*path.came)
    assert sum(path.sizes) == 201 + len(path.came)
