"""The rows of this room."""

import msgspec

from vinr_engagement.foundation.database import Table


class OutgoingEvent(msgspec.Struct, gc=False):
    """One fact about one account, or one campaign in its place. ``sequence`` counts its events from 1; ``data`` is JSON."""

    bucket: int
    account: str
    id: str
    type: str
    sequence: int
    data: str
    created_at: int


OUTGOING_EVENTS = Table("outgoing_events", OutgoingEvent, ("bucket", "account", "id"))
