"""How the amount of a ledger row came about, as it goes out."""

from typing import Annotated, Literal

from pydantic import Field

from vinr_engagement.entrypoints.api.fields import Shape, Time
from vinr_engagement.entrypoints.api.rule_shapes import FixedAward, PerAmountAward, PerCurrencyAward

SourceType = Literal["payment", "invoice", "redemption", "adjustment", "event", "referral", "campaign", "expiry"]


class Source(Shape):
    """What a transaction comes from."""

    type: SourceType
    id: str | None


class GivenAward(Shape):
    """Points that no rule gave."""

    type: Literal["adjustment", "opening_balance", "opening_lifetime", "bonus_points", "challenge"]
    points: int


class ReferralAward(Shape):
    """What a referral pays one of its sides."""

    type: Literal["referral"]
    points: int
    side: Literal["referrer", "referee"]


class AwardBase(Shape):
    """What an award was computed from, in minor units."""

    amount: int | None = None
    currency: str | None = None
    eligible: int | None = Field(None, description="What of the amount the rule's conditions on items left.")


class AppliedFactor(Shape):
    """A factor on an award."""

    origin: str = Field(description="`rule`, `multipliers[0]`, `tier:gold`…")
    factor: str


class Limit(Shape):
    """What a cap or a budget left of an award, and cut off it."""

    points_left: int | None = None
    times_left: int | None = None
    cut: int


class LotPart(Shape):
    """What was taken from a lot."""

    lot: str
    amount: int


class CampaignShare(Shape):
    """What of an award is a campaign's."""

    campaign: str
    points: int = Field(description="Beyond what the award would have been without the campaign.")
    points_left: int | None = Field(description="What the campaign had left for the member; null without a limit.")
    cut: int


class Explanation(Shape):
    """How the amount came about. An earn tells of its award, a debit of the lots that it took from."""

    result: int
    award: (
        Annotated[
            PerAmountAward | FixedAward | PerCurrencyAward | GivenAward | ReferralAward, Field(discriminator="type")
        ]
        | None
    ) = None
    base: AwardBase | None = None
    multipliers: list[AppliedFactor] | None = None
    exact: str | None = None
    rounding: Literal["down", "nearest", "up"] | None = None
    rounded: int | None = None
    cap: Limit | None = None
    budget: Limit | None = None
    campaign: CampaignShare | None = None
    lots: list[LotPart] | None = None
    due: int | None = Field(None, description="Of a clawback: what the earn owes in all.")
    expired_before: int | None = None
    debt: int | None = None
    expired_at: Time | None = None


class CreditGiven(Shape):
    """Credit that was granted."""

    type: Literal["adjustment", "reward", "opening_balance"]
    amount: int


class CreditExplanation(Shape):
    """How the amount came about. What was granted tells by whom, all else the lots that it took from or gave back to."""

    result: int
    award: CreditGiven | None = None
    lots: list[LotPart] | None = None
    debt: int | None = None
    expired_at: Time | None = None
