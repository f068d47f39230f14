"""The calendar's promised years, 2 to 9998: all of them, and no others."""

from collections.abc import Callable
from datetime import datetime

import pytest

from vinr_engagement.foundation.calendar import (
    add_days,
    add_months,
    end_of_fixed_period,
    instant_of,
    local_datetime,
    start_of_day,
    zone,
)

UTC_ZONE = zone("UTC")
FIRST, LAST = datetime(2, 1, 1), datetime(9998, 12, 31, 23, 59, 59, 999_999)
A_DAY = 86_400_000_000


@pytest.mark.parametrize("place", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
@pytest.mark.parametrize("local", [FIRST, LAST])
def test_the_first_and_the_last_instant_are_there_in_every_zone(place: str, local: datetime) -> None:
    instant = instant_of(local, zone(place))
    assert local_datetime(instant, zone(place)).replace(tzinfo=None) == local
    assert add_days(instant, 0, zone(place)) == add_months(instant, 0, zone(place)) == instant


def test_instants_just_outside_may_still_be_shown() -> None:
    """So that what was worked out within the years, like the end of the last day, may be an argument again."""
    end = instant_of(LAST, UTC_ZONE) + 1
    assert local_datetime(end, UTC_ZONE).year == 9999
    assert local_datetime(instant_of(FIRST, UTC_ZONE) - 1, UTC_ZONE).year == 1


BEYOND: dict[str, Callable[[], int]] = {
    "a local time too early": lambda: instant_of(datetime(1, 12, 31, 23), UTC_ZONE),
    "a local time too late": lambda: instant_of(datetime(9999, 1, 1), UTC_ZONE),
    "a day too early": lambda: start_of_day(datetime(1, 12, 31).date(), UTC_ZONE),
    "a day too late": lambda: start_of_day(datetime(9999, 1, 1).date(), UTC_ZONE),
    "a day before the first": lambda: add_days(instant_of(FIRST, UTC_ZONE), -1, UTC_ZONE),
    "a day after the last": lambda: add_days(instant_of(LAST, UTC_ZONE), 1, UTC_ZONE),
    "a month before the first": lambda: add_months(instant_of(FIRST, UTC_ZONE), -1, UTC_ZONE),
    "a month after the last": lambda: add_months(instant_of(LAST, UTC_ZONE), 1, UTC_ZONE),
}


@pytest.mark.parametrize("what", BEYOND)
def test_what_would_lie_outside_is_refused(what: str) -> None:
    with pytest.raises(ValueError, match="years 2 to 9998"):
        BEYOND[what]()


def test_the_days_of_the_first_and_the_last_year_begin_at_midnight() -> None:
    assert start_of_day(FIRST.date(), UTC_ZONE) == instant_of(FIRST, UTC_ZONE)
    assert start_of_day(LAST.date(), UTC_ZONE) == instant_of(LAST, UTC_ZONE) + 1 - A_DAY


@pytest.mark.parametrize("name", ["Factory", "localtime", "posixrules"])
def test_what_names_no_place_is_no_zone(name: str) -> None:
    with pytest.raises(ValueError, match="unknown timezone"):
        zone(name)


def test_points_earned_at_the_very_end_of_a_period_belong_to_the_next() -> None:
    """They would be gone before they were there."""
    end = instant_of(datetime(2026, 7, 1), UTC_ZONE)
    assert end_of_fixed_period(end - 1, 6, 30, 0, UTC_ZONE) == end
    assert end_of_fixed_period(end, 6, 30, 0, UTC_ZONE) == instant_of(datetime(2027, 7, 1), UTC_ZONE)
