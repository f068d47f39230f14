"""Members by the month of their enrolment, and what they did in each month from then on."""

from typing import Any, Final

from vinr_engagement.analytics import figures
from vinr_engagement.analytics.active import active_in
from vinr_engagement.analytics.activity import month_of
from vinr_engagement.analytics.books import Books
from vinr_engagement.analytics.period import month_text
from vinr_engagement.analytics.tables import QUARTER
from vinr_engagement.analytics.tally import MEMBERS
from vinr_engagement.foundation import calendar
from vinr_engagement.foundation.clock import format_instant

MOST_MONTHS: Final = 36

Monthly = dict[tuple[int, int], tuple[int, int, int]]
"""By cohort and month: how many were active, what they earned, what they redeemed."""


async def cohorts(books: Books, count: int) -> dict[str, Any]:
    """The cohorts of the last ``count`` months, each from its own month to this one; months nobody enrolled in are left out."""
    this = month_of(books.now // QUARTER, books.program.zone)
    months = list(range(this - count + 1, this + 1))
    sizes = await _sizes(books, months)
    done = await _done(books, months)
    return {
        "object": "cohorts",
        "program": books.program.id,
        "interval": "month",
        "timezone": books.program.timezone,
        "as_of": format_instant(books.now),
        "unsettled_accounts": books.unsettled,
        "data": [
            {
                "cohort": month_text(cohort),
                "members": sizes[cohort],
                "periods": _periods(cohort, sizes[cohort], this, done),
            }
            for cohort in months
            if sizes[cohort]
        ],
    }


def _periods(cohort: int, size: int, this: int, done: Monthly) -> list[dict[str, Any]]:
    periods = []
    for month in range(cohort, this + 1):
        active, earned, redeemed = done.get((cohort, month), (0, 0, 0))
        rate = figures.rate(active, size)
        periods.append(
            {"index": month - cohort, "active": active, "active_rate": rate, "earned": earned, "redeemed": redeemed}
        )
    return periods


async def _sizes(books: Books, months: list[int]) -> dict[int, int]:
    zone = books.program.zone
    starts = [
        calendar.start_of_day_number(calendar.first_of_month(month), zone) // QUARTER
        for month in range(months[0], months[-1] + 2)
    ]
    sums = await books.sums_at(starts, [(MEMBERS, "enrolled")])
    counts = [each.number(MEMBERS, "enrolled") for each in sums]
    return {month: after - before for month, before, after in zip(months, counts[:-1], counts[1:], strict=True)}


async def _done(books: Books, months: list[int]) -> Monthly:
    points = await _points(books, months[0])
    found: Monthly = {}
    for month in months:
        first, last = calendar.first_of_month(month), calendar.first_of_month(month + 1) - 1
        active = await active_in(books, first, last)
        for cohort in {*active, *(each for each, when in points if when == month)}:
            earned, redeemed = points.get((cohort, month), (0, 0))
            found[cohort, month] = active[cohort], earned, redeemed
    return found


async def _points(books: Books, first: int) -> dict[tuple[int, int], tuple[int, int]]:
    zone = books.program.zone
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for cohort, month, earned, redeemed in await books.session.fetch(
        "select cohort, month, earned, redeemed from analytics_cohorts"
        " where program = $1 and cohort >= $2 and month >= $2",
        books.program.id,
        first,
    ):
        found[cohort, month] = earned, redeemed
    for act in books.tail.acts:
        if act.program == books.program.id:
            key = month_of(act.enrolled, zone), month_of(act.quarter, zone)
            earned, redeemed = found.get(key, (0, 0))
            found[key] = earned + max(0, act.amount), redeemed - min(0, act.amount)
    return found
