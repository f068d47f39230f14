"""Where a reader of the log stands, so that it can go on there later: after any pause, in any process.

A place names a batch by its id, not by its position: a place of another store, or of a database that was since restored from
a backup, names nothing, instead of something else.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from vinr_engagement.foundation.database import Session
from vinr_engagement.outbox import log
from vinr_engagement.outbox.log import Entry
from vinr_engagement.outbox.tables import EVENT_BATCHES, EventBatch, OutgoingEvent

BATCHES_AT_ONCE: Final = 50
"""So many batches one reading looks at, however few of their events are wanted."""

_START: Final = "start"
_WRITTEN: Final = re.compile(r"(evb_[0-9a-z]{1,40}|start)-([0-9]{1,6})")


class PlaceGone(Exception):
    """What comes after a place is no longer kept, or the place is not of this store."""


class Place(NamedTuple):
    """Behind the first ``passed`` of the ``size`` events of a batch."""

    batch: str
    position: int
    passed: int
    size: int

    @property
    def order(self) -> tuple[int, int]:
        """What places are compared by."""
        return self.position, self.passed

    def __str__(self) -> str:
        return f"{self.batch}-{self.passed}"


class Reading(NamedTuple):
    """Events with the places behind them, in order, and the place up to which was read."""

    events: list[tuple[Place, OutgoingEvent]]
    end: Place


async def end(session: Session) -> Place:
    """The place behind everything that is in the log now."""
    last = await session.rows(EVENT_BATCHES, "position is not null order by position desc limit 1")
    return _behind(last[0]) if last else Place(_START, 0, 0, 0)


async def find(session: Session, written: str) -> Place:
    """The place that ``str`` of one names. Raises ``ValueError`` for what is none, ``PlaceGone`` for one that is not kept."""
    found = _WRITTEN.fullmatch(written)
    if found is None:
        raise ValueError(written)
    place = await _find(session, found[1], int(found[2]))
    await read_on(session, place, 1)
    return place


async def _find(session: Session, batch: str, passed: int) -> Place:
    rows = await session.rows(EVENT_BATCHES, "id = $1 and position is not null", batch)
    if not rows and batch != _START:
        raise PlaceGone(batch)
    whole = _behind(rows[0]) if rows else Place(_START, 0, 0, 0)
    if passed > whole.size:
        raise ValueError(f"{batch}-{passed}")
    return whole._replace(passed=passed)


def _behind(batch: EventBatch) -> Place:
    assert batch.position is not None
    size = len(log.entries_of(batch))
    return Place(batch.id, batch.position, size, size)


async def read_on(
    session: Session, place: Place, limit: int, wanted: Callable[[Entry], bool] = lambda entry: True
) -> Reading:
    """Up to ``limit`` events behind a place; ``end`` moves on over those that are not wanted. Raises ``PlaceGone``."""
    first = place.position + (place.passed == place.size)
    batches = await session.rows(EVENT_BATCHES, "position >= $1 order by position limit $2", first, BATCHES_AT_ONCE)
    holes = any(batch.position != first + number for number, batch in enumerate(batches))
    if holes or (not batches and first == place.position):
        raise PlaceGone(str(place))
    steps, reached = _steps(batches, place, limit, wanted)
    found = await log.read(session, [entry for _, entry in steps]) if steps else []
    by_id = {event.id: event for event in found}
    return Reading([(at, by_id[entry.id]) for at, entry in steps if entry.id in by_id], reached)


def _steps(
    batches: Sequence[EventBatch], place: Place, limit: int, wanted: Callable[[Entry], bool]
) -> tuple[list[tuple[Place, Entry]], Place]:
    """The wanted entries behind a place, each with the place behind it, and how far that is."""
    steps: list[tuple[Place, Entry]] = []
    for batch in batches:
        behind = _behind(batch)
        begin = place.passed if batch.id == place.batch else 0
        for passed, entry in enumerate(log.entries_of(batch)[begin:], begin + 1):
            place = behind._replace(passed=passed)
            if wanted(entry):
                steps.append((place, entry))
                if len(steps) == limit:
                    return steps, place
        place = behind
    return steps, place
