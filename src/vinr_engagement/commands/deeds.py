"""What people do to members, in the audit log under their name."""

from typing import Final

from vinr_engagement import audit, outbox
from vinr_engagement.commands.context import Context
from vinr_engagement.foundation import json
from vinr_engagement.outbox import OutgoingEvent

_OF_TIME: Final = frozenset(
    ("loyalty.points.available", "loyalty.points.expired", "loyalty.points.expiring", "credit.expired")
)
"""Settled with whatever touches a member next, whoever that is."""


def note(context: Context, first: int) -> None:
    """Notes what a person's command announced: an entry for each event from the ``first`` on that was recorded.

    An entry names the event and its object, and holds nothing of what they say: an erasure blanks that in the event.
    """
    announced: list[OutgoingEvent] = context.state.inserted.get(outbox.OUTGOING_EVENTS, [])
    for event in announced[first:]:
        if event.type not in _OF_TIME:
            subject = json.decode(event.data)["object"].get("id")
            change = {"object": "change", "event": event.id, "subject": subject}
            audit.note(context.state, context.origin, event.type, event.account, None, change, context.now)
