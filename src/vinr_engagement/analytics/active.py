"""How many members did something lately: each counted once, however often."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from vinr_engagement.analytics import activity
from vinr_engagement.analytics.activity import Cohorts
from vinr_engagement.analytics.books import Books

ACTIVE_DAYS: Final = 90
"""Somebody is active on the day of an earn or a redemption and on the 89 days after it."""


async def active_at(books: Books, day: int) -> int:
    """Members who earned or redeemed on a local day or the 89 before it."""
    first = day - ACTIVE_DAYS + 1
    acted = [member for when, found in _tail(books).items() if first <= when <= day for member in found]
    rows = await books.session.fetch(
        "select members from analytics_activity where program = $1 and day between $2 and $3",
        books.program.id,
        first,
        day,
    )
    return activity.count_members([members for (members,) in rows], acted)


async def active_on(books: Books, days: Sequence[int]) -> list[int]:
    """:func:`active_at` of several rising days, in one reading."""
    first, last = days[0] - ACTIVE_DAYS + 1, days[-1]
    tail = _tail(books)
    by_day: dict[int, list[str]] = defaultdict(list)
    for day, members in await books.session.fetch(
        "select day, members from analytics_activity where program = $1 and day between $2 and $3",
        books.program.id,
        first,
        last,
    ):
        by_day[day].append(members)
    changes: Counter[int] = Counter()
    seen: dict[int, int] = {}
    for day in sorted({*by_day, *(day for day in tail if first <= day <= last)}):
        acted = set(tail.get(day, ()))
        for members in by_day[day]:
            acted.update(activity.members_of(members))
        _go_on(seen, changes, acted, day)
    return _counted(changes, days)


def _go_on(seen: dict[int, int], changes: Counter[int], acted: Iterable[int], day: int) -> None:
    """Notes when members begin and cease to be active, by what they did on a day."""
    end = day + ACTIVE_DAYS
    for member in acted:
        before = seen.get(member)
        changes[end] -= 1
        changes[day if before is None or before + ACTIVE_DAYS < day else before + ACTIVE_DAYS] += 1
        seen[member] = day


def _counted(changes: Counter[int], days: Sequence[int]) -> list[int]:
    moments = sorted(changes)
    counts, held, place = [], 0, 0
    for day in days:
        while place < len(moments) and moments[place] <= day:
            held += changes[moments[place]]
            place += 1
        counts.append(held)
    return counts


async def active_in(books: Books, first: int, last: int) -> Counter[int]:
    """Members who did something from one local day to another, by the month of their enrolment."""
    acted: Cohorts = {}
    for day, found in _tail(books).items():
        if first <= day <= last:
            acted.update(found)
    return activity.count_by_cohort(await _parts(books, first, last), acted)


def _tail(books: Books) -> dict[int, Cohorts]:
    """Who did something that was not added to the totals yet."""
    acts = [act for act in books.tail.acts if act.program == books.program.id]
    return activity.by_day(acts, books.program.zone)


async def _parts(books: Books, first: int, last: int) -> list[tuple[str, str]]:
    rows = await books.session.fetch(
        "select members, cohorts from analytics_activity where program = $1 and day between $2 and $3",
        books.program.id,
        first,
        last,
    )
    return [(members, cohorts) for members, cohorts in rows]
