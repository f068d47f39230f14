"""Which days count towards a tier at which time."""

import pytest

from tests.tiers.club import Account, at, program_of, total
from vinr_engagement import tiers
from vinr_engagement.tiers import DailyTotal

# period, zone, the day that something happened, when it is looked at, whether it counts, why
WINDOWS = [
    ("lifetime", "UTC", "1990-01-01", "2026-01-01", True, "a lifetime forgets nothing"),
    ("rolling 1", "UTC", "2026-01-15", "2026-02-14 23:59", True, "the last day of its month"),
    ("rolling 1", "UTC", "2026-01-15", "2026-02-15", False, "gone with the first instant of the day a month later"),
    ("rolling 1", "UTC", "2026-01-31", "2026-02-27 23:59", True, "31 January counts to the end of 27 February"),
    ("rolling 1", "UTC", "2026-01-31", "2026-02-28", False, "there is no 31 February: its last day stands for it"),
    ("rolling 1", "UTC", "2026-01-28", "2026-02-28", False, "28 to 31 January end together"),
    ("rolling 1", "UTC", "2024-01-31", "2024-02-28", True, "a leap year's February ends a day later"),
    ("rolling 1", "UTC", "2026-02-28", "2026-03-27", True, "the end of a short month is not carried to the 31st"),
    ("rolling 1", "UTC", "2026-02-28", "2026-03-28", False, "28 February ends on 28 March"),
    ("rolling 12", "UTC", "2024-02-29", "2025-02-27", True, "a leap day lasts to the 28th"),
    ("rolling 12", "UTC", "2024-02-29", "2025-02-28", False, "no leap day a year later"),
    ("rolling 12", "UTC", "2026-06-02", "2026-06-01 23:58", True, "a little ahead of the clock it counts already"),
    ("rolling 1", "Europe/London", "2026-05-10", "2026-06-09 22:59", True, "London's day ends at 23:00 UTC in summer"),
    ("rolling 1", "Europe/London", "2026-05-10", "2026-06-09 23:00", False, "midnight in London, not in Greenwich"),
    ("rolling 1", "Africa/Cairo", "2026-03-24", "2026-04-23 21:59", True, "the day before the clock skips midnight"),
    ("rolling 1", "Africa/Cairo", "2026-03-24", "2026-04-23 22:00", False, "24 April 2026 begins at 01:00 local time"),
    ("calendar 12", "UTC", "2026-01-01", "2026-12-31 23:59", True, "the same year"),
    ("calendar 12", "UTC", "2025-12-31", "2026-01-01", False, "last year"),
    ("calendar 12 from 4", "UTC", "2025-04-01", "2026-03-31 23:59", True, "a year from April"),
    ("calendar 12 from 4", "UTC", "2025-03-31", "2025-04-01", False, "the year before"),
    ("calendar 3", "UTC", "2026-03-31", "2026-04-01", False, "another quarter"),
    ("calendar 6 from 10", "UTC", "2025-10-01", "2026-03-31", True, "half a year over New Year"),
    ("calendar 24", "UTC", "2026-01-01", "2027-12-31", True, "two years from an even one, as 1970 was"),
    ("calendar 24", "UTC", "2025-12-31", "2026-01-01", False, "two years that began in 2024"),
    ("calendar 8", "UTC", "1971-04-30", "1971-05-01", False, "eight months: January 1970, September, May 1971"),
    ("calendar 8", "UTC", "1969-12-31", "1970-01-01", False, "and back before 1970"),
    ("calendar 8", "UTC", "1969-05-01", "1969-12-31", True, "one whole period before 1970"),
    ("calendar 1", "Europe/London", "2026-06-30", "2026-06-30 22:59", True, "June goes on in London"),
    ("calendar 1", "Europe/London", "2026-06-30", "2026-06-30 23:00", False, "July has begun in London"),
]


@pytest.mark.parametrize(
    ("period", "zone", "date", "now", "counts", "why"), WINDOWS, ids=[case[-1] for case in WINDOWS]
)
def test_what_happened_on_a_day_counts_for_its_time(
    period: str, zone: str, date: str, now: str, counts: bool, why: str
) -> None:
    program = program_of(period, zone=zone)
    value = tiers.qualifying_value(program, Account(), [total(date, 70)], at(now))
    assert value == (70 if counts else 0), why


@pytest.mark.parametrize(
    ("period", "zone", "date", "now", "counts", "why"), WINDOWS, ids=[case[-1] for case in WINDOWS]
)
def test_a_tier_is_lost_when_its_day_stops_counting_and_not_before(
    period: str, zone: str, date: str, now: str, counts: bool, why: str
) -> None:
    """Falling is worked out from the other end than the value; the two have to agree."""
    program = program_of(period, zone=zone)
    due = tiers.next_change_at(program, Account("silver", "silver"), [total(date, 100)], at("1960-01-01"))
    assert (due is None or due > at(now)) == counts, why


def test_points_and_spend_are_counted_apart() -> None:
    day_of_both = DailyTotal(1, "loy_1", total("2026-01-01", 0).day, 30, 4_000, 1)
    for on, value in (("points", 30), ("spend", 4_000)):
        assert (
            tiers.qualifying_value(program_of("rolling 1", on=on), Account(), [day_of_both], at("2026-01-02")) == value
        )


def test_points_of_a_lifetime_are_the_accounts_own_figure() -> None:
    """It never falls, while days are net of refunds."""
    account, days = Account(lifetime_points=500), [total("2026-01-01", 30)]
    assert tiers.qualifying_value(program_of(on="points"), account, days, at("2026-01-02")) == 500
    assert tiers.qualifying_value(program_of(on="spend"), account, days, at("2026-01-02")) == 30
    assert tiers.qualifying_value(program_of("rolling 1", on="points"), account, days, at("2026-01-02")) == 30


def test_totals_of_the_same_day_add_up_as_after_a_merge() -> None:
    twice = [total("2026-01-01", 60), total("2026-01-01", 60)]
    assert tiers.qualifying_value(program_of("rolling 1"), Account(), twice, at("2026-01-02")) == 120
    due = tiers.next_change_at(program_of("rolling 1"), Account("silver", "silver"), iter(twice), at("2026-01-02"))
    assert due == at("2026-02-01")


def test_days_that_end_together_leave_together() -> None:
    """28 and 31 January both count up to 28 February; a negative day between them changes nothing of that."""
    days = [total("2026-01-28", 120), total("2026-01-29", -30), total("2026-01-31", 10)]
    program, account = program_of("rolling 1"), Account("silver", "silver")
    assert tiers.next_change_at(program, account, days, at("2026-02-01")) == at("2026-02-28")


@pytest.mark.parametrize(("taken_back", "falls_at"), [(60, "2026-02-10"), (0, "2026-02-28")])
def test_days_that_stop_counting_together_are_counted_together(taken_back: int, falls_at: str) -> None:
    """28 and 31 January both end on 28 February: what was taken back on one takes from the other as long as it counts."""
    program, member = program_of("rolling 1"), Account(tier="silver", tier_earned="silver")
    days = [total("2026-01-10", 60), total("2026-01-28", -taken_back), total("2026-01-31", 100)]
    assert tiers.next_change_at(program, member, days, at("2026-02-01")) == at(falls_at)
