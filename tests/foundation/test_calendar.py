"""Calendar arithmetic where it is hard: clock changes, month ends, midnights skipped or repeated."""

from datetime import UTC, date, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo, available_timezones

import pytest
from _pytest.mark.structures import ParameterSet
from hypothesis import example, given
from hypothesis import strategies as st

from vinr_engagement.foundation.calendar import (
    Window,
    add_days,
    add_months,
    end_of_fixed_period,
    instant_of,
    local_datetime,
    local_day,
    start_of_day,
    window_key,
    zone,
)

SECOND = 1_000_000
DAY = 86_400 * SECOND
UTC_ZONE = zone("UTC")

AWKWARD_ZONES = (
    "UTC",
    "Europe/London",
    "America/New_York",
    "Asia/Kathmandu",  # +05:45, and +05:30 before 1986
    "Africa/Cairo",  # midnight skipped in spring
    "America/Sao_Paulo",  # midnight skipped until 2018
    "America/Havana",  # midnight skipped in spring, repeated in autumn
    "America/St_Johns",  # set back over midnight, 00:01 to 23:01, until 2011
    "America/Toronto",  # 23:30 to 00:30 in 1919
    "Australia/Lord_Howe",  # changes by half an hour
    "Pacific/Apia",  # no 30 December 2011
)

# Clock changes that have broken calendars before; time is sampled densely around them.
CLOCK_CHANGES = (
    ("Europe/London", datetime(2024, 3, 31, 1)),
    ("Europe/London", datetime(2024, 10, 27, 1)),
    ("America/New_York", datetime(2024, 3, 10, 7)),
    ("America/New_York", datetime(2024, 11, 3, 6)),
    ("Asia/Kathmandu", datetime(1985, 12, 31, 18, 30)),
    ("Africa/Cairo", datetime(2024, 4, 25, 22)),
    ("Africa/Cairo", datetime(2024, 10, 31, 21)),
    ("America/Sao_Paulo", datetime(2018, 11, 4, 3)),
    ("America/Sao_Paulo", datetime(2019, 2, 17, 2)),
    ("America/Havana", datetime(2024, 3, 10, 5)),
    ("America/Havana", datetime(2024, 11, 3, 5)),
    ("America/St_Johns", datetime(2010, 11, 7, 2, 31)),
    ("America/Toronto", datetime(1919, 3, 31, 4, 30)),
    ("Australia/Lord_Howe", datetime(2024, 4, 6, 15)),
    ("Pacific/Apia", datetime(2011, 12, 30, 10)),
    ("Pacific/Kwajalein", datetime(1969, 9, 30, 13)),  # set back by 23 hours
)


def named(*cases: tuple[object, ...]) -> list[ParameterSet]:
    """Table cases whose last column, the reason for the case, becomes its name."""
    return [pytest.param(*case[:-1], id=str(case[-1])) for case in cases]


def at(text: str) -> int:
    """The instant of a time with its offset from UTC written out, so without the code under test."""
    return (datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def shown(instant: int, place: ZoneInfo) -> datetime:
    """What the clock on the wall shows."""
    return local_datetime(instant, place).replace(tzinfo=None)


any_instants = st.integers(at("1900-01-01T00:00Z"), at("2200-01-01T00:00Z"))
any_zones = st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"})).map(zone)
any_windows: st.SearchStrategy[Window] = st.sampled_from(get_args(Window))
awkward_zones = st.sampled_from(AWKWARD_ZONES).map(zone)
# (month, day) pairs that exist in a leap year
dates_of_year = st.dates(date(2000, 1, 1), date(2000, 12, 31)).map(lambda day: (day.month, day.day))


@st.composite
def near_clock_changes(draw: st.DrawFn) -> tuple[int, ZoneInfo]:
    place, change = draw(st.sampled_from(CLOCK_CHANGES))
    distance = draw(st.integers(-2 * DAY, 2 * DAY) | st.integers(-2 * 86_400, 2 * 86_400).map(lambda s: s * SECOND))
    return at(f"{change.isoformat()}+00:00") + distance, zone(place)


moments = st.tuples(any_instants, any_zones) | st.tuples(any_instants, awkward_zones) | near_clock_changes()
"""An instant and the zone it is seen from."""


class TestZone:
    def test_same_name_gives_same_object(self) -> None:
        assert zone("Europe/London") is zone("Europe/London")

    @pytest.mark.parametrize(
        "name",
        named(
            ("", "nothing"),
            ("Europe/Atlantis", "no such place"),
            ("Europe", "a directory of the database"),
            ("zone.tab", "a file of the database that is no zone"),
            ("/etc/passwd", "an absolute path"),
            ("../../etc/passwd", "a path upwards"),
            ("Europe/../Europe/London", "a detour"),
            ("Europe/London\0", "a zero byte"),
            ("localtime", "depends on the machine"),
            ("right/Europe/London", "counts leap seconds"),
            ("x" * 100_000, "too long to search for"),
        ),
    )
    def test_refuses(self, name: str) -> None:
        with pytest.raises(ValueError, match="unknown timezone"):
            zone(name)

    @pytest.mark.parametrize("typed", ["europe/london", "Europe/Londn", "Europe/London "])
    def test_names_the_nearest(self, typed: str) -> None:
        with pytest.raises(ValueError, match="did you mean 'Europe/London'"):
            zone(typed)


class TestLocalTime:
    @pytest.mark.parametrize(
        ("place", "local", "instant"),
        named(
            ("Europe/London", "2024-01-15T12:00", "2024-01-15T12:00+00:00", "winter"),
            ("Europe/London", "2024-07-15T12:00", "2024-07-15T12:00+01:00", "summer"),
            ("Europe/London", "2024-03-31T01:30", "2024-03-31T02:30+01:00", "skipped: an hour forward"),
            ("Europe/London", "2024-10-27T01:30", "2024-10-27T01:30+01:00", "repeated: the first"),
            ("America/New_York", "2024-03-10T02:00", "2024-03-10T03:00-04:00", "first skipped minute"),
            (
                "America/New_York",
                "2024-11-03T01:59",
                "2024-11-03T01:59-04:00",
                "last repeated minute: the first",
            ),
            ("Australia/Lord_Howe", "2024-10-06T02:10", "2024-10-06T02:40+11:00", "the gap is half an hour"),
            ("Asia/Kathmandu", "2024-01-01T00:00", "2024-01-01T00:00+05:45", "odd offset"),
            ("Asia/Kathmandu", "1986-01-01T00:05", "1986-01-01T00:20+05:45", "gap of a quarter of an hour"),
            ("Pacific/Apia", "2011-12-30T10:00", "2011-12-31T10:00+14:00", "skipped day: a day forward"),
            (
                "Europe/London",
                "2150-03-29T01:30",
                "2150-03-29T02:30+01:00",
                "far future follows the rule in force",
            ),
        ),
    )
    def test_instant_of(self, place: str, local: str, instant: str) -> None:
        assert instant_of(datetime.fromisoformat(local), zone(place)) == at(instant)

    @pytest.mark.parametrize("local", [datetime.min, datetime.max])
    def test_refuses_local_times_out_of_range(self, local: datetime) -> None:
        with pytest.raises(ValueError, match="years 2 to 9998"):
            instant_of(local, UTC_ZONE)

    def test_microseconds_are_kept(self) -> None:
        assert shown(at("2024-07-15T12:00:00.000001Z"), UTC_ZONE).microsecond == 1

    def test_refuses_a_datetime_with_a_timezone(self) -> None:
        with pytest.raises(ValueError, match="no timezone"):
            instant_of(datetime(2024, 1, 1, tzinfo=UTC), UTC_ZONE)

    @pytest.mark.parametrize("instant", [10**18, -(10**18), 10**30])
    def test_refuses_instants_out_of_range(self, instant: int) -> None:
        with pytest.raises(ValueError, match="years 2 to 9998"):
            local_datetime(instant, UTC_ZONE)

    @given(moments)
    def test_there_and_back_is_the_first_of_equal_local_times(self, moment: tuple[int, ZoneInfo]) -> None:
        instant, place = moment
        back = instant_of(shown(instant, place), place)
        assert back <= instant
        assert shown(back, place) == shown(instant, place)
        assert (back == instant) == (local_datetime(instant, place).fold == 0)

    @given(moments, st.integers(-2 * DAY, 2 * DAY))
    def test_skipped_times_move_forward_by_the_gap(self, moment: tuple[int, ZoneInfo], distance: int) -> None:
        near, place = moment
        local = shown(near, place) + timedelta(microseconds=distance)
        instant = instant_of(local, place)
        moved = shown(instant, place) - local
        before = local.replace(tzinfo=place, fold=0).utcoffset()
        after = local_datetime(instant, place).utcoffset()
        assert before is not None
        assert after is not None
        assert moved == after - before >= timedelta(0)


class TestAddMonths:
    @pytest.mark.parametrize(
        ("place", "start", "months", "end"),
        named(
            ("UTC", "2023-01-15T10:00Z", 1, "2023-02-15T10:00Z", "plain"),
            ("UTC", "2023-01-31T10:00Z", 1, "2023-02-28T10:00Z", "no such day: the month's last"),
            ("UTC", "2024-01-31T10:00Z", 1, "2024-02-29T10:00Z", "leap year"),
            ("UTC", "2024-02-29T10:00Z", 12, "2025-02-28T10:00Z", "a year on, no 29th"),
            ("UTC", "2024-02-29T10:00Z", 48, "2028-02-29T10:00Z", "four years on, again"),
            ("UTC", "2023-11-30T10:00Z", 3, "2024-02-29T10:00Z", "across the year"),
            ("UTC", "2024-01-15T10:00Z", -1, "2023-12-15T10:00Z", "back across the year"),
            ("UTC", "2023-01-15T10:00:00.000007Z", 1, "2023-02-15T10:00:00.000007Z", "microseconds kept"),
            (
                "Europe/London",
                "2024-01-15T10:00+00:00",
                6,
                "2024-07-15T10:00+01:00",
                "same local time, other offset",
            ),
            ("Europe/London", "2024-01-31T01:30+00:00", 2, "2024-03-31T02:30+01:00", "into a gap: forward"),
            ("Europe/London", "2024-09-27T01:30+01:00", 1, "2024-10-27T01:30+01:00", "repeated: the first"),
            (
                "Europe/London",
                "2024-10-27T01:30+00:00",
                12,
                "2025-10-27T01:30+00:00",
                "from the second of two",
            ),
            (
                "America/New_York",
                "2024-01-31T23:00-05:00",
                1,
                "2024-02-29T23:00-05:00",
                "local month, not UTC's",
            ),
            ("Pacific/Apia", "2011-11-30T09:00-10:00", 1, "2011-12-31T09:00+14:00", "onto the skipped day"),
            ("America/Toronto", "1919-01-30T23:45-05:00", 2, "1919-03-31T00:45-04:00", "gap across midnight"),
        ),
    )
    def test_table(self, place: str, start: str, months: int, end: str) -> None:
        assert add_months(at(start), months, zone(place)) == at(end)

    @pytest.mark.parametrize("months", [12 * 8000, -12 * 2023, 10**30])
    def test_refuses_results_out_of_range(self, months: int) -> None:
        with pytest.raises(ValueError, match="years 2 to 9998"):
            add_months(at("2024-01-01T00:00Z"), months, UTC_ZONE)

    @given(moments)
    def test_no_months_change_nothing(self, moment: tuple[int, ZoneInfo]) -> None:
        instant, place = moment
        assert add_months(instant, 0, place) == instant

    @given(moments, st.integers(-1200, 1200))
    def test_more_months_are_strictly_later(self, moment: tuple[int, ZoneInfo], months: int) -> None:
        instant, place = moment
        assert add_months(instant, months, place) < add_months(instant, months + 1, place)

    @given(moments, st.integers(-1200, 1200).filter(bool))
    def test_lands_on_the_day_or_the_last_at_the_same_local_time(
        self, moment: tuple[int, ZoneInfo], months: int
    ) -> None:
        instant, place = moment
        start = shown(instant, place)
        first_of_next = _month_start(start.year * 12 + start.month + months)
        first = _month_start(start.year * 12 + start.month - 1 + months)
        last_day = (first_of_next - timedelta(days=1)).day
        wanted = first.replace(day=min(start.day, last_day)) + (
            start - start.replace(hour=0, minute=0, second=0, microsecond=0)
        )
        assert add_months(instant, months, place) == instant_of(wanted, place)

    @given(any_instants, any_instants, st.integers(0, 240))
    def test_keeps_order_where_every_month_has_the_day(self, one: int, other: int, months: int) -> None:
        earlier, later = sorted((_not_after_the_28th(one), _not_after_the_28th(other)))
        moved = add_months(earlier, months, UTC_ZONE), add_months(later, months, UTC_ZONE)
        assert (moved[0] < moved[1]) == (earlier < later)
        assert add_months(moved[0], -months, UTC_ZONE) == earlier


def _month_start(month_index: int) -> datetime:
    return datetime(month_index // 12, month_index % 12 + 1, 1)


def _not_after_the_28th(instant: int) -> int:
    return instant - max(0, local_day(instant, UTC_ZONE).day - 28) * DAY


class TestAddDays:
    @pytest.mark.parametrize(
        ("place", "start", "days", "end"),
        named(
            ("Europe/London", "2024-03-30T12:00+00:00", 1, "2024-03-31T12:00+01:00", "23 hours"),
            ("Europe/London", "2024-10-26T12:00+01:00", 1, "2024-10-27T12:00+00:00", "25 hours"),
            ("Europe/London", "2024-03-30T01:30+00:00", 1, "2024-03-31T02:30+01:00", "into a gap: forward"),
            (
                "Europe/London",
                "2024-10-27T01:30+00:00",
                0,
                "2024-10-27T01:30+00:00",
                "no days change nothing",
            ),
            ("Europe/London", "2024-03-01T12:00+00:00", -1, "2024-02-29T12:00+00:00", "back"),
        ),
    )
    def test_table(self, place: str, start: str, days: int, end: str) -> None:
        assert add_days(at(start), days, zone(place)) == at(end)

    @pytest.mark.parametrize("days", [3_000_000, -800_000, 10**7, 10**30])
    def test_refuses_results_out_of_range(self, days: int) -> None:
        with pytest.raises(ValueError, match="years 2 to 9998"):
            add_days(at("2024-01-01T00:00Z"), days, UTC_ZONE)

    @given(any_instants, st.integers(-40_000, 40_000))
    def test_is_24_hours_in_utc(self, instant: int, days: int) -> None:
        assert add_days(instant, days, UTC_ZONE) == instant + days * DAY


class TestLocalDays:
    @pytest.mark.parametrize(
        ("place", "day", "start"),
        named(
            ("UTC", "2024-01-01", "2024-01-01T00:00+00:00", "plain"),
            ("Asia/Kathmandu", "2024-01-01", "2023-12-31T18:15+00:00", "odd offset"),
            ("Africa/Cairo", "2024-04-26", "2024-04-26T01:00+03:00", "midnight skipped"),
            ("America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00-02:00", "midnight skipped"),
            (
                "America/Sao_Paulo",
                "2019-02-17",
                "2019-02-17T00:00-03:00",
                "set back at midnight: the hour before twice",
            ),
            ("America/Havana", "2024-11-03", "2024-11-03T00:00-04:00", "midnight repeated: the first"),
            ("America/Toronto", "1919-03-31", "1919-03-31T00:30-04:00", "gap from 23:30 to 00:30"),
            (
                "America/St_Johns",
                "2010-11-07",
                "2010-11-07T00:00-02:30",
                "begun, then set back to the day before",
            ),
            ("Pacific/Apia", "2011-12-30", "2011-12-31T00:00+14:00", "skipped day: empty"),
            ("Pacific/Apia", "2011-12-31", "2011-12-31T00:00+14:00", "after the skipped day"),
        ),
    )
    def test_start_of_day(self, place: str, day: str, start: str) -> None:
        assert start_of_day(date.fromisoformat(day), zone(place)) == at(start)

    @pytest.mark.parametrize(
        ("place", "instant", "day"),
        named(
            ("America/New_York", "2024-01-01T04:59:59.999999+00:00", "2023-12-31", "last microsecond"),
            ("America/New_York", "2024-01-01T05:00:00+00:00", "2024-01-01", "first microsecond"),
            (
                "America/St_Johns",
                "2010-11-07T00:00:30-02:30",
                "2010-11-07",
                "the minute before the clock is set back",
            ),
            ("America/St_Johns", "2010-11-06T23:30-03:30", "2010-11-07", "set back: the day begun goes on"),
            ("America/St_Johns", "2010-11-06T23:30-02:30", "2010-11-06", "the same local time, before"),
            ("Pacific/Apia", "2011-12-30T09:59:59+00:00", "2011-12-29", "before the skipped day"),
            ("Pacific/Apia", "2011-12-30T10:00:00+00:00", "2011-12-31", "after it"),
        ),
    )
    def test_local_day(self, place: str, instant: str, day: str) -> None:
        assert local_day(at(instant), zone(place)) == date.fromisoformat(day)

    @pytest.mark.parametrize("day", [date.min, date.max])
    def test_refuses_days_out_of_range(self, day: date) -> None:
        with pytest.raises(ValueError, match="years 2 to 9998"):
            start_of_day(day, UTC_ZONE)

    @given(moments)
    def test_a_day_holds_its_instants(self, moment: tuple[int, ZoneInfo]) -> None:
        instant, place = moment
        day = local_day(instant, place)
        assert start_of_day(day, place) <= instant < start_of_day(day + timedelta(days=1), place)

    @given(moments)
    def test_a_day_starts_when_its_date_is_first_shown(self, moment: tuple[int, ZoneInfo]) -> None:
        instant, place = moment
        day = local_day(instant, place)
        start = start_of_day(day, place)
        assert shown(start, place).date() == day
        assert shown(start - 1, place).date() < day

    @given(moments, st.integers(0, 3 * DAY))
    def test_days_never_run_backwards(self, moment: tuple[int, ZoneInfo], later_by: int) -> None:
        instant, place = moment
        assert local_day(instant, place) <= local_day(instant + later_by, place)


class TestWindowKey:
    @pytest.mark.parametrize(
        ("window", "instant", "key"),
        named(
            ("day", "2011-03-04T12:00+00:00", "day:2011-03-04", "a Friday"),
            ("week", "2011-03-04T12:00+00:00", "week:2011-02-28", "its Monday, a month before"),
            ("week", "2011-02-28T00:00+00:00", "week:2011-02-28", "Monday is its own"),
            ("week", "2011-02-27T23:59:59+00:00", "week:2011-02-21", "Sunday ends the week"),
            ("week", "2025-01-01T00:00+00:00", "week:2024-12-30", "across the year"),
            (
                "month",
                "2011-03-31T22:59:59+00:00",
                "month:2011-03",
                "London is an hour ahead, and still in March",
            ),
            ("month", "2011-03-31T23:00:00+00:00", "month:2011-04", "local month, not UTC's"),
            ("day", "0987-03-04T12:00+00:00", "day:0987-03-04", "four digits of year"),
            ("lifetime", "2011-03-04T12:00+00:00", "lifetime", "one for ever"),
        ),
    )
    def test_table(self, window: Window, instant: str, key: str) -> None:
        assert window_key(at(instant), window, zone("Europe/London")) == key

    def test_refuses_another_window(self) -> None:
        with pytest.raises(ValueError, match="unknown window 'year'"):
            window_key(0, "year", UTC_ZONE)  # type: ignore[arg-type]

    @given(moments, any_windows.filter(lambda window: window != "lifetime"), st.data())
    def test_windows_tile_time(self, moment: tuple[int, ZoneInfo], window: Window, data: st.DataObject) -> None:
        instant, place = moment
        key = window_key(instant, window, place)
        start, end = _bounds_of(key, place)
        assert start <= instant < end
        inside = data.draw(st.integers(start, end - 1))
        assert {window_key(each, window, place) for each in (start, inside, end - 1)} == {key}
        assert window_key(start - 1, window, place) < key < window_key(end, window, place)
        before, after = window_key(start - 1, window, place), window_key(end, window, place)
        assert _bounds_of(before, place)[1] == start
        assert _bounds_of(after, place)[0] == end

    @given(moments)
    def test_lifetime_is_one_window(self, moment: tuple[int, ZoneInfo]) -> None:
        assert window_key(moment[0], "lifetime", moment[1]) == "lifetime"


def _bounds_of(key: str, place: ZoneInfo) -> tuple[int, int]:
    """The first instants of the window a key names, and of the window after it."""
    window, _, text = key.partition(":")
    first = date.fromisoformat(text if window != "month" else f"{text}-01")
    if window == "month":
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    else:
        following = first + timedelta(days={"day": 1, "week": 7}[window])
    end = start_of_day(following, place)
    return start_of_day(first, place), end


class TestEndOfFixedPeriod:
    @pytest.mark.parametrize(
        ("place", "earned", "month", "day", "min_months", "end"),
        named(
            ("UTC", "2024-05-05T10:00Z", 12, 31, 0, "2025-01-01T00:00Z", "end of this year"),
            ("UTC", "2024-05-05T10:00Z", 3, 31, 0, "2025-04-01T00:00Z", "past this year: the next"),
            ("UTC", "2024-12-31T23:59:59Z", 12, 31, 0, "2025-01-01T00:00Z", "last second of the day itself"),
            ("UTC", "2025-01-01T00:00Z", 12, 31, 0, "2026-01-01T00:00Z", "strictly after, so not at once"),
            ("UTC", "2024-10-01T00:00Z", 12, 31, 3, "2025-01-01T00:00Z", "exactly min_months away is enough"),
            (
                "UTC",
                "2024-10-01T00:00:00.000001Z",
                12,
                31,
                3,
                "2026-01-01T00:00Z",
                "a microsecond short is not",
            ),
            ("UTC", "2024-05-05T10:00Z", 12, 31, 30, "2027-01-01T00:00Z", "years away"),
            ("UTC", "2023-01-05T10:00Z", 2, 29, 0, "2023-03-01T00:00Z", "29 February is the 28th"),
            ("UTC", "2024-01-05T10:00Z", 2, 29, 0, "2024-03-01T00:00Z", "29 February in a leap year"),
            ("UTC", "2024-01-05T10:00Z", 2, 28, 0, "2024-02-29T00:00Z", "the 28th stays the 28th"),
            ("Europe/London", "2024-05-05T10:00Z", 6, 30, 0, "2024-06-30T23:00Z", "local midnight in summer"),
            (
                "Africa/Cairo",
                "2024-01-05T10:00Z",
                4,
                25,
                0,
                "2024-04-25T22:00Z",
                "the midnight after is skipped",
            ),
            ("Pacific/Apia", "2011-05-05T10:00Z", 12, 30, 0, "2011-12-30T10:00Z", "a day that never was"),
        ),
    )
    def test_table(self, place: str, earned: str, month: int, day: int, min_months: int, end: str) -> None:
        assert end_of_fixed_period(at(earned), month, day, min_months, zone(place)) == at(end)

    @pytest.mark.parametrize(
        ("month", "day", "min_months", "message"),
        [(2, 30, 0, "day 30 in month 2"), (4, 31, 0, "day 31"), (13, 1, 0, "month 13"), (0, 1, 0, "month 0"),
         (1, 0, 0, "day 0"), (12, 31, -1, "cannot be negative")],
    )  # fmt: skip
    def test_refuses(self, month: int, day: int, min_months: int, message: str) -> None:
        with pytest.raises(ValueError, match=message):
            end_of_fixed_period(0, month, day, min_months, UTC_ZONE)

    @given(moments, dates_of_year, st.integers(0, 60))
    @example((at("2024-10-27T01:30+00:00"), zone("Europe/London")), (10, 26), 0)
    def test_is_the_first_end_that_qualifies(
        self, moment: tuple[int, ZoneInfo], month_and_day: tuple[int, int], min_months: int
    ) -> None:
        instant, place = moment
        month, day = month_and_day
        earliest = add_months(instant, min_months, place)
        years = range(shown(instant, place).year - 2, shown(earliest, place).year + 3)
        ends = [start_of_day(_date_or_28th(year, month, day) + timedelta(days=1), place) for year in years]
        expected = min(end for end in ends if end > instant and end >= earliest)
        assert end_of_fixed_period(instant, month, day, min_months, place) == expected

    @given(moments, dates_of_year, st.integers(0, 60))
    def test_more_months_are_never_sooner(
        self, moment: tuple[int, ZoneInfo], month_and_day: tuple[int, int], min_months: int
    ) -> None:
        instant, place = moment
        ends = [end_of_fixed_period(instant, *month_and_day, months, place) for months in (min_months, min_months + 1)]
        assert ends == sorted(ends)


def _date_or_28th(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, 2, 28)
