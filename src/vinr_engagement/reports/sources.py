"""Where the rows of each type of report come from, a step at a time, and what they add up to.

A step reads a bounded part of the store on the report's snapshot and answers the rows of it, as the values of each column;
none, where it was only counted.
"""

from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, Sequence
from typing import Any, Final, Protocol

from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Filters
from vinr_engagement.foundation.database.slices import slices
from vinr_engagement.reports.columns import REDEMPTIONS, TRANSACTIONS, Column
from vinr_engagement.reports.journal import Journal
from vinr_engagement.reports.movements import Moved, UnitTotals, in_order
from vinr_engagement.reports.report import Asked

ROWS_A_STEP: Final = 10_000
"""Rows of the ledger that one step looks at, and at most holds."""
REDEMPTIONS_A_STEP: Final = 5_000
ROWS_SUMMED_A_STEP: Final = 100_000
"""Rows that the database adds up in one step."""

Values = Sequence[Sequence[Any]]
Unwritten = AsyncGenerator[list[Moved], None]
"""What is due by the moment of the report and not written yet, some at a time."""


class Source(Protocol):
    """One type of report."""

    def steps(self, session: Session, unwritten: Unwritten) -> AsyncGenerator[Values, None]:
        """All steps, in order."""
        ...

    def totals(self) -> dict[str, Any]:
        """What the rows add up to, once all steps are done."""
        ...


def source_of(asked: Asked, as_of: Instant) -> Source:
    """The source of a report, as of a moment by the store's clock."""
    if asked.type == "transactions":
        return Transactions(asked)
    return Redemptions(asked, as_of) if asked.type == "redemptions" else Journaled(asked, as_of)


class Transactions:
    """Rows of the ledger that happened in the period."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._units: dict[str, UnitTotals] = defaultdict(UnitTotals)
        names = [column.name for column in TRANSACTIONS]
        self._places = [names.index(name) for name in ("unit", "movement", "amount", "recorded_at")]

    async def steps(self, session: Session, unwritten: Unwritten) -> AsyncGenerator[Values, None]:
        async for some in unwritten:
            self._count_unwritten(some)
            yield ()
        for part in await slices(session, "transactions", ROWS_A_STEP):
            filters = Filters().equal("program", self._asked.program.id)
            filters.where("effective_at >= {} and effective_at < {}", self._asked.gte, self._asked.lt)
            filters.where(part.condition, *part.bounds)
            sql = f"select {_selected(TRANSACTIONS)} from transactions where {filters.sql()}"
            values = _by_column(await session.fetch(sql, *filters.arguments))
            self._count(values)
            yield values

    def _count(self, values: Values) -> None:
        if not values:
            return
        sums: dict[tuple[str, str, bool], list[int]] = defaultdict(lambda: [0, 0])
        end = self._asked.lt
        for unit, movement, amount, recorded_at in zip(*(values[place] for place in self._places), strict=True):
            some = sums[unit, movement, recorded_at >= end]
            some[0] += 1
            some[1] += amount
        for (unit, movement, late), (rows, amount) in sums.items():
            totals = self._units[unit]
            totals.moved[movement] += amount
            totals.all.add(amount, rows)
            if late:
                totals.late.add(amount, rows)

    def _count_unwritten(self, some: list[Moved]) -> None:
        for moved in some:
            if self._asked.gte <= moved.effective_at < self._asked.lt:
                self._units[moved.unit].unwritten.add(moved.amount)

    def totals(self) -> dict[str, Any]:
        units = in_order(list({"points", *self._units}))
        return {"units": [self._units[unit].shown(unit) for unit in units], "statuses": []}


class Redemptions:
    """Redemptions that were made in the period, as they stand."""

    def __init__(self, asked: Asked, as_of: Instant) -> None:
        self._asked = asked
        self._as_of = as_of
        self._statuses: dict[str, Counter[str]] = defaultdict(Counter)

    async def steps(self, session: Session, unwritten: Unwritten) -> AsyncGenerator[Values, None]:
        """What time alone releases is in the columns: what else is due changes no redemption."""
        last = ""
        while True:
            filters = Filters([], [self._as_of]).equal("program", self._asked.program.id).where("id > {}", last)
            filters.where("created_at >= {} and created_at < {}", self._asked.gte, self._asked.lt)
            sql = (
                f"select artifact, {_selected(_STORED)} from redemptions where {filters.sql()}"
                f" order by id limit {REDEMPTIONS_A_STEP}"
            )
            rows = await session.fetch(sql, *filters.arguments)
            if not rows:
                return
            last = rows[-1][1]
            values = _with_worth(_by_column(rows))
            self._count(values)
            yield values

    def _count(self, values: Values) -> None:
        for status, quantity, points in zip(*(values[place] for place in _COUNTED), strict=True):
            self._statuses[status].update(rows=1, quantity=quantity, points=points)

    def totals(self) -> dict[str, Any]:
        shown = [{"status": status, **self._statuses[status]} for status in sorted(self._statuses)]
        return {"units": [], "statuses": shown}


_WORTH: Final = ("value_amount", "value_currency", "value_percent")
"""Found in what the member got, which is one document."""
_STORED: Final = tuple(column for column in REDEMPTIONS if column.name not in _WORTH)
_NAMES: Final = [column.name for column in REDEMPTIONS]
_COUNTED: Final = [_NAMES.index(name) for name in ("status", "quantity", "points")]


def _with_worth(values: Values) -> Values:
    artifacts, *stored = values
    place = _NAMES.index(_WORTH[0])
    return [*stored[:place], *zip(*map(_worth, artifacts), strict=True), *stored[place:]]


def _worth(artifact: str) -> tuple[int | None, str | None, str | None]:
    """``(amount, currency, percent)`` of a discount or store credit; an item has none."""
    got = json.decode(artifact)
    given: dict[str, Any] = got.get("discount") or got.get("credit") or {}
    percent = given.get("percent")
    return given.get("amount"), given.get("currency"), None if percent is None else str(percent)


class Journaled:
    """The lines of the liability journal, which come at the end."""

    def __init__(self, asked: Asked, as_of: Instant) -> None:
        self._as_of = as_of
        self._journal = Journal(asked)

    async def steps(self, session: Session, unwritten: Unwritten) -> AsyncGenerator[Values, None]:
        async for some in unwritten:
            for moved in some:
                self._journal.add_unwritten(moved, self._as_of)
            yield ()
        for part in await slices(session, "transactions", ROWS_SUMMED_A_STEP):
            filters = Filters([], self._journal.arguments).where(part.condition, *part.bounds)
            self._journal.add(await session.fetch(self._journal.sql.format(filters.sql()), *filters.arguments))
            yield ()
        lines = self._journal.lines(self._as_of)
        for first in range(0, len(lines), ROWS_A_STEP):
            yield _by_column(lines[first : first + ROWS_A_STEP])

    def totals(self) -> dict[str, Any]:
        return {"units": self._journal.totals(), "statuses": []}


def _selected(columns: Sequence[Column]) -> str:
    return ", ".join(column.sql or column.name for column in columns)


def _by_column(rows: list[tuple[Any, ...]]) -> Values:
    return list(zip(*rows, strict=True))
