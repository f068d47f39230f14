"""The rows of this room. All times but those of the period and ``as_of`` are real time, whatever the store's clock says."""

import msgspec

from vinr_engagement.foundation.database import Query, Table


class Report(msgspec.Struct, gc=False):
    """One report that somebody asked for.

    ``file`` names what is being made, or was; each attempt has one of its own, and only who works on the present one may save.
    ``lines`` and ``bytes`` are how far it is. ``totals`` and ``error`` are JSON; ``as_of`` is the moment of the snapshot that it
    is made of, by the store's clock.
    """

    id: str
    type: str
    format: str
    program: str
    period_gte: int
    period_lt: int
    status: str
    file: str | None
    attempts: int
    lines: int
    bytes: int
    sha256: str | None
    totals: str | None
    error: str | None
    as_of: int | None
    created_at: int
    completed_at: int | None
    expires_at: int | None


REPORTS = Table("reports", Report, ("id",), locked=True)
REPORTS_BY_STATUS = Query(REPORTS, ("status",))
