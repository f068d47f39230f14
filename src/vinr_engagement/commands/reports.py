"""Asking for reports and giving them up. Who asked for a report is in the audit log: it takes members' data out of the store."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, ClassVar

from vinr_engagement import audit, reports
from vinr_engagement.commands.context import Context, Decision, no_such
from vinr_engagement.commands.unwritten import unwritten
from vinr_engagement.commands.write_path import WritePath
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.errors import Conflict
from vinr_engagement.programs import Program
from vinr_engagement.reports import Asked, Making, Moved, ReportFormat, ReportType


class CreateReport(Decision):
    """A report that a worker makes; ``gte`` and ``lt`` are times, or days of the program. ``now`` is real time.

    Raises ``NotFound``, ``Invalid`` for a period that is none, and ``Conflict`` (``report_limit_reached``).
    """

    alone: ClassVar[bool] = True

    def __init__(
        self, kind: ReportType, file_format: ReportFormat, program: str, gte: str, lt: str, now: Instant
    ) -> None:
        self.kind = kind
        self.format = file_format
        self.program = program
        self.gte = gte
        self.lt = lt
        self.now = now

    def decide(self, context: Context) -> dict[str, Any]:
        known = context.configuration.programs.get(self.program)
        if known is None:
            raise no_such("program", self.program, "program")
        asked = asked_of(self.kind, self.format, known.program, self.gte, self.lt)
        _refuse_too_many(context)
        row = context.state.insert(reports.new_report(asked, self.now))
        after = reports.request_snapshot(row)
        audit.note(context.state, context.origin, "report.created", row.id, None, after, context.now)
        return reports.report_snapshot(row)


def asked_of(kind: ReportType, file_format: ReportFormat, program: Program, gte: str, lt: str) -> Asked:
    """What a report of a program is to hold. Raises ``Invalid``."""
    first = reports.bound(gte, program.zone, "period.gte")
    return reports.check(Asked(kind, file_format, program, first, reports.bound(lt, program.zone, "period.lt")))


def _refuse_too_many(context: Context) -> None:
    waiting = sum(len(context.state.select(reports.REPORTS_BY_STATUS, (status,))) for status in ("pending", "running"))
    if waiting >= reports.MOST_WAITING:
        raise Conflict(
            "report_limit_reached",
            f"{waiting} reports wait to be made, as many as may; ask again once one of them is, or delete one.",
        )


class DeleteReport(Decision):
    """Gives a report up, and its file with it; one that is being made is not made any further. Raises ``NotFound``."""

    alone: ClassVar[bool] = True

    def __init__(self, report: str) -> None:
        self.report = report

    def decide(self, context: Context) -> dict[str, Any]:
        row = context.state.find(reports.REPORTS, (self.report,))
        if row is None:
            raise no_such("report", self.report)
        context.state.delete(row)
        before = reports.request_snapshot(row)
        audit.note(context.state, context.origin, "report.deleted", row.id, before, None, context.now)
        return {"id": row.id, "object": "report", "deleted": True}


def making(write_path: WritePath, session: Session, asked: Asked, as_of: Instant) -> Making:
    """A report in the making, on a session that stays on one snapshot; ``as_of`` is its moment by the store's clock."""
    return Making(session, asked, as_of, _moved(write_path, session, asked.program.id, as_of))


async def _moved(
    write_path: WritePath, session: Session, program: str, as_of: Instant
) -> AsyncGenerator[list[Moved], None]:
    async with aclosing(unwritten(write_path, session, program, as_of)) as settled:
        async for rows in settled:
            movements = [(row, reports.movement_of(row.type, row.amount)) for row in rows]
            yield [Moved(row.unit, movement, row.amount, row.effective_at) for row, movement in movements]
