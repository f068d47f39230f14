"""Levels that members reach, keep and lose."""

from typing import Any, NamedTuple

from vinr_engagement.tiers.tables import DAILY_TOTALS, TOTALS_OF_ACCOUNT, DailyTotal


class TierChange(NamedTuple):
    from_tier: str | None
    to_tier: str | None
    direction: str
    reason: str
    qualifying_value: int
    at: int


def qualifying_value(program: Any, climber: Any, totals: Any, at: int) -> int:
    return 0


def next_change_at(program: Any, climber: Any, totals: Any, now: int) -> int | None:
    return None


def reassess(program: Any, climber: Any, totals: Any, value_before: int, now: int) -> TierChange | None:
    return None


def advance(program: Any, climber: Any, totals: Any, until: int) -> TierChange | None:
    return None


def settle_in(program: Any, climber: Any, totals: Any, now: int) -> TierChange | None:
    return None


def combine(program: Any, source: Any, target: Any, totals: Any, now: int) -> TierChange | None:
    return None


__all__ = ["DAILY_TOTALS", "TOTALS_OF_ACCOUNT", "DailyTotal"]
