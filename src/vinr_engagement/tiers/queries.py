"""Reading what counts towards tiers."""

from collections.abc import Iterable

from vinr_engagement.foundation.database import Session
from vinr_engagement.tiers.tables import DAILY_TOTALS, DailyTotal


async def totals_in(session: Session, account: str, buckets: Iterable[int]) -> list[DailyTotal]:
    """All that the days of an account brought, in the buckets that its rows may be in."""
    return [
        total
        for bucket in buckets
        for total in await session.rows(DAILY_TOTALS, "bucket = $1 and account = $2 order by day", bucket, account)
    ]
