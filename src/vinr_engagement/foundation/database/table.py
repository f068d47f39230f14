"""Tables and queries as plain descriptions: a row type, its key, and the SQL that both engines share."""

from collections.abc import Callable
from functools import cache, cached_property
from operator import attrgetter
from typing import Any, Generic, TypeVar, get_type_hints

import msgspec

Row = TypeVar("Row", bound=msgspec.Struct)

_TABLES: dict[type, "Table[Any]"] = {}

_POSTGRESQL_TYPES: dict[Any, str] = {
    int: "bigint",
    int | None: "bigint",
    str: "text",
    str | None: "text",
    bool: "boolean",
}


class Table(Generic[Row]):
    """One table. Its columns are the fields of ``row``, in order; ``key`` names the primary key.

    ``locked`` tables are read ``for update``, in the order of their keys, when a batch gathers them.
    """

    def __init__(self, name: str, row: type[Row], key: tuple[str, ...], *, locked: bool = False) -> None:
        self.name = name
        self.row = row
        self.key = key
        self.locked = locked
        self.columns: tuple[str, ...] = row.__struct_fields__
        self.queries: list[Query[Row]] = []
        self.key_of: Callable[[Row], tuple[Any, ...]] = fields_of(key)
        _TABLES[row] = self

    def __repr__(self) -> str:
        return f"<table {self.name}>"

    @cached_property
    def array_types(self) -> tuple[str, ...]:
        """PostgreSQL's type of each column."""
        hints = get_type_hints(self.row)
        return tuple(_POSTGRESQL_TYPES[hints[column]] for column in self.columns)

    def array_type(self, column: str) -> str:
        """PostgreSQL's type of one column."""
        return self.array_types[self.columns.index(column)]

    @cached_property
    def changeable(self) -> tuple[str, ...]:
        """The columns outside the key."""
        return tuple(column for column in self.columns if column not in self.key)


class Query(Generic[Row]):
    """All rows of a table that share the values of ``by`` (and meet ``where``), such as the lots of an account."""

    def __init__(self, table: Table[Row], by: tuple[str, ...], where: str = "") -> None:
        self.table = table
        self.by = by
        self.where = where
        self.locked = table.locked
        self.argument_of: Callable[[Row], tuple[Any, ...]] = fields_of(by)
        table.queries.append(self)

    def __repr__(self) -> str:
        return f"<query {self.table.name} by {', '.join(self.by)}>"


def table_of(row: msgspec.Struct) -> Table[Any]:
    """The table that a row belongs to."""
    return _TABLES[type(row)]


def all_tables() -> list[Table[Any]]:
    """Every table that was described so far."""
    return list(_TABLES.values())


@cache
def fields_of(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """Reads these fields of a row."""
    if len(names) > 1:
        return attrgetter(*names)
    single = attrgetter(names[0])
    return lambda row: (single(row),)
