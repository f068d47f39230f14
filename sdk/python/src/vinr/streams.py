"""Streams: events as they happen, for as long as one listens."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from vinr._core.following import Following, Told

if TYPE_CHECKING:
    from vinr._core.exchange import Call
    from vinr._core.following import Arrived
    from vinr._core.options import Settings
    from vinr._drivers import AsyncConnection, Connection

__all__ = ["AsyncStream", "Stream"]

Item = TypeVar("Item")


class _Stream(Generic[Item]):
    """What both kinds of stream have."""

    def __init__(self, settings: Settings, api_version: str, call: Call[Item]) -> None:
        self._following = Following(settings, api_version, call)
        self._steps = self._following.steps()
        self._waiting: Item | None = None
        self._begun = False

    @property
    def last_event_id(self) -> str | None:
        """The place behind the event that came last, to go on from; ``None`` before the stream began."""
        return self._following.place

    def _taken(self) -> Item | None:
        """The event that came while the stream was being opened."""
        found, self._waiting = self._waiting, None
        return found

    def _end(self) -> None:
        self._steps.close()
        self._begun, self._waiting = True, None

    def __repr__(self) -> str:
        return f"{type(self).__name__}(last_event_id={self.last_event_id!r})"


class Stream(_Stream[Item], Iterator[Item]):
    """Events as they happen. A lost connection is made again, and goes on behind the last event.

    It begins with the ``with`` block, or with the first event that is asked for. It is for one thread at a time.
    """

    def __init__(self, connection: Connection, settings: Settings, api_version: str, call: Call[Item]) -> None:
        super().__init__(settings, api_version, call)
        self._connection = connection

    def __next__(self) -> Item:
        self._begun = True
        found = self._taken()
        while found is None:
            found = self._told()
        return found

    def _told(self) -> Item | None:
        """What the next block holds. Raises ``StopIteration`` for a stream that was closed."""
        arrived: Arrived | None = None
        try:
            while not isinstance(step := self._steps.send(arrived), Told):
                arrived = self._connection.do(step)
        except BaseException:
            self.close()
            raise
        return step.item

    def close(self) -> None:
        """Ends the stream; no further events come."""
        self._end()
        self._connection.close()

    def __enter__(self) -> Self:
        if not self._begun:
            self._begun, self._waiting = True, self._told()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncStream(_Stream[Item], AsyncIterator[Item]):
    """Events as they happen. A lost connection is made again, and goes on behind the last event.

    It begins with the ``async with`` block, or with the first event that is asked for. It is for one task at a time;
    a task that is cancelled while it waits ends it, and another stream goes on from ``last_event_id``.
    """

    def __init__(self, connection: AsyncConnection, settings: Settings, api_version: str, call: Call[Item]) -> None:
        super().__init__(settings, api_version, call)
        self._connection = connection

    async def __anext__(self) -> Item:
        self._begun = True
        found = self._taken()
        while found is None:
            found = await self._told()
        return found

    async def _told(self) -> Item | None:
        """What the next block holds. Raises ``StopAsyncIteration`` for a stream that was closed."""
        arrived: Arrived | None = None
        try:
            while not isinstance(step := self._steps.send(arrived), Told):
                arrived = await self._connection.do(step)
        except StopIteration:
            raise StopAsyncIteration from None
        except BaseException:
            await self.close()
            raise
        return step.item

    async def close(self) -> None:
        """Ends the stream; no further events come."""
        self._end()
        await self._connection.close()

    async def __aenter__(self) -> Self:
        if not self._begun:
            self._begun, self._waiting = True, await self._told()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
