"""A whole table as it lies on the disk, a slice at a time: for those who read all of it.

An index would have them jump about. Slices are of one snapshot: between two of them PostgreSQL may move a row from one slice to
another.
"""

from typing import Any, Final, NamedTuple

from vinr_engagement.foundation.database.port import Session

ROWS_A_BLOCK: Final = 16
"""About how many rows of a ledger a block of PostgreSQL has."""


class Slice(NamedTuple):
    """A part of a table: a condition with ``{}`` for each of its bounds, as ``Filters.where`` takes it."""

    condition: str
    bounds: tuple[Any, Any]


async def slices(session: Session, table: str, rows_each: int) -> list[Slice]:
    """What covers a table, each row once, of about so many rows each; in about the order in which they were written.

    On SQLite the table is one with row ids.
    """
    if session.engine == "sqlite":
        ((first, last),) = await session.fetch(f"select min(rowid), max(rowid) from {table}")
        if first is None:
            return []
        starts = range(first, last + 1, rows_each)
        return [Slice("rowid >= {} and rowid < {}", (start, start + rows_each)) for start in starts]
    ((blocks,),) = await session.fetch(
        "select pg_relation_size(($1::text)::regclass) / current_setting('block_size')::bigint", table
    )
    width = max(1, rows_each // ROWS_A_BLOCK)
    return [
        Slice("ctid >= ({}::text)::tid and ctid < ({}::text)::tid", (f"({start},0)", f"({start + width},0)"))
        for start in range(0, blocks, width)
    ]
