"""What operators see: one line a request, and metrics for Prometheus. Cheap enough for the hot route."""

import asyncio
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from vinr_engagement.commands import Store
from vinr_engagement.entrypoints.api.exchange import Exchange
from vinr_engagement.entrypoints.api.reception import OUTCOMES, Outcome
from vinr_engagement.entrypoints.api.siblings import Siblings
from vinr_engagement.entrypoints.api.store_metrics import StoreCollector
from vinr_engagement.foundation import json, logs
from vinr_engagement.foundation.clock import format_instant, real_now
from vinr_engagement.foundation.settings import Environment, Settings

FLUSH_SECONDS: Final = 0.1
"""Lines of requests are written together, at most so late."""
WRITE_BYTES: Final = 4_096
"""A pipe takes so much as one piece: what several processes write to it does not mix."""
_LATENCIES: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_SIZES: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)


class Observer:
    """Counts and logs what the door and the stores behind it did."""

    def __init__(
        self, settings: Settings, stores: Mapping[Environment, Store], siblings: Siblings | None = None
    ) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._stores = StoreCollector(stores)
        self.registry.register(self._stores)
        self._requests = Counter(
            "vinr_http_requests", "Requests answered.", ("route", "method", "status"), registry=self.registry
        )
        self._latency = Histogram(
            "vinr_http_request_seconds",
            "Time to answer a request.",
            ("route",),
            buckets=_LATENCIES,
            registry=self.registry,
        )
        self._events = Counter(
            "vinr_events", "Events received, by what came of them.", ("status",), registry=self.registry
        )
        self._batches = Histogram(
            "vinr_batch_elements", "Elements of a batch request.", ("route",), buckets=_SIZES, registry=self.registry
        )
        self._sign_ins = Counter(
            "vinr_sign_ins", "Sign-ins of people, by what came of them.", ("outcome",), registry=self.registry
        )
        for outcome in OUTCOMES:
            self._sign_ins.labels(outcome)
        self._streams = Gauge("vinr_event_streams", "Streams of events that are open.", registry=self.registry)
        self._counters: dict[tuple[str, str, int], Any] = {}
        self._timers: dict[str, Any] = {}
        self._event_counters: dict[str, Any] = {}
        self._log = RequestLog(settings)
        self._siblings = siblings
        if siblings is not None:
            siblings.counted = self.registry.collect

    def answered(self, exchange: Exchange) -> None:
        """Notes a request that was answered."""
        seconds = time.perf_counter() - exchange.started
        named = (exchange.route, exchange.method, exchange.status)
        counter = self._counters.get(named)
        if counter is None:
            counter = self._counters[named] = self._requests.labels(named[0], named[1], str(named[2]))
        counter.inc()
        if not exchange.lasting:  # How long somebody listened is no latency.
            self._timer(exchange.route).observe(seconds)
        self._log.add(exchange, seconds)

    def _timer(self, route: str) -> Any:
        timer = self._timers.get(route)
        if timer is None:
            timer = self._timers[route] = self._latency.labels(route)
        return timer

    def watch_streams(self, count: Callable[[], int]) -> None:
        """From here on ``count`` says how many streams of events are open."""
        self._streams.set_function(count)

    def event(self, status: str) -> None:
        """Notes what came of one event: its status, or the code that it was refused with."""
        counter = self._event_counters.get(status)
        if counter is None:
            counter = self._event_counters[status] = self._events.labels(status)
        counter.inc()

    def sign_in(self, outcome: Outcome) -> None:
        """Notes that somebody signed in, could not, or has to wait."""
        self._sign_ins.labels(outcome).inc()

    def batch(self, route: str, elements: int) -> None:
        """Notes the size of a batch."""
        self._batches.labels(route).observe(elements)

    def failed(self, exchange: Exchange, error: BaseException) -> None:
        """Notes an unexpected failure, with its cause."""
        self._log.failed(exchange, error)

    async def metrics(self) -> bytes:
        """Everything counted, by the siblings too, as Prometheus reads it; what only the database knows is asked now."""
        await self._stores.measure()
        return generate_latest(self.registry) if self._siblings is None else await self._siblings.metrics()

    def flush(self) -> None:
        """Writes the lines that wait."""
        self._log.flush()


class RequestLog:
    """One line for each request, JSON or for a console. Never has a key's secret, nor a body."""

    def __init__(self, settings: Settings) -> None:
        self._enabled = logs.LEVELS.get(settings.log_level, logs.LEVELS["info"]) <= logs.LEVELS["info"]
        self._as_json = settings.log_format != "console"
        self._logger = logs.logger(settings)
        self._waiting: list[dict[str, Any]] = []

    def add(self, exchange: Exchange, seconds: float) -> None:
        """Takes the line of one request; it is written within :data:`FLUSH_SECONDS`."""
        if not self._enabled:
            return
        line = {
            "event": "request",
            "level": "info",
            "timestamp": real_now(),
            "request_id": exchange.request_id,
            **_who(exchange),
            "method": exchange.method,
            "route": exchange.route,
            "status": exchange.status,
            "ms": round(seconds * 1_000, 3),
        }
        if exchange.outcome is not None:
            line["outcome"] = exchange.outcome
        self._waiting.append(line)
        if len(self._waiting) == 1:
            asyncio.get_running_loop().call_later(FLUSH_SECONDS, self.flush)

    def flush(self) -> None:
        """Writes what waits, in few writes."""
        lines, self._waiting = self._waiting, []
        for line in lines:
            line["timestamp"] = format_instant(line["timestamp"])
        if self._as_json:
            for piece in pieces([json.text(line) + "\n" for line in lines]):
                sys.stderr.write(piece)
        else:
            for line in lines:
                self._logger.info(**{name: value for name, value in line.items() if name not in ("level", "timestamp")})

    def failed(self, exchange: Exchange, error: BaseException) -> None:
        """Writes why a request failed, at once."""
        self._logger.error(
            "request_failed",
            request_id=exchange.request_id,
            method=exchange.method,
            route=exchange.route,
            exc_info=error,
        )


def _who(exchange: Exchange) -> dict[str, str | None]:
    """The key that asked, or the person."""
    identity = exchange.identity
    if identity is None or identity.signed_in is None:
        return {"key": None if identity is None else identity.actor}
    return {"person": identity.actor}


def pieces(lines: list[str]) -> Iterator[str]:
    """Lines together, in pieces of at most :data:`WRITE_BYTES`; one line is never split."""
    piece, size = list[str](), 0
    for line in lines:
        length = len(line.encode())
        if piece and size + length > WRITE_BYTES:
            yield "".join(piece)
            piece, size = [], 0
        piece.append(line)
        size += length
    if piece:
        yield "".join(piece)
