"""Reading what the shop sent."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from vinr_engagement.foundation.clock import format_instant
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Filters, Page, Span, Window, page
from vinr_engagement.inbox.tables import RECEIVED_EVENTS, ReceivedEvent, event_key


async def get_received_event(session: Session, identifier: str) -> ReceivedEvent | None:
    """One event by the sender's id."""
    found = await get_received_events(session, [identifier])
    return found[0] if found else None


async def get_received_events(session: Session, identifiers: Iterable[str]) -> list[ReceivedEvent]:
    """The events that are known of these."""
    keys = [event_key(identifier) for identifier in identifiers]
    return await session.find(RECEIVED_EVENTS, keys) if keys else []


class About(NamedTuple):
    """A member as events tell of them: the customers that resolve to it, and the accounts that it is or was."""

    customers: Sequence[str]
    accounts: Sequence[str]


_OF_CUSTOMER = "select received_id from received_events where customer = {}"
_OF_ACCOUNT = "select received_id from received_events where account = {}"


async def list_received_events(
    session: Session,
    window: Window,
    *,
    status: str | None = None,
    event_type: str | None = None,
    received_at: Span | None = None,
    customer: str | None = None,
    about: About | None = None,
) -> Page[ReceivedEvent]:
    """Events, the one received last first; places are ``received_id``. ``about`` is the member that they are about."""
    filters = Filters().equal("status", status).equal("type", event_type).between("received_at", received_at)
    for each in (About([customer], ()) if customer is not None else None, about):
        if each is not None:
            queries = [_OF_CUSTOMER for _ in each.customers] + [_OF_ACCOUNT for _ in each.accounts]
            filters.looked_up(
                "received_id", " union ".join(queries), *each.customers, *each.accounts, engine=session.engine
            )
    return await page(session, RECEIVED_EVENTS, window, filters, place="received_id")


def received_event_snapshot(event: ReceivedEvent) -> dict[str, Any]:
    """The event as the API shows it: what was sent, and what came of it."""
    return {
        "id": event.id,
        "object": "received_event",
        "type": event.type,
        "customer": event.customer,
        "status": event.status,
        "created_at": format_instant(event.occurred_at),
        "received_at": format_instant(event.received_at),
        "body": msgspec.Raw(event.body.encode()),
        "outcome": msgspec.Raw(event.outcome.encode() or b"null"),
    }


async def received_about(session: Session, named: Iterable[str], about: About) -> list[ReceivedEvent]:
    """The events with these ids and those about a member, in the order in which they were received."""
    found = {event.id: event for event in await get_received_events(session, named)}
    for column, values in (("customer", about.customers), ("account", about.accounts)):
        for value in values:
            found.update({event.id: event for event in await session.rows(RECEIVED_EVENTS, f"{column} = $1", value)})
    return sorted(found.values(), key=lambda event: event.received_id)
