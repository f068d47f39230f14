"""Checks of webhooks: each endpoint has its place in the log, and what is told of it is complete."""

from vinr_engagement import outbox, webhooks
from vinr_engagement.commands.verify_report import Report
from vinr_engagement.foundation.database import Session
from vinr_engagement.webhooks import queries

PREFIX = "we_"
"""Facts about endpoints are told apart from others by this."""


async def check_webhooks(session: Session, report: Report) -> None:
    """Every endpoint has a cursor that is not beyond the log, and its facts are numbered from 1 without a gap."""
    endpoints = await session.rows(webhooks.ENDPOINTS, "true order by id")
    cursors, head = await queries.cursors_of(session, endpoints), await outbox.log.head(session)
    for row in endpoints:
        cursor = cursors.get(row.id)
        if cursor is None:
            report.fault(None, "webhooks", f"endpoint {row.id} has no place in the log of events")
        elif cursor.position > head:
            message = f"endpoint {row.id} stands at {cursor.position}, beyond the log of events, which ends at {head}"
            report.fault(None, "webhooks", message)
        told = await session.rows(
            outbox.OUTGOING_EVENTS, "bucket = $1 and account = $2 order by sequence", row.bucket, row.id
        )
        numbers = [event.sequence for event in told]
        if numbers != list(range(1, row.sequence + 1)):
            report.fault(None, "outgoing", f"the events of endpoint {row.id} are {numbers}; it counts {row.sequence}")
    await _check_events(session, report)


async def _check_events(session: Session, report: Report) -> None:
    """What is still to be delivered is there."""
    missing = await session.fetch(
        "select d.id, d.event from webhook_deliveries d left join outgoing_events o"
        " on o.bucket = d.bucket and o.account = d.account and o.id = d.event"
        " where d.next_attempt_at is not null and o.id is null order by d.id"
    )
    for delivery, event in missing:
        report.fault(None, "webhooks", f"delivery {delivery} is of the event {event}, which is not there")
