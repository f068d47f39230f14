"""``/v1/loyalty/segments``: named groups of members."""

from typing import Annotated, Any, Literal

from fastapi import Query, Response
from pydantic import Field

from vinr_engagement import rules
from vinr_engagement.commands import (
    Census,
    CreateSegment,
    DeleteSegment,
    UpdateSegment,
    count_members,
    members_page,
    segment_snapshot,
)
from vinr_engagement.entrypoints.api.answers import Caller, Errors, found_or_missing, json_answer, list_answer, perform
from vinr_engagement.entrypoints.api.earning_shapes import Segment
from vinr_engagement.entrypoints.api.exchange import Exchange
from vinr_engagement.entrypoints.api.expand import Expanding, expand
from vinr_engagement.entrypoints.api.fields import Id, Metadata, MetadataChanges, Name, Shape, Time, Wire, example
from vinr_engagement.entrypoints.api.member_shapes import LoyaltyAccount
from vinr_engagement.entrypoints.api.paging import PageShape, Paging
from vinr_engagement.entrypoints.api.routing import Resource
from vinr_engagement.entrypoints.api.rule_shapes import MemberConditionsIn
from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import format_instant
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Page, Window
from vinr_engagement.members import account_snapshot
from vinr_engagement.members import queries as member_queries
from vinr_engagement.programs import queries as program_queries
from vinr_engagement.rules import SegmentRow
from vinr_engagement.rules import queries as rule_queries

segments = Resource("segments", "/v1/loyalty/segments", "segments")


class SegmentChanges(Wire):
    """The fields of a segment to replace; `metadata` is merged key by key."""

    model_config = example(name="Big spenders of the season")

    program: Id = Field("", examples=["prog_default"])
    name: Name = Field("", description="For people.", examples=["Big spenders"])
    match: Literal["all", "any"] = Field("all", description="Whether all conditions must hold, or any.")
    conditions: MemberConditionsIn = None
    metadata: MetadataChanges = Field(default_factory=dict)

    def definition(self) -> dict[str, Any]:
        """The fields that were given."""
        return self.model_dump(exclude_unset=True)


class NewSegment(SegmentChanges):
    """A segment to make."""

    model_config = example(
        program="prog_default",
        name="Big spenders",
        conditions=[{"fact": "spend_90d", "op": "gte", "value": 50000}],
    )

    program: Id = Field(examples=["prog_default"])
    name: Name = Field(description="For people.", examples=["Big spenders"])
    metadata: Metadata = Field(default_factory=dict)  # type: ignore[assignment]


class SegmentList(Shape):
    """A page of segments, newest first."""

    object: Literal["list"]
    data: list[Segment]
    page: PageShape


class DeletedSegment(Shape):
    """A segment that is no more."""

    id: str
    object: Literal["segment"]
    deleted: Literal[True]


class SegmentPageShape(Shape):
    """Where this page stands among the members."""

    has_more: bool = Field(description="Whether further accounts are to be looked at in this direction.")
    next_cursor: str | None = Field(
        description="Pass it on to get the next page in the same direction; null on the last."
    )
    total_estimate: None = Field(description="Always null: ask for the segment's `count`.")


class SegmentMembers(Shape):
    """A page of the members of a segment, newest first; it may be empty and yet lead on."""

    object: Literal["list"]
    data: list[LoyaltyAccount]
    page: SegmentPageShape


class SegmentCount(Shape):
    """How many members a segment has."""

    object: Literal["segment_count"]
    segment: str
    count: int = Field(ge=0)
    members_looked_at: int = Field(ge=0, description="How many active members the program has.")
    as_of: Time


class ListSegments(Paging, Expanding):
    """Which segments to list."""

    program: Id | None = Field(None, description="Only those of this program.", examples=["prog_default"])


class GetSegment(Expanding):
    """How to show a segment."""


class ListMembers(Paging, Expanding):
    """Which members to list."""


@segments.write("POST", "", "create", Segment, errors=("resource_missing",))
async def create_segment(caller: Caller, errors: Errors, body: NewSegment) -> Response:
    """Make a segment

    Without conditions every member is in it.
    """
    return await perform(caller, errors, CreateSegment(body.definition()))


@segments.get("", "list", SegmentList, errors=("parameter_invalid",))
async def list_segments(caller: Caller, query: Annotated[ListSegments, Query()]) -> Response:
    """List segments

    Newest first.
    """
    tree = query.tree("segment")

    async def place(session: Session, cursor: str) -> str | None:
        return cursor if await rule_queries.get_segment(session, cursor) else None

    async def read(session: Session) -> Page[SegmentRow]:
        return await rule_queries.list_segments(session, await query.window(session, place), program=query.program)

    page = await caller.read(read)
    data = [segment_snapshot(row) for row in page.rows]
    await expand(caller, data, "segment", tree)
    return json_answer(query.answer(page, data))


@segments.get("/{segment}", "retrieve", Segment, errors=("parameter_invalid",))
async def get_segment(caller: Caller, segment: str, query: Annotated[GetSegment, Query()]) -> Response:
    """Retrieve a segment"""
    tree = query.tree("segment")
    row = await caller.read(lambda session: rule_queries.get_segment(session, segment))
    shown = segment_snapshot(found_or_missing(row, "segment", segment))
    await expand(caller, [shown], "segment", tree)
    return json_answer(shown)


@segments.write("PATCH", "/{segment}", "update", Segment)
async def update_segment(caller: Caller, errors: Errors, segment: str, body: SegmentChanges) -> Response:
    """Change a segment

    Whatever names it goes by the new conditions from the next event on.
    """
    return await perform(caller, errors, UpdateSegment(segment, body.definition()))


@segments.write("DELETE", "/{segment}", "delete", DeletedSegment, errors=("segment_in_use",))
async def delete_segment(caller: Caller, errors: Errors, segment: str) -> Response:
    """Delete a segment

    Refused while something names it; `resource` says what.
    """
    return await perform(caller, errors, DeleteSegment(segment))


@segments.get("/{segment}/members", "list_members", SegmentMembers, errors=("parameter_invalid",))
async def list_members(caller: Caller, segment: str, query: Annotated[ListMembers, Query()]) -> Response:
    """List the members of a segment

    Active members, newest first, as they are now. A request looks at a limited number of accounts: where few of them are in
    the segment, a page is short or empty and `has_more` is true; go on with `next_cursor`.
    """
    tree = query.tree("loyalty_account")
    census, window = await _census(caller, segment, query)
    page = await members_page(caller.store.database, census, window)
    data = [account_snapshot(account) for account in page.members]
    await expand(caller, data, "loyalty_account", tree)
    shown = list_answer(data, has_more=page.cursor is not None, next_cursor=page.cursor, total_estimate=0)
    shown["page"]["total_estimate"] = None
    return json_answer(shown)


@segments.get("/{segment}/count", "count", SegmentCount)
async def count_segment(caller: Caller, segment: str) -> Response:
    """Count the members of a segment

    Every active member of the program is looked at, some at a time, as they are then.
    """
    census, _ = await _census(caller, segment, Paging())
    count = await count_members(caller.store.database, census)
    return json_answer(
        {
            "object": "segment_count",
            "segment": segment,
            "count": count.members,
            "members_looked_at": count.looked_at,
            "as_of": format_instant(census.at),
        }
    )


async def _census(exchange: Exchange, segment: str, paging: Paging) -> tuple[Census, Window]:
    """The segment as the store has it now, and the part of the list that was asked for."""

    async def read(session: Session) -> tuple[Census, Window]:
        row = found_or_missing(await rule_queries.get_segment(session, segment), "segment", segment)
        program = found_or_missing(await program_queries.get_program(session, row.program), "program", row.program)
        window = await paging.window(session, _place)
        return Census(program, rules.parse_segment(json.decode(row.body)), await exchange.store.now_in(session)), window

    return await exchange.read(read)


async def _place(session: Session, cursor: str) -> str | None:
    return cursor if await member_queries.get_account(session, cursor) else None
