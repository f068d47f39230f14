"""``/v1/reports``: exports as files, made in the background."""

from typing import Annotated, Literal

from fastapi import Query, Response
from pydantic import Field

from vinr_engagement import programs, reports
from vinr_engagement.commands import CreateReport, DeleteReport
from vinr_engagement.entrypoints.api.answers import Caller, Errors, found_or_missing, json_answer, perform
from vinr_engagement.entrypoints.api.errors import Fault
from vinr_engagement.entrypoints.api.fields import Id, Shape
from vinr_engagement.entrypoints.api.paging import PageShape, Paging
from vinr_engagement.entrypoints.api.report_files import ReportFile, file_answer
from vinr_engagement.entrypoints.api.report_shapes import DeletedReport, NewReport, Report, ReportStatus
from vinr_engagement.entrypoints.api.routing import Resource
from vinr_engagement.foundation.clock import real_now
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Page
from vinr_engagement.reports import Report as StoredReport
from vinr_engagement.reports import ReportType

report_exports = Resource("reports", "/v1/reports", "reports")


class ReportList(Shape):
    """A page of reports, newest first."""

    object: Literal["list"]
    data: list[Report]
    page: PageShape


class ListReports(Paging):
    """Which reports to list."""

    program: Id | None = Field(None, description="Only those of this program.", examples=["prog_default"])
    type: ReportType | None = Field(None, description="Only those of this type.")
    status: ReportStatus | None = Field(None, description="Only those with this status.")


@report_exports.write("POST", "", "create", Report, errors=("resource_missing", "report_limit_reached"))
async def create_report(caller: Caller, errors: Errors, body: NewReport) -> Response:
    """Make a report

    It is made in the background, in seconds for most: ask for it until its `status` is `completed` or
    `failed`. That it was asked for is in the audit log.
    """
    command = CreateReport(body.type, body.format, body.program, body.period.gte, body.period.lt, real_now())
    return await perform(caller, errors, command)


@report_exports.get("", "list", ReportList, errors=("parameter_invalid",))
async def list_reports(caller: Caller, query: Annotated[ListReports, Query()]) -> Response:
    """List reports

    Newest first, as long as they are kept.
    """

    async def place(session: Session, cursor: str) -> str | None:
        return cursor if await reports.queries.get_report(session, cursor) else None

    async def read(session: Session) -> Page[StoredReport]:
        window = await query.window(session, place)
        filters = {"program": query.program, "kind": query.type, "status": query.status}
        return await reports.queries.list_reports(session, window, **filters)

    page = await caller.read(read)
    return json_answer(query.answer(page, [reports.report_snapshot(row) for row in page.rows]))


@report_exports.get("/{report}", "retrieve", Report)
async def get_report(caller: Caller, report: str) -> Response:
    """Retrieve a report"""
    found = await caller.read(lambda session: reports.queries.get_report(session, report))
    return json_answer(reports.report_snapshot(found_or_missing(found, "report", report)))


@report_exports.write("DELETE", "/{report}", "delete", DeletedReport)
async def delete_report(caller: Caller, errors: Errors, report: str) -> Response:
    """Delete a report

    Its file cannot be downloaded any more; one that is being made is not made any further.
    """
    return await perform(caller, errors, DeleteReport(report))


@report_exports.get("/{report}/download", "download", ReportFile, errors=("report_not_completed",))
async def download_report(caller: Caller, report: str) -> Response:
    """Download the file of a report

    `Content-Type` says which format it has, `Content-Disposition` what to call it; the `ETag` is its SHA-256.
    One range of bytes can be asked for with `Range`, and `HEAD` answers without the file.
    """

    async def read(session: Session) -> tuple[StoredReport | None, list[programs.ProgramRow]]:
        row = await reports.queries.get_report(session, report)
        return row, [] if row is None else await session.find(programs.PROGRAMS, [(row.program,)])

    found, rows = await caller.read(read)
    row = found_or_missing(found, "report", report)
    if row.status != "completed":
        message = f"Report {row.id} is {row.status}; its file is there once its status is completed."
        raise Fault("report_not_completed", message, resource=row.id)
    return file_answer(caller, row, reports.file_name(row, programs.program_of(rows[0]).zone))


report_exports.answer_head("/{report}/download", download_report)
