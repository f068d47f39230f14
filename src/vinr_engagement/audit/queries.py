"""Reading the audit log."""

from typing import Any

import msgspec

from vinr_engagement.audit.log import AUDIT_LOG, AuditEntry
from vinr_engagement.foundation.clock import format_instant
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Filters, Page, Span, Window, page

_PREFIXES = {"key": "key_", "person": "per_"}
"""What the ids of actors begin with; the others are called by what they are."""
_THEMSELVES = ("engine", "worker", "cli", "import", "demo")


def kind_of(actor: str) -> str:
    """What an actor is: an API ``key``, a ``person``, the ``engine`` itself, its ``worker``, the command line (``cli``), an
    ``import``, the ``demo``, or something ``other``.
    """
    found = next((kind for kind, prefix in _PREFIXES.items() if actor.startswith(prefix)), "other")
    return actor if actor in _THEMSELVES else found


async def get_audit_entry(session: Session, identifier: str) -> AuditEntry | None:
    """One entry by its id."""
    found = await session.find(AUDIT_LOG, [(identifier,)])
    return found[0] if found else None


async def list_audit_log(
    session: Session,
    window: Window,
    *,
    actor: str | None = None,
    kind: str | None = None,
    action: str | None = None,
    resource: str | None = None,
    created_at: Span | None = None,
) -> Page[AuditEntry]:
    """Entries, newest first; ``kind`` is one of :func:`kind_of`."""
    filters = Filters().equal("actor", actor).equal("action", action).equal("resource", resource)
    if kind in _PREFIXES:
        filters.where(f"substr(actor, 1, {len(_PREFIXES[kind])}) = {{}}", _PREFIXES[kind])
    else:
        filters.equal("actor", kind)
    return await page(session, AUDIT_LOG, window, filters.between("created_at", created_at))


def audit_snapshot(entry: AuditEntry) -> dict[str, Any]:
    """The entry as the API shows it."""
    return {
        "id": entry.id,
        "object": "audit_log_entry",
        "actor": entry.actor,
        "action": entry.action,
        "resource": entry.resource,
        "before": None if entry.before is None else msgspec.Raw(entry.before.encode()),
        "after": None if entry.after is None else msgspec.Raw(entry.after.encode()),
        "request_id": entry.request_id,
        "created_at": format_instant(entry.created_at),
    }
