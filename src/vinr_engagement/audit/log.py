"""The audit log: written in the transaction of the change."""

from typing import Any

import msgspec

from vinr_engagement.foundation import ids, json
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.database import State, Table


class Origin(msgspec.Struct, frozen=True):
    """Where a command comes from: whose key, which request.

    What a person asks for (``personal``) is in the audit log whatever it changes, what a key asks for where it is configuration.
    """

    actor: str
    request_id: str | None = None
    personal: bool = False


class AuditEntry(msgspec.Struct):
    """One change of configuration. ``before`` and ``after`` are JSON."""

    id: str
    actor: str
    action: str
    resource: str
    before: str | None
    after: str | None
    request_id: str | None
    created_at: int


AUDIT_LOG = Table("audit_log", AuditEntry, ("id",))


def note(state: State, origin: Origin, action: str, resource: str, before: Any, after: Any, now: Instant) -> None:
    """Adds an entry; ``before`` is ``None`` for something new, ``after`` for something removed."""
    state.append(
        AuditEntry(
            id=ids.new_id("aud"),
            actor=origin.actor,
            action=action,
            resource=resource,
            before=None if before is None else json.text(before),
            after=None if after is None else json.text(after),
            request_id=origin.request_id,
            created_at=now,
        )
    )
