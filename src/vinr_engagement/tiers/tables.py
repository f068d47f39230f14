"""The rows of this room."""

import msgspec

from vinr_engagement.foundation.database import Query, Table


class DailyTotal(msgspec.Struct, gc=False):
    """What one local day brought to one account, net of what refunds took back from it.

    ``day`` is days since 1970-01-01 in the program's timezone; ``points`` are qualifying ones; ``spend`` is in minor units of
    the program's default currency.
    """

    bucket: int
    account: str
    day: int
    points: int
    spend: int
    orders: int


DAILY_TOTALS = Table("daily_totals", DailyTotal, ("bucket", "account", "day"))
TOTALS_OF_ACCOUNT = Query(DAILY_TOTALS, ("bucket", "account"))
