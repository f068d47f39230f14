"""Calendars as a person would work them out with a diary: no cleverness shared with the product."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def instant(moment: datetime) -> int:
    return (moment.astimezone(UTC) - EPOCH) // MICROSECOND


def local(at: int, zone: str) -> datetime:
    return (EPOCH + at * MICROSECOND).astimezone(ZoneInfo(zone))


def text(at: int) -> str:
    return (EPOCH + at * MICROSECOND).isoformat().replace("+00:00", "Z")


def add_months(at: int, months: int, zone: str) -> int:
    """The same local time of day, so many months on; the month's last day where it has no such day."""
    if months == 0:
        return at
    start = local(at, zone)
    year, month = start.year, start.month + months
    while month > 12:
        year, month = year + 1, month - 12
    return instant(start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1]), fold=0))


def end_of_fixed_period(at: int, month: int, day: int, min_months: int, zone: str) -> int:
    """The end of the next such day that is at least so many months away."""
    year = local(at, zone).year - 1
    while True:
        last = datetime(year, month, min(day, monthrange(year, month)[1]))
        end = instant((last + timedelta(days=1)).replace(tzinfo=ZoneInfo(zone)))
        if end > at and end >= add_months(at, min_months, zone):
            return end
        year += 1


def window(at: int, name: str, zone: str) -> str:
    today = local(at, zone).date()
    if name == "lifetime":
        return name
    if name == "week":
        return str(today - timedelta(days=today.weekday()))
    return str(today) if name == "day" else f"{today:%Y-%m}"


def day_number(at: int, zone: str) -> int:
    return local(at, zone).date().toordinal()


def start_of_day(number: int, zone: str) -> int:
    day = date.fromordinal(number)
    return instant(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)))


def months_later(day: date, months: int) -> date:
    """The same day so many months on; the month's last where it has no such day."""
    year, month = day.year, day.month + months
    while month > 12:
        year, month = year + 1, month - 12
    return date(year, month, min(day.day, monthrange(year, month)[1]))
