"""Events that the shop sent: what each was, and what came of it. An event id takes effect at most once."""

from vinr_engagement.inbox.record import record
from vinr_engagement.inbox.tables import ERASED, RECEIVED_EVENTS, ReceivedEvent, event_key

__all__ = ["ERASED", "RECEIVED_EVENTS", "ReceivedEvent", "event_key", "record"]
