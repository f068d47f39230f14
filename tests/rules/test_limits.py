"""How much a rule may say: exactly up to each limit, and what little things at the edges come to."""

from collections.abc import Callable
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import pytest

from tests.rules.rulebook import PER_EURO, group, judge, payment, rule, verdict_of
from vinr_engagement import rules
from vinr_engagement.foundation import money
from vinr_engagement.foundation.errors import Invalid

CODES = sorted(money.CURRENCIES)
LARGEST = 2**53 - 1


def condition(**fields: Any) -> rules.Rule:
    return rule(conditions=[{"fact": "event.note", "op": "eq", "value": "x", **fields}])


LIMITS: dict[str, tuple[int, Callable[[int], rules.Rule]]] = {
    "points of a fixed award": (10**9, lambda n: rule(award={"type": "fixed", "points": n})),
    "points per amount": (10**9, lambda n: rule(award={**PER_EURO, "points": n})),
    "minor units per points": (10**9, lambda n: rule(award={**PER_EURO, "per": n})),
    "the multiplier": (1_000, lambda n: rule(multiplier=n)),
    "entries of multipliers": (20, lambda n: rule(multipliers=[{"when": {"tier": "gold"}, "factor": 2}] * n)),
    "characters of a trigger": (100, lambda n: rule(trigger="shop." + "x" * (n - 5))),
    "points of a cap": (LARGEST, lambda n: rule(cap={"points": n}, window="day")),
    "points of a budget": (LARGEST, lambda n: rule(budget={"points": n})),
    "conditions": (50, lambda n: rule(conditions=[{"fact": "event.note", "op": "eq", "value": "x"}] * n)),
    "characters of a fact": (200, lambda n: condition(fact="event." + "x" * (n - 6))),
    "parts of a fact": (12, lambda n: condition(fact=".".join(["event", *("x" for _ in range(n - 1))]))),
    "characters of a value": (500, lambda n: condition(value="x" * n)),
    "values of a list": (100, lambda n: condition(op="in", value=["x"] * n)),
    "a number to compare with": (LARGEST, lambda n: condition(value=n)),
}


@pytest.mark.parametrize("what", LIMITS)
def test_a_rule_may_say_as_much_as_its_limit_and_no_more(what: str) -> None:
    most, make = LIMITS[what]
    assert make(most).active
    with pytest.raises(Invalid) as refused:
        make(most + 1)
    assert refused.value.code == "parameter_invalid"


def test_an_award_may_name_from_one_currency_to_all_there_are() -> None:
    for codes in (CODES[:1], CODES):
        assert rule(award={"type": "per_currency", "rates": dict.fromkeys(codes, 1)}).award.currencies("EUR") == codes
    with pytest.raises(Invalid):
        rule(award={"type": "per_currency", "rates": {}})


def test_a_fixed_award_has_no_rate() -> None:
    with pytest.raises(Invalid) as refused:
        rule(award={"type": "fixed", "points": 5, "per": 100})
    assert refused.value.param == "award.per"


def test_a_definition_that_is_none_has_no_field_at_fault() -> None:
    with pytest.raises(Invalid) as refused:
        rules.parse_rule([])
    assert refused.value.param is None


def test_an_award_may_be_as_large_as_every_reader_understands_and_no_larger() -> None:
    everything = rule(award={"type": "per_amount", "per": 1, "points": 1})
    assert verdict_of(everything, payment(LARGEST)).points == LARGEST
    assert verdict_of(everything, payment(LARGEST), tier=("gold", Fraction(2))).reason == "award_too_large"


@pytest.mark.parametrize(
    ("amount", "room", "points", "reason"),
    [
        (700, {"cap_points": 1}, 1, None),
        (700, {"budget_points": 1}, 1, None),
        (700, {"cap_points": 0}, 0, "cap_reached"),
        (700, {"cap_times": 0}, 0, "cap_reached"),
        (700, {"budget_points": 0}, 0, "budget_exhausted"),
        (100, {"cap_points": 0}, 0, "cap_reached"),
        (100, {"budget_points": 0}, 0, "budget_exhausted"),
        (99, {"cap_points": 0, "budget_points": 0}, 0, None),
    ],
)
def test_an_award_that_is_cut_to_nothing_says_by_what(
    amount: int, room: dict[str, int], points: int, reason: str | None
) -> None:
    limited = rules.limit(rules.Terms("proportional", 1, 100, "down", amount=amount), **room)
    assert (limited.points, limited.reason) == (points, reason)


def test_a_factor_that_a_refund_may_take_away_is_named_with_the_others() -> None:
    from_10 = {"when": group(("event.amount", "gte", 1_000)), "factor": 2}
    verdict = verdict_of(rule(multiplier=3, multipliers=[from_10]), payment(1_000), tier=("gold", Fraction(3, 2)))
    assert verdict.explanation["multipliers"] == [
        {"origin": "rule", "factor": "3"},
        {"origin": "multipliers[0]", "factor": "2"},
        {"origin": "tier:gold", "factor": "1.5"},
    ]


def test_a_tier_whose_factor_is_nothing_earns_nothing() -> None:
    assert verdict_of(rule(), payment(1_000), tier=("barred", Fraction(0))).reason == "zero_award"


def test_exists_needs_no_value() -> None:
    asked = {"match": "all", "conditions": [{"fact": "event.note", "op": "exists"}]}
    assert judge(asked, {"note": "x"}).holds
    assert not judge(asked, {}).holds


def test_a_failure_shows_the_first_five_items() -> None:
    items = [{"sku": str(number)} for number in range(9)]
    (failed,) = judge(group(("event.line_items.sku", "eq", "z")), {"line_items": items}).failed
    assert failed["found"] == ["0", "1", "2", "3", "4"]


def test_a_member_may_be_any_mapping() -> None:
    member = MappingProxyType({"status": "active", "metadata": MappingProxyType({"plan": "pro"})})
    assert judge(group(("account.status", "eq", "active"), ("metadata.plan", "eq", "pro")), account=member).holds
