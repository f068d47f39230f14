"""CSV as RFC 4180 has it: UTF-8, a header, CRLF, quotes where they are needed.

A text that a spreadsheet would take for a formula gets an apostrophe before it.
"""

import csv
from collections.abc import Callable, Sequence
from io import StringIO
from typing import Any, Final

from vinr_engagement.foundation.clock import format_instant
from vinr_engagement.reports.columns import Column

_FORMULA: Final = frozenset("=+-@\t\r\n")


class CsvFile:
    """Writes a file; what was written waits until it is taken."""

    media_type: Final = "text/csv; charset=utf-8; header=present"

    def __init__(self, columns: Sequence[Column]) -> None:
        self._texts = [_TEXT_OF[column.kind] for column in columns]
        self._waiting = StringIO(newline="")
        self._writer = csv.writer(self._waiting, lineterminator="\r\n")
        self._writer.writerow([column.name for column in columns])

    def add(self, values: Sequence[Sequence[Any]]) -> None:
        """Adds rows, given as the values of each column."""
        self._writer.writerows(zip(*(text(each) for text, each in zip(self._texts, values, strict=True)), strict=True))

    def finish(self) -> None:
        """Nothing comes after the last row."""

    def take(self) -> bytes:
        """What was written since it was last asked."""
        written = self._waiting.getvalue().encode()
        self._waiting.seek(0)
        self._waiting.truncate()
        return written


def _texts(values: Sequence[str | None]) -> list[str | None]:
    return [f"'{value}" if value and value[0] in _FORMULA else value for value in values]


def _times(values: Sequence[int | None]) -> list[str | None]:
    return [None if value is None else format_instant(value) for value in values]


def _as_it_is(values: Sequence[Any]) -> Sequence[Any]:
    return values


_TEXT_OF: Final[dict[str, Callable[[Sequence[Any]], Sequence[Any]]]] = {
    "text": _texts,
    "label": _texts,
    "whole": _as_it_is,
    "time": _times,
    "day": _as_it_is,  # a date's own text is ISO 8601
}
