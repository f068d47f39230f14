"""Figures that finance and marketing ask for, exact to the point: totals kept beside the ledger, never instead of it."""

from vinr_engagement.analytics.books import Ahead, Books, open_books
from vinr_engagement.analytics.check import differences
from vinr_engagement.analytics.cohorts import MOST_MONTHS, cohorts
from vinr_engagement.analytics.liability import liability
from vinr_engagement.analytics.movement import movement_of, tally_of
from vinr_engagement.analytics.period import MOST_BUCKETS, Interval, Period, period_of
from vinr_engagement.analytics.rebuild import rebuild
from vinr_engagement.analytics.rollup import is_current, is_ready, programs_of, roll_up, state_of
from vinr_engagement.analytics.summary import summary
from vinr_engagement.analytics.tables import ACTIVITY, COHORT_TOTALS, MOVEMENTS, STATE, TOTALS, Movement
from vinr_engagement.analytics.tally import Tally
from vinr_engagement.analytics.timeseries import METRICS, timeseries

__all__ = [
    "ACTIVITY",
    "COHORT_TOTALS",
    "METRICS",
    "MOST_BUCKETS",
    "MOST_MONTHS",
    "MOVEMENTS",
    "STATE",
    "TOTALS",
    "Ahead",
    "Books",
    "Interval",
    "Movement",
    "Period",
    "Tally",
    "cohorts",
    "differences",
    "is_current",
    "is_ready",
    "liability",
    "movement_of",
    "open_books",
    "period_of",
    "programs_of",
    "rebuild",
    "roll_up",
    "state_of",
    "summary",
    "tally_of",
    "timeseries",
]
