"""The worker: runs the jobs of its stores, each under a lease, and delivers webhooks, until it is stopped."""

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Final

from structlog.typing import FilteringBoundLogger

from vinr_engagement.commands import Store, leases
from vinr_engagement.entrypoints.worker.dispatcher import Dispatcher
from vinr_engagement.entrypoints.worker.jobs import Job, jobs_of
from vinr_engagement.foundation import ids
from vinr_engagement.foundation.clock import SECOND, real_now
from vinr_engagement.foundation.database import Database

RENEWAL_SECONDS: Final = leases.LEASE / SECOND / 3
STANDBY_SECONDS: Final = 5.0
"""How often a worker asks for a lease that another one holds."""
LONGEST_BACKOFF_SECONDS: Final = 60.0


class Worker:
    """Any number of workers may run beside each other: each job of a store is done by one of them at a time."""

    def __init__(
        self,
        stores: Iterable[Store],
        log: FilteringBoundLogger,
        jobs: Callable[[Store, FilteringBoundLogger], list[Job]] = jobs_of,
    ) -> None:
        self._log = log
        self._holder = ids.new_secret("worker_")
        self._stopping = asyncio.Event()
        served = list(stores)
        self._jobs = [(store, job) for store in served for job in jobs(store, log)]
        self._dispatchers = [Dispatcher(store, log, self._holder, self._stopping) for store in served]
        for store, job in self._jobs:  # Counted from nought, so that the first failure is seen as a change.
            store.jobs_done[job.name] += 0
            store.jobs_failed[job.name] += 0

    async def run(self) -> None:
        """Works until :meth:`stop`; then finishes the steps that run and gives the leases up."""
        async with asyncio.TaskGroup() as tasks:
            for store, job in self._jobs:
                tasks.create_task(self._keep_doing(store, job))
            for dispatcher in self._dispatchers:
                tasks.create_task(dispatcher.run())

    def stop(self) -> None:
        """Makes :meth:`run` return soon."""
        self._stopping.set()

    async def _keep_doing(self, store: Store, job: Job) -> None:
        lease = _Lease(store.database, job.name, self._holder)
        failures = 0
        while not self._stopping.is_set():
            ring = None
            try:
                if await lease.held():
                    pause, ring = await _do(store, job)
                else:
                    await job.let_go()
                    pause = STANDBY_SECONDS
                failures = 0
            except Exception as error:  # noqa: BLE001 (whatever it is, the job is tried again)
                failures += 1
                store.jobs_failed[job.name] += 1
                pause = backoff_seconds(failures)
                facts = {"store": store.environment, "job": job.name, "retry_in_seconds": pause}
                self._log.error("job_failed", exc_info=error, **facts)
            await self._pause(pause, ring)
        try:
            await job.let_go()
            await lease.give_up()
        except Exception as error:  # noqa: BLE001 (it ends by itself)
            self._log.warning("lease_not_released", store=store.environment, job=job.name, error=str(error))

    async def _pause(self, seconds: float, ring: asyncio.Event | None) -> None:
        events = [self._stopping] if ring is None else [self._stopping, ring]
        waiting = [asyncio.create_task(event.wait()) for event in events]
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()


async def _do(store: Store, job: Job) -> tuple[float, asyncio.Event | None]:
    """One step; answers for how long to rest, and what ends the rest early.

    After work as long as the step took, so that traffic has at least half of the time.
    """
    ring = None if job.woken_by is None else job.woken_by.next_ring()
    started = time.perf_counter()
    done = await job.step()
    store.jobs_done[job.name] += done
    if done:
        return max(job.breath_seconds, time.perf_counter() - started), None
    return job.rest_seconds, ring


def backoff_seconds(failures: int) -> float:
    """The pause after so many failures in a row: 1, 2, 4 … up to 60 seconds."""
    return min(LONGEST_BACKOFF_SECONDS, 2.0 ** min(failures - 1, 10))


class _Lease:
    """One name that this worker wants to hold, renewed well before it ends."""

    def __init__(self, database: Database, name: str, holder: str) -> None:
        self._database = database
        self._name = name
        self._holder = holder
        self._renew_at: float | None = None

    async def held(self) -> bool:
        """Whether it is held now, taking or renewing it where needed."""
        now = time.monotonic()
        if self._renew_at is None or now >= self._renew_at:
            self._renew_at = None
            if await leases.hold(self._database, self._name, self._holder, real_now()):
                self._renew_at = now + RENEWAL_SECONDS
        return self._renew_at is not None

    async def give_up(self) -> None:
        """Lets another worker take over at once."""
        if self._renew_at is not None:
            await leases.release(self._database, self._name, self._holder)
