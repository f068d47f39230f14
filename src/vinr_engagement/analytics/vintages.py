"""Open points by the month in which they were earned, and by that in which they expire."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from vinr_engagement.analytics import inactivity
from vinr_engagement.analytics.activity import month_of
from vinr_engagement.analytics.books import Books, Name, Sums
from vinr_engagement.analytics.tables import QUARTER, QUARTERS_A_DAY, TIMELESS
from vinr_engagement.foundation import calendar
from vinr_engagement.foundation.database import Changes
from vinr_engagement.ledger import POINTS

BY_EARNING: Final = ("open_earned", "vintage_credited", "vintage_expired", "vintage_reversed")
CLOSING: Final = "open_closing"


async def by_month(books: Books, kinds: Sequence[str]) -> dict[int, Sums]:
    """What the kinds come to in each local month that has any."""
    names: list[Name] = [(POINTS, kind) for kind in kinds]
    span = await _span(books, kinds)
    if span is None:
        return {}
    zone = books.program.zone
    months = range(month_of(span[0], zone), month_of(span[1], zone) + 1)
    starts = [
        calendar.start_of_day_number(calendar.first_of_month(month), zone) // QUARTER
        for month in range(months.start, months.stop + 1)
    ]
    sums = await books.sums_at(starts, names)
    found = {}
    for month, before, after in zip(months, sums[:-1], sums[1:], strict=True):
        within = Sums(after)
        for name, (amount, number) in before.items():
            within.plus(name, -amount, -number)
        found[month] = within
    return found


async def _span(books: Books, kinds: Sequence[str]) -> tuple[int, int] | None:
    """The first and the last quarter that the kinds have something in, or at most a day around them."""
    listed = ", ".join(repr(kind) for kind in kinds)
    ((first, last),) = await books.session.fetch(
        "select min(quarter), max(quarter) from analytics_totals"
        f" where program = $1 and span = {QUARTERS_A_DAY} and unit = 'points' and kind in ({listed})",
        books.program.id,
    )
    quarters = [] if first is None else [first, last + QUARTERS_A_DAY - 1]
    quarters += [
        quarter
        for program, unit, kind, quarter in books.tail.totals
        if program == books.program.id and unit == POINTS and kind in kinds and quarter != TIMELESS
    ]
    return (min(quarters), max(quarters)) if quarters else None


async def by_expiry(books: Books, changes: Sequence[Changes]) -> dict[int | None, int]:
    """Open points by the local month in which they expire; ``None`` for those that never do.

    ``changes`` are those of what was foreseen, which the books have counted already.
    """
    dated = await by_month(books, [CLOSING])
    found: Counter[int | None] = Counter({month: sums.amount(POINTS, CLOSING) for month, sums in dated.items()})
    current = await books.now_sums()
    found[None] += current.amount(POINTS, "open_never")
    if (POINTS, "open_inactive") in current:
        found.update(await inactivity.by_month(books, changes))
    return {month: points for month, points in found.items() if points}
