"""What counts towards a tier at which time.

With a period of ``rolling`` months what happened on local day D counts on the days before D + months, a day that does not
exist being its month's last. With ``calendar`` months it counts to the end of the period that D is in; periods follow one
another from the first day of ``starts_month`` in 1970, both ways. With ``lifetime`` it counts for ever.

A day counts as soon as it is known, also one that is a little ahead of the clock. So time alone only ever takes days away
from a value: what rises, rises in a transaction, and when a value will fall follows from the totals, whenever it is asked.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from operator import attrgetter
from typing import Final

from vinr_engagement.foundation import calendar
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.programs import Program
from vinr_engagement.tiers.climber import Climber
from vinr_engagement.tiers.tables import DailyTotal

FOREVER: Final[Instant] = 1 << 62
NOT_NOW: Final[Instant] = -FOREVER

_JANUARY_1970: Final = 1970 * 12
_day, _points, _spend = attrgetter("day"), attrgetter("points"), attrgetter("spend")


def qualifying_value(program: Program, climber: Climber, totals: Iterable[DailyTotal], at: Instant) -> int:
    """Points, or spend in minor units, that count at an instant. Points of a lifetime are ``lifetime_points``.

    Below 0 where more was taken back than came in. ``totals`` are all of the member's, in any order.
    """
    if _by_lifetime_points(program):
        return climber.lifetime_points
    first = first_day_counted(program, calendar.day_number(at, program.zone))
    return _sum(program, totals if first is None else [total for total in totals if total.day >= first])


def first_day_counted(program: Program, day: int) -> int | None:
    """The earliest local day that counts on ``day``, both as days since 1970-01-01; ``None`` where every one does."""
    period = program.tier_config.period
    if period.type == "lifetime":
        return None
    return _period_start(program, day) if period.type == "calendar" else _first_of_rolling(day, period.months or 1)


@lru_cache(maxsize=1024)
def _first_of_rolling(day: int, months: int) -> int:
    first = calendar.add_months_to_day(day, -months)
    while calendar.add_months_to_day(first, months) <= day:  # four times at most: months have 28 to 31 days
        first += 1
    return first


def counts_until(program: Program, day: int) -> int | None:
    """The local day from which on ``day`` no longer counts, both as days since 1970-01-01; ``None`` where it always does."""
    period = program.tier_config.period
    if period.type == "lifetime":
        return None
    if period.type == "calendar":
        return _period_start(program, day, later=1)
    return calendar.add_months_to_day(day, period.months or 1)


def holds_until(program: Program, climber: Climber, totals: Iterable[DailyTotal], threshold: int) -> Instant:
    """Up to when the value is at or above a threshold if nothing more happens; ``NOT_NOW`` where it is below already.

    The instant is the start of a local day, the first on which the value is below; ``FOREVER`` where there is none.
    """
    if _by_lifetime_points(program):
        return FOREVER if climber.lifetime_points >= threshold else NOT_NOW
    if program.tier_config.period.type == "lifetime":
        return FOREVER if _sum(program, totals) >= threshold else NOT_NOW
    end = _first_day_below(program, sorted(totals, key=_day, reverse=True), threshold)
    return NOT_NOW if end is None else calendar.start_of_day_number(end, program.zone)


def _first_day_below(program: Program, newest: list[DailyTotal], threshold: int) -> int | None:
    """The local day on which a value that is at or above a threshold no longer is; ``None`` where it never is so.

    ``newest`` are the totals, newest day first. Those that count on a day are all from some day on, so they are added up from
    the newest back, no further than it takes: to where the sum of all that count on the same day reaches the threshold.
    """
    amount, value, place = _amount(program), 0, 0
    while place < len(newest):
        value += amount(newest[place])
        end = counts_until(program, newest[place].day) if value >= threshold else None
        place += 1
        if end is not None:
            first = first_day_counted(program, end - 1)
            along = [total for total in newest[place:] if first is None or total.day >= first]
            value, place = value + _sum(program, along), place + len(along)
            if value >= threshold:
                return end
    return None


def stops_counting_at(program: Program, totals: Iterable[DailyTotal], at: Instant) -> bool:
    """Whether a day leaves the value at exactly this instant, whatever refunds left of it since."""
    ends = {counts_until(program, total.day) for total in totals}
    return any(end is not None and calendar.start_of_day_number(end, program.zone) == at for end in ends)


def bounds(program: Program, now: Instant) -> tuple[Instant | None, Instant | None]:
    """What counts now, from when up to when: the calendar period, or the days that a rolling one spans, today included.

    ``(None, None)`` for a lifetime.
    """
    today = calendar.day_number(now, program.zone)
    first = first_day_counted(program, today)
    if first is None:
        return None, None
    by_calendar = program.tier_config.period.type == "calendar"
    end = _period_start(program, today, later=1) if by_calendar else today + 1
    return calendar.start_of_day_number(first, program.zone), calendar.start_of_day_number(end, program.zone)


def end_of_next_period(program: Program, now: Instant) -> Instant:
    """When the calendar period after the one that holds ``now`` is over."""
    today = calendar.day_number(now, program.zone)
    return calendar.start_of_day_number(_period_start(program, today, later=2), program.zone)


def _by_lifetime_points(program: Program) -> bool:
    config = program.tier_config
    return config.qualify_on == "points" and config.period.type == "lifetime"


def _amount(program: Program) -> Callable[[DailyTotal], int]:
    return _points if program.tier_config.qualify_on == "points" else _spend


def _sum(program: Program, totals: Iterable[DailyTotal]) -> int:
    return sum(map(_amount(program), totals))


def _period_start(program: Program, day: int, *, later: int = 0) -> int:
    """The first day of the calendar period that holds a day, or of one so many periods later."""
    period = program.tier_config.period
    months = period.months or 1
    origin = _JANUARY_1970 + (period.starts_month or 1) - 1
    index = (calendar.month_of_day(day) - origin) // months
    return calendar.first_of_month(origin + (index + later) * months)
