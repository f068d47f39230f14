"""A stream of events that goes on over lost connections, as steps for whoever can connect, read and wait.

``Following.steps`` is a generator as ``exchange`` is: it yields what is to be done (``Open``, ``Read``, ``Wait``), is sent
what came of it, and yields ``Told`` for each block that arrived.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Generic, TypeVar

from vinr._core.blocks import Block, Blocks
from vinr._core.exchange import (
    LONGEST_RETRY_AFTER,
    Answer,
    Call,
    Failure,
    Send,
    Wait,
    fault_of,
    request_of,
    wait_before_next,
)
from vinr._core.options import Settings
from vinr.errors import InvalidAnswerError

Item = TypeVar("Item")

SHORTEST_SILENCE: Final = 45.0
"""A server says something every 15 seconds; one that is silent for so many is gone."""
FURTHER_ATTEMPTS: Final = 8
"""How much more often than ``max_retries`` a stream that was open tries to come back: about a minute in all."""
EVENT_STREAM: Final = "text/event-stream"
_PLACE: Final = "last_event_id"
_PLACE_HEADER: Final = "last-event-id"


@dataclass(frozen=True)
class Open:
    """A connection to make, in place of the one before. An answer of 200 is not read yet; ``silence`` is in seconds."""

    request: Send
    silence: float | None


@dataclass(frozen=True)
class Read:
    """The next bytes are wanted; none mean that the server ended the stream."""


@dataclass(frozen=True)
class Told(Generic[Item]):
    """A block came; ``item`` is ``None`` for one that only says how far the stream is."""

    item: Item | None


Arrived = Answer | Failure | bytes


class Following(Generic[Item]):
    """One stream, and how far it is: ``place`` is what to go on from, and moves with each block that is told."""

    def __init__(
        self,
        settings: Settings,
        api_version: str,
        call: Call[Item],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._settings = settings.called_with(call.options)
        self._api_version = api_version
        self._call = call
        self._chance = chance
        self._retry = 0.0
        self._was_open = False
        self._failed = 0
        given = call.query.get(_PLACE)
        self.place: str | None = given if isinstance(given, str) else None

    def steps(self) -> Generator[Open | Read | Wait | Told[Item], Arrived | None, None]:
        """What is to be done, without end. Raises ``VinrError`` for what no further attempt could mend."""
        while True:
            arrived = yield Open(self._request(), self._silence())
            if isinstance(arrived, Answer) and arrived.status == 200:
                _check(arrived)
                arrived = yield from self._read()
            assert isinstance(arrived, Answer | Failure)
            yield Wait(self._pause(arrived))

    def _read(self) -> Generator[Read | Told[Item], Arrived | None, Failure]:
        """Tells what comes until the connection is gone; answers why."""
        blocks = Blocks()
        while True:
            arrived = yield Read()
            if isinstance(arrived, Failure):
                return arrived
            if not isinstance(arrived, bytes) or not arrived:
                return Failure(ConnectionResetError("the server ended the stream"))
            for block in blocks.feed(arrived):
                yield Told(self._taken(block))

    def _taken(self, block: Block) -> Item | None:
        item = None if block.data is None else self._item(block.data)
        self._failed, self._was_open = 0, True
        self.place = block.id or self.place
        if block.retry is not None:
            self._retry = min(block.retry / 1000, LONGEST_RETRY_AFTER)
        return item

    def _item(self, data: str) -> Item:
        try:
            found = json.loads(data)
        except ValueError:
            raise InvalidAnswerError(f"The stream has something that is not JSON: {data[:200]!r}") from None
        return self._call.endpoint.read(found)

    def _pause(self, lost: Answer | Failure) -> float:
        """Seconds to wait before the next connection. Raises ``VinrError`` where there is to be none."""
        self._failed += 1
        wait = wait_before_next(lost, self._failed, self._chance) if self._failed <= self._attempts() else None
        if wait is None:
            raise fault_of(lost, self._failed) from (lost.error if isinstance(lost, Failure) else None)
        return wait + self._retry

    def _attempts(self) -> int:
        """How many may fail one after the other and be followed by another."""
        asked = self._settings.max_retries
        return asked + FURTHER_ATTEMPTS if self._was_open and asked else asked

    def _request(self) -> Send:
        query = {**self._call.query, _PLACE: self.place}
        request = request_of(self._settings, self._api_version, replace(self._call, query=query), accept=EVENT_STREAM)
        return request if self.place is None else replace(request, headers=_without_place(request.headers))

    def _silence(self) -> float | None:
        timeout = self._settings.timeout
        return None if timeout is None else max(timeout, SHORTEST_SILENCE)


def _without_place(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers without the place that a caller began at: it would go before the one reached since."""
    return {name: value for name, value in headers.items() if name != _PLACE_HEADER}


def _check(answer: Answer) -> None:
    kind = answer.headers.get("content-type", "")
    if kind.partition(";")[0].strip().lower() != EVENT_STREAM:
        raise InvalidAnswerError(
            f"The server answered with {kind or 'something'!r}, not with a stream of events.",
            status=answer.status,
            request_id=answer.headers.get("x-request-id"),
        )
