"""What counts towards a tier at which time.

With a period of ``rolling`` months what happened on local day D counts on the days before D + months, a day that does not
exist being its month's last. With ``calendar`` months it counts to the end of the period that D is in; periods follow one
another from the first day of ``starts_month`` in 1970, both ways. With ``lifetime`` it counts for ever.

A day counts as soon as it is known, also one that is a little ahead of the clock. So time alone only ever takes days away
from a value: what rises, rises in a transaction, and when a value will fall follows from the totals, whenever it is asked.
"""

from collections.abc import Iterable
from typing import Final

from vinr_engagement.foundation import calendar
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.programs import Program
from vinr_engagement.tiers.climber import Climber
from vinr_engagement.tiers.tables import DailyTotal

FOREVER: Final[Instant] = 1 << 62
NOT_NOW: Final[Instant] = -FOREVER

_JANUARY_1970: Final = 1970 * 12


def qualifying_value(program: Program, climber: Climber, totals: Iterable[DailyTotal], at: Instant) -> int:
    """Points, or spend in minor units, that count at an instant. Points of a lifetime are ``lifetime_points``.

    Below 0 where more was taken back than came in. ``totals`` are all of the member's, in any order.
    """
    if _by_lifetime_points(program):
        return climber.lifetime_points
    first = first_day_counted(program, calendar.day_number(at, program.zone))
    return sum(_amount(program, total) for total in totals if first is None or total.day >= first)


def first_day_counted(program: Program, day: int) -> int | None:
    """The earliest local day that counts on ``day``, both as days since 1970-01-01; ``None`` where every one does."""
    period = program.tier_config.period
    if period.type == "lifetime":
        return None
    if period.type == "calendar":
        return _period_start(program, day)
    first = calendar.add_months_to_day(day, -(period.months or 1))
    while calendar.add_months_to_day(first, period.months or 1) <= day:  # four times at most: months have 28 to 31 days
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
    value = 0
    for last, amount in sorted(_amounts_by_end(program, totals).items(), reverse=True):
        value += amount
        if value >= threshold:
            return last if last == FOREVER else calendar.start_of_day_number(last, program.zone)
    return NOT_NOW


def stops_counting_at(program: Program, totals: Iterable[DailyTotal], at: Instant) -> bool:
    """Whether a day leaves the value at exactly this instant."""
    ends = {counts_until(program, total.day) for total in totals if _amount(program, total)}
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


def _amount(program: Program, total: DailyTotal) -> int:
    return total.points if program.tier_config.qualify_on == "points" else total.spend


def _amounts_by_end(program: Program, totals: Iterable[DailyTotal]) -> dict[int, int]:
    amounts: dict[int, int] = {}
    for total in totals:
        end = counts_until(program, total.day)
        end = FOREVER if end is None else end
        amounts[end] = amounts.get(end, 0) + _amount(program, total)
    return amounts


def _period_start(program: Program, day: int, *, later: int = 0) -> int:
    """The first day of the calendar period that holds a day, or of one so many periods later."""
    period = program.tier_config.period
    months = period.months or 1
    origin = _JANUARY_1970 + (period.starts_month or 1) - 1
    index = (calendar.month_of_day(day) - origin) // months
    return calendar.first_of_month(origin + (index + later) * months)
