"""What each award is worth, why a rule does not match, and how the answer is explained."""

from fractions import Fraction
from typing import Any

import pytest

from tests.rules.rulebook import group, payment, rule, verdict_of
from vinr_engagement import rules

JPY = {"type": "per_currency", "rates": {"EUR": 1, "GBP": 1.2, "JPY": 0.01, "KWD": 3}}
ONE_PER_UNIT = {"type": "per_currency", "points": 1}
FIXED = {"type": "fixed", "points": 500}

AWARDS = [
    # why, award, event, points
    ("in proportion, rounded down", {"type": "per_amount", "per": 100, "points": 1}, payment(1999), 19),
    ("a large step is in proportion too", {"type": "per_amount", "per": 1000, "points": 10}, payment(1999), 19),
    ("decimal points", {"type": "per_amount", "per": 100, "points": 1.5}, payment(1000), 15),
    ("points as text", {"type": "per_amount", "per": 100, "points": "0.25"}, payment(1000), 2),
    ("thirds are exact", {"type": "per_amount", "per": 300, "points": 1}, payment(900), 3),
    (
        "another currency",
        {"type": "per_amount", "per": 100, "points": 1, "currencies": ["USD"]},
        payment(500, "USD"),
        5,
    ),
    ("rate of a currency", JPY, payment(1000, "GBP"), 12),
    ("a currency without decimals", JPY, payment(1000, "JPY"), 10),
    ("a currency with three decimals", JPY, payment(2000, "KWD"), 6),
    ("per unit of the program's currency", ONE_PER_UNIT, payment(1999), 19),
    ("per unit of those listed", ONE_PER_UNIT | {"currencies": ["JPY", "USD"]}, payment(7, "JPY"), 7),
    ("fixed", FIXED, payment(1), 500),
    ("fixed in any currency", FIXED, payment(1, "USD"), 500),
]


@pytest.mark.parametrize(("award", "event", "points"), [case[1:] for case in AWARDS], ids=[case[0] for case in AWARDS])
def test_award(award: dict[str, Any], event: dict[str, Any], points: int) -> None:
    verdict = verdict_of(rule(award=award), event)
    assert (verdict.matched, verdict.reason, verdict.points) == (True, None, points)
    assert verdict.terms is not None
    assert verdict.terms.points(event["amount"]) == points


@pytest.mark.parametrize(("rounding", "points"), [("down", 14), ("nearest", 15), ("up", 15)])
def test_rounding(rounding: str, points: int) -> None:
    assert verdict_of(rule(), payment(1450), rounding=rounding).points == points


REASONS = [
    ("inactive", {"active": False}, payment(100), {}),
    ("not_started", {"starts_at": 10}, payment(100), {"at": 9}),
    ("ended", {"ends_at": 10}, payment(100), {"at": 10}),
    ("condition_failed", {"conditions": group(("tier", "eq", "gold"))}, payment(100), {}),
    ("no_amount", {}, {"currency": "EUR"}, {}),
    ("no_amount", {}, payment("100"), {}),
    ("no_amount", {}, payment(True), {}),
    ("no_amount", {}, payment(10.5), {}),
    ("no_amount", {}, payment(-5), {}),
    ("no_amount", {}, payment(2**53), {}),
    ("no_currency", {}, {"amount": 100}, {}),
    ("no_currency", {}, {"amount": 100, "currency": ["EUR"]}, {}),
    ("currency_not_listed", {}, payment(100, "USD"), {}),
    ("currency_not_listed", {}, payment(100, "eur"), {}),
    ("currency_not_listed", {"award": JPY}, payment(100, "USD"), {}),
    ("zero_award", {}, payment(99), {}),
    ("zero_award", {}, payment(0), {"rounding": "up"}),
    ("zero_award", {"award": FIXED}, payment(0), {}),
    ("zero_award", {"multiplier": 0}, payment(500), {}),
    ("award_too_large", {"award": {"type": "per_amount", "per": 1, "points": 1000}}, payment(2**53 - 1), {}),
]


@pytest.mark.parametrize(("reason", "fields", "event", "given"), REASONS)
def test_reason(reason: str, fields: dict[str, Any], event: dict[str, Any], given: dict[str, Any]) -> None:
    verdict = verdict_of(rule(**fields), event, **given)
    assert (verdict.matched, verdict.reason, verdict.points, verdict.terms) == (False, reason, 0, None)


def test_window_includes_its_start_and_not_its_end() -> None:
    timed = rule(starts_at=10, ends_at=20)
    assert [verdict_of(timed, payment(100), at=at).matched for at in (9, 10, 19, 20)] == [False, True, True, False]


def test_unlisted_currency_says_which_are() -> None:
    failed = verdict_of(rule(award=JPY), payment(100, "USD")).failed
    assert failed == ({"fact": "event.currency", "op": "in", "value": ["EUR", "GBP", "JPY", "KWD"], "found": "USD"},)


@pytest.mark.parametrize("event", [{}, {"amount": 0}, {"amount": "many"}])
def test_fixed_award_of_a_custom_event_needs_no_amount(event: dict[str, Any]) -> None:
    verdict = verdict_of(rule(trigger="review.created", award=FIXED, multiplier=2), event)
    assert verdict.points == 1000
    assert verdict.terms is not None
    assert [verdict.terms.points(net) for net in (None, 0, 5)] == [1000, 1000, 1000]


def test_per_amount_of_a_custom_event_takes_its_amount() -> None:
    assert verdict_of(rule(trigger="ride.finished"), payment(700)).points == 7


ITEMS = [{"sku": "a", "amount": 3000}, {"sku": "b", "amount": 1000}, {"sku": "a", "amount": 500}]
ELIGIBLE = [
    ("items that match", ITEMS, 4500, 3500),
    ("never more than was paid", ITEMS, 2000, 2000),
    (
        "odd amounts count zero",
        [*ITEMS, {"sku": "a", "amount": "9"}, {"sku": "a"}, {"sku": "a", "amount": True}],
        9000,
        3500,
    ),
    ("a rebate line lowers it", [*ITEMS, {"sku": "a", "amount": -500}], 9000, 3000),
]


@pytest.mark.parametrize(
    ("items", "amount", "eligible"), [case[1:] for case in ELIGIBLE], ids=[case[0] for case in ELIGIBLE]
)
def test_eligible_amount(items: list[Any], amount: int, eligible: int) -> None:
    itemised = rule(conditions=group(("event.line_items.sku", "eq", "a")))
    verdict = verdict_of(itemised, payment(amount, line_items=items))
    assert verdict.points == eligible // 100
    assert verdict.explanation["base"] == {"amount": amount, "currency": "EUR", "eligible": eligible}


def test_items_worth_less_than_nothing_earn_nothing() -> None:
    itemised = rule(conditions=group(("event.line_items.sku", "eq", "a")))
    assert verdict_of(itemised, payment(900, line_items=[{"sku": "a", "amount": -5}])).reason == "zero_award"


GOLD = {"when": {"tier": "gold"}, "factor": 2}
WEB = {"when": group(("event.channel", "eq", "web")), "factor": 3}


@pytest.mark.parametrize(
    ("tier", "channel", "points", "origins"),
    [
        ("gold", "web", 20, ["multipliers[0]"]),
        ("silver", "web", 30, ["multipliers[1]"]),
        ("silver", "app", 10, []),
    ],
    ids=["the first that matches", "the second", "none"],
)
def test_first_matching_multiplier_counts(tier: str, channel: str, points: int, origins: list[str]) -> None:
    verdict = verdict_of(rule(multipliers=[GOLD, WEB]), payment(1000, channel=channel), account={"tier": tier})
    assert verdict.points == points
    assert [line["origin"] for line in verdict.explanation["multipliers"]] == origins


def test_all_factors_are_multiplied_and_rounded_once() -> None:
    verdict = verdict_of(
        rule(multiplier=1.5, multipliers=[GOLD]),
        payment(1999),
        account={"tier": "gold"},
        tier=("gold", Fraction(5, 4)),
        campaigns=[rules.CampaignFactor("camp_1", Fraction(2)), rules.CampaignFactor("camp_2", Fraction(3))],
    )
    assert verdict.points == int(Fraction("19.99") * Fraction("1.5") * 2 * Fraction("1.25") * 3) == 224
    assert verdict.explanation == {
        "award": {"type": "per_amount", "per": 100, "points": 1},
        "base": {"amount": 1999, "currency": "EUR", "eligible": 1999},
        "multipliers": [
            {"origin": "rule", "factor": "1.5"},
            {"origin": "multipliers[0]", "factor": "2"},
            {"origin": "tier:gold", "factor": "1.25"},
            {"origin": "campaign:camp_2", "factor": "3"},
        ],
        "exact": "224.8875",
        "rounding": "down",
        "rounded": 224,
        "result": 224,
    }


@pytest.mark.parametrize(
    ("per", "amount", "exact"),
    [(100, 500, "5"), (100, 550, "5.5"), (300, 1000, "10/3"), (10**9, 10**9 + 1, "1000000001/1000000000")],
)
def test_exact_value_as_text(per: int, amount: int, exact: str) -> None:
    verdict = verdict_of(rule(award={"type": "per_amount", "per": per, "points": 1}), payment(amount))
    assert verdict.explanation["exact"] == exact
