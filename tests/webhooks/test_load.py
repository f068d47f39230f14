"""Thousands of events to ten endpoints of which two are dead, one is slow and one fails every other time; a worker is killed in
the middle. Those that are well get every event, of each member in order.

``make soak`` runs it with 10,000 events and waits for the lease of the killed worker to end by itself.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.crash.processes import Vinr
from tests.webhooks.conftest import Office
from tests.webhooks.receiver import Answer, Receiver, receiving
from vinr_engagement.commands.verify import verify

pytestmark = pytest.mark.anyio

MEMBERS = 50
A_REQUEST = 100
KINDS = ("well", "well", "dead", "well", "slow", "well", "flapping", "well", "dead", "well")


class Ten:
    """The receivers, by the number of their endpoint."""

    def __init__(self, receivers: list[Receiver]) -> None:
        self.receivers = receivers
        for receiver, kind in zip(receivers, KINDS, strict=True):
            numbers = count()
            if kind == "dead":
                receiver.answer = lambda _: Answer(500, b"down")
            elif kind == "slow":
                receiver.answer = lambda _: Answer(after=0.2)
            elif kind == "flapping":
                receiver.answer = lambda _, numbers=numbers: Answer(200 if next(numbers) % 2 else 503)

    def of(self, kind: str) -> list[Receiver]:
        """Those of one kind."""
        return [receiver for receiver, each in zip(self.receivers, KINDS, strict=True) if each == kind]

    def least(self) -> int:
        """How many events the slowest of those that are well has."""
        return min(len(set(receiver.ids)) for receiver in self.of("well"))


@asynccontextmanager
async def ten() -> AsyncIterator[Ten]:
    """All of them, for as long as the block runs."""
    async with AsyncExitStack() as stack:
        yield Ten([await stack.enter_async_context(receiving()) for _ in KINDS])


async def told(office: Office, members: list[str], events: int) -> None:
    """So many events, spread over the members."""
    for first in range(0, events, A_REQUEST):
        numbers = range(first, min(first + A_REQUEST, events))
        bodies = [{"account": members[number % MEMBERS], "amount": 1} for number in numbers]
        await office.api.post("/v1/loyalty/transactions/batch", {"transactions": bodies})


async def reach(place: Ten, number: int, seconds: float) -> None:
    """Waits until all that are well have so many events."""
    async with asyncio.timeout(seconds):
        while place.least() < number:  # noqa: ASYNC110 (it happens in other processes)
            await asyncio.sleep(0.05)


def in_order(receiver: Receiver) -> bool:
    """Whether the events of each member came in order, repeats aside."""
    last: dict[str, int] = {}
    seen: set[str] = set()
    for delivery in receiver.came:
        if delivery.id in seen:
            continue
        seen.add(delivery.id)
        event = delivery.event
        if event["account_sequence"] <= last.get(event["account"], 0):
            return False
        last[event["account"]] = event["account_sequence"]
    return True


async def play(office: Office, folder: Path, events: int, *, at_once: bool, seconds: float) -> dict[str, Any]:
    """The whole of it; answers figures."""
    url = office.store.settings.database_url
    workers = [Vinr(url, folder, "worker", VINR_WEBHOOK_ALLOW_PRIVATE="true") for _ in range(2)]
    members = [await office.member() for _ in range(MEMBERS)]
    async with ten() as place:
        for receiver in place.receivers:
            await office.endpoint(receiver.url, "loyalty.points.*")
        with workers[0].running(), workers[1].running():
            started = time.monotonic()
            telling = asyncio.create_task(told(office, members, events))
            await reach(place, events // 3, seconds)
            workers[0].kill()
            if at_once:  # as if the half minute were over
                sql = "update leases set until = 0 where name like 'webhooks:%' or name = 'relay_events'"
                await office.store.database.write(lambda session: session.execute(sql))
            await telling
            told_after = time.monotonic() - started
            await reach(place, events, seconds)
            figures = {"told after s": told_after, "all delivered after s": time.monotonic() - started}
            shown = (await office.api.get("/v1/webhook-endpoints?limit=100"))["data"]
            assert workers[1].stop() == 0
        figures |= {
            f"{kind}: attempts, events, lag": [
                (len(receiver.came), len(set(receiver.ids)), each["lag"])
                for receiver, each, found in zip(place.receivers, reversed(shown), KINDS, strict=True)
                if found == kind
            ]
            for kind in ("well", "slow", "flapping", "dead")
        }
        for receiver in place.of("well"):
            assert len(set(receiver.ids)) == events
            assert len(receiver.came) <= events + 100, "a step at most was repeated"
            assert in_order(receiver)
        assert all(len(receiver.came) < 60 for receiver in place.of("dead")), "the dead are tried gently"
    assert (await verify(office.store.database)).faults == []
    return figures


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_slice(office: Office, tmp_path: Path) -> None:
    await play(office, tmp_path, 300, at_once=True, seconds=100)


@pytest.mark.slow
@pytest.mark.timeout(1_800)
async def test_ten_thousand_events(office: Office, tmp_path: Path) -> None:
    figures = await play(office, tmp_path, 10_000, at_once=False, seconds=1_200)
    print(*(f"{name}: {value}" for name, value in figures.items()), sep="\n")  # noqa: T201 (what it is run for)
