"""A program as it goes out."""

from typing import Literal

from pydantic import Field

from vinr_engagement.entrypoints.api.fields import Shape, Time

Status = Literal["active", "paused", "archived"]
Rounding = Literal["down", "nearest", "up"]
Clawback = Literal["negative", "clamp"]
ExpiryType = Literal["rolling", "fixed", "inactivity"]
PeriodType = Literal["lifetime", "rolling", "calendar"]
DowngradeMode = Literal["immediate", "period_end", "never"]


class ProgramExpiry(Shape):
    """When points expire."""

    type: ExpiryType
    months: int | None = None
    month: int | None = None
    day: int | None = None
    min_months: int | None = None


class ProgramCurrency(Shape):
    """The loyalty currency."""

    name: str
    point_value: int = Field(description="What a point redeems for, in minor units.")
    rounding: Rounding
    decimals: int
    expiry: ProgramExpiry | None
    expiry_months: int | None = Field(description="The months of a rolling expiry.")


class ProgramPeriod(Shape):
    """Over which time a tier is qualified for."""

    type: PeriodType
    months: int | None = None
    starts_month: int | None = None


class ProgramDowngrade(Shape):
    """When a member who no longer qualifies is moved down."""

    mode: DowngradeMode
    grace_days: int


class ProgramTier(Shape):
    """One level."""

    key: str
    name: str
    rank: int
    threshold: int
    benefits: list[str]
    multiplier: str = Field(description="An exact decimal.", examples=["1.25"])


class ProgramTierConfig(Shape):
    """The levels of a program."""

    qualify_on: Literal["points", "spend"]
    period: ProgramPeriod
    tiers: list[ProgramTier]
    downgrade: ProgramDowngrade


class ProgramReferralLimit(Shape):
    """How many a referrer may bring within some days; null for any number."""

    attributions: int | None
    conversions: int | None
    window_days: int


class Program(Shape):
    """A loyalty program and its policies."""

    id: str = Field(examples=["prog_default"])
    object: Literal["program"]
    name: str
    status: Status
    auto_enroll: bool
    timezone: str
    default_currency: str
    currency: ProgramCurrency
    hold_days: int
    clawback: Clawback
    return_grace_days: int
    redemption_ttl_hours: int | None
    expiring_notice_days: int
    tier_config: ProgramTierConfig
    referral_limit: ProgramReferralLimit | None
    referral_share_url: str | None
    metadata: dict[str, str]
    created_at: Time
    updated_at: Time
