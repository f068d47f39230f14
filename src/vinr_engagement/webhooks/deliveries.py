"""What was delivered: an event for an endpoint, and its attempts."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from vinr_engagement.foundation import ids, json
from vinr_engagement.foundation.clock import DAY, Instant, format_instant
from vinr_engagement.outbox.log import Entry
from vinr_engagement.webhooks import schedule
from vinr_engagement.webhooks.health import GONE
from vinr_engagement.webhooks.tables import DeliveryRow

KEPT: Final = 30 * DAY
"""So long after it was made a delivery can be looked up."""
RESPONSE_BYTES: Final = 1_024
"""What is kept of an answer."""
MOST_REPLAYED: Final = 10_000
"""Events that one replay tells again."""


class Outcome(msgspec.Struct, frozen=True):
    """What came of one attempt made ``at`` a real time.

    ``error`` is ``None`` for a success; otherwise ``timeout``, ``connection_failed``, ``address_refused``, ``redirected``
    or ``http_error``, with ``detail`` in words. ``retry_after`` is the pause that the receiver asked for, in microseconds.
    """

    at: Instant
    duration_ms: int
    http_status: int | None = None
    error: str | None = None
    detail: str | None = None
    response: str | None = None
    retry_after: Instant | None = None

    @property
    def succeeded(self) -> bool:
        """Whether the receiver has the event."""
        return self.error is None


def first_of(endpoint: str, entry: Entry, outcome: Outcome, chance: float) -> DeliveryRow:
    """The delivery of an event whose first attempt was just made."""
    row = _new(endpoint, entry, "event", outcome.at)
    record(row, outcome, chance)
    return row


def to_replay(endpoint: str, entries: Iterable[Entry], now: Instant) -> list[DeliveryRow]:
    """Deliveries of events that are to be told again now, in their order."""
    return [_new(endpoint, entry, "replay", now) for entry in entries]


def _new(endpoint: str, entry: Entry, origin: str, now: Instant) -> DeliveryRow:
    identifier = ids.new_id("whd", entry.bucket)
    return DeliveryRow(
        identifier, endpoint, entry.id, entry.type, entry.bucket, entry.account,
        origin, "pending", 0, 0, now, "[]", now, now,
    )  # fmt: skip


def entry_of(row: DeliveryRow) -> Entry:
    """Where the event of a delivery is found."""
    return Entry(row.bucket, row.account, row.event, row.type)


def record(row: DeliveryRow, outcome: Outcome, chance: float) -> None:
    """Adds an attempt, and settles what comes next. ``chance`` is a random number from 0 to 1."""
    _add(row, outcome)
    row.tries += 1
    pause = None if outcome.http_status == GONE else schedule.pause_after(row.tries, chance, outcome.retry_after)
    if outcome.succeeded:
        row.status, row.next_attempt_at = "succeeded", None
    elif pause is None:
        row.status, row.next_attempt_at = "failed", None
    else:
        row.status, row.next_attempt_at = "pending", row.updated_at + pause


def record_beside(row: DeliveryRow, outcome: Outcome) -> None:
    """Adds an attempt that was under way when somebody asked for another: what comes next is as they asked."""
    _add(row, outcome)


def lost(row: DeliveryRow, now: Instant) -> None:
    """Ends a delivery whose event is not there any more."""
    row.status, row.next_attempt_at, row.updated_at = "failed", None, now


def ask_again(row: DeliveryRow, now: Instant) -> None:
    """Has the event delivered again at once, with the whole schedule of retries before it."""
    row.status, row.next_attempt_at, row.updated_at = "pending", now, now
    row.tries, row.asked = 0, row.asked + 1


def _add(row: DeliveryRow, outcome: Outcome) -> None:
    attempts = json.decode(row.attempts)
    attempts.append(
        {
            "at": format_instant(outcome.at),
            "succeeded": outcome.succeeded,
            "http_status": outcome.http_status,
            "error": outcome.error,
            "detail": outcome.detail,
            "response": outcome.response,
            "duration_ms": outcome.duration_ms,
        }
    )
    row.attempts = json.text(attempts)
    row.updated_at = outcome.at + outcome.duration_ms * 1_000


def delivery_snapshot(row: DeliveryRow) -> dict[str, Any]:
    """The delivery as the API lists it."""
    attempts = json.decode(row.attempts)
    return {
        "id": row.id,
        "object": "webhook_delivery",
        "endpoint": row.endpoint,
        "event": row.event,
        "event_type": row.type,
        "origin": row.origin,
        "status": row.status,
        "attempt_count": len(attempts),
        "last_http_status": attempts[-1]["http_status"] if attempts else None,
        "last_error": attempts[-1]["error"] if attempts else None,
        "next_attempt_at": None if row.next_attempt_at is None else format_instant(row.next_attempt_at),
        "created_at": format_instant(row.created_at),
        "updated_at": format_instant(row.updated_at),
    }


def delivery_in_full(row: DeliveryRow) -> dict[str, Any]:
    """The delivery with its attempts, the oldest first."""
    return {**delivery_snapshot(row), "attempts": json.decode(row.attempts)}
