"""``/v1/received-events``: what the shop sent, and what came of it."""

from typing import Annotated, Literal

from fastapi import Query, Response
from pydantic import Field

from vinr_engagement.entrypoints.api.account_reads import about
from vinr_engagement.entrypoints.api.answers import Caller, found_or_missing, json_answer
from vinr_engagement.entrypoints.api.fields import Id, Shape
from vinr_engagement.entrypoints.api.paging import CreatedAt, PageShape, Paging
from vinr_engagement.entrypoints.api.routing import Resource
from vinr_engagement.entrypoints.api.shapes import ReceivedEvent
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Page
from vinr_engagement.inbox import ReceivedEvent as StoredEvent
from vinr_engagement.inbox import queries as inbox_queries
from vinr_engagement.inbox.queries import About
from vinr_engagement.members import queries as member_queries

received_events = Resource("received_events", "/v1/received-events", "received_events")


class ReceivedEventList(Shape):
    """A page of received events, the one received last first."""

    object: Literal["list"]
    data: list[ReceivedEvent]
    page: PageShape


class ListReceivedEvents(Paging, CreatedAt):
    """Which events to list; `created_at` filters by when they were received."""

    status: Literal["processed", "ignored", "deferred"] | None = Field(None, description="Only those with this status.")
    type: Annotated[str, Field(max_length=100)] | None = Field(None, description="Only this type.")
    account: Id | None = Field(
        None,
        description="Only those about this member: of its customers, and those without a customer that reached or named it.",
        examples=["loy_06evgt3m8x4k9c2p7r1wz5qjbh"],
    )
    customer: Id | None = Field(None, description="Only those about this customer.", examples=["cust_abc123"])


@received_events.get("", "list", ReceivedEventList, errors=("parameter_invalid", "resource_missing"))
async def list_received_events(caller: Caller, query: Annotated[ListReceivedEvents, Query()]) -> Response:
    """List received events

    The one received last comes first; `status=ignored` finds what no member was found for, with the reason. With `account`, the
    events of accounts that were merged into it are among them.
    """

    async def place(session: Session, cursor: str) -> str | None:
        found = await inbox_queries.get_received_event(session, cursor)
        return None if found is None else found.received_id

    async def read(session: Session) -> Page[StoredEvent]:
        return await inbox_queries.list_received_events(
            session,
            await query.window(session, place),
            status=query.status,
            event_type=query.type,
            received_at=query.span(),
            customer=query.customer,
            about=None if query.account is None else await _about(session, query.account),
        )

    page = await caller.read(read)
    return json_answer(query.answer(page, [inbox_queries.received_event_snapshot(event) for event in page.rows]))


async def _about(session: Session, identifier: str) -> About:
    account = found_or_missing(await member_queries.get_account(session, identifier), "account", identifier, "account")
    return await about(session, account)


@received_events.get("/{event:path}", "retrieve", ReceivedEvent)
async def get_received_event(caller: Caller, event: str) -> Response:
    """Retrieve a received event"""
    found = await caller.read(lambda session: inbox_queries.get_received_event(session, event))
    return json_answer(inbox_queries.received_event_snapshot(found_or_missing(found, "received event", event)))
