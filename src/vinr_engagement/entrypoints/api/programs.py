"""``/v1/loyalty/programs``: programs and their policies."""

from typing import Annotated, Any, Literal

from fastapi import Query, Response
from pydantic import Field, WithJsonSchema

from vinr_engagement.commands import CreateProgram, UpdateProgram, program_snapshot
from vinr_engagement.entrypoints.api import limits
from vinr_engagement.entrypoints.api.answers import Caller, Errors, found_or_missing, json_answer, perform
from vinr_engagement.entrypoints.api.fields import Metadata, MetadataChanges, Name, Shape, ShareUrl, Wire, example
from vinr_engagement.entrypoints.api.paging import PageShape, Paging
from vinr_engagement.entrypoints.api.program_shapes import (
    Clawback,
    DowngradeMode,
    ExpiryType,
    PeriodType,
    Program,
    Rounding,
    Status,
)
from vinr_engagement.entrypoints.api.routing import Resource
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Page
from vinr_engagement.programs import Program as StoredProgram
from vinr_engagement.programs import queries as program_queries

programs = Resource("programs", "/v1/loyalty/programs", "programs")

Months = Annotated[int, Field(ge=1, le=1_200)]
Days = Annotated[int, Field(ge=0, le=3_650)]


class Expiry(Wire):
    """When points expire."""

    type: ExpiryType
    months: Months | None = Field(None, description="For `rolling` and `inactivity`.")
    month: Annotated[int, Field(ge=1, le=12)] | None = Field(
        None, description="For `fixed`: points expire at the end of this day."
    )
    day: Annotated[int, Field(ge=1, le=31)] | None = None
    min_months: Annotated[int, Field(ge=0, le=1_200)] = Field(
        0, description="For `fixed`: the least time that points last."
    )


class Currency(Wire):
    """The loyalty currency."""

    name: Name = "points"
    point_value: Annotated[int, Field(ge=0, le=1_000_000)] = Field(
        1, description="What a point redeems for, in minor units."
    )
    rounding: Rounding = "down"
    decimals: int = Field(0, description="0: points with decimals are not offered yet.")
    expiry_months: Months | None = Field(None, description="Short for a rolling expiry; null for never.", examples=[12])
    expiry: Expiry | None = None


class Period(Wire):
    """Over which time a tier is qualified for."""

    type: PeriodType = "lifetime"
    months: Months | None = None
    starts_month: Annotated[int, Field(ge=1, le=12)] | None = None


class Downgrade(Wire):
    """When a member who no longer qualifies is moved down."""

    mode: DowngradeMode = "immediate"
    grace_days: Days = 0


class Tier(Wire):
    """One level."""

    key: Name | None = Field(None, description="The name in snake case, unless given.", examples=["gold"])
    name: Name = Field(examples=["Gold"])
    rank: Annotated[int, Field(ge=0, le=1_000)]
    threshold: Annotated[int, Field(ge=0, le=(1 << 53) - 1)]
    benefits: Annotated[list[Name], Field(max_length=100)] = Field(default_factory=list)
    multiplier: Annotated[
        Any, WithJsonSchema({"type": ["number", "string"], "description": "An exact decimal of at most four places."})
    ] = 1


class TierConfig(Wire):
    """The levels of a program."""

    qualify_on: Literal["points", "spend"] = "points"
    period: Period = Field(default_factory=Period)
    tiers: Annotated[list[Tier], Field(max_length=50)] = Field(default_factory=list)
    downgrade: Downgrade = Field(default_factory=Downgrade)


class ReferralLimit(Wire):
    """How many a referrer may bring within some days; null for any number."""

    attributions: Annotated[int, Field(ge=1, le=limits.LARGEST_INTEGER)] | None = 50
    conversions: Annotated[int, Field(ge=1, le=limits.LARGEST_INTEGER)] | None = None
    window_days: Annotated[int, Field(ge=1, le=limits.REFERRAL_WINDOW_DAYS)] = Field(
        30, description="Days of 24 hours, counted in UTC: today and those before it."
    )


class ProgramChanges(Wire):
    """The fields of a program to replace; `currency`, `tier_config` and `metadata` are merged field by field."""

    model_config = example(auto_enroll=True, currency={"expiry_months": 24})

    name: Name = Field("", examples=["Rewards"])
    status: Status = "active"
    auto_enroll: bool = Field(False, description="Whether a customer's first qualifying event enrols them.")
    timezone: Name = Field("UTC", description="An IANA name.", examples=["Europe/Berlin"])
    default_currency: str = Field(
        "EUR", description="An ISO 4217 code.", min_length=3, max_length=3, json_schema_extra={"pattern": "^[A-Z]{3}$"}
    )
    currency: Currency = Field(default_factory=Currency)
    hold_days: Days = Field(0, description="How long awards from payments stay pending.")
    clawback: Clawback = "negative"
    return_grace_days: Days = 0
    redemption_ttl_hours: Annotated[int, Field(ge=1, le=87_600)] | None = 24
    expiring_notice_days: Days = 14
    tier_config: TierConfig = Field(default_factory=TierConfig)
    referral_limit: ReferralLimit | None = Field(
        default_factory=ReferralLimit, description="Against referrers who bring suspiciously many; null for no limit."
    )
    referral_share_url: ShareUrl | None = Field(
        None,
        description="Where referral codes are shared, unless the referral says otherwise: a link with `{code}` in it.",
    )
    metadata: MetadataChanges = Field(default_factory=dict)

    def definition(self) -> dict[str, Any]:
        """The fields that were given."""
        return self.model_dump(exclude_unset=True)


class NewProgram(ProgramChanges):
    """A program to make."""

    model_config = example(
        name="Rewards",
        default_currency="EUR",
        timezone="Europe/Berlin",
        tier_config={
            "tiers": [
                {"name": "Member", "rank": 0, "threshold": 0},
                {"name": "Gold", "rank": 1, "threshold": 1000, "multiplier": "1.5"},
            ]
        },
    )

    name: Name = Field(examples=["Rewards"])
    metadata: Metadata = Field(default_factory=dict)  # type: ignore[assignment]


class ProgramList(Shape):
    """A page of programs, newest first."""

    object: Literal["list"]
    data: list[Program]
    page: PageShape


class ListPrograms(Paging):
    """Which programs to list."""

    status: Status | None = Field(None, description="Only those with this status.")


@programs.write("POST", "", "create", Program)
async def create_program(caller: Caller, errors: Errors, body: NewProgram) -> Response:
    """Make a program"""
    return await perform(caller, errors, CreateProgram(body.definition()))


@programs.get("", "list", ProgramList, errors=("parameter_invalid",))
async def list_programs(caller: Caller, query: Annotated[ListPrograms, Query()]) -> Response:
    """List programs

    Newest first, after `prog_default`.
    """

    async def place(session: Session, cursor: str) -> str | None:
        return cursor if await program_queries.get_program(session, cursor) else None

    async def read(session: Session) -> Page[StoredProgram]:
        return await program_queries.list_programs(session, await query.window(session, place), status=query.status)

    page = await caller.read(read)
    return json_answer(query.answer(page, [program_snapshot(program) for program in page.rows]))


@programs.get("/{program}", "retrieve", Program)
async def get_program(caller: Caller, program: str) -> Response:
    """Retrieve a program"""
    found = await caller.read(lambda session: program_queries.get_program(session, program))
    return json_answer(program_snapshot(found_or_missing(found, "program", program)))


@programs.write("PATCH", "/{program}", "update", Program)
async def update_program(caller: Caller, errors: Errors, program: str, body: ProgramChanges) -> Response:
    """Change a program

    A new expiry is for points credited from then on.
    """
    return await perform(caller, errors, UpdateProgram(program, body.definition()))
