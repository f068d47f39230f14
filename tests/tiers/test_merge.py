"""Two members become one: the better of what each had."""

from typing import Any

import pytest

from tests.tiers.club import Account, at, program_of, total
from vinr_engagement import tiers
from vinr_engagement.foundation import json
from vinr_engagement.tiers import DailyTotal

NOW, SOONER, LATER = at("2024-06-01"), at("2024-08-01"), at("2024-10-01")
KEEPING = program_of("rolling 12", "period_end")
GRACE = program_of("rolling 12", grace=30)
NOTHING: list[DailyTotal] = []


def pin_to(tier: str, until: int | None = None) -> str:
    return json.text({"tier": tier, "until": until, "reason": None})


def test_the_higher_tier_survives_with_what_keeps_it() -> None:
    source, target = Account("gold", "gold", SOONER), Account("silver", "silver", LATER)
    change = tiers.combine(KEEPING, source, target, NOTHING, NOW)
    assert change is not None
    assert (change.from_tier, change.to_tier, change.direction, change.reason) == ("silver", "gold", "up", "merged")
    assert (target.tier_earned, target.tier_kept_until, change.at) == ("gold", SOONER, NOW)


def test_the_targets_own_higher_tier_is_not_touched() -> None:
    source, target = Account("silver", "silver", LATER), Account("gold", "gold", SOONER)
    assert tiers.combine(KEEPING, source, target, NOTHING, NOW) is None
    assert (target.tier, target.tier_kept_until, source.tier) == ("gold", SOONER, "silver")


@pytest.mark.parametrize(
    ("theirs", "ours", "kept"), [(LATER, SOONER, LATER), (SOONER, LATER, LATER), (None, SOONER, SOONER)]
)
def test_of_the_same_tier_the_later_end_counts(theirs: int | None, ours: int | None, kept: int) -> None:
    target = Account("gold", "gold", ours)
    tiers.combine(KEEPING, Account("gold", "gold", theirs), target, NOTHING, NOW)
    assert target.tier_kept_until == kept


def test_both_together_may_reach_more_than_either() -> None:
    source, target = Account("silver", "silver", SOONER), Account("silver", "silver", SOONER)
    together = [total("2024-05-01", 120), total("2024-05-02", 130)]
    change = tiers.combine(KEEPING, source, target, together, NOW)
    assert change is not None
    assert (change.to_tier, change.qualifying_value, change.reason) == ("gold", 250, "merged")
    assert target.tier_kept_until == at("2025-06-01")


def test_points_of_a_lifetime_are_the_targets_once_they_are_added() -> None:
    target = Account("bronze", "bronze", lifetime_points=210)
    change = tiers.combine(program_of(on="points"), Account("bronze", "bronze"), target, NOTHING, NOW)
    assert change is not None
    assert change.to_tier == "gold"


@pytest.mark.parametrize(
    ("theirs", "ours", "since"),
    [
        (NOW - 5, NOW - 9, NOW - 5),
        (NOW - 9, NOW - 5, NOW - 5),
        (None, NOW - 9, NOW),  # one of them had not fallen: if both together have, it is now
    ],
)
def test_of_two_falls_from_the_same_tier_the_later_counts(theirs: int | None, ours: int, since: int) -> None:
    target = Account("gold", "gold", None, ours)
    tiers.combine(GRACE, Account("gold", "gold", None, theirs), target, NOTHING, NOW)
    assert (target.tier, target.tier_below_since) == ("gold", since)


def test_a_fall_comes_with_the_tier_and_ends_where_both_together_qualify() -> None:
    source, target = Account("gold", "gold", None, NOW - 5), Account("silver", "silver")
    tiers.combine(GRACE, source, target, [total("2024-05-01", 150)], NOW)
    assert (target.tier, target.tier_below_since) == ("gold", NOW - 5)
    tiers.combine(GRACE, source, target, [total("2024-05-01", 200)], NOW)
    assert (target.tier, target.tier_below_since) == ("gold", None)


def test_a_kept_tier_has_not_fallen() -> None:
    program = program_of("rolling 12", "period_end", grace=30)
    source, target = Account("gold", "gold", LATER), Account("gold", "gold", NOW - 9, NOW - 9)
    tiers.combine(program, source, target, NOTHING, NOW)
    assert (target.tier, target.tier_below_since, target.tier_kept_until) == ("gold", None, LATER)


PINS: list[tuple[str | None, str | None, str | None, Any]] = [
    (pin_to("gold"), pin_to("silver"), pin_to("gold"), "the higher pin of the source"),
    (pin_to("silver"), pin_to("gold"), pin_to("gold"), "the higher pin of the target"),
    (pin_to("silver"), None, pin_to("silver"), "the only pin"),
    (None, pin_to("silver"), pin_to("silver"), "the target's own"),
    (pin_to("gold", LATER), pin_to("gold", SOONER), pin_to("gold", LATER), "of equal ones the longer"),
    (pin_to("gold", SOONER), pin_to("gold", LATER), pin_to("gold", LATER), "whoever has it"),
    (pin_to("gold"), pin_to("gold", LATER), pin_to("gold"), "for good is longest"),
    (pin_to("gone"), pin_to("silver"), pin_to("silver"), "a pin to a tier that is gone yields"),
]


@pytest.mark.parametrize(("theirs", "ours", "survives", "why"), PINS, ids=[case[-1] for case in PINS])
def test_the_higher_pin_survives(theirs: str | None, ours: str | None, survives: str, why: str) -> None:
    source, target = Account("bronze", "bronze", tier_pin=theirs), Account("bronze", "bronze", tier_pin=ours)
    target.tier = "gold" if ours and "gold" in ours else "silver" if ours else "bronze"
    tiers.combine(program_of(), source, target, NOTHING, NOW)
    assert target.tier_pin == survives, why
    assert target.tier == json.decode(survives)["tier"]


def test_tiers_that_are_gone_leave_the_value_to_decide() -> None:
    target = Account("gone", "gone")
    change = tiers.combine(program_of(), Account("gone", "gone"), target, [total("2024-05-01", 120)], NOW)
    assert change is not None
    assert (target.tier, target.tier_earned, change.reason) == ("silver", "silver", "merged")
    kept = Account("gone", "gone")
    tiers.combine(program_of(mode="never"), Account("gold", "gold"), kept, NOTHING, NOW)
    assert kept.tier == "gold"
