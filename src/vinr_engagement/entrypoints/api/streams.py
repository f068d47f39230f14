"""The streams of events that this process has open, and the end of each store's log, read once for all of them."""

import asyncio
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Final, NamedTuple

from fastapi.sse import format_sse_event

from vinr_engagement.commands import Store
from vinr_engagement.entrypoints.api import limits
from vinr_engagement.entrypoints.api.errors import Fault
from vinr_engagement.foundation import json
from vinr_engagement.foundation.bell import Bell
from vinr_engagement.foundation.settings import Environment
from vinr_engagement.outbox import OutgoingEvent, places
from vinr_engagement.outbox import queries as outbox_queries
from vinr_engagement.outbox.places import Place

POLL_SECONDS: Final = 0.25
"""How late at most it is seen that another process gave events their place."""
EVENTS_AT_ONCE: Final = 100
"""A stream takes at most so many events from the database, and holds no more of them for its client."""
EVENTS_REMEMBERED: Final = 1_000
"""Of the end of a log; a stream that is further behind reads the log itself."""


class Told(NamedTuple):
    """An event as streams tell it, and the place behind it."""

    place: Place
    type: str
    account: str
    block: bytes


def told(place: Place, event: OutgoingEvent) -> Told:
    """The event as a block of server-sent events."""
    data = json.text(outbox_queries.event_snapshot(event))
    return Told(place, event.type, event.account, format_sse_event(data_str=data, event=event.type, id=str(place)))


class Tail:
    """The last events of one log, read as they come while somebody follows.

    Only a memory: a stream that finds nothing here reads the log.
    """

    def __init__(self, store: Store) -> None:
        self.grown = Bell()
        self.store = store
        self._told: list[Told] = []
        self._begin: Place | None = None
        self._end: Place | None = None
        self._followers = 0
        self._reader: asyncio.Task[None] | None = None

    @contextmanager
    def followed(self) -> Iterator[None]:
        """Meanwhile the end of the log is read."""
        self._followers += 1
        if self._reader is None:
            self._reader = asyncio.create_task(self._follow())
        try:
            yield
        finally:
            self._followers -= 1
            if self._followers == 0:
                self._reader.cancel()
                self._reader = None
                self._forget()

    @property
    def knows(self) -> bool:
        """Whether it rings for what is new."""
        return self._end is not None

    def after(self, place: Place) -> tuple[list[Told], Place] | None:
        """What comes behind a place, a part of it perhaps, and the place behind that; ``None`` where only the log knows."""
        if self._begin is None or self._end is None or place.order < self._begin.order:
            return None
        first = bisect_right(self._told, place.order, key=lambda each: each.place.order)
        found = self._told[first : first + EVENTS_AT_ONCE]
        if first + len(found) < len(self._told):
            return found, found[-1].place
        return found, max(self._end, place, key=lambda each: each.order)

    async def _follow(self) -> None:
        while True:
            ring = self.store.relayed.next_ring()
            try:
                if await self._read():
                    continue
            except Exception:  # noqa: BLE001 (streams read the log themselves, and tell what is wrong with it)
                self._forget()
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await ring.wait()

    async def _read(self) -> bool:
        """Whether there was anything new."""
        database, before = self.store.database, self._end
        if before is None:
            self._begin = self._end = await database.read(places.end)
            return False
        if before.passed == before.size and not await _is_any_behind(self.store, before):
            return False
        reading = await database.read(lambda session: places.read_on(session, before, EVENTS_AT_ONCE))
        self._told += [told(place, event) for place, event in reading.events]
        self._end = reading.end
        self._shorten()
        self.grown.ring()
        return True

    def _shorten(self) -> None:
        beyond = len(self._told) - EVENTS_REMEMBERED
        if beyond > 0:
            self._begin = self._told[beyond - 1].place
            del self._told[:beyond]

    def _forget(self) -> None:
        self._begin = self._end = None
        self._told.clear()


async def _is_any_behind(store: Store, place: Place) -> bool:
    found = await store.database.ask("select 1 from event_batches where position > $1 limit 1", place.position)
    return bool(found)


class Streams:
    """All streams of this process, of both stores."""

    def __init__(self, stores: Mapping[Environment, Store]) -> None:
        self.open = 0
        self.ended = False
        self._tails = {environment: Tail(store) for environment, store in stores.items()}

    @contextmanager
    def one(self, environment: Environment) -> Iterator[Tail]:
        """Room for one more stream of a store. Raises ``Fault`` where there are as many as may be."""
        if self.open >= limits.STREAMS:
            retry_after = str(limits.STREAM_RETRY_AFTER_SECONDS)
            message = f"This server process has {limits.STREAMS} streams open, and opens no more."
            raise Fault("stream_limit_reached", message, headers={"retry-after": retry_after})
        self.open += 1
        tail = self._tails[environment]
        try:
            with tail.followed():
                yield tail
        finally:
            self.open -= 1

    def end(self) -> None:
        """Ends all streams, at once: the server stops. Clients go on with another from where they are."""
        self.ended = True
        for tail in self._tails.values():
            tail.grown.ring()
