"""Facts to tell the world, written in the same transaction as the change that they name."""

from vinr_engagement.outbox import log
from vinr_engagement.outbox.queries import get_event, list_events
from vinr_engagement.outbox.record import EVENT_TYPES, record
from vinr_engagement.outbox.tables import EVENT_BATCHES, OUTGOING_EVENTS, EventBatch, OutgoingEvent

__all__ = [
    "EVENT_BATCHES", "EVENT_TYPES", "OUTGOING_EVENTS", "EventBatch", "OutgoingEvent", "get_event", "list_events", "log",
    "record",
]  # fmt: skip
