"""Records of a CSV file: an event is a row, a member the rows with its id that follow each other."""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from vinr_engagement.entrypoints.imports.records import Record
from vinr_engagement.entrypoints.imports.source import Source, too_long
from vinr_engagement.foundation import json
from vinr_engagement.foundation.errors import Invalid, Refusal

ADDED = ("_line", "_error")
"""Columns of a file of refused lines, which are ignored when it is fed back."""
WHOLE_NUMBERS = frozenset(
    {"created", "object.amount", "object.amount_refunded", "lifetime_points", "balance", "points"}
)
JSON_SUFFIX = ":json"
_WHOLE = re.compile(r"-?\d{1,16}")
_LOT = ("points", "expires_at", "available_at", "earned_at")
_METADATA = "metadata."
_OBJECT = "object."
_DELIMITERS = ",;\t"


class BadHeader(ValueError):
    """The first line names no columns that can be used."""


@dataclass(slots=True)
class Row:
    """One row: where it began and ended, its cells as they stand in the file, and by column what is not empty."""

    first: int
    line: int
    position: int
    cells: list[str]
    values: dict[str, Any]
    refusal: Refusal | None
    id: str | None


class Sheet:
    """A CSV file. ``header`` is its first line; ``names`` are the columns of it that we did not add."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._cut: Refusal | None = None
        self._read: list[str] = []
        self._id = 0
        first = next(source.lines(), b"").decode("utf-8-sig", "surrogateescape")
        self.delimiter = max(_DELIMITERS, key=first.count)
        self.header = next(csv.reader([first], delimiter=self.delimiter), [])
        self._kept = [place for place, name in enumerate(self.header) if name.strip() not in ADDED]
        self.names = [self.header[place] for place in self._kept]
        self.columns = [name.strip() for name in self.names]
        if "id" not in self.columns or len(set(self.columns)) < len(self.columns) or not all(self.columns):
            raise BadHeader(
                "the first line must name the columns, each once, id among them; it says " + repr(first.strip()[:100])
            )

        self._id = self._kept[self.columns.index("id")]

    def rows(self) -> Iterator[Row]:
        """The rows that are not blank."""
        reader = csv.reader(self._decoded(), delimiter=self.delimiter, strict=True)
        while True:
            first, self._cut, self._read = self._source.line + 1, None, []
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                refusal = Invalid("csv_invalid", f"The line is not CSV: {error}.")
                yield self._row(first, [], refusal)
                continue
            if any(cells):
                yield self._row(first, cells, self._cut)

    def _decoded(self) -> Iterator[str]:
        for raw in self._source.lines():
            self._cut = self._cut or too_long(raw)
            self._read.append(raw.decode("utf-8", "surrogateescape"))
            yield self._read[-1]

    def _row(self, first: int, cells: list[str], refusal: Refusal | None) -> Row:
        source, values = self._source, {}
        if not cells:
            kept = ["".join(self._read).rstrip("\r\n")]
        else:
            kept = [cell for place, cell in enumerate(cells) if place in self._kept or place >= len(self.header)]
        if refusal is None:
            try:
                values = self._values(cells)
            except Refusal as refused:
                refusal = refused
        identifier = cells[self._id] if self._id < len(cells) else None
        return Row(first, source.line, source.position, kept, values, refusal, identifier)

    def _values(self, cells: list[str]) -> dict[str, Any]:
        if len(cells) != len(self.header):
            raise Invalid("csv_invalid", f"The row has {len(cells)} cells; the header has {len(self.header)}.")
        named = {name: cells[place] for name, place in zip(self.columns, self._kept, strict=True) if cells[place]}
        text = "".join(named.values())
        if "\0" in text or (not text.isascii() and any("\udc80" <= letter <= "\udcff" for letter in text)):
            raise Invalid("csv_invalid", "The row is not UTF-8, or contains the character U+0000.")
        return {name.removesuffix(JSON_SUFFIX): _typed(name, cell) for name, cell in named.items()}


def _typed(name: str, cell: str) -> Any:
    if name in WHOLE_NUMBERS and _WHOLE.fullmatch(cell):
        return int(cell)
    if name.endswith(JSON_SUFFIX):
        try:
            return json.decode(cell)
        except (msgspec.DecodeError, RecursionError) as error:
            raise Invalid("json_invalid", f"{name} is not JSON: {error}", param=name) from None
    return cell


def event_records(sheet: Sheet) -> Iterator[Record]:
    """A record for each row: ``object.customer`` becomes ``data.object.customer``."""
    for row in sheet.rows():
        yield _record([row], lambda rows: _event(rows[0].values))


def _event(values: dict[str, Any]) -> dict[str, Any]:
    event: dict[str, Any] = {name: value for name, value in values.items() if not name.startswith(_OBJECT)}
    event["data"] = {"object": _nested(values, _OBJECT)}
    return event


def _nested(values: dict[str, Any], prefix: str) -> dict[str, Any]:
    built: dict[str, Any] = {}
    for name, value in values.items():
        if name.startswith(prefix):
            *path, last = name.removeprefix(prefix).split(".")
            place = built
            for part in path:
                place = place.setdefault(part, {})
                if not isinstance(place, dict):
                    raise Invalid("csv_invalid", f"The columns {name} and {prefix}{part} exclude each other.")
            place[last] = value
    return built


def member_records(sheet: Sheet) -> Iterator[Record]:
    """A record for the rows of each member; a row that cannot be read spoils the member that it follows."""
    rows: list[Row] = []
    for row in sheet.rows():
        if rows and row.id not in (None, rows[0].id):
            yield _record(rows, _member)
            rows = []
        rows.append(row)
    if rows:
        yield _record(rows, _member)


def _member(rows: list[Row]) -> dict[str, Any]:
    """One member: what is about the account may stand in any of its rows, and must not differ; the rest is lots."""
    member: dict[str, Any] = {}
    lots = []
    for row in rows:
        lot = {name: row.values[name] for name in _LOT if name in row.values}
        if lot:
            lots.append(lot)
        for name, value in row.values.items():
            if name not in _LOT and member.setdefault(name, value) != value:
                raise Invalid("csv_invalid", f"The rows of one member give different values for {name}.", param=name)
    metadata = {name.removeprefix(_METADATA): member.pop(name) for name in list(member) if name.startswith(_METADATA)}
    if metadata:
        member["metadata"] = metadata
    if lots:
        member["lots"] = lots
    return member


def _record(rows: list[Row], build: Callable[[list[Row]], Any]) -> Record:
    refusal, value = next((row.refusal for row in rows if row.refusal), None), None
    if refusal is None:
        try:
            value = build(rows)
        except Refusal as refused:
            refusal = refused
    last = rows[-1]
    return Record(rows[0].first, last.line, last.position, value, [row.cells for row in rows], refusal)
