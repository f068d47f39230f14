"""Tiers: the levels that members climb by what they earned or spent, and how they keep or lose them."""

from vinr_engagement.tiers.advance import advance, next_change_at
from vinr_engagement.tiers.check import misplaced
from vinr_engagement.tiers.climber import Climber, Pin, Reason, TierChange, pin_of, standing_of
from vinr_engagement.tiers.period import qualifying_value
from vinr_engagement.tiers.pin import forget_reason, leave, pin
from vinr_engagement.tiers.progress import progress
from vinr_engagement.tiers.reassess import combine, reassess, settle_in
from vinr_engagement.tiers.tables import DAILY_TOTALS, TOTALS_OF_ACCOUNT, DailyTotal, total_key

__all__ = [
    "DAILY_TOTALS",
    "TOTALS_OF_ACCOUNT",
    "Climber",
    "DailyTotal",
    "Pin",
    "Reason",
    "TierChange",
    "advance",
    "combine",
    "forget_reason",
    "leave",
    "misplaced",
    "next_change_at",
    "pin",
    "pin_of",
    "progress",
    "qualifying_value",
    "reassess",
    "settle_in",
    "standing_of",
    "total_key",
]
