"""When the world is told that a campaign started and ended."""

from typing import Literal

from vinr_engagement.campaigns.tables import CampaignRow
from vinr_engagement.foundation.clock import Instant

Announcement = Literal["started", "ended"]


def next_due(row: CampaignRow) -> tuple[Instant, Announcement] | None:
    """What is to be told next, and from when on; None where nothing is."""
    if row.state != "launched" or row.starts_at is None:
        return None
    if row.announced is None:
        return row.starts_at, "started"
    if row.announced == "started":
        return None if row.ends_at is None else (row.ends_at, "ended")
    return None


def reschedule(row: CampaignRow, now: Instant) -> None:
    """Brings ``due_at`` up to date after a change; one whose end was told and that goes on is told as started again."""
    if row.announced == "ended" and row.state == "launched" and (row.ends_at is None or row.ends_at > now):
        row.announced = None
    upcoming = next_due(row)
    row.due_at = None if upcoming is None else upcoming[0]
