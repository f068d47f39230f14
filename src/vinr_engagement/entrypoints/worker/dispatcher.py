"""The dispatcher of a store's webhooks: looks what waits for which endpoint, and has couriers bring it.

Any number of workers may run beside each other: a courier works under the lease of its endpoint. An endpoint that is slow or
dead occupies its own courier only.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from structlog.typing import FilteringBoundLogger

from vinr_engagement.commands import Store
from vinr_engagement.entrypoints.worker.courier import JOB, Courier, Post
from vinr_engagement.foundation import ids
from vinr_engagement.foundation.clock import Instant, real_now
from vinr_engagement.webhooks import progress

LOOK_SECONDS: Final = 0.25
"""How late at most it is seen what other processes wrote; what this one's relay passes on is seen at once."""
LONGEST_BACKOFF_SECONDS: Final = 60.0


class Dispatcher:
    """Brings a store's events to its webhook endpoints. ``now`` is real time, ``chance`` draws numbers from 0 to 1."""

    def __init__(
        self,
        store: Store,
        log: FilteringBoundLogger,
        holder: str,
        stopping: asyncio.Event,
        *,
        now: Callable[[], Instant] = real_now,
        chance: Callable[[], float] = ids.chance,
    ) -> None:
        self._post = Post(store, log, holder, now, chance, stopping, asyncio.Event())
        self._couriers: dict[str, Courier] = {}
        store.jobs_done[JOB] += 0
        store.jobs_failed[JOB] += 0

    async def run(self) -> None:
        """Works until ``stopping`` is set; then finishes the attempts that are under way and saves what came of them."""
        failures = 0
        while not self._post.stopping.is_set():
            ring = self._post.store.relayed.next_ring()
            self._post.wake.clear()
            try:
                await self._look()
                failures, pause = 0, LOOK_SECONDS
            except Exception as error:
                failures += 1
                pause = min(LONGEST_BACKOFF_SECONDS, 2.0 ** min(failures - 1, 10))
                self._post.store.jobs_failed[JOB] += 1
                facts = {"store": self._post.store.environment, "job": JOB, "retry_in_seconds": pause}
                self._post.log.error("job_failed", exc_info=error, **facts)
                await _first_of([self._post.stopping], pause)
                continue
            await _first_of([self._post.stopping, self._post.wake, ring], pause)
        await asyncio.gather(*(courier.stop() for courier in self._couriers.values()))

    async def _look(self) -> None:
        outlooks = await progress.look(self._post.store.database)
        for outlook in outlooks:
            if outlook.endpoint not in self._couriers:
                self._couriers[outlook.endpoint] = Courier(self._post, outlook.endpoint)
            self._couriers[outlook.endpoint].notice(outlook)
        listed = {outlook.endpoint for outlook in outlooks}
        for endpoint, courier in list(self._couriers.items()):
            if endpoint not in listed and courier.is_idle:
                del self._couriers[endpoint]
                await courier.stop()


async def _first_of(events: list[asyncio.Event], seconds: float) -> None:
    """Waits until one of them is set, for so long at most."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
