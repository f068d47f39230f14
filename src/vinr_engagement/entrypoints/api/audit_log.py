"""``/v1/audit-log``: who changed which configuration when, and what people did to members."""

from typing import Annotated, Any, Final, Literal

from fastapi import Query, Request, Response
from pydantic import Field

from vinr_engagement.audit import AuditEntry as StoredEntry
from vinr_engagement.audit import queries as audit_queries
from vinr_engagement.commands import Store
from vinr_engagement.commands.api_keys import API_KEYS
from vinr_engagement.entrypoints.api.answers import Caller, json_answer
from vinr_engagement.entrypoints.api.api_keys import ApiKey
from vinr_engagement.entrypoints.api.campaign_shapes import Campaign
from vinr_engagement.entrypoints.api.connector_shapes import ConnectorSettings
from vinr_engagement.entrypoints.api.earning_shapes import EarningRule, Segment
from vinr_engagement.entrypoints.api.exchange import Exchange
from vinr_engagement.entrypoints.api.fields import Id, Shape, Time
from vinr_engagement.entrypoints.api.paging import CreatedAt, PageShape, Paging
from vinr_engagement.entrypoints.api.person_shapes import Person
from vinr_engagement.entrypoints.api.program_shapes import Program
from vinr_engagement.entrypoints.api.report_shapes import ReportRequest
from vinr_engagement.entrypoints.api.reward_shapes import Reward
from vinr_engagement.entrypoints.api.routing import Resource
from vinr_engagement.entrypoints.api.test_helpers import Clock
from vinr_engagement.entrypoints.api.webhook_shapes import EndpointConfiguration
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Page
from vinr_engagement.people import queries as people_queries

_NAMELESS: Final = (None, None)
audit_log = Resource("audit_log", "/v1/audit-log", "audit_log")


class Change(Shape):
    """What a person did to a member: the event that tells of it, and the object that the event is about."""

    object: Literal["change"]
    event: str = Field(
        description="The outgoing event, with everything there is to know.", examples=["evt_01m6fn0x9c5v0tvhk0rz8qdd3y"]
    )
    subject: str | None = Field(
        description="The id of its object: the transaction, the redemption…",
        examples=["ptx_01m6fn0x9c5v0tvhk0rz8qdd3y"],
    )


ActorType = Literal["key", "person", "engine", "worker", "cli", "import", "demo"]
Configured = Annotated[
    Program
    | EarningRule
    | Reward
    | Segment
    | Campaign
    | ConnectorSettings
    | ApiKey
    | EndpointConfiguration
    | Person
    | ReportRequest
    | Change
    | Clock,
    Field(discriminator="object"),
]


class Actor(Shape):
    """Who made a change, for people to read."""

    type: Literal[ActorType, "other"]
    name: str | None = Field(description="Of the key or the person, as it is now; null where there is none.")
    email: str | None = Field(description="Of the person; null for others.")


class AuditEntry(Shape):
    """One change of configuration, or something that a person did to a member."""

    id: str
    object: Literal["audit_log_entry"]
    actor: str = Field(description="Who made the change: an API key, a person, or a part of the engine.")
    actor_details: Actor
    action: str = Field(
        description="What was done. To a member: the type of the event that tells of it.", examples=["program.updated"]
    )
    resource: str = Field(examples=["prog_default"])
    before: Configured | None = Field(description="As it was before; null for something new.")
    after: Configured | None = Field(description="As it was from then on.")
    request_id: str | None
    created_at: Time


class AuditLog(Shape):
    """A page of the audit log, newest first."""

    object: Literal["list"]
    data: list[AuditEntry]
    page: PageShape


class ListAuditLog(Paging, CreatedAt):
    """Which entries to list."""

    actor: Id | None = Field(None, description="Only changes made with this API key, or by this person.")
    actor_type: ActorType | None = Field(None, description="Only changes made by one of this kind.")
    action: Id | None = Field(None, description="Only this action.")
    resource: Id | None = Field(None, description="Only changes of this object.", examples=["prog_default"])


@audit_log.get("", "list", AuditLog, errors=("parameter_invalid",))
async def list_audit_log(request: Request, caller: Caller, query: Annotated[ListAuditLog, Query()]) -> Response:
    """List changes of configuration

    Who changed what when, before and after; newest first. What people do to members is here too; of what API keys do
    to them the outgoing events tell.
    """

    async def place(session: Session, cursor: str) -> str | None:
        return cursor if await audit_queries.get_audit_entry(session, cursor) else None

    async def read(session: Session) -> Page[StoredEntry]:
        window = await query.window(session, place)
        return await audit_queries.list_audit_log(
            session,
            window,
            actor=query.actor,
            kind=query.actor_type,
            action=query.action,
            resource=query.resource,
            created_at=query.span(),
        )

    page = await caller.read(read)
    named = await _details(caller, request.app.state.stores.get("live"), {entry.actor for entry in page.rows})
    data = [{**audit_queries.audit_snapshot(entry), "actor_details": named[entry.actor]} for entry in page.rows]
    return json_answer(query.answer(page, data))


async def _details(caller: Exchange, live: Store | None, actors: set[str]) -> dict[str, dict[str, Any]]:
    """What is said of each actor. Keys are those of the store asked about; people are in the live one."""
    keys = [(each,) for each in actors if audit_queries.kind_of(each) == "key"]
    persons = [each for each in actors if audit_queries.kind_of(each) == "person"]
    named: dict[str, tuple[str | None, str | None]] = {}
    if keys:
        found = await caller.read(lambda session: session.find(API_KEYS, keys))
        named |= {key.id: (key.name, None) for key in found}
    if persons and live is not None:
        people = await live.database.read(lambda session: people_queries.get_people(session, persons))
        named |= {person.id: (person.name, person.email) for person in people}
    return {
        each: {"type": audit_queries.kind_of(each), "name": named.get(each, _NAMELESS)[0], "email": named.get(each, _NAMELESS)[1]}
        for each in actors
    }  # fmt: skip
