"""When points become available and when they expire, by each kind of policy."""

import pytest

from vinr_engagement import programs
from vinr_engagement.foundation.clock import DAY, parse_instant
from vinr_engagement.programs import Currency, Expiry, Program, Tier, TierConfig

EARNED = parse_instant("2026-01-31T12:00:00Z")


def program_of(expiry: Expiry | None = None, **policies: object) -> Program:
    return Program("prog_1", "One", currency=Currency(expiry=expiry), **policies)  # type: ignore[arg-type]


def test_points_without_an_expiry_are_available_at_once_and_stay() -> None:
    assert programs.credit_dates(program_of(), EARNED, held=False) == (EARNED, None, None)


@pytest.mark.parametrize("held", [True, False])
def test_only_held_points_wait_and_their_days_have_24_hours(held: bool) -> None:
    """Also over the night in which the clocks of London go forward."""
    program = program_of(hold_days=60, timezone="Europe/London")
    available_at, _, _ = programs.credit_dates(program, EARNED, held=held)
    assert available_at == EARNED + (60 * DAY if held else 0)


@pytest.mark.parametrize(
    ("expiry", "timezone", "expires_at"),
    [
        (Expiry("rolling", months=1), "UTC", "2026-02-28T12:00:00Z"),
        (Expiry("rolling", months=6), "Europe/London", "2026-07-31T11:00:00Z"),
        (Expiry("fixed", month=12, day=31), "UTC", "2027-01-01T00:00:00Z"),
        (Expiry("fixed", month=1, day=31), "UTC", "2026-02-01T00:00:00Z"),
        (Expiry("fixed", month=1, day=31, min_months=1), "UTC", "2027-02-01T00:00:00Z"),
        (Expiry("fixed", month=2, day=29), "UTC", "2026-03-01T00:00:00Z"),
        (Expiry("fixed", month=6, day=30), "Europe/London", "2026-06-30T23:00:00Z"),
    ],
)
def test_points_expire_by_the_calendar_of_the_program_counted_from_when_they_were_earned(
    expiry: Expiry, timezone: str, expires_at: str
) -> None:
    program = program_of(expiry, timezone=timezone, hold_days=14)
    expected = (EARNED + 14 * DAY, parse_instant(expires_at), None)
    assert programs.credit_dates(program, EARNED, held=True) == expected


def test_points_that_wait_for_activity_have_months_in_place_of_a_date() -> None:
    program = program_of(Expiry("inactivity", months=3), hold_days=14)
    assert programs.credit_dates(program, EARNED, held=True) == (EARNED + 14 * DAY, None, 3)
    assert programs.inactivity_deadline(program, EARNED, 3) == parse_instant("2026-04-30T12:00:00Z")


def test_months_without_activity_end_by_the_local_clock() -> None:
    program = program_of(timezone="Europe/London")
    assert programs.inactivity_deadline(program, EARNED, 6) == parse_instant("2026-07-31T11:00:00Z")


def test_every_member_is_in_the_tier_of_the_lowest_rank() -> None:
    tiers = [Tier("gold", "Gold", 2, 500), Tier("blue", "Blue", 0, 0), Tier("silver", "Silver", 1, 100)]
    assert programs.lowest_tier(program_of(tier_config=TierConfig(tiers=tiers))) == "blue"
    assert programs.lowest_tier(program_of()) is None
