"""Checks of analytics: the totals, with what was not added to them yet, are what the rows come to."""

from vinr_engagement import analytics
from vinr_engagement.commands.verify_report import Report
from vinr_engagement.foundation.database import Session


async def check_analytics(session: Session, report: Report) -> None:
    """Every total of every quarter of an hour, each cohort, and who was active on each day."""
    for difference in await analytics.differences(session):
        report.fault(None, "analytics", difference)
