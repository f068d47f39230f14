"""Query parameters that lists share, and how a cursor becomes a place in the list."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from vinr_engagement.entrypoints.api import limits
from vinr_engagement.entrypoints.api.answers import list_answer, unknown_cursor
from vinr_engagement.entrypoints.api.errors import Fault
from vinr_engagement.entrypoints.api.fields import Id, Instant, Limit, Shape
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Page, Span, Window

Locate = Callable[[Session, str], Awaitable[str | None]]
"""The place of an object in its list, by the id that people know; ``None`` for no such object."""


class Paging(BaseModel):
    """The part of a list to show."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    limit: Limit = limits.PAGE_DEFAULT
    starting_after: Id | None = Field(None, description="The id that the page starts after: older objects.")
    ending_before: Id | None = Field(None, description="The id that the page ends before: newer objects.")

    async def window(self, session: Session, locate: Locate) -> Window:
        """The part of the list. Raises ``Fault`` for both cursors at once, and for one that names nothing."""
        if self.starting_after is not None and self.ending_before is not None:
            message = "Give starting_after or ending_before, not both."
            raise Fault("parameter_invalid", message, param="ending_before")
        after = await _place(session, locate, "starting_after", self.starting_after)
        before = await _place(session, locate, "ending_before", self.ending_before)
        return Window(self.limit, after, before)

    def answer(
        self, page: Page[Any], data: Sequence[Any], id_of: Callable[[Any], str] = lambda row: row.id
    ) -> dict[str, Any]:
        """The list as it goes out. ``next_cursor`` continues in the direction that was asked for."""
        cursor = None
        if page.has_more and page.rows:
            cursor = id_of(page.rows[-1] if self.ending_before is None else page.rows[0])
        return list_answer(data, has_more=page.has_more, next_cursor=cursor, total_estimate=page.total_estimate)


async def _place(session: Session, locate: Locate, param: str, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    place = await locate(session, cursor)
    if place is None:
        raise unknown_cursor(param, cursor)
    return place


class CreatedAt(BaseModel):
    """A span of ``created_at``."""

    created_gt: Instant | None = Field(None, alias="created_at[gt]", description="Later than this.")
    created_gte: Instant | None = Field(None, alias="created_at[gte]", description="At this time or later.")
    created_lt: Instant | None = Field(None, alias="created_at[lt]", description="Earlier than this.")
    created_lte: Instant | None = Field(None, alias="created_at[lte]", description="At this time or earlier.")

    def span(self) -> Span:
        """The span as the database is asked for it."""
        return Span(self.created_gt, self.created_gte, self.created_lt, self.created_lte)


class PageShape(Shape):
    """Where this page stands in the list."""

    has_more: bool = Field(description="Whether there are further objects in this direction.")
    next_cursor: str | None = Field(
        description="Pass it on to get the next page in the same direction; null on the last."
    )
    total_estimate: int = Field(description="How many objects the list has, exact up to 10,000.")
