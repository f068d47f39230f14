"""What a store tells Prometheus of itself: its write path, its backlog, its background jobs."""

import asyncio
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from vinr_engagement import webhooks
from vinr_engagement.commands import Store
from vinr_engagement.commands.store import Backlog
from vinr_engagement.foundation.clock import real_now
from vinr_engagement.foundation.errors import Contention, Unavailable
from vinr_engagement.foundation.settings import Environment

COMMANDS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)
SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

PATIENCE_SECONDS: Final = 2.0
"""Whoever scrapes does not wait for ever."""

ASKED_OF_THE_DATABASE: Final = frozenset(("vinr_due_accounts", "vinr_due_seconds", "vinr_webhook_lag_seconds"))
"""The same whichever process asks: they are of no process."""


class Tally:
    """A histogram that costs a fraction of a microsecond: the write path adds to it in its one loop."""

    __slots__ = ("_bounds", "_counts", "_total")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._total = 0.0

    def add(self, value: float) -> None:
        """Counts a value in the bucket of the first bound that is not below it."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self._total += value

    def buckets(self) -> list[tuple[str, float]]:
        """Bounds and how many values were not above each, as Prometheus has them."""
        sums, running = [], 0
        for bound, count in zip((*map(str, map(float, self._bounds)), "+Inf"), self._counts, strict=True):
            running += count
            sums.append((bound, float(running)))
        return sums

    @property
    def total(self) -> float:
        """The sum of all values."""
        return self._total


class StoreMetrics:
    """One store, from now on."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.commands = Tally(COMMANDS)
        self.seconds = Tally(SECONDS)
        self.backlog: Backlog | None = None
        self.webhook_lag: float | None = None
        store.observe(self._committed)

    def _committed(self, commands: int, seconds: float) -> None:
        self.commands.add(commands)
        self.seconds.add(seconds)

    async def measure(self) -> None:
        """Asks the database how far the sweep and webhooks are behind; unknown where it does not answer soon."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                self.backlog = await self.store.backlog()
                self.webhook_lag = await webhooks.queries.longest_wait(self.store.database, real_now())
        except (Contention, Unavailable, TimeoutError):
            self.backlog = self.webhook_lag = None


class StoreCollector:
    """Hands the metrics of all stores to a Prometheus registry."""

    def __init__(self, stores: Mapping[Environment, Store]) -> None:
        self._each = [StoreMetrics(store) for store in stores.values()]

    async def measure(self) -> None:
        """Refreshes what only the database knows."""
        for each in self._each:
            await each.measure()

    def collect(self) -> Iterator[Metric]:
        """Every metric, with a sample for each store."""
        yield self._queue()
        yield from self._batches()
        yield from self._backlog()
        yield from self._jobs()
        yield from self._webhooks()

    def _queue(self) -> Metric:
        queue = GaugeMetricFamily("vinr_write_queue_commands", "Commands that wait for their batch.", labels=("store",))
        for each in self._each:
            queue.add_metric((each.store.environment,), each.store.write_path.waiting_commands)
        return queue

    def _batches(self) -> Iterable[Metric]:
        commands = HistogramMetricFamily("vinr_write_batch_commands", "Commands of a transaction.", labels=("store",))
        seconds = HistogramMetricFamily(
            "vinr_write_batch_seconds", "Time of a transaction, to its durable commit.", labels=("store",)
        )
        for each in self._each:
            labels = (each.store.environment,)
            commands.add_metric(labels, each.commands.buckets(), each.commands.total)
            seconds.add_metric(labels, each.seconds.buckets(), each.seconds.total)
        return commands, seconds

    def _backlog(self) -> Iterable[Metric]:
        accounts = GaugeMetricFamily(
            "vinr_due_accounts", "Accounts that the sweep has to settle, up to 10,000.", labels=("store",)
        )
        seconds = GaugeMetricFamily(
            "vinr_due_seconds", "How long the first of them has waited, by the store's clock.", labels=("store",)
        )
        for each in self._each:
            if each.backlog is not None:
                accounts.add_metric((each.store.environment,), each.backlog.accounts)
                seconds.add_metric((each.store.environment,), each.backlog.seconds)
        return accounts, seconds

    def _jobs(self) -> Iterable[Metric]:
        done = CounterMetricFamily(
            "vinr_jobs_done", "What background jobs of this process did.", labels=("store", "job")
        )
        failed = CounterMetricFamily("vinr_jobs_failed", "Steps of them that failed.", labels=("store", "job"))
        for each in self._each:
            for family, counts in ((done, each.store.jobs_done), (failed, each.store.jobs_failed)):
                for job, count in list(counts.items()):
                    family.add_metric((each.store.environment, job), count)
        return done, failed

    def _webhooks(self) -> Iterable[Metric]:
        attempts = CounterMetricFamily(
            "vinr_webhook_attempts", "Attempts of this process to deliver webhooks.", labels=("store", "result")
        )
        lag = GaugeMetricFamily(
            "vinr_webhook_lag_seconds",
            "How long the first event has waited that an enabled endpoint was not told of.",
            labels=("store",),
        )
        for each in self._each:
            for result, count in each.store.webhook_attempts.items():
                attempts.add_metric((each.store.environment, result), count)
            if each.webhook_lag is not None:
                lag.add_metric((each.store.environment,), each.webhook_lag)
        return attempts, lag
