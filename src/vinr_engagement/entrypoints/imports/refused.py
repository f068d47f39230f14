"""The file of refused lines: each unchanged, with its line number and the reason, to be mended and fed again."""

import csv
import io
import os
from pathlib import Path
from typing import IO

from vinr_engagement.entrypoints.imports.csv_records import ADDED, Sheet
from vinr_engagement.entrypoints.imports.records import Record
from vinr_engagement.entrypoints.imports.source import STANDARD_INPUT, Format
from vinr_engagement.foundation import json
from vinr_engagement.foundation.errors import Refusal


def default_path(path: str, form: Format) -> Path:
    """``orders.csv.gz`` → ``orders.refused.csv``; standard input → ``stdin.refused.ndjson``."""
    if path == STANDARD_INPUT:
        return Path(f"stdin.refused.{form}")
    file = Path(path)
    name = file.name.removesuffix(".gz").removesuffix(".GZ")
    stem, dot, ending = name.rpartition(".")
    return file.with_name(f"{stem}.refused.{ending}" if dot and stem else f"{name}.refused.{form}")


def error_of(refusal: Refusal) -> dict[str, str]:
    """A refusal as it stands in the file."""
    said = {"code": refusal.code, "message": refusal.message, "param": refusal.param, "resource": refusal.resource}
    return {name: value for name, value in said.items() if value is not None}


class RefusedFile:
    """Written from the first refused line on; an older file of that name is kept as ``….old``.

    ``bytes`` is its length, by which an import that goes on cuts off what was written after it was last remembered.
    """

    def __init__(self, path: Path, sheet: Sheet | None, *, goes_on_at: int = 0) -> None:
        self.path = path
        self.bytes = goes_on_at
        self._sheet = sheet
        self._file: IO[bytes] | None = None

    def write(self, record: Record, refusal: Refusal) -> None:
        """Adds a refused record."""
        if self._file is None:
            self._file = self._opened()
        written = self._rows(record, refusal) if self._sheet else _line(record, refusal)
        self._file.write(written)
        self.bytes += len(written)

    def _opened(self) -> IO[bytes]:
        if self.bytes and self.path.exists():
            file = self.path.open("r+b")
            file.truncate(self.bytes)
            file.seek(self.bytes)
            return file
        if self.path.exists():
            self.path.replace(self.path.with_name(self.path.name + ".old"))
        self.bytes = 0
        file = self.path.open("wb")
        if self._sheet is not None:
            header = self._text([[*ADDED, *self._sheet.names]])
            file.write(header)
            self.bytes = len(header)
        return file

    def _rows(self, record: Record, refusal: Refusal) -> bytes:
        added = [str(record.first), f"{refusal.code}: {refusal.message}"]
        return self._text([[*added, *cells] for cells in record.original])

    def _text(self, rows: list[list[str]]) -> bytes:
        assert self._sheet is not None
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=self._sheet.delimiter, lineterminator="\n").writerows(rows)
        return text.getvalue().encode("utf-8", "surrogateescape")

    def keep(self) -> None:
        """Makes sure that what was written is on the disk."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Cuts off what an import that was stopped wrote too much, and lets go of the file."""
        if self._file is None and self.bytes and self.path.exists():
            os.truncate(self.path, self.bytes)
        if self._file is not None:
            self._file.close()


def _line(record: Record, refusal: Refusal) -> bytes:
    return json.encode({"line": record.first, "error": error_of(refusal), "data": record.original}) + b"\n"
