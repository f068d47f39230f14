"""Calendar arithmetic on instants: months, local days, windows, fixed expiry dates, in a program's timezone.

An *instant* is an ``int``: microseconds since the Unix epoch, UTC. Every function is pure and takes instants
whose year lies in 2 to 9998; outside, and where a result would fall outside, it raises ``ValueError``.

Three rules carry the whole module (docs/guides/points-over-time.md):

1. *Local times.* A local time that a clock change skips moves forward by the size of the gap; a repeated one
   is the first. Both are what PEP 495 computes for ``fold=0``: the UTC offset in force before the change.
2. *Local days.* A day begins at its first instant: its first midnight, or, where a gap swallows midnight, the
   instant of the clock change. It ends where the next day begins. Days therefore tile time and never run
   backwards, even where a clock is set back over a midnight (St John's, 00:01 to 23:01): what follows belongs
   to the day already begun. A day that a zone skips (Apia, 30 December 2011) is empty.
3. *Windows* are runs of local days; weeks start on Monday.
"""

from bisect import bisect_left
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo, available_timezones

Window = Literal["day", "week", "month", "lifetime"]

_SECOND: Final = 1_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ONE_DAY: Final = timedelta(days=1)
_FIRST_YEAR: Final = 2
_LAST_YEAR: Final = 9998
# Wider than the years promised by more than any UTC offset, so that every result may be an argument again.
_EARLIEST_INSTANT: Final = (datetime(1, 1, 3, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
_LATEST_INSTANT: Final = (datetime(9999, 12, 29, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
# Names that depend on the machine, or stand for no place.
_NOT_A_PLACE: Final = frozenset({"Factory", "localtime", "posixrules"})
_LONGEST_ZONE_NAME: Final = 64


def zone(name: str) -> ZoneInfo:
    """Return the timezone of an IANA name such as ``Europe/London``, the same object for the same name.

    Only names listed in the timezone database are looked up, so a path never reaches the file system.
    Raises ``ValueError`` for any other text, naming the nearest name there is.
    """
    return _zone(name)


@cache  # Bounded: only listed names return, and a raised error is not kept.
def _zone(name: str) -> ZoneInfo:
    if name not in _zone_names():
        raise ValueError(f"unknown timezone {name[:_LONGEST_ZONE_NAME]!r}{_zone_suggestion(name)}")
    return ZoneInfo(name)


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones() - _NOT_A_PLACE)


def _zone_suggestion(name: str) -> str:
    if len(name) > _LONGEST_ZONE_NAME:
        return ""
    folded = {known.lower(): known for known in sorted(_zone_names())}
    near = get_close_matches(name.strip().lower().replace(" ", "_"), folded, n=1, cutoff=0.8)
    return f"; did you mean {folded[near[0]]!r}?" if near else "; use an IANA name such as 'Europe/London'"


def local_datetime(instant: int, zone: ZoneInfo) -> datetime:
    """Return what clock and calendar of the zone show at the instant.

    The datetime is aware and exact to the microsecond. Raises ``ValueError`` outside years 2 to 9998.
    """
    if not _EARLIEST_INSTANT <= instant < _LATEST_INSTANT:
        raise ValueError(f"instant outside years {_FIRST_YEAR} to {_LAST_YEAR}")
    moment = _EPOCH + timedelta(0, 0, instant)
    return moment if zone.key == "UTC" else moment.astimezone(zone)


def instant_of(local: datetime, zone: ZoneInfo) -> int:
    """Return the instant at which the zone shows the naive local time.

    A skipped local time moves forward by the size of the gap; of a repeated one this is the first.
    Raises ``ValueError`` when the datetime already carries a timezone, and outside years 2 to 9998.
    """
    if local.tzinfo is not None:
        raise ValueError("a local time carries no timezone of its own")
    _check_year(local.year)
    return _instant_of_aware(local.replace(tzinfo=zone, fold=0))


def _instant_of_aware(moment: datetime) -> int:
    since_epoch = moment - _EPOCH
    return (since_epoch.days * 86_400 + since_epoch.seconds) * _SECOND + since_epoch.microseconds


@lru_cache(maxsize=1024)  # what happens together mostly expires together
def add_months(instant: int, months: int, zone: ZoneInfo) -> int:
    """Return the instant so many calendar months later (earlier, if negative), at the same local time of day.

    A day that does not exist becomes the month's last; then the rules of ``instant_of`` hold. Adding no
    months returns the instant itself, also the second of two equal local times. More months are always
    strictly later, but two instants may swap or meet: 30 January 15:00 and 31 January 10:00, plus one month.
    Raises ``ValueError`` outside years 2 to 9998.
    """
    if months == 0:
        return instant
    local = local_datetime(instant, zone)
    year, month_index = divmod(local.year * 12 + local.month - 1 + months, 12)
    _check_year(year)
    month = month_index + 1
    day = min(local.day, _days_in_month(year, month))
    return _instant_of_aware(local.replace(year, month, day, fold=0))


def add_days(instant: int, days: int, zone: ZoneInfo) -> int:
    """Return the instant so many calendar days later (earlier, if negative), at the same local time of day.

    Not for holds and graces, whose days are 24 hours each. Adding no days returns the instant itself.
    Raises ``ValueError`` outside years 2 to 9998.
    """
    if days == 0:
        return instant
    local = local_datetime(instant, zone)
    try:
        day = local.date() + timedelta(days)
    except OverflowError:
        raise ValueError(f"date outside years {_FIRST_YEAR} to {_LAST_YEAR}") from None
    _check_year(day.year)
    return _instant_of_aware(local.replace(day.year, day.month, day.day, fold=0))


def _check_year(year: int) -> None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError(f"date outside years {_FIRST_YEAR} to {_LAST_YEAR}")


@lru_cache(maxsize=4096)
def _days_in_month(year: int, month: int) -> int:
    return monthrange(year, month)[1]


@lru_cache(maxsize=1024)  # an event asks for the same few days many times
def local_day(instant: int, zone: ZoneInfo) -> date:
    """Return the local day that holds the instant: it has started by then, and the next one has not.

    This is the date the zone's calendar shows, except after a clock was set back over midnight: there the day
    already begun goes on. Raises ``ValueError`` outside years 2 to 9998.
    """
    shown = local_datetime(instant, zone).date()
    following = shown + _ONE_DAY
    return following if instant >= _start_of_day(following, zone) else shown


_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()


def day_number(instant: int, zone: ZoneInfo) -> int:
    """Return the local day of the instant as days since 1970-01-01. Raises ``ValueError`` outside years 2 to 9998."""
    return local_day(instant, zone).toordinal() - _EPOCH_ORDINAL


def start_of_day(day: date, zone: ZoneInfo) -> int:
    """Return the first instant of the local day, also where a clock change skips or repeats its midnight.

    For a day the zone skips altogether this is the start of the following day.
    Raises ``ValueError`` outside years 2 to 9998.
    """
    _check_year(day.year)
    return _start_of_day(day, zone)


@lru_cache(maxsize=65_536)
def _start_of_day(day: date, zone: ZoneInfo) -> int:
    midnight = datetime.combine(day, time.min, zone)
    by_offset_before = _instant_of_aware(midnight)
    by_offset_after = _instant_of_aware(midnight.replace(fold=1))
    if by_offset_before <= by_offset_after:  # Midnight exists: once if equal, else twice, the first one first.
        return by_offset_before
    return _clock_change_into(day, zone, by_offset_after, by_offset_before)


def _clock_change_into(day: date, zone: ZoneInfo, earliest: int, latest: int) -> int:
    """Return the clock change that skips the day's midnight, between the two readings of that midnight.

    Clocks change on whole seconds, and only once between the two, so halving finds the first second that
    shows the day.
    """
    seconds = range(earliest // _SECOND, latest // _SECOND + 1)
    index = bisect_left(seconds, day, key=lambda second: local_datetime(second * _SECOND, zone).date())
    return seconds[index] * _SECOND


def start_of_day_number(day: int, zone: ZoneInfo) -> int:
    """Return the first instant of a local day that is given as days since 1970-01-01: ``start_of_day`` of its date.

    Raises ``ValueError`` outside years 2 to 9998.
    """
    return start_of_day(_date_of(day), zone)


@lru_cache(maxsize=65_536)
def add_months_to_day(day: int, months: int) -> int:
    """Return the day so many calendar months later (earlier, if negative), both as days since 1970-01-01.

    A day that does not exist becomes the month's last, so that days never swap, though some meet: the 28th to 31st
    of January, plus one month. Raises ``ValueError`` outside years 2 to 9998.
    """
    start = _date_of(day)
    year, month_index = divmod(start.year * 12 + start.month - 1 + months, 12)
    _check_year(year)
    month = month_index + 1
    return date(year, month, min(start.day, _days_in_month(year, month))).toordinal() - _EPOCH_ORDINAL


def first_of_month(month: int) -> int:
    """Return the first day of a month, as days since 1970-01-01; ``month`` counts from January of the year 0.

    Raises ``ValueError`` outside years 2 to 9998.
    """
    year, month_index = divmod(month, 12)
    _check_year(year)
    return date(year, month_index + 1, 1).toordinal() - _EPOCH_ORDINAL


def month_of_day(day: int) -> int:
    """Return the month of a day (days since 1970-01-01) as ``year * 12 + month - 1``, what ``first_of_month`` takes.

    Raises ``ValueError`` outside years 2 to 9998.
    """
    shown = _date_of(day)
    return shown.year * 12 + shown.month - 1


def _date_of(day: int) -> date:
    try:
        found = date.fromordinal(day + _EPOCH_ORDINAL)
    except (ValueError, OverflowError):
        raise ValueError(f"date outside years {_FIRST_YEAR} to {_LAST_YEAR}") from None
    _check_year(found.year)
    return found


def window_key(instant: int, window: Window, zone: ZoneInfo) -> str:
    """Return the text key of the window that holds the instant: the same all through it, and nowhere else.

    ``day:2011-03-04``; ``week:2011-02-28``, its Monday; ``month:2011-03``; ``lifetime``.
    Raises ``ValueError`` for another window, and outside years 2 to 9998.
    """
    if window == "lifetime":
        return "lifetime"
    return _window_key_of_day(local_day(instant, zone), window)


@lru_cache(maxsize=16_384)
def _window_key_of_day(day: date, window: Window) -> str:
    if window == "day":
        return f"day:{day.isoformat()}"
    if window == "week":
        return f"week:{(day - timedelta(days=day.weekday())).isoformat()}"
    if window == "month":
        return f"month:{day.isoformat()[:7]}"
    raise ValueError(f"unknown window {window!r}; use day, week, month or lifetime")


def end_of_fixed_period(instant: int, month: int, day: int, min_months: int, zone: ZoneInfo) -> int:
    """Return when points earned at the instant expire under ``fixed`` expiry (docs/guides/points-over-time.md).

    That is the end of the local day ``month``/``day``, so the start of the day after it: the first such end
    which is strictly after ``instant``, and at or after ``add_months(instant, min_months, zone)``. 29
    February stands for the 28th in other years. Raises ``ValueError`` for a date no year has, for negative
    ``min_months``, and outside years 2 to 9998.
    """
    _check_fixed_period(month, day, min_months)
    too_early = max(add_months(instant, min_months, zone) - 1, instant)
    # Ends of earlier years are at most the first instant of this year; the end in the next is always later.
    year = local_day(too_early, zone).year
    end = _end_of_date(year, month, day, zone)
    return end if end > too_early else _end_of_date(year + 1, month, day, zone)


@lru_cache(maxsize=4096)
def _check_fixed_period(month: int, day: int, min_months: int) -> None:
    if min_months < 0:
        raise ValueError(f"min_months is {min_months}, but cannot be negative")
    leap_year = 2000
    if not (1 <= month <= 12 and 1 <= day <= _days_in_month(leap_year, month)):
        raise ValueError(f"no year has a day {day} in month {month}")


@lru_cache(maxsize=16_384)
def _end_of_date(year: int, month: int, day: int, zone: ZoneInfo) -> int:
    existing_day = min(day, _days_in_month(year, month))
    return _start_of_day(date(year, month, existing_day) + _ONE_DAY, zone)
