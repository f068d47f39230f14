"""What a member is shown."""

from tests.tiers.club import Account, Member, at, program_of, total
from vinr_engagement import tiers
from vinr_engagement.tiers import TOTALS_OF_ACCOUNT, total_key

JOINED, NOW = at("2024-01-01"), at("2024-06-15 12:00")


def test_everything_that_keeps_a_member_and_what_comes_next() -> None:
    member = Member(program_of("rolling 12", "period_end", grace=10), JOINED)
    member.pay(120, at("2024-05-01 09:00"))
    member.pay(100, at("2024-06-01 09:00"))
    member.pin("silver", NOW, at("2025-01-01"))
    assert tiers.progress(member.program, member.account, iter(member.totals), NOW) == {
        "object": "tier_progress",
        "tier": "gold",
        "earned_tier": "gold",
        "qualify_on": "spend",
        "period": {"type": "rolling", "starts_at": "2023-06-16T00:00:00Z", "ends_at": "2024-06-16T00:00:00Z"},
        "qualifying_value": 220,
        "next": {"tier": "platinum", "threshold": 500, "remaining": 280},
        "keeps": {
            "tier": "gold",
            "threshold": 200,
            "kept_until": "2025-06-01T09:00:00Z",
            "would_fall_at": "2025-06-11T09:00:00Z",
            "would_fall_to": "bronze",
        },
        "pin": {"tier": "silver", "until": "2025-01-01T00:00:00Z", "reason": None},
    }


def test_the_lowest_tier_needs_nothing_to_keep_it() -> None:
    shown = tiers.progress(program_of(), Account("bronze", "bronze"), [total("2024-05-01", 40)], NOW)
    assert (shown["keeps"], shown["pin"]) == (None, None)
    assert shown["next"] == {"tier": "silver", "threshold": 100, "remaining": 60}
    assert shown["period"] == {"type": "lifetime", "starts_at": None, "ends_at": None}


def test_the_highest_has_nothing_above_it_and_a_lifetime_does_not_end() -> None:
    shown = tiers.progress(program_of(), Account("platinum", "platinum"), [total("2024-05-01", 500)], NOW)
    assert shown["next"] is None
    assert shown["keeps"] == {
        "tier": "platinum", "threshold": 500, "kept_until": None, "would_fall_at": None, "would_fall_to": None,
    }  # fmt: skip


def test_the_fall_may_go_only_a_step_and_a_kept_time_that_is_over_is_not_shown() -> None:
    days = [total("2024-01-10", 100), total("2024-05-01", 120)]
    account = Account("gold", "gold", tier_kept_until=NOW)
    keeps = tiers.progress(program_of("rolling 12", "period_end"), account, days, NOW)["keeps"]
    assert keeps["kept_until"] is None
    assert (keeps["would_fall_at"], keeps["would_fall_to"]) == ("2025-01-10T00:00:00Z", "silver")


def test_what_is_next_goes_by_the_tier_that_counts_and_what_keeps_by_the_earned_one() -> None:
    member = Member(program_of(), JOINED)
    member.pay(150, NOW)
    member.pin("gold", NOW)
    shown = tiers.progress(member.program, member.account, member.totals, NOW)
    assert (shown["next"]["tier"], shown["keeps"]["tier"], shown["earned_tier"]) == ("platinum", "silver", "silver")


def test_a_value_below_zero_lacks_the_whole_threshold_and_a_reached_one_nothing() -> None:
    below = tiers.progress(program_of(), Account("bronze", "bronze"), [total("2024-05-01", -40)], NOW)
    assert (below["qualifying_value"], below["next"]["remaining"]) == (-40, 100)
    pinned_low = tiers.progress(program_of(), Account("bronze", "bronze"), [total("2024-05-01", 130)], NOW)
    assert pinned_low["next"]["remaining"] == 0


def test_a_calendar_period_is_shown_from_its_first_day_to_the_next_ones() -> None:
    program = program_of("calendar 3 from 2", zone="Europe/London")
    shown = tiers.progress(program, Account("bronze", "bronze"), [], NOW)
    assert shown["period"] == {
        "type": "calendar", "starts_at": "2024-04-30T23:00:00Z", "ends_at": "2024-07-31T23:00:00Z",
    }  # fmt: skip


def test_a_rolling_period_at_a_months_end_begins_with_the_first_day_that_counts() -> None:
    """28 to 31 January and a month are all 28 February, so on that day only February counts."""
    shown = tiers.progress(program_of("rolling 1"), Account("bronze", "bronze"), [], at("2026-02-28"))
    assert (shown["period"]["starts_at"], shown["period"]["ends_at"]) == (
        "2026-02-01T00:00:00Z",
        "2026-03-01T00:00:00Z",
    )


def test_a_program_without_tiers_shows_the_value_and_nothing_to_reach() -> None:
    shown = tiers.progress(program_of(thresholds={}), Account(), [total("2024-05-01", 40)], NOW)
    assert (shown["tier"], shown["next"], shown["keeps"], shown["qualifying_value"]) == (None, None, None, 40)


def test_a_pin_to_a_tier_that_is_gone_is_not_shown() -> None:
    account = Account("bronze", "bronze", tier_pin='{"tier":"gone","until":null,"reason":null}')
    assert tiers.progress(program_of(), account, [], NOW)["pin"] is None


def test_who_no_longer_fits_an_edited_program_would_fall_now() -> None:
    shown = tiers.progress(program_of(grace=5), Account("gold", "gold"), [total("2024-05-01", 150)], NOW)
    assert (shown["keeps"]["would_fall_at"], shown["keeps"]["would_fall_to"]) == ("2024-06-15T12:00:00Z", "silver")


def test_totals_are_found_by_account_and_day() -> None:
    row = total("2024-05-01", 10)
    bucket, account, day = total_key("loy_1", row.day)
    assert (account, day, TOTALS_OF_ACCOUNT.by, TOTALS_OF_ACCOUNT.table.key) == (
        "loy_1", row.day, ("bucket", "account"), ("bucket", "account", "day"),
    )  # fmt: skip
    assert 0 <= bucket < 4096
