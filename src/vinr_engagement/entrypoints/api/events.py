"""``/v1/events``: what the world was told; and replaying what the shop told. Taking events in is the intake's."""

from typing import Annotated, Literal

from fastapi import Query, Response
from pydantic import Field

from vinr_engagement.campaigns import queries as campaign_queries
from vinr_engagement.commands import ReplayEvent
from vinr_engagement.entrypoints.api.account_reads import read_account
from vinr_engagement.entrypoints.api.answers import Caller, Errors, found_or_missing, json_answer, perform
from vinr_engagement.entrypoints.api.exchange import Exchange
from vinr_engagement.entrypoints.api.expand import Expanding, expand
from vinr_engagement.entrypoints.api.fields import Id, Shape, Wire, example
from vinr_engagement.entrypoints.api.outcome_shapes import EventOutcome
from vinr_engagement.entrypoints.api.paging import CreatedAt, PageShape, Paging
from vinr_engagement.entrypoints.api.routing import Resource
from vinr_engagement.entrypoints.api.shapes import Event
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Page
from vinr_engagement.outbox import OutgoingEvent
from vinr_engagement.outbox import queries as outbox_queries
from vinr_engagement.webhooks import queries as webhook_queries

events = Resource("events", "/v1/events", "events")


class EventList(Shape):
    """A page of events, newest first."""

    object: Literal["list"]
    data: list[Event]
    page: PageShape


class Replay(Wire):
    """Whose the event is."""

    model_config = example(account="loy_06evgt3m8x4k9c2p7r1wz5qjbh")

    account: Id | None = Field(None, description="The member, where the event does not name one.")


class ListEvents(Paging, Expanding, CreatedAt):
    """Which events to list."""

    type: Annotated[str, Field(max_length=100)] | None = Field(
        None, description="Only this type; `loyalty.points.*` for a family.", examples=["loyalty.points.earned"]
    )
    account: Id | None = Field(
        None,
        description="Only those about this member, campaign or webhook endpoint.",
        examples=["loy_06evgt3m8x4k9c2p7r1wz5qjbh"],
    )


class GetEvent(Expanding):
    """How to show an event."""


@events.get("", "list", EventList, errors=("parameter_invalid", "resource_missing"))
async def list_events(caller: Caller, query: Annotated[ListEvents, Query()]) -> Response:
    """List events

    What happened to members, newest first: the same that webhooks deliver.
    """
    tree = query.tree("event")
    if query.account is not None:
        await check_subject(caller, query.account)

    async def place(session: Session, cursor: str) -> str | None:
        return cursor if await outbox_queries.get_event(session, cursor) else None

    async def read(session: Session) -> Page[OutgoingEvent]:
        window = await query.window(session, place)
        return await outbox_queries.list_events(
            session, window, event_type=query.type, account=query.account, created_at=query.span()
        )

    page = await caller.read(read)
    data = [outbox_queries.event_snapshot(event) for event in page.rows]
    await expand(caller, data, "event", tree)
    return json_answer(query.answer(page, data))


async def check_subject(caller: Exchange, identifier: str) -> None:
    """Raises ``NotFound`` where this is neither a member nor a campaign or a webhook endpoint."""
    if not await _is_other_subject(caller, identifier):
        await read_account(caller, identifier, "account")


async def _is_other_subject(caller: Exchange, identifier: str) -> bool:
    """Whether it is a campaign or a webhook endpoint."""
    if identifier.startswith("camp_"):
        return await caller.read(lambda session: campaign_queries.get_campaign(session, identifier)) is not None
    if identifier.startswith("we_"):
        return await caller.read(lambda session: webhook_queries.get_endpoint(session, identifier)) is not None
    return False


@events.get("/{event}", "retrieve", Event, errors=("parameter_invalid",))
async def get_event(caller: Caller, event: str, query: Annotated[GetEvent, Query()]) -> Response:
    """Retrieve an event"""
    tree = query.tree("event")
    found = await caller.read(lambda session: outbox_queries.get_event(session, event))
    shown = outbox_queries.event_snapshot(found_or_missing(found, "event", event))
    await expand(caller, [shown], "event", tree)
    return json_answer(shown)


@events.write("POST", "/{event:path}/replay", "replay", EventOutcome, errors=("event_not_replayable", "account_merged"))
async def replay_event(caller: Caller, errors: Errors, event: str, body: Replay | None = None) -> Response:
    """Evaluate an ignored event again

    `event` is the id that it was sent with. For an event that came before its member enrolled, or that names nobody.
    """
    return await perform(caller, errors, ReplayEvent(event, None if body is None else body.account))
