"""The rows of this room."""

import msgspec

from vinr_engagement.foundation import ids
from vinr_engagement.foundation.database import Key, Query, Table


class Referral(msgspec.Struct, gc=False):
    """One member bringing another, from the code to the payout.

    Until somebody uses the code there is no ``referee``. ``bucket`` is that of the account which made the code, and is in the
    id. ``first_payment_minimum`` is in minor units of the program's default currency; ``payment`` is the one that converted
    it; ``expires_at`` the end of the window; ``reason`` why it was rejected, expired or reversed, ``ended_at`` when.
    """

    bucket: int
    id: str
    program: str
    code: str
    referrer: str
    referee: str | None
    status: str
    reason: str | None
    referrer_points: int
    referee_points: int
    first_payment_minimum: int
    window_days: int
    max_conversions: int | None
    share_url: str | None
    metadata: str
    payment: str | None
    attributed_at: int | None
    expires_at: int | None
    converted_at: int | None
    ended_at: int | None
    created_at: int
    updated_at: int


class ReferralCode(msgspec.Struct, gc=False):
    """Whose code it is. ``referrer`` made it, ``referral`` is the first under it, whose terms all others have."""

    bucket: int
    code: str
    program: str
    referrer: str
    referral: str


class ReferralConversions(msgspec.Struct, gc=False):
    """How many referrals of a code with a limit are converted now."""

    bucket: int
    code: str
    conversions: int


class ReferralDay(msgspec.Struct, gc=False):
    """How many came by a referrer on one day of 24 hours (days since 1970-01-01, UTC), and how many of them converted."""

    bucket: int
    account: str
    day: int
    attributions: int
    conversions: int


REFERRALS = Table("referrals", Referral, ("bucket", "id"), locked=True)
REFERRALS_OF_REFEREE = Query(REFERRALS, ("referee",))
REFERRAL_CODES = Table("referral_codes", ReferralCode, ("bucket", "code"))
REFERRAL_CONVERSIONS = Table("referral_conversions", ReferralConversions, ("bucket", "code"), locked=True)
REFERRAL_DAYS = Table("referral_days", ReferralDay, ("bucket", "account", "day"))
DAYS_OF_REFERRER = Query(REFERRAL_DAYS, ("bucket", "account"))


def referral_key(referral: str) -> Key:
    """Where a referral is: its id carries the bucket."""
    return (ids.carried_bucket(referral) or 0, referral)


def code_key(code: str) -> Key:
    """Where a code, and what its limit counts, are."""
    return (ids.bucket_of(code), code)
