"""``/v1/audit-log``: who changed which configuration when."""

from typing import Annotated, Literal

from fastapi import Query, Response
from pydantic import Field

from vinr_engagement.audit import AuditEntry as StoredEntry
from vinr_engagement.audit import queries as audit_queries
from vinr_engagement.entrypoints.api.answers import Caller, json_answer
from vinr_engagement.entrypoints.api.api_keys import ApiKey
from vinr_engagement.entrypoints.api.campaign_shapes import Campaign
from vinr_engagement.entrypoints.api.connector_shapes import ConnectorSettings
from vinr_engagement.entrypoints.api.earning_shapes import EarningRule, Segment
from vinr_engagement.entrypoints.api.fields import Id, Shape, Time
from vinr_engagement.entrypoints.api.paging import CreatedAt, PageShape, Paging
from vinr_engagement.entrypoints.api.program_shapes import Program
from vinr_engagement.entrypoints.api.report_shapes import ReportRequest
from vinr_engagement.entrypoints.api.reward_shapes import Reward
from vinr_engagement.entrypoints.api.routing import Resource
from vinr_engagement.entrypoints.api.test_helpers import Clock
from vinr_engagement.entrypoints.api.webhook_shapes import EndpointConfiguration
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Page

audit_log = Resource("audit_log", "/v1/audit-log", "audit_log")


Configured = Annotated[
    Program
    | EarningRule
    | Reward
    | Segment
    | Campaign
    | ConnectorSettings
    | ApiKey
    | EndpointConfiguration
    | ReportRequest
    | Clock,
    Field(discriminator="object"),
]


class AuditEntry(Shape):
    """One change of configuration."""

    id: str
    object: Literal["audit_log_entry"]
    actor: str = Field(description="The API key that made the change.")
    action: str = Field(examples=["program.updated"])
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

    actor: Id | None = Field(None, description="Only changes made with this API key.")
    action: Id | None = Field(None, description="Only this action.")
    resource: Id | None = Field(None, description="Only changes of this object.", examples=["prog_default"])


@audit_log.get("", "list", AuditLog, errors=("parameter_invalid",))
async def list_audit_log(caller: Caller, query: Annotated[ListAuditLog, Query()]) -> Response:
    """List changes of configuration

    Who changed what when, before and after; newest first.
    """

    async def place(session: Session, cursor: str) -> str | None:
        return cursor if await audit_queries.get_audit_entry(session, cursor) else None

    async def read(session: Session) -> Page[StoredEntry]:
        window = await query.window(session, place)
        return await audit_queries.list_audit_log(
            session,
            window,
            actor=query.actor,
            action=query.action,
            resource=query.resource,
            created_at=query.span(),
        )

    page = await caller.read(read)
    return json_answer(query.answer(page, [audit_queries.audit_snapshot(entry) for entry in page.rows]))
