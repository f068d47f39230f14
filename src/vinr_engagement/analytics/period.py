"""Spans of time that figures can be given for: their bounds lie on quarters of an hour."""

from datetime import date, timedelta
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from vinr_engagement.analytics.tables import QUARTER
from vinr_engagement.foundation import calendar
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.errors import Invalid
from vinr_engagement.programs import Program

Interval = Literal["day", "week", "month"]
DEFAULT_DAYS: Final = 30
MOST_BUCKETS: Final = 400
"""A timeseries has at most so many."""


class Period(NamedTuple):
    """From ``gte``, included, to ``lt``, which is not."""

    gte: Instant
    lt: Instant

    def bounds(self, now: Instant) -> tuple[int, int]:
        """As quarters; the end is no later than what has happened by now."""
        return self.gte // QUARTER, bound_of(self.lt, now)


def bound_of(moment: Instant, now: Instant) -> int:
    """The bound behind all that happened before a moment, and by now."""
    return now // QUARTER + 1 if moment >= now else moment // QUARTER


def period_of(program: Program, gte: Instant | date | None, lt: Instant | date | None, now: Instant) -> Period:
    """The period that was asked for: up to now and from 30 days before its end, unless given. Days are the program's.

    Raises ``Invalid``.
    """
    end = _instant_of("period[lt]", lt, program.zone)
    start = _instant_of("period[gte]", gte, program.zone)
    last = now if end is None else end
    if start is None:
        day = calendar.local_day(last, program.zone) - timedelta(days=DEFAULT_DAYS)
        start = calendar.start_of_day(day, program.zone)
    if start >= min(last, now):
        raise Invalid(
            "parameter_invalid", "period[gte] must be before period[lt], and before now.", param="period[gte]"
        )
    return Period(start, last)


def _instant_of(param: str, given: Instant | date | None, zone: ZoneInfo) -> Instant | None:
    if isinstance(given, date):
        return calendar.start_of_day(given, zone)
    if given is not None and given % QUARTER:
        message = f"{param} must be a day, or a time on a quarter of an hour, such as 2026-04-01T12:15:00Z."
        raise Invalid("parameter_invalid", message, param=param)
    return given


def buckets(period: Period, interval: Interval, zone: ZoneInfo) -> list[Period]:
    """The local days, weeks (from Monday) or months that a period touches, the first and the last cut to it.

    Raises ``Invalid`` for more than :data:`MOST_BUCKETS`.
    """
    found: list[Period] = []
    day = _first_day(calendar.local_day(period.gte, zone), interval)
    while (start := calendar.start_of_day(day, zone)) < period.lt:
        following = _next(day, interval)
        end = calendar.start_of_day(following, zone)
        if start < end:  # a day that the zone skips is none
            found.append(Period(max(start, period.gte), min(end, period.lt)))
        if len(found) > MOST_BUCKETS:
            message = (
                f"A timeseries has at most {MOST_BUCKETS} {interval}s: ask for a longer interval, or a shorter period."
            )
            raise Invalid("parameter_invalid", message, param="interval")
        day = following
    return found


def _first_day(day: date, interval: Interval) -> date:
    if interval == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if interval == "month" else day


def _next(day: date, interval: Interval) -> date:
    if interval == "month":
        return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return day + timedelta(days=7 if interval == "week" else 1)


def month_text(month: int) -> str:
    """A month, counted from January of the year 0, as ``2026-04``."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"
