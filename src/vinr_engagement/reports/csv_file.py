"""CSV as RFC 4180 has it: UTF-8, a header, CRLF, quotes where they are needed.

A text that a spreadsheet would take for a formula gets an apostrophe before it.
"""

import csv
from collections.abc import Sequence
from io import StringIO
from typing import Any, Final

from vinr_engagement.foundation.clock import datetime_of
from vinr_engagement.reports.columns import Column

_FORMULA: Final = frozenset("=+-@\t\r\n")


class CsvFile:
    """Writes a file; what was written waits until it is taken."""

    def __init__(self, columns: Sequence[Column]) -> None:
        texts = {"text": _texts, "label": _texts, "time": self._times}
        self._texts = [texts.get(column.kind, _as_it_is) for column in columns]
        self._known: dict[int | None, str | None] = {}
        self._waiting = StringIO(newline="")
        self._writer = csv.writer(self._waiting, lineterminator="\r\n")
        self._writer.writerow([column.name for column in columns])

    def add(self, values: Sequence[Sequence[Any]]) -> None:
        """Adds rows, given as the values of each column."""
        self._known = {None: None}
        self._writer.writerows(zip(*(text(each) for text, each in zip(self._texts, values, strict=True)), strict=True))

    def finish(self) -> None:
        """Nothing comes after the last row."""

    def take(self) -> bytes:
        """What was written since it was last asked."""
        written = self._waiting.getvalue().encode()
        self._waiting.seek(0)
        self._waiting.truncate()
        return written

    def _times(self, values: Sequence[int | None]) -> list[str | None]:
        """Most rows have the same time in several columns: each is written once."""
        known = self._known
        for value in values:
            if value is not None and value not in known:
                known[value] = datetime_of(value).isoformat()[:-6] + "Z"
        return [known[value] for value in values]


def _texts(values: Sequence[str | None]) -> list[str | None]:
    return [f"'{value}" if value and value[0] in _FORMULA else value for value in values]


def _as_it_is(values: Sequence[Any]) -> Sequence[Any]:
    """Whole numbers, and dates, whose own text is ISO 8601."""
    return values
