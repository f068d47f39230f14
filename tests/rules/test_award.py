"""What a net amount earns, what a cap and a budget leave, and how terms are stored."""

from fractions import Fraction
from typing import Any

import msgspec
import pytest

from tests.rules.rulebook import group, payment, rule, terms_of
from vinr_engagement import rules

FIXED = {"type": "fixed", "points": 500}
FROM_50 = group(("event.amount", "gte", 5000))
DOUBLE_FROM_100 = {"when": group(("event.amount", "gte", 10_000)), "factor": 2}
HALF_AGAIN = {"when": group(("event.amount", "gt", 4999)), "factor": 1.5}
MIN_SPEND = rules.CampaignFactor("camp_1", Fraction(3), floor=8000)
SMALLER = rules.CampaignFactor("camp_2", Fraction(2), floor=2000)
ITEMS = [{"sku": "a", "amount": 5000}, {"sku": "b", "amount": 7000}]

NETS = [
    # why, fields of the rule, given, {net: points} for a payment of 120.00
    ("in proportion", {}, {}, {12_000: 120, 11_999: 119, 6000: 60, 100: 1, 99: 0, 0: 0}),
    ("beyond the payment is the payment", {}, {}, {13_000: 120, -5: 0}),
    ("fixed stays until all is refunded", {"award": FIXED}, {}, {12_000: 500, 1: 500, 0: 0}),
    ("fixed goes with its lower bound", {"award": FIXED, "conditions": FROM_50}, {}, {5000: 500, 4999: 0}),
    ("so does a proportional one", {"conditions": FROM_50}, {}, {5000: 50, 4999: 0}),
    (
        "upper bounds stay as they were",
        {"conditions": group(("event.amount", "gt", 1), ("event.amount", "lte", 12_000))},
        {},
        {9_000: 90},
    ),
    (
        "eligible items shrink with the payment",
        {"conditions": group(("event.line_items.sku", "eq", "a"))},
        {},
        {12_000: 50, 6000: 25},
    ),
    ("below the bound of a factor, it is gone", {"multipliers": [DOUBLE_FROM_100]}, {}, {10_000: 200, 9999: 99}),
    (
        "the next factor follows",
        {"multipliers": [DOUBLE_FROM_100, HALF_AGAIN]},
        {},
        {10_000: 200, 9000: 135, 5000: 75, 4999: 49},
    ),
    (
        "but a refund never raises the award",
        {"multipliers": [DOUBLE_FROM_100, {"when": FROM_50, "factor": 9}]},
        {},
        {10_000: 200, 9000: 180, 4999: 49},
    ),
    (
        "nor does the end of a lowering factor",
        {"multipliers": [{"when": FROM_50, "factor": 0.5}]},
        {},
        {12_000: 60, 4000: 20},
    ),
    (
        "a campaign's least spend",
        {},
        {"campaigns": [SMALLER, MIN_SPEND]},
        {12_000: 360, 8000: 240, 7999: 159, 1999: 19},
    ),
    (
        "two ladders at once",
        {"multipliers": [DOUBLE_FROM_100]},
        {"campaigns": [MIN_SPEND]},
        {12_000: 720, 9000: 270, 5000: 50},
    ),
]


@pytest.mark.parametrize(("fields", "given", "nets"), [case[1:] for case in NETS], ids=[case[0] for case in NETS])
def test_points_of_a_net_amount(fields: dict[str, Any], given: dict[str, Any], nets: dict[int, int]) -> None:
    terms = terms_of(rule(**fields), payment(12_000, line_items=ITEMS), **given)
    assert {net: terms.points(net) for net in nets} == nets


LIMITS = [
    # why, limits, points, reason, cuts
    ("no limit", {}, 120, None, {}),
    ("room for all", {"cap_points": 120}, 120, None, {"cap": 0}),
    ("cut to the cap", {"cap_points": 30}, 30, None, {"cap": 90}),
    ("cap reached", {"cap_points": 0}, 0, "cap_reached", {"cap": 120}),
    ("over-use leaves no room", {"cap_points": -5}, 0, "cap_reached", {"cap": 120}),
    ("times left", {"cap_times": 1}, 120, None, {"cap": 0}),
    ("no times left", {"cap_times": 0, "cap_points": 500}, 0, "cap_reached", {"cap": 120}),
    ("cut to the budget", {"budget_points": 100}, 100, None, {"budget": 20}),
    ("budget spent", {"budget_points": 0}, 0, "budget_exhausted", {"budget": 120}),
    ("cap, then budget", {"cap_points": 50, "budget_points": 20}, 20, None, {"cap": 70, "budget": 30}),
    ("the cap is named first", {"cap_points": 0, "budget_points": 0}, 0, "cap_reached", {"cap": 120, "budget": 0}),
]


@pytest.mark.parametrize(
    ("limits", "points", "reason", "cuts"), [case[1:] for case in LIMITS], ids=[case[0] for case in LIMITS]
)
def test_limit(limits: dict[str, int], points: int, reason: str | None, cuts: dict[str, int]) -> None:
    limited = rules.limit(terms_of(rule(), payment(12_000)), **limits)
    assert (limited.points, limited.reason, limited.terms.points(12_000)) == (points, reason, points)
    assert limited.explanation["result"] == points
    assert {name: line["cut"] for name, line in limited.explanation.items() if name != "result"} == cuts


def test_refund_of_a_capped_award_first_uses_up_what_the_cap_cut() -> None:
    terms = rules.limit(terms_of(rule(), payment(12_000)), cap_points=30).terms
    assert [terms.points(net) for net in (12_000, 3000, 2900)] == [30, 30, 29]


@pytest.mark.parametrize("given", [{}, {"tier": ("gold", Fraction("1.0001"))}, {"campaigns": [MIN_SPEND, SMALLER]}])
def test_terms_survive_storage(given: dict[str, Any]) -> None:
    fields = {"multiplier": "999.9999", "multipliers": [DOUBLE_FROM_100, HALF_AGAIN], "conditions": FROM_50}
    terms = rules.limit(terms_of(rule(**fields), payment(12_000), **given), cap_points=30).terms
    assert msgspec.json.decode(msgspec.json.encode(terms), type=rules.Terms) == terms
    assert msgspec.convert(msgspec.to_builtins(terms), rules.Terms) == terms


def test_terms_of_the_usual_payment_are_small() -> None:
    stored = msgspec.json.encode(terms_of(rule(), payment(12_000)))
    assert stored == b'{"kind":"proportional","numerator":1,"denominator":100,"rounding":"down","amount":12000}'


def test_a_limited_award_says_what_was_left() -> None:
    limited = rules.limit(terms_of(rule(), payment(12_000)), cap_points=70, cap_times=2, budget_points=50)
    assert limited.explanation == {
        "cap": {"points_left": 70, "times_left": 2, "cut": 50},
        "budget": {"points_left": 50, "cut": 20},
        "result": 50,
    }
