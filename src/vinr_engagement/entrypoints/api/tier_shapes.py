"""Where a member stands in the tiers, as it goes out."""

from typing import Literal

from pydantic import Field

from vinr_engagement.entrypoints.api.fields import Shape, Time
from vinr_engagement.entrypoints.api.program_shapes import PeriodType


class TierSpan(Shape):
    """Over which time the value counts."""

    type: PeriodType
    starts_at: Time | None = Field(description="Null for a lifetime.")
    ends_at: Time | None = Field(description="Not included; null for a lifetime.")


class NextTier(Shape):
    """The tier above."""

    tier: str = Field(examples=["gold"])
    threshold: int = Field(ge=0)
    remaining: int = Field(description="What the value lacks.", ge=0)


class TierKeeping(Shape):
    """What keeps the earned tier."""

    tier: str = Field(examples=["silver"])
    threshold: int = Field(ge=0)
    kept_until: Time | None = Field(description="Up to when it is kept whatever the value does.")
    would_fall_at: Time | None = Field(description="When the member falls if nothing more happens; a pin aside.")
    would_fall_to: str | None


class HeldPin(Shape):
    """A floor that was set by hand."""

    tier: str = Field(examples=["gold"])
    until: Time | None = Field(description="When it ends; null for never.")
    reason: str | None


class TierProgress(Shape):
    """Where a member stands in the tiers of its program."""

    object: Literal["tier_progress"]
    account: str = Field(examples=["loy_06evgt3m8x4k9c2p7r1wz5qjbh"])
    program: str = Field(examples=["prog_default"])
    tier: str | None = Field(description="The tier that counts; null in a program without tiers.")
    earned_tier: str | None = Field(description="The tier that the value earned, beside any pin.")
    qualify_on: Literal["points", "spend"]
    period: TierSpan
    qualifying_value: int = Field(
        description="Points, or spend in minor units of the program's currency; below zero where more went back than came in."
    )
    next: NextTier | None = Field(description="Null in the highest tier.")
    keeps: TierKeeping | None = Field(description="Null in the lowest tier, and without tiers.")
    pin: HeldPin | None
