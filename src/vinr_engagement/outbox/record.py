"""Recording a fact."""

from typing import Any, Protocol

from vinr_engagement.foundation import ids, json
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.database import State
from vinr_engagement.outbox.tables import OutgoingEvent

EVENT_TYPES = frozenset(
    f"{family}.{verb}"
    for family, verbs in {
        "loyalty.account": ("created", "updated", "closed", "reopened", "merged", "erased"),
        "loyalty.points": ("earned", "redeemed", "reversed", "adjusted", "expired", "expiring", "available"),
        "loyalty.tier": ("changed",),
        "credit": ("issued", "spent", "reversed", "expired"),
        "loyalty.reward": ("redeemed",),
        "redemption": ("completed", "released", "reversed", "conflict"),
        "referral": ("created", "attributed", "converted", "rejected", "reversed"),
        "campaign": ("started", "ended", "progressed", "completed"),
        "webhook_endpoint": ("disabled",),
    }.items()
    for verb in verbs
)
"""Every type of outgoing event."""


class Subject(Protocol):
    """What a fact is about: an account, a campaign or a webhook endpoint, which counts its facts.

    Announce its change to the state first.
    """

    id: str
    sequence: int

    @property
    def bucket(self) -> int:
        """Where its facts are."""
        ...


def record(
    state: State,
    subject: Subject,
    event_type: str,
    snapshot: dict[str, Any],
    now: Instant,
    previous: dict[str, Any] | None = None,
) -> OutgoingEvent:
    """Adds an event with a full snapshot of its object, and the former values of what changed in ``previous``."""
    subject.sequence += 1
    data = {"object": snapshot} if previous is None else {"object": snapshot, "previous": previous}
    event = OutgoingEvent(
        subject.bucket,
        subject.id,
        ids.new_id("evt", subject.bucket),
        event_type,
        subject.sequence,
        json.text(data),
        now,
    )
    return state.append(event)
