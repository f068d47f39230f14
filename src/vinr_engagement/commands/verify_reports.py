"""Checks of reports: what can be downloaded is there."""

from vinr_engagement import reports
from vinr_engagement.commands.verify_report import Report
from vinr_engagement.foundation.database import Session


async def check_reports(session: Session, report: Report) -> None:
    """The file of every completed report is whole."""
    for identifier in await reports.queries.incomplete(session):
        report.fault(None, "reports", f"a piece of the file of report {identifier} is missing")
