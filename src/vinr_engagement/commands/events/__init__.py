"""Events from the shop: whose they are, what they change, what the rules make of them."""

from vinr_engagement.commands.events.incoming import MAX_EVENT_AHEAD, EventIn, parse_event
from vinr_engagement.commands.events.outcome import EventOutcome, ProgramOutcome, RuleOutcome, TransactionLine
from vinr_engagement.commands.events.receive import ReceiveEvent
from vinr_engagement.commands.events.replay import ReplayEvent

__all__ = [
    "MAX_EVENT_AHEAD",
    "EventIn",
    "EventOutcome",
    "ProgramOutcome",
    "ReceiveEvent",
    "ReplayEvent",
    "RuleOutcome",
    "TransactionLine",
    "parse_event",
]
