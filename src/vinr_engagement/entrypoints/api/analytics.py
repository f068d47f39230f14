"""``/v1/loyalty/analytics``: what happened in a program, and what it owes. Reports compute by time; they settle nothing."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Query, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from vinr_engagement import analytics as room
from vinr_engagement.commands import foresight
from vinr_engagement.entrypoints.api.analytics_shapes import AnalyticsSummary, AnalyticsTimeseries, Cohorts, Liability
from vinr_engagement.entrypoints.api.answers import Caller, found_or_missing, json_answer
from vinr_engagement.entrypoints.api.errors import Fault
from vinr_engagement.entrypoints.api.exchange import Exchange
from vinr_engagement.entrypoints.api.fields import Id
from vinr_engagement.entrypoints.api.routing import Resource
from vinr_engagement.entrypoints.api.suggest import quote
from vinr_engagement.foundation.clock import parse_instant
from vinr_engagement.foundation.database import Session
from vinr_engagement.programs import PROGRAMS, program_of

analytics = Resource("analytics", "/v1/loyalty/analytics", "analytics")

_DAY = 10
_ERRORS = ("parameter_invalid", "resource_missing", "analytics_not_ready")


def _read_bound(value: Any) -> int | date:
    if not isinstance(value, str):
        raise ValueError("must be text")
    try:
        return date.fromisoformat(value) if len(value) == _DAY else parse_instant(value)
    except ValueError:
        example = "2026-04-01, or a time such as 2026-04-01T12:00:00Z"
        raise ValueError(f"must be a day such as {example}, not {quote(value)}") from None


def _read_months(value: Any) -> int:
    if not isinstance(value, str) or not value.isdecimal() or not 1 <= int(value[:4]) <= room.MOST_MONTHS:
        raise ValueError(f"must be a whole number from 1 to {room.MOST_MONTHS}, not {quote(value)}")
    return int(value)


Bound = Annotated[
    int | date,
    BeforeValidator(_read_bound),
    WithJsonSchema({"type": "string"}),
]
Months = Annotated[
    int,
    BeforeValidator(_read_months),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": room.MOST_MONTHS, "default": 12, "examples": [6]}),
]
_BOUND = "A day of the program's timezone, or a time on a quarter of an hour."


class OfProgram(BaseModel):
    """Which program."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    program: Id = Field("prog_default", description="Whose figures.", examples=["prog_default"])


class InPeriod(OfProgram):
    """Which program, and when."""

    period_gte: Bound | None = Field(
        None,
        alias="period[gte]",
        description=f"From when on. {_BOUND} 30 days before the end, unless given.",
        examples=["2026-04-01"],
    )
    period_lt: Bound | None = Field(
        None,
        alias="period[lt]",
        description=f"Until when, not included. {_BOUND} Now, unless given.",
        examples=["2026-05-01"],
    )


class ReadSeries(InPeriod):
    """What to show, of when."""

    metrics: str = Field(
        "earned,redeemed",
        description=f"Separated by commas: {', '.join(room.METRICS)}.",
        min_length=1,
        max_length=255,
        examples=["earned,redeemed"],
    )
    interval: Literal["day", "week", "month"] = Field(
        "day", description=f"How long each bucket is; there are at most {room.MOST_BUCKETS} of them."
    )

    def listed(self) -> list[str]:
        """The metrics, each once. Raises ``Fault``."""
        found = list(dict.fromkeys(name.strip() for name in self.metrics.split(",")))
        for name in found:
            if name not in room.METRICS:
                message = f"There is no metric {name[:80]!r}. There are {', '.join(room.METRICS)}."
                raise Fault("parameter_invalid", message, param="metrics")
        return found


class ReadCohorts(OfProgram):
    """Which cohorts."""

    interval: Literal["month"] = Field("month", description="How long each cohort and each of its periods is.")
    months: Months = Field(12, description="The cohorts of the last so many months, this one included.")


@analytics.get("/summary", "summary", AnalyticsSummary, errors=_ERRORS)
async def get_summary(caller: Caller, query: Annotated[InPeriod, Query()]) -> Response:
    """Retrieve a period in figures

    What happened in it, and how things stood at its end.
    """

    async def make(books: room.Books, _: foresight.Foresight) -> dict[str, Any]:
        return await room.summary(books, _period(query, books))

    return await _report(caller, query.program, make)


@analytics.get("/timeseries", "timeseries", AnalyticsTimeseries, errors=_ERRORS)
async def get_timeseries(caller: Caller, query: Annotated[ReadSeries, Query()]) -> Response:
    """Retrieve figures by day, week or month

    What happened in each, or how things stood at its end: `outstanding`, `pending`, `points_liability` and the members.
    """
    metrics = query.listed()

    async def make(books: room.Books, _: foresight.Foresight) -> dict[str, Any]:
        return await room.timeseries(books, _period(query, books), query.interval, metrics)

    return await _report(caller, query.program, make)


@analytics.get("/liability", "liability", Liability, errors=_ERRORS)
async def get_liability(caller: Caller, query: Annotated[OfProgram, Query()]) -> Response:
    """Retrieve the liability

    What members hold now, by when it was earned and by when it expires, and how much of it may be redeemed.
    """

    async def make(books: room.Books, seen: foresight.Foresight) -> dict[str, Any]:
        return await room.liability(books, seen.changes)

    return await _report(caller, query.program, make)


@analytics.get("/cohorts", "cohorts", Cohorts, errors=_ERRORS)
async def get_cohorts(caller: Caller, query: Annotated[ReadCohorts, Query()]) -> Response:
    """Retrieve cohorts

    Members by the month of their enrolment: how many came back in each month since, what they earned and redeemed.
    """

    async def make(books: room.Books, _: foresight.Foresight) -> dict[str, Any]:
        return await room.cohorts(books, query.months)

    return await _report(caller, query.program, make)


def _period(query: InPeriod, books: room.Books) -> room.Period:
    return room.period_of(books.program, query.period_gte, query.period_lt, books.now)


Make = Callable[[room.Books, foresight.Foresight], Awaitable[dict[str, Any]]]


async def _report(caller: Exchange, identifier: str, make: Make) -> Response:
    """A report of a program, in one snapshot of the store. Raises ``Refusal``."""

    async def read(session: Session) -> dict[str, Any]:
        rows = await session.rows(PROGRAMS, "id = $1", identifier)
        program = program_of(found_or_missing(rows[0] if rows else None, "program", identifier, "program"))
        now = await caller.store.now_in(session)
        seen = await foresight.foresee(caller.store.write_path, session, program.id, now)
        books = await room.open_books(session, program, now, seen.ahead)
        return await make(books, seen)

    return json_answer(await caller.read(read))
