"""Events that the shop sent: what each was, and what came of it. An event id takes effect at most once."""

from vinr_engagement.inbox.tables import RECEIVED_EVENTS, ReceivedEvent, event_key

__all__ = ["RECEIVED_EVENTS", "ReceivedEvent", "event_key"]
