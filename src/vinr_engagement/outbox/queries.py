"""Reading what the world was told."""

from typing import Any

import msgspec

from vinr_engagement.foundation import ids
from vinr_engagement.foundation.clock import format_instant
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Filters, Page, Span, Window, page
from vinr_engagement.outbox.tables import OUTGOING_EVENTS, OutgoingEvent


async def get_event(session: Session, identifier: str) -> OutgoingEvent | None:
    """One event by its id."""
    found = await session.rows(OUTGOING_EVENTS, "id = $1", identifier)
    return found[0] if found else None


async def list_events(
    session: Session,
    window: Window,
    *,
    event_type: str | None = None,
    account: str | None = None,
    created_at: Span | None = None,
) -> Page[OutgoingEvent]:
    """Events, newest first. ``event_type`` may end in ``.*``: ``loyalty.points.*`` is every type that starts so."""
    filters = Filters()
    if account is not None:
        filters.equal("bucket", ids.bucket_of(account)).equal("account", account)
    if event_type is not None and event_type.endswith(".*"):
        stem = event_type[:-1]
        filters.where("substr(type, 1, {}) = {}", len(stem), stem)
    else:
        filters.equal("type", event_type)
    return await page(session, OUTGOING_EVENTS, window, filters.between("created_at", created_at))


def event_snapshot(event: OutgoingEvent) -> dict[str, Any]:
    """The event as the API and webhooks show it."""
    return {
        "id": event.id,
        "object": "event",
        "type": event.type,
        "account": event.account,
        "account_sequence": event.sequence,
        "data": msgspec.Raw(event.data.encode()),
        "created_at": format_instant(event.created_at),
    }


async def all_events(session: Session, account: str) -> list[OutgoingEvent]:
    """Every event of an account, in the order of its sequence."""
    return await session.rows(
        OUTGOING_EVENTS, "bucket = $1 and account = $2 order by sequence", ids.bucket_of(account), account
    )
