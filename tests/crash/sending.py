"""The shop's side: a queue that sends each batch until it is answered, and knows what it still waits for."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import httpx2
import msgspec

from tests.crash.processes import TRIES, ready

SENDERS = 8
BATCH = 5

Event = dict[str, Any]


def bodies_of(events: Sequence[Event]) -> list[bytes]:
    """The events as batches, in their order."""
    return [msgspec.json.encode({"events": events[at : at + BATCH]}) for at in range(0, len(events), BATCH)]


class Sender:
    """Sends a few batches at a time, and again whatever was not answered: with an error of the connection, or 503.

    ``unanswered`` requests are under way; ``cut_off`` counts those that had been sent and got no answer, ``refused``
    those that got 503. ``kills`` has, for each kill, what was unanswered at that moment.
    """

    def __init__(self, *clients: httpx2.AsyncClient) -> None:
        self._clients = clients
        self.unanswered = 0
        self.answered = 0
        self.cut_off = 0
        self.refused = 0
        self.kills: list[int] = []

    async def send_all(self, bodies: Sequence[bytes]) -> None:
        """Returns when each was answered."""
        waiting = iter(enumerate(bodies))

        async def sender() -> None:
            for number, body in waiting:
                await self.send(body, self._clients[number % len(self._clients)])

        await asyncio.gather(*[sender() for _ in range(SENDERS)])

    async def send(self, body: bytes, client: httpx2.AsyncClient) -> None:
        """One batch, until it is answered."""
        for _ in range(TRIES):
            answer = await self._try(body, client)
            if answer is not None and answer.status_code == 200:
                assert {element["status"] for element in answer.json()["data"]} == {200}, answer.text
                self.answered += 1
                return
            if answer is not None:
                assert_unavailable(answer)
                self.refused += 1
            await asyncio.sleep(0.05)
        raise AssertionError("the server did not come back")

    async def _try(self, body: bytes, client: httpx2.AsyncClient) -> httpx2.Response | None:
        self.unanswered += 1
        try:
            return await client.post("/v1/events/batch", content=body, headers={"Content-Type": "application/json"})
        except httpx2.ConnectError:
            return None
        except httpx2.TransportError:
            self.cut_off += 1
            return None
        finally:
            self.unanswered -= 1

    async def send_all_while_killing(
        self, bodies: Sequence[bytes], kill: Callable[[], Awaitable[None]], *, kills: int
    ) -> None:
        """As :meth:`send_all`, while ``kill`` ends something about twice as often, at moments of no pattern."""
        killing = asyncio.create_task(self._keep_killing(kill, len(bodies) // kills, random.Random(7)))
        try:
            await self.send_all(bodies)
        finally:
            killing.cancel()
            (ended,) = await asyncio.gather(killing, return_exceptions=True)
        assert isinstance(ended, asyncio.CancelledError), ended

    async def _keep_killing(self, kill: Callable[[], Awaitable[None]], every: int, chance: random.Random) -> None:
        """Lets all work until at most ``every`` further batches are answered, then kills within the next batch."""
        while True:
            await ready(self._clients[0])
            enough = self.answered + chance.randint(1, every)
            while self.answered < enough:  # noqa: ASYNC110 (many wait for their answers, this one for a count)
                await asyncio.sleep(0.002)
            await asyncio.sleep(chance.uniform(0, 0.02))
            if self.unanswered:
                await kill()

    def assert_killed(self, *, times: int) -> None:
        """So many kills at least, each while requests were under way, and requests lost by them."""
        assert len(self.kills) >= times, self.kills
        assert min(self.kills) > 0
        assert self.cut_off + self.refused >= len(self.kills)


def assert_unavailable(answer: httpx2.Response) -> None:
    """The documented answer of a server whose database takes no work."""
    assert answer.status_code == 503, answer.text
    assert answer.json()["error"]["code"] == "service_unavailable"
    assert int(answer.headers["retry-after"]) > 0
