"""The rows of this room."""

import msgspec

from vinr_engagement.foundation.database import Table


class OutgoingEvent(msgspec.Struct, gc=False):
    """One fact about one account, or one campaign or webhook endpoint in its place.

    ``sequence`` counts its events from 1; ``data`` is JSON.
    """

    bucket: int
    account: str
    id: str
    type: str
    sequence: int
    data: str
    created_at: int


class EventBatch(msgspec.Struct, gc=False):
    """The events that one commit announced, as JSON, see :mod:`~vinr_engagement.outbox.log`.

    ``position`` counts batches from 1 in the order in which they went out, ``None`` until it is given; ``created_at`` is
    real time.
    """

    id: str
    position: int | None
    events: str
    created_at: int


OUTGOING_EVENTS = Table("outgoing_events", OutgoingEvent, ("bucket", "account", "id"))
EVENT_BATCHES = Table("event_batches", EventBatch, ("id",))
