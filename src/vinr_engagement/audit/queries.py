"""Reading the audit log."""

from typing import Any

import msgspec

from vinr_engagement.audit.log import AUDIT_LOG, AuditEntry
from vinr_engagement.foundation.clock import format_instant
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Filters, Page, Span, Window, page


async def get_audit_entry(session: Session, identifier: str) -> AuditEntry | None:
    """One entry by its id."""
    found = await session.find(AUDIT_LOG, [(identifier,)])
    return found[0] if found else None


async def list_audit_log(
    session: Session,
    window: Window,
    *,
    actor: str | None = None,
    action: str | None = None,
    resource: str | None = None,
    created_at: Span | None = None,
) -> Page[AuditEntry]:
    """Entries, newest first."""
    filters = Filters().equal("actor", actor).equal("action", action).equal("resource", resource)
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
