"""Referrals as they go out."""

from typing import Literal

from pydantic import Field

from vinr_engagement.entrypoints.api.fields import Shape, Time
from vinr_engagement.entrypoints.api.member_shapes import LoyaltyAccount
from vinr_engagement.entrypoints.api.program_shapes import Program

ReferralStatus = Literal["pending", "attributed", "converted", "rejected", "expired", "reversed"]


class ReferralReward(Shape):
    """What one side gets."""

    points: int = Field(ge=1)


class ReferralRewards(Shape):
    """What each side gets; null for nothing."""

    referrer: ReferralReward | None
    referee: ReferralReward | None


class ReferralQualify(Shape):
    """Which first payment converts it."""

    first_payment_minimum: int = Field(description="Minor units of the program's default currency.", ge=0)
    window_days: int = Field(description="Days of 24 hours from the attribution.", ge=1)


class Referral(Shape):
    """One member bringing another, from the code to the payout."""

    id: str = Field(examples=["ref_06evgt3m8x4k9c2p7r1wz5qjbh"])
    object: Literal["referral"]
    program: str | Program = Field(description="Expandable.")
    code: str = Field(description="What the referrer shares; other referrals may have the same.", examples=["7KPM2WTX"])
    share_url: str | None
    referrer: str | LoyaltyAccount = Field(description="Who shares the code; expandable.")
    referee: str | LoyaltyAccount | None = Field(description="Who used it, null while pending; expandable.")
    status: ReferralStatus
    reason: str | None = Field(description="Why it was rejected, expired or reversed.")
    reward: ReferralRewards
    qualify: ReferralQualify
    max_conversions: int | None = Field(description="How many referrals of the code may be converted.")
    payment: str | None = Field(description="The payment that converted it.")
    metadata: dict[str, str]
    attributed_at: Time | None
    expires_at: Time | None = Field(description="When the window ends.")
    converted_at: Time | None
    ended_at: Time | None = Field(description="When it was rejected, expired or reversed.")
    created_at: Time
    updated_at: Time
