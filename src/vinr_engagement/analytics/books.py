"""What the totals say at a moment: those that were added up, and what was not added to them yet, in one snapshot.

A *bound* is a quarter of an hour: what is asked at it is everything that happened before it begins.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from vinr_engagement.analytics.rollup import is_current, programs_of, state_of, whole_day
from vinr_engagement.analytics.tables import ALL_TIME, MOVEMENTS, QUARTER, QUARTERS_A_DAY, TIMELESS
from vinr_engagement.analytics.tally import Tally
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.errors import Conflict
from vinr_engagement.programs import Program

Name = tuple[str, str]
"""Unit and kind."""
BOUNDS_AT_ONCE: Final = 400


class Sums(dict[Name, tuple[int, int]]):
    """Amount and number of each kind; nothing for one that there is none of."""

    def amount(self, unit: str, kind: str) -> int:
        """The sum of one kind."""
        return self.get((unit, kind), (0, 0))[0]

    def number(self, unit: str, kind: str) -> int:
        """How many there were of one kind."""
        return self.get((unit, kind), (0, 0))[1]

    def plus(self, name: Name, amount: int, number: int) -> None:
        """Adds to one kind."""
        held = self.get(name, (0, 0))
        self[name] = held[0] + amount, held[1] + number


class Ahead(NamedTuple):
    """What time has changed and nobody has written yet: what it adds, and of how many more accounts that is not known."""

    tally: Tally
    unsettled: int


class Books:
    """The totals of one program as a snapshot has them at ``now``; make one with :func:`open_books`."""

    def __init__(self, session: Session, program: Program, now: Instant, tail: Tally, unsettled: int) -> None:
        self.session = session
        self.program = program
        self.now = now
        self.tail = tail
        self.unsettled = unsettled

    @property
    def last_bound(self) -> int:
        """The bound behind everything that has happened by now."""
        return self.now // QUARTER + 1

    async def now_sums(self) -> Sums:
        """All that was ever counted, and what is counted as it stands now."""
        sums = Sums()
        for unit, kind, amount, number in await self.session.fetch(
            "select unit, kind, amount, number from analytics_totals where program = $1 and span = $2",
            self.program.id,
            ALL_TIME,
        ):
            sums.plus((unit, kind), amount, number)
        for (program, unit, kind, _), (amount, number) in self.tail.totals.items():
            if program == self.program.id:
                sums.plus((unit, kind), amount, number)
        return sums

    async def sums_at(self, bounds: Sequence[int], kinds: Sequence[Name] = ()) -> list[Sums]:
        """What had come together by each of some rising bounds, of these kinds or of all."""
        steps: list[Sums] = [Sums() for _ in range(len(bounds) + 1)]
        starts = [whole_day(bound) for bound in bounds]
        for unit, kind, quarter, amount, number in await self._days(starts[0], starts[-1], kinds):
            steps[bisect_right(starts, quarter)].plus((unit, kind), amount, number)
        for (program, unit, kind, quarter), (amount, number) in self.tail.totals.items():
            if program == self.program.id and quarter != TIMELESS and (not kinds or (unit, kind) in kinds):
                steps[bisect_right(bounds, quarter)].plus((unit, kind), amount, number)
        cumulative = _running(steps[:-1])
        for index, unit, kind, amount, number in await self._parts_of_days(bounds, kinds):
            cumulative[index].plus((unit, kind), int(amount), int(number))
        return cumulative

    async def _days(self, first: int, last: int, kinds: Sequence[Name]) -> Iterable[tuple[Any, ...]]:
        """Whole days before the last bound's; those before the first bound's as one."""
        where = f"program = $1 and span = {QUARTERS_A_DAY} {_among(kinds)}"
        before = await self.session.fetch(
            f"select unit, kind, {first - QUARTERS_A_DAY}, sum(amount), sum(number) from analytics_totals where {where}"
            f" and quarter < {first} group by unit, kind",
            self.program.id,
        )
        between = await self.session.fetch(
            f"select unit, kind, quarter, amount, number from analytics_totals where {where}"
            f" and quarter >= {first} and quarter < {last}",
            self.program.id,
        )
        return [(unit, kind, quarter, int(a), int(n)) for unit, kind, quarter, a, n in (*before, *between)]

    async def _parts_of_days(self, bounds: Sequence[int], kinds: Sequence[Name]) -> list[tuple[Any, ...]]:
        """The quarters between the beginning of each bound's day, in UTC, and the bound."""
        listed = [(index, whole_day(bound), bound) for index, bound in enumerate(bounds) if bound % QUARTERS_A_DAY]
        if not listed:
            return []
        values = ", ".join(f"({index}, {first}, {bound})" for index, first, bound in listed)
        return await self.session.fetch(
            f"with bounds (place, first, bound) as (values {values})"
            " select b.place, t.unit, t.kind, sum(t.amount), sum(t.number) from bounds b"
            " cross join (select unit, kind from analytics_totals where program = $1 and span = 0"
            f" {_among(kinds)}) k"
            " join analytics_totals t on t.program = $1 and t.span = 1 and t.unit = k.unit and t.kind = k.kind"
            " and t.quarter >= b.first and t.quarter < b.bound group by b.place, t.unit, t.kind",
            self.program.id,
        )


def _running(steps: list[Sums]) -> list[Sums]:
    """Each step with all those before it."""
    held, found = Sums(), []
    for step in steps:
        for name, (amount, number) in step.items():
            held.plus(name, amount, number)
        found.append(Sums(held))
    return found


def _among(kinds: Sequence[Name]) -> str:
    """These kinds, whose names are the room's own, never a caller's."""
    by_unit: dict[str, list[str]] = defaultdict(list)
    for unit, kind in kinds:
        by_unit[unit].append(kind)
    listed = " or ".join(
        f"(unit = '{unit}' and kind in ({', '.join(repr(kind) for kind in found)}))" for unit, found in by_unit.items()
    )
    return f"and ({listed})" if listed else ""


async def open_books(session: Session, program: Program, now: Instant, ahead: Ahead) -> Books:
    """The totals of a program. Raises ``Conflict`` (``analytics_not_ready``) until they were counted."""
    state = await state_of(session)
    if not is_current(state, await programs_of(session)):
        message = (
            "The figures are being counted from the ledger, which the worker does on its own: try again in a minute."
        )
        raise Conflict("analytics_not_ready", message)
    tail = Tally()
    for movement in await session.rows(MOVEMENTS, "true"):
        tail.read(movement.body)
    tail.add_all(ahead.tally)
    return Books(session, program, now, tail, ahead.unsettled)
