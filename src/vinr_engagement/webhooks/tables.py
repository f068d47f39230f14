"""The rows of this room. All times are real time, whatever the store's clock says."""

import msgspec

from vinr_engagement.foundation import ids
from vinr_engagement.foundation.database import Query, Table


class EndpointRow(msgspec.Struct, gc=False):
    """Where events go. ``body`` is what people chose, as JSON: ``enabled_events``, ``description``, ``metadata``.

    ``disabled_reason`` is ``requested``, ``failing`` or ``gone``; ``previous_secret`` signs beside ``secret`` until
    ``previous_secret_until``. ``sequence`` counts the facts that were told of it.
    """

    id: str
    url: str
    status: str
    disabled_reason: str | None
    secret: str
    previous_secret: str | None
    previous_secret_until: int | None
    sequence: int
    body: str
    created_at: int
    updated_at: int

    @property
    def bucket(self) -> int:
        """Where the facts about the endpoint are."""
        return ids.bucket_of(self.id)


class CursorRow(msgspec.Struct, gc=False):
    """How far an endpoint has come in the log, and how it is doing.

    It is told of what was committed from ``begins_at`` on. All batches up to ``position`` are done, and the first ``within``
    events of the next; of what comes after, the events in ``ahead`` (a JSON list of ids). Whoever works on it writes its name
    as ``holder``, and saves only while that is there. ``failures`` counts those in a row, ``failing_since`` is the first of
    them; ``probe_at`` is when to try again.
    """

    endpoint: str
    holder: str
    begins_at: int
    position: int
    within: int
    ahead: str
    failures: int
    failing_since: int | None
    probe_at: int | None
    last_success_at: int | None
    last_failure_at: int | None


class DeliveryRow(msgspec.Struct, gc=False):
    """One event for one endpoint, with its attempts as JSON; the event itself stays in the outbox.

    ``tries`` counts the attempts of the present round, from the first or from the last time that somebody asked for one;
    ``asked`` how often that was.
    """

    id: str
    endpoint: str
    event: str
    type: str
    bucket: int
    account: str
    origin: str
    status: str
    tries: int
    asked: int
    next_attempt_at: int | None
    attempts: str
    created_at: int
    updated_at: int


ENDPOINTS = Table("webhook_endpoints", EndpointRow, ("id",), locked=True)
ENDPOINTS_BY_STATUS = Query(ENDPOINTS, ("status",))
CURSORS = Table("webhook_cursors", CursorRow, ("endpoint",))
DELIVERIES = Table("webhook_deliveries", DeliveryRow, ("id",), locked=True)
