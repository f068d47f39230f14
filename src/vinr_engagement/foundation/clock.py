"""Instants: microseconds since the Unix epoch, UTC, as plain integers.

The only module that reads the machine's clock. Everything else is handed ``now``.
"""

import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache

Instant = int
"""Microseconds since 1970-01-01T00:00:00Z."""

SECOND: Instant = 1_000_000
MINUTE: Instant = 60 * SECOND
HOUR: Instant = 60 * MINUTE
DAY: Instant = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def real_now() -> Instant:
    """The machine's clock."""
    return time.time_ns() // 1_000


def instant_of(moment: datetime) -> Instant:
    """An aware ``datetime`` as an instant, exactly.

    Raises ``ValueError`` for a naive datetime, and for one outside 1900 to 2200.
    """
    if moment.tzinfo is None:
        raise ValueError("a time needs an offset from UTC, for example 2026-04-01T12:00:00Z")
    if not _EARLIEST <= moment < _LATEST:
        raise ValueError("a time must lie between the years 1900 and 2200")
    return (moment - _EPOCH) // _MICROSECOND


def datetime_of(instant: Instant) -> datetime:
    """An instant as an aware ``datetime`` in UTC."""
    return _EPOCH + timedelta(microseconds=instant)


def parse_instant(text: str) -> Instant:
    """An RFC 3339 time as an instant. Raises ``ValueError`` saying what would be right."""
    if len(text) < len("2026-04-01T12:00Z") or text[10] not in "Tt ":
        raise ValueError(f"{text[:40]!r} is not a time like 2026-04-01T12:00:00Z")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is not a time like 2026-04-01T12:00:00Z") from None
    return instant_of(moment)


@lru_cache(maxsize=8192)
def format_instant(instant: Instant) -> str:
    """An instant as RFC 3339 in UTC: ``2026-04-01T12:00:00Z``, with a fraction only where there is one."""
    text = datetime_of(instant).isoformat()
    return text[:-6] + "Z"
