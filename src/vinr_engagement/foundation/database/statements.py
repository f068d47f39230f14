"""The SQL of tables and queries, made once for each engine."""

from functools import cache
from typing import Any

from vinr_engagement.foundation.database.table import Query, Table


def columns(table: Table[Any], prefix: str = "") -> str:
    """The columns, in the order of the row's fields."""
    return ", ".join(prefix + column for column in table.columns)


@cache
def sqlite_text(sql: str) -> str:
    """SQLite numbers its parameters with a question mark."""
    return sql.replace("$", "?")


@cache
def sqlite_find(table: Table[Any]) -> str:
    """One row by key."""
    return f"select {columns(table)} from {table.name} where {_equals(table.key)}"


@cache
def sqlite_select(query: Query[Any]) -> str:
    """The rows of a query for one argument."""
    where = f" and {query.where}" if query.where else ""
    return f"select {columns(query.table)} from {query.table.name} where {_equals(query.by)}{where}"


@cache
def sqlite_insert(table: Table[Any]) -> str:
    """One row."""
    marks = ", ".join("?" * len(table.columns))
    return f"insert into {table.name} ({columns(table)}) values ({marks})"


@cache
def sqlite_update(table: Table[Any], names: tuple[str, ...]) -> str:
    """One row: first these columns, then the key."""
    values = ", ".join(f"{name} = ?" for name in names)
    return f"update {table.name} set {values} where {_equals(table.key)}"


@cache
def sqlite_delete(table: Table[Any]) -> str:
    """One row by key."""
    return f"delete from {table.name} where {_equals(table.key)}"


def table_read(source: Table[Any] | Query[Any]) -> Table[Any]:
    """The table whose rows are gathered."""
    return source if isinstance(source, Table) else source.table


@cache
def postgresql_find(table: Table[Any]) -> str:
    """Rows by key, from one array for each column of the key."""
    return _postgresql_lookup(table, columns(table, "t."), 1, lock=False)


@cache
def postgresql_gather(wanted: tuple[tuple[Table[Any] | Query[Any], bool], ...]) -> str:
    """One row: an array of rows for each table or query, in their order, each from one array for each column of its key."""
    arrays, first = [], 1
    for source, lock in wanted:
        # A subquery of its own, since a locking clause and an aggregate do not go together.
        arrays.append(f"(select array_agg(g.r) from ({_postgresql_lookup(source, 't as r', first, lock=lock)}) g)")
        first += len(_by(source))
    return f"select {', '.join(arrays)}"


def _by(source: Table[Any] | Query[Any]) -> tuple[str, ...]:
    return source.key if isinstance(source, Table) else source.by


def _postgresql_lookup(source: Table[Any] | Query[Any], shown: str, first: int, *, lock: bool) -> str:
    table, by = table_read(source), _by(source)
    keys = ", ".join(f"k_{column}" for column in by)
    on = " and ".join(f"t.{column} = k.k_{column}" for column in by)
    extra = f" and {source.where}" if isinstance(source, Query) and source.where else ""
    given = f"unnest({_arrays(table, by, first)}) as k ({keys})"
    if lock:
        order = ", ".join(f"t.{column}" for column in table.key)
        return f"select {shown} from {given} join {table.name} t on {on}{extra} order by {order} for update of t"
    # `offset 0` keeps the planner from turning the join round: of a table that was empty it would read all rows, ever after.
    return (
        f"select f.* from {given} cross join lateral (select {shown} from {table.name} t where {on}{extra} offset 0) f"
    )


@cache
def postgresql_write(updated: tuple[Table[Any], ...], inserted: tuple[Table[Any], ...]) -> str:
    """Updates, then inserts, in one statement: an array of rows for each table.

    The parts see the same snapshot, so no table's part may look at what another one writes.
    """
    parts = [_postgresql_update(table, number) for number, table in enumerate(updated, start=1)]
    parts += [_postgresql_insert(table, number) for number, table in enumerate(inserted, start=1 + len(updated))]
    *before, last = parts
    named = ", ".join(f"w{number} as ({part})" for number, part in enumerate(before))
    return f"with {named} {last}" if named else last


def _postgresql_insert(table: Table[Any], number: int) -> str:
    names = columns(table)
    return f"insert into {table.name} ({names}) select {names} from unnest(${number}::{table.name}[])"


def _postgresql_update(table: Table[Any], number: int) -> str:
    values = ", ".join(f"{column} = u.{column}" for column in table.changeable)
    on = " and ".join(f"t.{column} = u.{column}" for column in table.key)
    return f"update {table.name} t set {values} from unnest(${number}::{table.name}[]) as u where {on}"


@cache
def postgresql_delete(table: Table[Any]) -> str:
    """Rows by key, from one array for each column of the key."""
    on = " and ".join(f"t.{column} = u.{column}" for column in table.key)
    keys = ", ".join(table.key)
    return f"delete from {table.name} t using unnest({_arrays(table, table.key)}) as u ({keys}) where {on}"


def _equals(names: tuple[str, ...]) -> str:
    return " and ".join(f"{name} = ?" for name in names)


def _arrays(table: Table[Any], names: tuple[str, ...], first: int = 1) -> str:
    return ", ".join(f"${number}::{table.array_type(name)}[]" for number, name in enumerate(names, start=first))
