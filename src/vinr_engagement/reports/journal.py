"""The liability journal: for each local day and unit what was owed, what changed it, and what that is in money.

Everything goes by when it happened (``effective_at``). An expiry belongs to the moment at which it was due, whether or not it
has been written yet, so that the journal of a past period does not depend on when accounts were settled.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from datetime import date, timedelta
from math import gcd
from typing import Any, NamedTuple

from vinr_engagement.foundation import calendar
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.ledger import POINTS
from vinr_engagement.reports.columns import INCREASES, MOVEMENT, MOVEMENTS
from vinr_engagement.reports.movements import Moved, Some, UnitTotals, in_order, unsigned
from vinr_engagement.reports.report import Asked

_BEFORE = -1
"""The slot of what happened before the period."""


class Day(NamedTuple):
    """A local day as far as it lies in the period."""

    day: date
    start: Instant
    end: Instant


def days_of(asked: Asked) -> list[Day]:
    """The local days of a period; the first and the last may be parts of one, and a day that a zone skips is none."""
    zone, found = asked.program.zone, []
    day, start = calendar.local_day(asked.gte, zone), asked.gte
    while start < asked.lt:
        day, shown = day + timedelta(days=1), day
        end = min(asked.lt, calendar.start_of_day(day, zone))
        if end > start:
            found.append(Day(shown, start, end))
        start = max(start, end)
    return found


class Journal:
    """Adds up what the database tells of movements, a slice of the ledger at a time."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._days = days_of(asked)
        self._ends = [each.end for each in self._days]
        self._slot = gcd(*(end - asked.gte for end in self._ends))
        self._moved: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)
        self._late: Counter[tuple[str, int]] = Counter()
        self._totals: dict[str, UnitTotals] = defaultdict(UnitTotals)
        self._since: dict[str, Some] = defaultdict(Some)

    @property
    def sql(self) -> str:
        """Sums of a part of the ledger; its first arguments are :attr:`arguments`, then come those of the part.

        Days are runs of slots of one length, whatever the time zone: so the database can tell them by a division.
        """
        return (
            f"select unit, {MOVEMENT}, case when effective_at < $2 then {_BEFORE} else (effective_at - $2) / $4 end,"
            " case when created_at >= case when effective_at < $2 then $2 else $3 end then 1 else 0 end,"
            " sum(amount), count(*) from transactions where program = $1 and effective_at < $3 and {} group by 1, 2, 3, 4"
        )

    @property
    def arguments(self) -> list[Any]:
        """Program, first moment, end, and the length of a slot."""
        return [self._asked.program.id, self._asked.gte, self._asked.lt, self._slot]

    def add(self, sums: list[tuple[Any, ...]]) -> None:
        """Takes in what :attr:`sql` answered of one part."""
        for unit, movement, slot, late, amount, rows in sums:
            self._count(unit, movement, int(amount), int(rows), self._day_of_slot(slot), late=bool(late))

    def add_unwritten(self, moved: Moved, as_of: Instant) -> None:
        """Takes in what is due and was not written by ``as_of``: it will be recorded later than that."""
        if moved.effective_at >= self._asked.lt:
            return
        before = moved.effective_at < self._asked.gte
        index = _BEFORE if before else bisect_right(self._ends, moved.effective_at)
        late = as_of >= (self._asked.gte if before else self._asked.lt)
        self._count(moved.unit, moved.movement, moved.amount, 1, index, late=late)
        if index != _BEFORE:
            self._totals[moved.unit].unwritten.add(moved.amount)

    def _day_of_slot(self, slot: int) -> int:
        return slot if slot == _BEFORE else bisect_right(self._ends, self._asked.gte + slot * self._slot)

    def _count(self, unit: str, movement: str, amount: int, rows: int, index: int, *, late: bool) -> None:
        self._moved[unit, index][movement] += amount
        if index == _BEFORE:
            if late:
                self._since[unit].add(amount, rows)
            return
        totals = self._totals[unit]
        totals.moved[movement] += amount
        totals.all.add(amount, rows)
        if late:
            self._late[unit, index] += amount
            totals.late.add(amount, rows)

    def lines(self, as_of: Instant) -> list[tuple[Any, ...]]:
        """A line for each day that has begun by ``as_of``, and each unit, as ``columns.JOURNAL`` has it."""
        last = max((index for _, index in self._moved), default=_BEFORE)
        balances = {unit: self._opening(unit) for unit in self._units()}
        lines = []
        for index, day in enumerate(self._days):
            if day.start > as_of and index > last:
                break
            lines += [self._line(unit, index, day.day, balance) for unit, balance in balances.items()]
            for unit in balances:
                balances[unit] += sum(self._moved[unit, index].values())
        return lines

    def _line(self, unit: str, index: int, day: date, opening: int) -> tuple[Any, ...]:
        moved = self._moved[unit, index]
        closing = opening + sum(moved.values())
        value = self._value_of(unit)
        return (
            *(day, self._asked.program.id, unit, opening, *unsigned(moved).values(), closing, self._late[unit, index]),
            *(
                self._currency_of(unit),
                value,
                opening * value,
                debit(moved) * value,
                credit(moved) * value,
                closing * value,
            ),
        )

    def totals(self) -> list[dict[str, Any]]:
        """The totals of each unit over the whole period."""
        return [self._totals_of(unit) for unit in self._units()]

    def _totals_of(self, unit: str) -> dict[str, Any]:
        totals, opening, value = self._totals[unit], self._opening(unit), self._value_of(unit)
        closing = opening + totals.all.amount
        return totals.shown(unit) | {
            "opening_balance": opening,
            "closing_balance": closing,
            "currency": self._currency_of(unit),
            "unit_value": value,
            "opening_value": opening * value,
            "debit": debit(totals.moved) * value,
            "credit": credit(totals.moved) * value,
            "closing_value": closing * value,
            "opening_recorded_since": self._since[unit].shown(),
        }

    def _units(self) -> list[str]:
        return in_order(list({POINTS, *(unit for unit, _ in self._moved)}))

    def _opening(self, unit: str) -> int:
        return sum(self._moved[unit, _BEFORE].values())

    def _value_of(self, unit: str) -> int:
        """What one of a unit is in minor units of money: store credit is money already."""
        return self._asked.program.currency.point_value if unit == POINTS else 1

    def _currency_of(self, unit: str) -> str:
        return self._asked.program.default_currency if unit == POINTS else unit


def credit(moved: Counter[str]) -> int:
    """By how much more is owed."""
    return sum(moved[name] for name in INCREASES)


def debit(moved: Counter[str]) -> int:
    """By how much less is owed."""
    return -sum(moved[name] for name in MOVEMENTS if name not in INCREASES)
