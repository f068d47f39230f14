"""``/v1/loyalty/referrals``: members who bring members."""

from typing import Annotated, Literal

from fastapi import Query, Response
from pydantic import Field

from vinr_engagement import referrals as room
from vinr_engagement.commands import AttributeReferral, CreateReferral
from vinr_engagement.entrypoints.api import limits
from vinr_engagement.entrypoints.api.answers import Caller, Errors, found_or_missing, json_answer, perform, settled
from vinr_engagement.entrypoints.api.errors import Fault
from vinr_engagement.entrypoints.api.expand import Expanding, expand
from vinr_engagement.entrypoints.api.fields import Id, Metadata, Shape, ShareUrl, Wire, example
from vinr_engagement.entrypoints.api.paging import PageShape, Paging
from vinr_engagement.entrypoints.api.referral_shapes import Referral, ReferralStatus
from vinr_engagement.entrypoints.api.routing import Resource
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Page
from vinr_engagement.members import Account
from vinr_engagement.members import queries as member_queries
from vinr_engagement.referrals import Referral as StoredReferral
from vinr_engagement.referrals import queries as referral_queries
from vinr_engagement.rules.definition import MOST_POINTS

referrals = Resource("referrals", "/v1/loyalty/referrals", "referrals")


class ReferralList(Shape):
    """A page of referrals, newest first."""

    object: Literal["list"]
    data: list[Referral]
    page: PageShape


class RewardIn(Wire):
    """What one side gets."""

    points: Annotated[int, Field(ge=1, le=MOST_POINTS)]


class RewardsIn(Wire):
    """What each side gets; either may be left out, both where earning rules pay."""

    referrer: RewardIn | None = None
    referee: RewardIn | None = None


class QualifyIn(Wire):
    """Which first payment converts a referral."""

    first_payment_minimum: Annotated[int, Field(ge=0, le=limits.LARGEST_INTEGER)] = Field(
        0, description="Minor units of the program's default currency.", examples=[2_000]
    )
    window_days: Annotated[int, Field(ge=1, le=limits.REFERRAL_WINDOW_DAYS)] = Field(
        30, description="Days of 24 hours from the attribution."
    )


class NewReferral(Wire):
    """A code for a member to share."""

    model_config = example(
        program="prog_default",
        referrer="loy_06evgt3m8x4k9c2p7r1wz5qjbh",
        reward={"referrer": {"points": 500}, "referee": {"points": 250}},
        qualify={"first_payment_minimum": 2000, "window_days": 30},
    )

    program: Id = Field(examples=["prog_default"])
    referrer: Id = Field(description="The member's account.", examples=["loy_06evgt3m8x4k9c2p7r1wz5qjbh"])
    reward: RewardsIn = Field(default_factory=RewardsIn, examples=[{"referrer": {"points": 500}}])
    qualify: QualifyIn = Field(default_factory=QualifyIn)
    max_conversions: Annotated[int, Field(ge=1, le=limits.LARGEST_INTEGER)] | None = Field(
        None, description="How many referrals of the code may be converted; null for any number."
    )
    share_url: ShareUrl | None = Field(None, description="A link with `{code}` in it, in place of the program's.")
    metadata: Metadata = Field(default_factory=dict)

    def terms(self) -> room.Terms:
        """What it promises."""
        reward = self.reward
        return room.Terms(
            0 if reward.referrer is None else reward.referrer.points,
            0 if reward.referee is None else reward.referee.points,
            self.qualify.first_payment_minimum,
            self.qualify.window_days,
            self.max_conversions,
            self.share_url,
        )


class Attribution(Wire):
    """Who uses a code: exactly one of `referee` and `customer`."""

    model_config = example(code="7KPM2WTX", customer="cust_bob")

    code: Id = Field(description="In upper or lower case.", examples=["7KPM2WTX"])
    referee: Id | None = Field(None, description="A member's account.", examples=["loy_06evgt3m8x4k9c2p7r1wz5qjc0"])
    customer: Id | None = Field(
        None, description="A customer; enrolled where they are no member.", examples=["cust_bob"]
    )


class ListReferrals(Paging, Expanding):
    """Which referrals to list."""

    program: Id | None = Field(None, description="Only those in this program.")
    referrer: Id | None = Field(
        None, description="Only those by this account.", examples=["loy_06evgt3m8x4k9c2p7r1wz5qjbh"]
    )
    referee: Id | None = Field(None, description="Only the one by which this account came.")
    status: ReferralStatus | None = Field(None, description="Only those with this status.")
    code: Id | None = Field(None, description="Only those under this code.")


class GetReferral(Expanding):
    """How to show a referral."""


@referrals.write(
    "POST",
    "",
    "create",
    Referral,
    errors=(
        *("resource_missing", "account_closed", "account_merged", "program_mismatch"),
        *("program_archived", "program_paused"),
    ),
)
async def create_referral(caller: Caller, errors: Errors, body: NewReferral) -> Response:
    """Make a referral code

    The code is for the member to share; anybody may use it, each of them is a referral of its own.
    """
    return await perform(caller, errors, CreateReferral(body.program, body.referrer, body.terms(), body.metadata))


@referrals.write(
    "POST",
    "/attribute",
    "attribute",
    Referral,
    errors=(
        *("referral_code_unknown", "resource_missing", "account_closed", "account_merged", "program_mismatch"),
        *("program_archived", "program_paused", "referral_self", "referee_already_paid", "referee_already_referred"),
        *("referral_code_exhausted", "referral_velocity_exceeded"),
    ),
)
async def attribute_referral(caller: Caller, errors: Errors, body: Attribution) -> Response:
    """Use a referral code

    Before the first payment, at the sign-up say. The first one to use a code takes the referral that was made with it; every
    other one gets a new one under the same code. The first payment that qualifies within the window pays both sides.
    """
    if (body.referee is None) is (body.customer is None):
        raise Fault("parameter_invalid", "Give either referee or customer: who uses the code.", param="referee")
    return await perform(caller, errors, AttributeReferral(body.code, body.referee, body.customer))


@referrals.get("", "list", ReferralList, errors=("parameter_invalid",))
async def list_referrals(caller: Caller, query: Annotated[ListReferrals, Query()]) -> Response:
    """List referrals

    Newest first.
    """
    tree = query.tree("referral")

    async def place(session: Session, cursor: str) -> str | None:
        return cursor if await referral_queries.get_referral(session, cursor) else None

    async def read(session: Session) -> tuple[Page[StoredReferral], list[Account]]:
        page = await referral_queries.list_referrals(
            session,
            await query.window(session, place),
            program=query.program,
            referrer=query.referrer,
            referee=query.referee,
            status=query.status,
            code=None if query.code is None else query.code.upper(),
        )
        return page, await _referees(session, page.rows)

    page, _ = await settled(caller, read, lambda found: found[1])
    data = [room.referral_snapshot(row) for row in page.rows]
    await expand(caller, data, "referral", tree)
    return json_answer(query.answer(page, data))


@referrals.get("/{referral}", "retrieve", Referral, errors=("parameter_invalid",))
async def get_referral(caller: Caller, referral: str, query: Annotated[GetReferral, Query()]) -> Response:
    """Retrieve a referral"""
    tree = query.tree("referral")

    async def read(session: Session) -> tuple[StoredReferral | None, list[Account]]:
        found = await referral_queries.get_referral(session, referral)
        return found, await _referees(session, [] if found is None else [found])

    row, _ = await settled(caller, read, lambda found: found[1])
    shown = room.referral_snapshot(found_or_missing(row, "referral", referral))
    await expand(caller, [shown], "referral", tree)
    return json_answer(shown)


async def _referees(session: Session, rows: list[StoredReferral]) -> list[Account]:
    """Those whose window may be over: time changes the referral as it changes the account."""
    open_ones = [row.referee for row in rows if row.status == "attributed" and row.referee is not None]
    return await member_queries.get_accounts(session, open_ones)
