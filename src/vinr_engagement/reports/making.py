"""Making a file: from the steps of its source to its bytes, with bounded memory."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any, Protocol

from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.database import Session
from vinr_engagement.reports.columns import COLUMNS, Column
from vinr_engagement.reports.csv_file import CsvFile
from vinr_engagement.reports.report import Asked
from vinr_engagement.reports.sources import Unwritten, Values, source_of


class _File(Protocol):
    def add(self, values: Sequence[Sequence[Any]]) -> None: ...

    def finish(self) -> None: ...

    def take(self) -> bytes: ...


def _file_of(asked: Asked) -> _File:
    columns: Sequence[Column] = COLUMNS[asked.type]
    if asked.format == "csv":
        return CsvFile(columns)
    from vinr_engagement.reports.parquet_file import ParquetFile  # noqa: PLC0415 (takes its time to load)

    return ParquetFile(columns)


class Making:
    """One file in the making, on a session that stays on one snapshot. ``rows`` counts those that are in it."""

    def __init__(self, session: Session, asked: Asked, as_of: Instant, unwritten: Unwritten) -> None:
        self.rows = 0
        self._session = session
        self._asked = asked
        self._source = source_of(asked, as_of)
        self._unwritten = unwritten

    async def parts(self) -> AsyncGenerator[bytes, None]:
        """The bytes of the file, in steps of a tenth of a second or so; many a part is empty."""
        file = await asyncio.to_thread(_file_of, self._asked)
        async with (
            aclosing(self._unwritten) as unwritten,
            aclosing(self._source.steps(self._session, unwritten)) as steps,
        ):
            async for values in steps:
                yield await asyncio.to_thread(self._add, file, values)
        yield await asyncio.to_thread(_finish, file)

    def _add(self, file: _File, values: Values) -> bytes:
        """Beside the loop: it is the greater part of the work."""
        if values:
            self.rows += len(values[0])
            file.add(values)
        return file.take()

    @property
    def totals(self) -> dict[str, Any]:
        """What the file adds up to, once it is whole."""
        return self._source.totals()


def _finish(file: _File) -> bytes:
    file.finish()
    return file.take()
