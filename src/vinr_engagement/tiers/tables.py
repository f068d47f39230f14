"""The rows of this room."""

import msgspec

from vinr_engagement.foundation import ids
from vinr_engagement.foundation.database import Key, Query, Table


class DailyTotal(msgspec.Struct, gc=False):
    """What one local day brought to one account.

    ``day`` is in the program's timezone, as days since 1970-01-01; ``points`` are qualifying points that arose on it, net of
    what refunds took back; ``spend`` (minor units of the program's default currency, net) and ``orders`` are of payments of
    that day. A refund therefore changes the day of its payment, not its own.
    """

    bucket: int
    account: str
    day: int
    points: int
    spend: int
    orders: int


DAILY_TOTALS = Table("daily_totals", DailyTotal, ("bucket", "account", "day"))
TOTALS_OF_ACCOUNT = Query(DAILY_TOTALS, ("bucket", "account"))


def total_key(account: str, day: int) -> Key:
    """Where an account's own total of a day is; a merge leaves totals in the bucket they were written to."""
    return (ids.bucket_of(account), account, day)
