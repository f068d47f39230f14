"""Parquet with typed columns: 64-bit integers, instants in UTC, dates, texts; labels by dictionary. Nothing is a float."""

import io
from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa
from pyarrow import parquet

from vinr_engagement.reports.columns import Column

ROWS_A_GROUP: Final = 65_536

_TYPE_OF: Final = {
    "text": pa.string(),
    "label": pa.dictionary(pa.int32(), pa.string()),
    "whole": pa.int64(),
    "time": pa.timestamp("us", tz="UTC"),
    "day": pa.date32(),
}


class _Waiting(io.RawIOBase):
    """What Parquet writes to: remembers how much it was, and keeps it until it is taken."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._written = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        self._written += len(self._parts[-1])
        return len(self._parts[-1])

    def tell(self) -> int:
        return self._written

    def take(self) -> bytes:
        """All of it."""
        parts, self._parts = self._parts, []
        return b"".join(parts)


class ParquetFile:
    """Writes a file, a group of rows at a time; what was written waits until it is taken."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._schema = pa.schema([pa.field(column.name, _TYPE_OF[column.kind]) for column in columns])
        self._waiting = _Waiting()
        self._writer = parquet.ParquetWriter(self._waiting, self._schema, compression="zstd")
        self._group: list[Any] = []
        self._rows = 0

    def add(self, values: Sequence[Sequence[Any]]) -> None:
        """Adds rows, given as the values of each column."""
        arrays = [pa.array(each, type=field.type) for each, field in zip(values, self._schema, strict=True)]
        self._group.append(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
        self._rows += len(arrays[0])
        if self._rows >= ROWS_A_GROUP:
            self._write_group()

    def finish(self) -> None:
        """Writes what is left, and the directory at the end of the file."""
        if self._rows:
            self._write_group()
        self._writer.close()

    def take(self) -> bytes:
        """What was written since it was last asked."""
        return self._waiting.take()

    def _write_group(self) -> None:
        table = pa.Table.from_batches(self._group, self._schema).unify_dictionaries()
        self._group, self._rows = [], 0
        self._writer.write_table(table, row_group_size=2 * ROWS_A_GROUP)
