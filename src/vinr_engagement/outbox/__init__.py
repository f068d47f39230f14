"""Facts to tell the world, written in the same transaction as the change that they name."""

from vinr_engagement.outbox.queries import get_event, list_events
from vinr_engagement.outbox.record import EVENT_TYPES, record
from vinr_engagement.outbox.tables import OUTGOING_EVENTS, OutgoingEvent

__all__ = ["EVENT_TYPES", "OUTGOING_EVENTS", "OutgoingEvent", "get_event", "list_events", "record"]
