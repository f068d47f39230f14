"""Running an import: chunks of lines through the write path, several on their way at once, each answered in its order."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

from vinr_engagement.audit import Origin
from vinr_engagement.commands import (
    EventOutcome,
    ImportMember,
    ImportProgress,
    ReceiveEvent,
    RememberImport,
    Store,
    parse_event,
    parse_member,
    unfinished_import,
)
from vinr_engagement.entrypoints.imports.csv_records import Sheet, event_records, member_records
from vinr_engagement.entrypoints.imports.reconcile import compare_events, compare_members
from vinr_engagement.entrypoints.imports.records import Record, ndjson_records
from vinr_engagement.entrypoints.imports.refused import RefusedFile
from vinr_engagement.entrypoints.imports.source import Format, Source
from vinr_engagement.entrypoints.imports.totals import Totals, count_event, count_member
from vinr_engagement.foundation import json
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.errors import Refusal

IN_FLIGHT = 3
"""Chunks on their way at once: one is decided while another is committed and a third is read."""
REMEMBER_SECONDS = 1.0
DRY_RUN_WINDOW = 10_000
"""A dry run decides so many lines together; what one brought is unknown to those after its window."""
_ORIGIN = Origin("import")

KindName = Literal["events", "members"]


@dataclass(frozen=True)
class Plan:
    """What to import and how. ``batch`` is how many lines are asked for together."""

    kind: KindName
    path: str
    form: Format
    refused: Path
    batch: int = 500
    dry_run: bool = False
    welcome: bool = False


class Kind(NamedTuple):
    """What differs between events and members."""

    parse: Callable[[Any], Any]
    command: Callable[[Any], Any]
    csv: Callable[[Sheet], Iterator[Record]]
    count: Callable[[Totals, Any, EventOutcome], None]
    compare: Callable[[Session, Totals, Sequence[Any]], Awaitable[None]]


def _kind_of(plan: Plan) -> Kind:
    if plan.kind == "events":
        return Kind(parse_event, ReceiveEvent, event_records, count_event, compare_events)
    return Kind(
        parse_member,
        lambda member: ImportMember(member, welcome=plan.welcome),
        member_records,
        count_member,
        compare_members,
    )


@dataclass(slots=True)
class Line:
    """A record and, once it could be read, what it says and the command that it asks for."""

    record: Record
    said: Any = None
    command: Any = None
    outcome: EventOutcome | Refusal | None = None


@dataclass
class Result:
    """What an import came to. ``resumed_after`` is the line up to which an earlier run had come.

    ``exact`` is whether a dry run saw every line before each.
    """

    totals: Totals = field(default_factory=Totals)
    resumed_after: int = 0
    seconds: float = 0.0
    exact: bool = True


class Importer:
    """Runs one import. ``advance`` is told, after each chunk, of the bytes of the file read and the lines done."""

    def __init__(
        self, store: Store, plan: Plan, advance: Callable[[int, int], None] = lambda read, lines: None
    ) -> None:
        self._store = store
        self._plan = plan
        self._advance = advance
        self._kind = _kind_of(plan)
        self._result = Result()
        self._remembered_at = time.monotonic()
        self._fingerprint: str | None = None
        self._place = (0, 0)

    async def run(self) -> Result:
        """Imports the file.

        Raises ``BadHeader`` for a CSV file without usable columns, ``OSError`` for a file that cannot be read, ``Unavailable``
        where the database takes no more; run again, it goes on where it was.
        """
        started = time.perf_counter()
        self._source = Source(self._plan.path)
        try:
            await self._open()
            if self._plan.dry_run:
                await self._rehearse()
            else:
                await self._import()
        finally:
            self._source.close()
        self._result.seconds = time.perf_counter() - started
        return self._result

    async def _open(self) -> None:
        plan = self._plan
        earlier = None
        if not plan.dry_run:
            self._fingerprint = await asyncio.to_thread(
                self._source.fingerprint, plan.kind, plan.form, str(plan.welcome)
            )
            earlier = await self._earlier()
        sheet = Sheet(self._source) if plan.form == "csv" else None
        if earlier is not None:
            self._source.go_to(earlier.line, earlier.position)
            self._result.totals = msgspec.json.decode(earlier.totals, type=Totals)
            self._result.resumed_after = earlier.line
            self._place = (earlier.line, earlier.position)
        self._refused = RefusedFile(plan.refused, sheet, goes_on_at=0 if earlier is None else earlier.refused_bytes)
        self._records = ndjson_records(self._source) if sheet is None else self._kind.csv(sheet)

    async def _earlier(self) -> ImportProgress | None:
        fingerprint = self._fingerprint
        if fingerprint is None:
            return None
        return await self._store.database.read(lambda session: unfinished_import(session, fingerprint))

    # reading

    def _next_chunk(self) -> list[Line]:
        return [self._line(record) for record in islice(self._records, self._plan.batch)]

    def _line(self, record: Record) -> Line:
        if record.refusal is not None:
            return Line(record, outcome=record.refusal)
        try:
            said = self._kind.parse(record.value)
            return Line(record, said, self._kind.command(said))
        except Refusal as refusal:
            return Line(record, outcome=refusal)

    # importing

    async def _import(self) -> None:
        waiting: deque[asyncio.Task[list[Line]]] = deque()
        try:
            while chunk := await asyncio.to_thread(self._next_chunk):
                waiting.append(asyncio.create_task(self._take(chunk)))
                if len(waiting) > IN_FLIGHT:
                    await self._done(await waiting.popleft())
            while waiting:
                await self._done(await waiting.popleft())
            await self._remember(finished=True)
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            self._refused.close()

    async def _take(self, chunk: list[Line]) -> list[Line]:
        """Lets the lines of a chunk take effect, durably."""
        asking = [line for line in chunk if line.command is not None]

        outcomes = await self._store.write_path.run_each([line.command for line in asking], _ORIGIN)
        for line, outcome in zip(asking, outcomes, strict=True):
            line.outcome = outcome
        return chunk

    async def _done(self, chunk: list[Line]) -> None:
        taken = self._count(chunk)
        if taken:
            await self._store.database.read(lambda session: self._kind.compare(session, self._result.totals, taken))
        self._place = (chunk[-1].record.line, chunk[-1].record.position)
        if time.monotonic() - self._remembered_at > REMEMBER_SECONDS:
            await self._remember(finished=False)

    def _count(self, chunk: list[Line]) -> list[tuple[Any, EventOutcome]]:
        """Counts what came of each line, and writes down the refused ones; answers what was taken."""
        totals, taken = self._result.totals, []
        for line in chunk:
            totals.read += 1
            if isinstance(line.outcome, EventOutcome):
                self._kind.count(totals, line.said, line.outcome)
                taken.append((line.said, line.outcome))
            elif line.outcome is not None:
                totals.refuse(line.outcome)
                self._refused.write(line.record, line.outcome)
        self._advance(self._source.progress(), totals.read)
        return taken

    async def _remember(self, *, finished: bool) -> None:
        """Notes how far the import has come: all up to there is committed, and refused lines are on the disk."""
        self._remembered_at = time.monotonic()
        self._refused.keep()
        if self._fingerprint is None:
            return
        line, position = self._place
        progress = ImportProgress(
            fingerprint=self._fingerprint,
            kind=self._plan.kind,
            path=self._plan.path,
            line=line,
            position=position,
            refused_bytes=self._refused.bytes,
            totals=json.text(self._result.totals),
            started_at=0,
            updated_at=0,
            finished_at=None,
        )
        await self._store.write_path.run(RememberImport(progress, finished=finished), _ORIGIN)

    # without effect

    async def _rehearse(self) -> None:
        """Decides every line on a snapshot, so many together that what they bring is seen by those after them."""
        window: list[Line] = []
        windows = 0
        try:
            while True:
                chunk = await asyncio.to_thread(self._next_chunk)
                window += chunk
                if window and (not chunk or len(window) >= DRY_RUN_WINDOW):
                    await self._try_out(window)
                    windows, window = windows + 1, []
                if not chunk:
                    break
        finally:
            self._refused.close()
        self._result.exact = windows <= 1

    async def _try_out(self, window: list[Line]) -> None:
        asking = [line for line in window if line.command is not None]
        outcomes = await self._store.write_path.try_out_all([line.command for line in asking], _ORIGIN)
        for line, outcome in zip(asking, outcomes, strict=True):
            line.outcome = outcome
        self._count(window)
