"""The rows of this room."""

import msgspec

from vinr_engagement.foundation import ids
from vinr_engagement.foundation.database import Key, Table


class ReceivedEvent(msgspec.Struct, gc=False):
    """One event. ``fingerprint`` tells a repeat from a different event with the same id; ``outcome`` is the first answer.

    ``customer`` is whom it names, or who made the payment that it is about; where there is none, ``account`` is the member that
    it names or reached.
    """

    bucket: int
    id: str
    received_id: str
    type: str
    customer: str | None
    status: str
    fingerprint: str
    body: str
    outcome: str
    occurred_at: int
    received_at: int
    account: str | None


ERASED = ""
"""The outcome of an event that was about somebody who was erased since."""

RECEIVED_EVENTS = Table("received_events", ReceivedEvent, ("bucket", "id"))


def event_key(event: str) -> Key:
    """Where an event is."""
    return (ids.bucket_of(event), event)
