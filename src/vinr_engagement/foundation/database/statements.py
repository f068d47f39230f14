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
def sqlite_update(table: Table[Any]) -> str:
    """One row: first the columns outside the key, then the key."""
    values = ", ".join(f"{column} = ?" for column in table.changeable)
    return f"update {table.name} set {values} where {_equals(table.key)}"


@cache
def sqlite_delete(table: Table[Any]) -> str:
    """One row by key."""
    return f"delete from {table.name} where {_equals(table.key)}"


@cache
def postgresql_find(table: Table[Any], lock: bool) -> str:
    """Rows by key, from one array for each column of the key."""
    return _postgresql_lookup(table, table.key, "", lock)


@cache
def postgresql_select(query: Query[Any], lock: bool) -> str:
    """The rows of a query, from one array for each of its arguments."""
    return _postgresql_lookup(query.table, query.by, query.where, lock)


def _postgresql_lookup(table: Table[Any], by: tuple[str, ...], where: str, lock: bool) -> str:
    keys = ", ".join(f"k_{column}" for column in by)
    on = " and ".join(f"t.{column} = k.k_{column}" for column in by)
    extra = f" where {where}" if where else ""
    order = ", ".join(f"t.{column}" for column in table.key)
    ending = f" order by {order} for update of t" if lock else ""
    return (
        f"select {columns(table, 't.')} from unnest({_arrays(table, by)}) as k ({keys})"
        f" join {table.name} t on {on}{extra}{ending}"
    )


@cache
def postgresql_insert(table: Table[Any]) -> str:
    """Rows, from one array for each column."""
    return f"insert into {table.name} ({columns(table)}) select * from unnest({_arrays(table, table.columns)})"


@cache
def postgresql_update(table: Table[Any]) -> str:
    """Rows, from one array for each column."""
    values = ", ".join(f"{column} = u.{column}" for column in table.changeable)
    on = " and ".join(f"t.{column} = u.{column}" for column in table.key)
    return (
        f"update {table.name} t set {values}"
        f" from unnest({_arrays(table, table.columns)}) as u ({columns(table)}) where {on}"
    )


@cache
def postgresql_delete(table: Table[Any]) -> str:
    """Rows by key, from one array for each column of the key."""
    on = " and ".join(f"t.{column} = u.{column}" for column in table.key)
    keys = ", ".join(table.key)
    return f"delete from {table.name} t using unnest({_arrays(table, table.key)}) as u ({keys}) where {on}"


def _equals(names: tuple[str, ...]) -> str:
    return " and ".join(f"{name} = ?" for name in names)


def _arrays(table: Table[Any], names: tuple[str, ...]) -> str:
    return ", ".join(f"${number}::{table.array_type(name)}[]" for number, name in enumerate(names, start=1))
