"""The order in which events go out, for whoever passes them on and has to begin again where it stopped.

Commits of several processes become visible in another order than their ids say: a reader that goes on after the largest id
it saw would skip those that came late. So each commit adds one batch without a position (:func:`batch_of`), and one relay at
a time gives positions to what it sees (:func:`place`). Positions have no gaps, never change and only grow; a reader that
has seen all batches up to one has missed nothing. Events of one account stand in the order of their ``sequence``: the commit
that wrote the later one waited for the commit of the earlier, and a batch lists its events as they were written.
"""

from collections.abc import Iterable, Sequence

import msgspec

from vinr_engagement.foundation import ids, json
from vinr_engagement.foundation.clock import DAY, Instant
from vinr_engagement.foundation.database import Database, Session
from vinr_engagement.outbox.tables import EVENT_BATCHES, OUTGOING_EVENTS, EventBatch, OutgoingEvent

KEPT = 30 * DAY
"""So long after it was announced an event can be passed on; it can be read for ever."""


class Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An event in the log: enough to choose it, and to read it."""

    bucket: int
    account: str
    id: str
    type: str


_decode = msgspec.json.Decoder(list[Entry]).decode


def batch_of(events: Iterable[OutgoingEvent], now: Instant) -> EventBatch:
    """The batch of a commit; ``now`` is real time."""
    entries = [Entry(event.bucket, event.account, event.id, event.type) for event in events]
    return EventBatch(ids.new_id("evb"), None, json.text(entries), now)


async def place(database: Database, limit: int) -> int:
    """Gives up to ``limit`` batches their positions; answers how many. Raises ``Contention`` beside another relay."""

    async def write(session: Session) -> int:
        return await session.execute(
            "update event_batches set position = head.position + fresh.place from"
            " (select id, row_number() over (order by id) as place from"
            " (select id from event_batches where position is null order by id limit $1) as waiting) as fresh,"
            " (select coalesce(max(position), 0) as position from event_batches) as head"
            " where event_batches.id = fresh.id",
            limit,
        )

    waiting = await database.ask("select 1 from event_batches where position is null limit 1")
    return await database.write(write) if waiting else 0


async def head(session: Session) -> int:
    """The position of the last batch, 0 where there is none."""
    ((position,),) = await session.fetch("select coalesce(max(position), 0) from event_batches")
    return int(position)


async def after(session: Session, position: int, limit: int) -> list[EventBatch]:
    """Up to ``limit`` batches after this position, in order."""
    return await session.rows(EVENT_BATCHES, "position > $1 order by position limit $2", position, limit)


def entries_of(batch: EventBatch) -> list[Entry]:
    """What a batch lists."""
    return _decode(batch.events)


async def read(session: Session, entries: Sequence[Entry]) -> list[OutgoingEvent]:
    """The events of these entries, in their order; those that are gone are left out."""
    if not entries:
        return []
    found = await session.find(OUTGOING_EVENTS, [(entry.bucket, entry.account, entry.id) for entry in entries])
    by_id = {event.id: event for event in found}
    return [by_id[entry.id] for entry in entries if entry.id in by_id]


async def purge(database: Database, now: Instant, limit: int) -> int:
    """Forgets up to ``limit`` batches announced longer than :data:`KEPT` before ``now`` (real time); answers how many.

    The last one stays, since positions count on from it.
    """

    async def write(session: Session) -> int:
        return await session.execute(
            "delete from event_batches where id in (select id from event_batches where created_at < $1"
            " and position < (select max(position) from event_batches) order by id limit $2)",
            now - KEPT,
            limit,
        )

    return await database.write(write)
