"""Which events of the log come next for an endpoint, and how far it has come once some of them were sent.

Events of one account are sent one after the other, others beside each other, so that what is done need not be the first part
of what was read. A place says what is: everything up to it, and some events after it, which are few.
"""

from collections.abc import Collection, Iterable
from typing import Final, NamedTuple

import msgspec

from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import SECOND, Instant
from vinr_engagement.outbox import EventBatch, log
from vinr_engagement.outbox.log import Entry
from vinr_engagement.webhooks.tables import CursorRow

CLOCKS_APART: Final = SECOND
"""What was committed so shortly before an endpoint began may be told as well: clocks of servers are not quite the same."""


class Place(NamedTuple):
    """All batches up to ``position`` are done, ``within`` events of the next one, and of those after it ``ahead``."""

    position: int
    within: int
    ahead: frozenset[str] = frozenset()


_decode = msgspec.json.Decoder(list[str]).decode


def place_of(row: CursorRow) -> Place:
    """As it was saved."""
    return Place(row.position, row.within, frozenset(_decode(row.ahead)))


def ahead_text(place: Place) -> str:
    """As it is saved."""
    return json.text(sorted(place.ahead))


class Choice(NamedTuple):
    """An event that is wanted, and the place just before it."""

    entry: Entry
    position: int
    within: int


class Window(NamedTuple):
    """The next events, in the order of the log, and the place after all that was looked at."""

    chosen: list[Choice]
    end: Place


def open_window(
    place: Place, batches: Iterable[EventBatch], wanted: Collection[str], limit: int, begins_at: Instant = 0
) -> Window:
    """Up to ``limit`` events of these types from a place on; ``batches`` are those after it, in order.

    Batches of before ``begins_at`` are passed over: they waited for their place in the log when the endpoint began.

    Events that were sent ahead are chosen too, beyond the limit, so that it is known where they stand.
    """
    chosen: list[Choice] = []
    at, fresh = place, 0
    for batch in batches:
        assert batch.position is not None
        entries = log.entries_of(batch) if batch.created_at >= begins_at - CLOCKS_APART else []
        before = batch.position - 1
        for index in range(at.within if at.position == before else 0, len(entries)):
            entry = entries[index]
            if entry.type not in wanted:
                continue
            if entry.id not in place.ahead:
                if fresh == limit:
                    return Window(chosen, Place(before, index))
                fresh += 1
            chosen.append(Choice(entry, before, index))
        at = Place(batch.position, 0)
    return Window(chosen, Place(at.position, at.within))


def after(place: Place, window: Window, done: Collection[str]) -> Place:
    """The place once these events of a window were sent, those ahead of it included."""
    finished = place.ahead.union(done)
    first = next((number for number, each in enumerate(window.chosen) if each.entry.id not in finished), None)
    passed = {each.entry.id for each in window.chosen[:first]}
    if first is None:
        return Place(window.end.position, window.end.within, finished - passed)
    return Place(window.chosen[first].position, window.chosen[first].within, finished - passed)
