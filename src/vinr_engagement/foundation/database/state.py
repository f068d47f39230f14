"""What a batch of commands reads and changes: rows in memory, between *gather* and *save*.

Decisions see only this. A row that was not gathered is never taken to be absent: asking for it raises ``NotGathered``,
and the write path fetches it and decides again. Every change is journalled, so that a refused command undoes only its own.
"""

from collections.abc import Sequence
from copy import copy
from typing import Any, TypeVar

import msgspec

from vinr_engagement.foundation.database.table import Query, Row, Table, table_of

Key = tuple[Any, ...]
Need = tuple[Table[Any] | Query[Any], Key]
AnyRow = TypeVar("AnyRow", bound=msgspec.Struct)


_INSERTED, _CHANGED, _DROPPED, _DELETED = range(4)


class NotGathered(Exception):
    """A decision asked for state that the batch has not read yet."""

    def __init__(self, *needs: Need) -> None:
        super().__init__(", ".join(f"{source!r} {key!r}" for source, key in needs))
        self.needs = needs


class State:
    """Rows by table and key, with what was inserted, changed and deleted since they were read."""

    def __init__(self) -> None:
        self._rows: dict[Table[Any], dict[Key, Any]] = {}
        self._collections: dict[Query[Any], dict[Key, list[Any]]] = {}
        self._complete: dict[Query[Any], set[Key]] = {}
        self._born: set[Key] = set()
        self.inserted: dict[Table[Any], list[Any]] = {}
        self.changed: dict[int, tuple[Any, Any]] = {}
        """Rows as they were gathered, and as they are now."""
        self.deleted: dict[int, Any] = {}
        self._fresh: set[int] = set()
        self._journal: dict[int, tuple[Any, Any]] = {}
        self._steps: list[tuple[int, Any, Any]] = []

    # reading

    def find(self, table: Table[Row], key: Key) -> Row | None:
        """The row with this key, or ``None`` where the database has none. Raises ``NotGathered``."""
        rows = self._rows.get(table)
        if rows is None or key not in rows:
            if key[:2] in self._born:
                return None
            raise NotGathered((table, key))
        return rows[key]

    def known(self, table: Table[Row], key: Key) -> Row | None:
        """The row with this key if it was gathered and exists."""
        rows = self._rows.get(table)
        return None if rows is None else rows.get(key)

    def select(self, query: Query[Row], argument: Key) -> list[Row]:
        """The rows of a query, those inserted in this batch included. Raises ``NotGathered``.

        A row changed in this batch is listed as it is now, even where it no longer meets the query's ``where``.
        """
        complete = self._complete.get(query)
        if (complete is None or argument not in complete) and argument[:2] not in self._born:
            raise NotGathered((query, argument))
        listed = self._collections.get(query)
        return [] if listed is None else listed.get(argument, [])

    def missing(self, source: Table[Any] | Query[Any], key: Key) -> bool:
        """Whether this has still to be gathered."""
        known = self._rows.get(source) if type(source) is Table else self._complete.get(source)  # type: ignore[arg-type]
        return (known is None or key not in known) and key[:2] not in self._born

    # gathering

    def gathered(self, table: Table[Row], keys: Sequence[Key], rows: list[Row]) -> None:
        """Takes in what the database has for these keys; rows already here stay as they are."""
        known, key_of = self._rows.setdefault(table, {}), table.key_of
        for row in rows:
            known.setdefault(key_of(row), row)
        for key in keys:
            known.setdefault(key, None)

    def selected(self, query: Query[Row], arguments: Sequence[Key], rows: list[Row]) -> None:
        """Takes in what the database has for these arguments of a query."""
        complete = self._complete.setdefault(query, set())
        collection = self._collections.setdefault(query, {})
        found: dict[Key, list[Any]] = {}
        for row in rows:
            found.setdefault(query.argument_of(row), []).append(self._adopt(query.table, row))
        for argument, held in found.items():
            before = collection.get(argument, [])
            there = set(map(id, before))
            collection[argument] = before + [row for row in held if id(row) not in there]
        complete.update(arguments)

    def _adopt(self, table: Table[Row], row: Row) -> Row:
        """The row that stands for this one: that of its key, where it is here already. One known to be gone stays so."""
        held: Row | None = self._rows.setdefault(table, {}).setdefault(table.key_of(row), row)
        return row if held is None else held

    # changing

    def insert(self, row: AnyRow) -> AnyRow:
        """Adds a row that the database does not have."""
        table = table_of(row)
        self._rows.setdefault(table, {})[table.key_of(row)] = row
        for query in table.queries:
            self._collections.setdefault(query, {}).setdefault(query.argument_of(row), []).append(row)
        return self.append(row, table)

    def born(self, bucket: int, identifier: str) -> None:
        """Says that an account is new: the database has no rows that belong to it, so none have to be gathered.

        Its id is drawn by the decision. Asking for its rows would only bring on another try, with another id.
        """
        self._born.add((bucket, identifier))

    def append(self, row: AnyRow, table: Table[Any] | None = None) -> AnyRow:
        """Adds a row that no later command of the batch will look for: a ledger row, an outgoing event."""
        table = table or table_of(row)
        self.inserted.setdefault(table, []).append(row)
        self._fresh.add(id(row))
        self._steps.append((_INSERTED, table, row))
        return row

    def change(self, row: AnyRow) -> AnyRow:
        """Announces that a row is about to be changed; call it before the first assignment."""
        identity = id(row)
        if identity not in self._journal:
            before = copy(row)
            self._journal[identity] = (row, before)
            if identity not in self._fresh and identity not in self.changed:
                self.changed[identity] = (before, row)
                self._steps.append((_CHANGED, None, row))
        return row

    def relist(self, row: msgspec.Struct) -> None:
        """Lists a row in the queries gathered so far, where its change makes it meet their ``where`` again.

        Nothing of it has to be undone: a query may list rows that do not meet its ``where``.
        """
        table = table_of(row)
        for query in table.queries:
            argument = query.argument_of(row)
            if argument in self._complete.get(query, ()):
                listed = self._collections[query].setdefault(argument, [])
                if not any(other is row for other in listed):
                    listed.append(row)

    def delete(self, row: msgspec.Struct) -> None:
        """Removes a row; one that was inserted in this batch is simply not written."""
        table = table_of(row)
        if id(row) in self._fresh:
            self._drop(table, row)
            self._steps.append((_DROPPED, table, row))
        else:
            self.deleted[id(row)] = row
            self._steps.append((_DELETED, table, row))
        self._rows[table][table.key_of(row)] = None
        for collection, argument in self._listings(table, row):
            collection[argument] = [other for other in collection[argument] if other is not row]

    def replace(self, row: AnyRow) -> AnyRow:
        """Writes a row whether or not the database has one with this key, which must have been gathered."""
        table = table_of(row)
        held = self.find(table, table.key_of(row))
        if held is None:
            return self.insert(row)
        self.change(held)
        for column in table.changeable:
            setattr(held, column, getattr(row, column))
        return held

    # one command at a time

    def begin(self) -> None:
        """Starts a command: what it changes can be undone until the next one begins."""
        self._journal = {}
        self._steps = []

    def undo(self) -> None:
        """Takes back everything since :meth:`begin`, the last step first."""
        for row, before in self._journal.values():
            for column in row.__struct_fields__:
                setattr(row, column, getattr(before, column))
        for step, table, row in reversed(self._steps):
            if step == _INSERTED:
                self._take_out(table, row)
            elif step == _CHANGED:
                del self.changed[id(row)]
            elif step == _DROPPED:
                self.inserted[table].append(row)
                self._fresh.add(id(row))
                self._put_back(table, row)
            else:
                del self.deleted[id(row)]
                self._put_back(table, row)
        self.begin()

    def _put_back(self, table: Table[Any], row: Any) -> None:
        self._rows[table][table.key_of(row)] = row
        for collection, argument in self._listings(table, row):
            collection[argument].append(row)

    def _drop(self, table: Table[Any], row: Any) -> None:
        rows = self.inserted[table]
        last = len(rows) - 1
        del rows[next(place for place in range(last, -1, -1) if rows[place] is row)]
        self._fresh.discard(id(row))

    def _take_out(self, table: Table[Any], row: Any) -> None:
        if id(row) in self._fresh:
            self._drop(table, row)
        rows = self._rows.get(table)
        key = table.key_of(row)
        if rows is not None and rows.get(key) is row:
            rows[key] = None
        for collection, argument in self._listings(table, row):
            collection[argument] = [other for other in collection[argument] if other is not row]

    def _listings(self, table: Table[Any], row: Any) -> list[tuple[dict[Key, list[Any]], Key]]:
        """The collections that list a row, each with the argument that it is listed under."""
        found = [(self._collections.get(query, {}), query.argument_of(row)) for query in table.queries]
        return [(collection, argument) for collection, argument in found if argument in collection]
