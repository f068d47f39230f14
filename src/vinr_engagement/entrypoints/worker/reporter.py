"""Makes the reports that wait, one after the other, a step at a time.

A file is made of one snapshot, so whoever is stopped or killed leaves nothing that another could go on with: the report is made
anew, from the beginning, by whoever holds the job's lease next. What is saved is saved in the name of one attempt
(``reports.keeping``): a worker that lost its lease unawares cannot spoil the file of the one that has it.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, aclosing, suppress
from typing import Final

from structlog.typing import FilteringBoundLogger

from vinr_engagement import programs, reports
from vinr_engagement.commands import Store
from vinr_engagement.commands.reports import making
from vinr_engagement.foundation.clock import Instant, real_now
from vinr_engagement.foundation.database import Session
from vinr_engagement.reports import Asked, Cutter, Making, Report, TooLarge, keeping
from vinr_engagement.reports.report import ReportFormat, ReportType

JOB: Final = "make_reports"


class Reporter:
    """The reports of a store. ``now`` is real time; no file gets larger than ``most_bytes``."""

    def __init__(
        self,
        store: Store,
        log: FilteringBoundLogger,
        *,
        now: Callable[[], Instant] = real_now,
        most_bytes: int = reports.MOST_BYTES,
    ) -> None:
        self._store = store
        self._log = log
        self._now = now
        self._most_bytes = most_bytes
        self._attempt: _Attempt | None = None

    async def step(self) -> int:
        """Does a little for the report that has waited longest; 0 where none waits.

        Raises what went wrong: the report waits again, until it was tried often enough.
        """
        try:
            if self._attempt is None:
                return await self._begin()
            if not await self._attempt.step():
                await self._finish(self._attempt)
        except keeping.Replaced:
            await self._drop()
        except TooLarge:
            message = f"The file would be larger than {self._most_bytes:,} bytes; ask for shorter periods."
            await self._give_up("too_large", message)
        except Exception:
            await self._try_again()
            raise
        return 1

    async def let_go(self) -> None:
        """Gives back what is in hand: another begins it anew, at once."""
        attempt = self._attempt
        if attempt is not None:
            await self._drop()
            with suppress(keeping.Replaced):
                await keeping.put_back(self._store.database, attempt.report, counted=False)

    async def _begin(self) -> int:
        report = await keeping.take(self._store.database)
        if report is None:
            return 0
        self._attempt = _Attempt(self._store, report, Cutter(self._most_bytes))
        if report.attempts > reports.MOST_ATTEMPTS:
            message = f"The report was begun {reports.MOST_ATTEMPTS} times, and each time the server stopped."
            await self._give_up("interrupted", message)
            return 1
        await self._attempt.open()
        return 1

    async def _finish(self, attempt: "_Attempt") -> None:
        await attempt.finish(self._now())
        await self._drop()
        facts = {"report": attempt.report.id, "rows": attempt.rows, "bytes": attempt.cutter.bytes}
        self._log.info("report_completed", store=self._store.environment, **facts)

    async def _give_up(self, code: str, message: str) -> None:
        attempt = self._attempt
        await self._drop()
        if attempt is not None:
            with suppress(keeping.Replaced):
                await keeping.fail(self._store.database, attempt.report, code, message, self._now())
            self._log.warning("report_failed", store=self._store.environment, report=attempt.report.id, code=code)

    async def _try_again(self) -> None:
        attempt = self._attempt
        await self._drop()
        if attempt is None:
            return
        if attempt.report.attempts >= reports.MOST_ATTEMPTS:
            await self._give_up_on(attempt)
            return
        with suppress(Exception):  # Where the database takes nothing either, the next attempt takes it over.
            await keeping.put_back(self._store.database, attempt.report, counted=True)

    async def _give_up_on(self, attempt: "_Attempt") -> None:
        self._attempt = attempt
        await self._give_up("internal_error", "The server failed to make it several times; its log says why.")

    async def _drop(self) -> None:
        attempt, self._attempt = self._attempt, None
        if attempt is not None:
            await attempt.close()


class _Attempt:
    """One file in the making, with the snapshot that it is made of."""

    def __init__(self, store: Store, report: Report, cutter: Cutter) -> None:
        self.report = report
        self.cutter = cutter
        self._store = store
        self._held = AsyncExitStack()
        self._making: Making | None = None
        self._parts: AsyncGenerator[bytes, None] | None = None
        self._as_of: Instant = 0

    @property
    def rows(self) -> int:
        """How many are in the file."""
        return 0 if self._making is None else self._making.rows

    async def open(self) -> None:
        """Takes the snapshot."""
        session = await self._held.enter_async_context(self._store.database.snapshot())
        asked = await _asked(session, self.report)
        self._as_of = await self._store.now_in(
            session
        )  # Not before the snapshot is taken, so that it has no later rows.
        self._making = making(self._store.write_path, session, asked, self._as_of)
        self._parts = await self._held.enter_async_context(aclosing(self._making.parts()))

    async def step(self) -> bool:
        """Makes and keeps a part; answers whether there may be more."""
        assert self._parts is not None
        part = await anext(self._parts, None)
        if part is None:
            return False
        pieces = await asyncio.to_thread(self.cutter.add, part)
        if pieces:
            await keeping.save(self._store.database, self.report, pieces, self.rows, self.cutter.bytes)
        return True

    async def finish(self, now: Instant) -> None:
        """Keeps the rest, and says that it is whole."""
        assert self._making is not None
        made = {
            "rows": self.rows,
            "bytes": self.cutter.bytes,
            "sha256": self.cutter.sha256,
            "totals": self._making.totals,
            "as_of": self._as_of,
        }
        await keeping.complete(self._store.database, self.report, self.cutter.finish(), made, now)

    async def close(self) -> None:
        """Lets go of the snapshot."""
        with suppress(Exception):  # A connection that is gone needs no closing.
            await self._held.aclose()


async def _asked(session: Session, report: Report) -> Asked:
    (row,) = await session.find(programs.PROGRAMS, [(report.program,)])
    kind: ReportType = report.type  # type: ignore[assignment]
    file_format: ReportFormat = report.format  # type: ignore[assignment]
    return Asked(kind, file_format, programs.program_of(row), report.period_gte, report.period_lt)
