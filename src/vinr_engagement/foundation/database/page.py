"""Pages of a table, newest first, by keyset: as fast on the last page as on the first, and stable while rows are added.

A page starts after a row or ends before one, named by its place: a sortable text such as an id made by ``foundation.ids``.
"""

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from vinr_engagement.foundation.database.port import Session
from vinr_engagement.foundation.database.table import Row, Table

COUNTED_AT_MOST = 10_000
"""A list longer than this is estimated to have this many rows: counting further would cost more than it tells."""

Other = TypeVar("Other")


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list: ``limit`` rows after the place ``after``, or the ``limit`` rows before the place ``before``."""

    limit: int
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[Other]):
    """Rows, newest first. ``has_more``: there are further ones in the direction that was asked for."""

    rows: list[Other]
    has_more: bool
    total_estimate: int


@dataclass(slots=True)
class Filters:
    """Conditions that rows of a list meet, all of them, as SQL with numbered parameters."""

    conditions: list[str] = field(default_factory=list)
    arguments: list[Any] = field(default_factory=list)

    def where(self, condition: str, *arguments: Any) -> "Filters":
        """Adds a condition; each ``{}`` in it stands for one argument."""
        first = len(self.arguments) + 1
        self.conditions.append(condition.format(*(f"${first + offset}" for offset in range(len(arguments)))))
        self.arguments.extend(arguments)
        return self

    def equal(self, column: str, value: Any) -> "Filters":
        """The column has this value, unless that is ``None``."""
        return self if value is None else self.where(f"{column} = {{}}", value)

    def among(self, column: str, values: list[Any]) -> "Filters":
        """The column has one of these values; none of them matches nothing."""
        if not values:
            return self.where("1 = 0")
        if len(values) == 1:
            return self.equal(column, values[0])
        return self.where(f"{column} in ({', '.join(['{}'] * len(values))})", *values)

    def looked_up(self, column: str, query: str, *arguments: Any, engine: str) -> "Filters":
        """The column is one of what a query finds, which are looked up one by one, and all others left alone."""
        # PostgreSQL does so with an array whatever it believes of their number, SQLite with a list.
        return self.where(
            f"{column} = any(array({query}))" if engine == "postgresql" else f"{column} in ({query})", *arguments
        )

    def between(self, column: str, span: "Span | None") -> "Filters":
        """The column, an instant, lies in the span."""
        for operator, bound in () if span is None else span.bounds():
            self.where(f"{column} {operator} {{}}", bound)
        return self

    def sql(self) -> str:
        """All conditions as one."""
        return " and ".join(self.conditions) or "1 = 1"


@dataclass(frozen=True, slots=True)
class Span:
    """Bounds of an instant; ``None`` for open."""

    gt: int | None = None
    gte: int | None = None
    lt: int | None = None
    lte: int | None = None

    def bounds(self) -> list[tuple[str, int]]:
        """The bounds that are set, as SQL operators and instants."""
        every = ((">", self.gt), (">=", self.gte), ("<", self.lt), ("<=", self.lte))
        return [(operator, bound) for operator, bound in every if bound is not None]


async def page(
    session: Session, table: Table[Row], window: Window, filters: Filters, *, place: str = "id"
) -> Page[Row]:
    """One page of the rows that meet the filters, by descending ``place``, a unique sortable column."""
    total = await count(session, table, filters)
    arguments = [*filters.arguments]
    where, order = filters.sql(), "desc"
    if window.after is not None:
        arguments.append(window.after)
        where += f" and {place} < ${len(arguments)}"
    elif window.before is not None:
        arguments.append(window.before)
        where, order = where + f" and {place} > ${len(arguments)}", "asc"
    ending = f" order by {place} {order} limit {window.limit + 1}"
    rows = await session.rows(table, where + ending, *arguments)
    has_more = len(rows) > window.limit
    rows = rows[: window.limit]
    if order == "asc":
        rows.reverse()
    return Page(rows, has_more, total)


async def plan_for_values(session: Session) -> None:
    """Has PostgreSQL plan what follows in this transaction for the very values that are asked for, and not for any.

    For a column of which some values are in half of all rows and others in none: a plan for any reads them all to find none.
    """
    if session.engine == "postgresql":
        await session.execute("set local plan_cache_mode = force_custom_plan")


async def count(session: Session, table: Table[Any], filters: Filters) -> int:
    """How many rows meet the filters, up to :data:`COUNTED_AT_MOST`."""
    inner = f"select 1 from {table.name} where {filters.sql()} limit {COUNTED_AT_MOST}"
    ((total,),) = await session.fetch(f"select count(*) from ({inner}) as counted", *filters.arguments)
    return total
