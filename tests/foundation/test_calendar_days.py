"""Local days as numbers: days since 1970-01-01."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vinr_engagement.foundation import calendar
from vinr_engagement.foundation.calendar import add_months_to_day, day_number, first_of_month, month_of_day
from vinr_engagement.foundation.clock import parse_instant

EPOCH = date(1970, 1, 1)
DAYS = st.dates(date(1900, 1, 1), date(2200, 1, 1))


def number_of(day: date) -> int:
    return (day - EPOCH).days


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("UTC", "1970-01-01T00:00:00Z", "1970-01-01"),
        ("UTC", "1969-12-31T23:59:59Z", "1969-12-31"),
        ("Europe/London", "2026-06-09T22:59:59Z", "2026-06-09"),
        ("Europe/London", "2026-06-09T23:00:00Z", "2026-06-10"),
        ("Africa/Cairo", "2024-04-25T22:00:00Z", "2024-04-26"),  # midnight is skipped: the day begins at 01:00
        ("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31"),  # there is no 30 December
        ("America/St_Johns", "2010-11-07T02:31:00Z", "2010-11-07"),  # set back to 23:01 of the 6th: the 7th goes on
    ],
)
def test_the_number_of_the_local_day(zone: str, moment: str, day: str) -> None:
    assert day_number(parse_instant(moment), calendar.zone(zone)) == number_of(date.fromisoformat(day))


@given(DAYS, st.sampled_from(["UTC", "Europe/London", "Africa/Cairo", "America/Havana", "Asia/Kathmandu"]))
def test_a_day_begins_where_its_number_does(day: date, name: str) -> None:
    zone = calendar.zone(name)
    start = calendar.start_of_day_number(number_of(day), zone)
    assert start == calendar.start_of_day(day, zone)
    assert day_number(start, zone) == number_of(day) == day_number(start - 1, zone) + 1


def test_a_day_that_a_zone_skips_begins_with_the_next() -> None:
    zone, skipped = calendar.zone("Pacific/Apia"), number_of(date(2011, 12, 30))
    assert calendar.start_of_day_number(skipped, zone) == calendar.start_of_day_number(skipped + 1, zone)


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-02-28", 1, "2026-03-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-05-31", 0, "2026-05-31"),
    ],
)
def test_months_after_a_day(day: str, months: int, result: str) -> None:
    found = add_months_to_day(number_of(date.fromisoformat(day)), months)
    assert EPOCH + timedelta(found) == date.fromisoformat(result)


@given(DAYS, st.integers(-1_200, 1_200))
def test_months_after_a_day_are_those_after_its_noon(day: date, months: int) -> None:
    zone = calendar.zone("UTC")
    noon = calendar.start_of_day(day, zone) + 12 * 3_600_000_000
    assert add_months_to_day(number_of(day), months) == day_number(calendar.add_months(noon, months, zone), zone)


@given(DAYS)
def test_a_month_begins_with_its_first_day(day: date) -> None:
    month = month_of_day(number_of(day))
    assert (month // 12, month % 12 + 1) == (day.year, day.month)
    assert first_of_month(month) == number_of(day.replace(day=1))


FIRST, LAST = number_of(date(2, 1, 1)), number_of(date(9998, 12, 31))


def test_the_years_that_are_promised_are_there() -> None:
    assert [month_of_day(FIRST), month_of_day(LAST)] == [24, 9998 * 12 + 11]
    assert first_of_month(24) == FIRST
    assert calendar.start_of_day_number(LAST, calendar.zone("UTC")) > 0


@pytest.mark.parametrize("day", [FIRST - 1, LAST + 1, 1 << 40, -(1 << 40)])
def test_days_outside_the_promised_years_are_refused(day: int) -> None:
    with pytest.raises(ValueError, match="outside years 2 to 9998"):
        month_of_day(day)
    with pytest.raises(ValueError, match="outside years 2 to 9998"):
        calendar.start_of_day_number(day, calendar.zone("UTC"))
    with pytest.raises(ValueError, match="outside years 2 to 9998"):
        add_months_to_day(day, 0)


def test_results_outside_the_promised_years_are_refused() -> None:
    for refused in (lambda: add_months_to_day(LAST, 1), lambda: first_of_month(23), lambda: first_of_month(9999 * 12)):
        with pytest.raises(ValueError, match="outside years 2 to 9998"):
            refused()
