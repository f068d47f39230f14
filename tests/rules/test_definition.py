"""What a rule's definition may say, and what is answered to one that may not."""

import math
from typing import Any

import pytest

from tests.rules.rulebook import PER_EURO, rule
from vinr_engagement import rules
from vinr_engagement.foundation.errors import Invalid


def one(fact: Any, op: Any, value: Any) -> list[dict[str, Any]]:
    return [{"fact": fact, "op": op, "value": value}]


V = "conditions.conditions[0].value"
FAULTS = [
    # why, fields, param, part of the message
    ("no trigger", {"trigger": None}, "trigger", "must be a text"),
    ("trigger without a dot", {"trigger": "payment"}, "trigger", "like payment.completed"),
    ("unknown field", {"multipler": 2}, "multipler", 'Did you mean "multiplier"?'),
    ("no award", {"award": None}, "award", "needs an award"),
    ("award is no object", {"award": 5}, "award", "must be an object, not a number"),
    ("unknown award", {"award": {"type": "per_amout"}}, "award.type", 'Did you mean "per_amount"?'),
    ("unknown field of an award", {"award": PER_EURO | {"pont": 1}}, "award.pont", 'Did you mean "points"?'),
    ("per of zero", {"award": PER_EURO | {"per": 0}}, "award.per", "between 1 and"),
    ("per of a text", {"award": PER_EURO | {"per": "100"}}, "award.per", "whole number"),
    ("per of true", {"award": PER_EURO | {"per": True}}, "award.per", "whole number"),
    ("points of zero", {"award": PER_EURO | {"points": 0}}, "award.points", "between 0.0001 and"),
    ("negative points", {"award": PER_EURO | {"points": -1}}, "award.points", "between 0.0001 and"),
    ("five places", {"award": PER_EURO | {"points": 0.12345}}, "award.points", "at most 4 places"),
    ("points not a number", {"award": PER_EURO | {"points": math.nan}}, "award.points", "not a number"),
    ("points missing", {"award": {"type": "per_amount", "per": 1}}, "award.points", "decimal number"),
    ("unknown currency", {"award": PER_EURO | {"currencies": ["ERU"]}}, "award.currencies[0]", "EUR"),
    ("no currencies", {"award": PER_EURO | {"currencies": []}}, "award.currencies", "at least one"),
    ("fixed with a fraction", {"award": {"type": "fixed", "points": 1.5}}, "award.points", "whole number"),
    ("fixed of zero", {"award": {"type": "fixed", "points": 0}}, "award.points", "between 1 and"),
    ("rates missing", {"award": {"type": "per_currency"}}, "award.rates", "needs rates"),
    ("rates empty", {"award": {"type": "per_currency", "rates": {}}}, "award.rates", "1 to 200"),
    ("rate of zero", {"award": {"type": "per_currency", "rates": {"EUR": 0}}}, "award.rates.EUR", "leave it out"),
    ("rate of no currency", {"award": {"type": "per_currency", "rates": {"XXX": 1}}}, "award.rates.XXX", "ISO 4217"),
    (
        "rates and points",
        {"award": {"type": "per_currency", "rates": {"EUR": 1}, "points": 1}},
        "award.rates",
        "or else points",
    ),
    (
        "rates and currencies",
        {"award": {"type": "per_currency", "rates": {"EUR": 1}, "currencies": ["EUR"]}},
        "award.currencies",
        "leave currencies out",
    ),
    ("earn beside award", {"earn": {"points_per_currency_unit": 1}}, "earn", "one of them"),
    (
        "earn of a text",
        {"award": None, "earn": {"points_per_currency_unit": "x"}},
        "earn.points_per_currency_unit",
        "x",
    ),
    (
        "earn misspelt",
        {"award": None, "earn": {"points_per_unit": 1}},
        "earn.points_per_unit",
        "points_per_currency_unit",
    ),
    ("conditions are no group", {"conditions": "tier"}, "conditions", "must be an object"),
    ("unknown match", {"conditions": {"match": "al", "conditions": []}}, "conditions.match", 'Did you mean "all"?'),
    ("group misspelt", {"conditions": {"condition": []}}, "conditions.condition", 'Did you mean "conditions"?'),
    ("condition is no object", {"conditions": ["tier"]}, "conditions.conditions[0]", "must be an object"),
    (
        "operator for op",
        {"conditions": [{"fact": "tier", "opp": "eq"}]},
        "conditions.conditions[0].opp",
        'Did you mean "op"?',
    ),
    ("no fact", {"conditions": [{"op": "eq", "value": 1}]}, "conditions.conditions[0].fact", "event.amount"),
    ("unknown fact", {"conditions": one("teir", "eq", "x")}, "conditions.conditions[0].fact", 'Did you mean "tier"?'),
    (
        "unknown field of the account",
        {"conditions": one("account.tear", "eq", "x")},
        "conditions.conditions[0].fact",
        'Did you mean "account.tier"?',
    ),
    ("unknown head", {"conditions": one("zzz.qqq", "eq", 1)}, "conditions.conditions[0].fact", "Paths start with"),
    ("days of nothing", {"conditions": one("spend_0d", "gt", 1)}, "conditions.conditions[0].fact", "no fact"),
    ("empty step", {"conditions": one("event..x", "eq", 1)}, "conditions.conditions[0].fact", "single dots"),
    ("unknown op", {"conditions": one("tier", "equals", "x")}, "conditions.conditions[0].op", "one of eq"),
    ("no value", {"conditions": [{"fact": "tier", "op": "eq"}]}, V, "needs a value"),
    ("null value", {"conditions": one("event.x", "eq", None)}, V, "use exists"),
    ("list for eq", {"conditions": one("event.x", "eq", [1])}, V, "not a list"),
    ("object for eq", {"conditions": one("event.x", "eq", {})}, V, "not an object"),
    ("long value", {"conditions": one("event.x", "eq", "x" * 501)}, V, "1 to 500"),
    ("value of five places", {"conditions": one("event.x", "gt", 0.00001)}, V, "at most 4 places"),
    ("value beyond integers", {"conditions": one("event.x", "gt", 2**53)}, V, "must lie between"),
    ("text for gt", {"conditions": one("event.x", "gt", "big")}, V, "is neither"),
    ("flag for gt", {"conditions": one("event.x", "gt", True)}, V, "not true or false"),
    ("flag for exists", {"conditions": one("event.x", "exists", 1)}, V, "true or false"),
    ("between one", {"conditions": one("event.x", "between", [1])}, V, "[low, high]"),
    ("between reversed", {"conditions": one("event.x", "between", [5, 1])}, V, "lower end first: [1, 5]"),
    ("between kinds", {"conditions": one("event.x", "between", [5, "2026-01-01"])}, V, "two numbers or two times"),
    ("between fault inside", {"conditions": one("event.x", "between", [5, None])}, V + "[1]", "not null"),
    ("in nothing", {"conditions": one("event.x", "in", [])}, V, "1 to 100"),
    ("in a text", {"conditions": one("event.x", "in", "web")}, V, 'not "web"'),
    ("in too many", {"conditions": one("event.x", "in", list(range(101)))}, V, "not a list of 101"),
    ("in a list of lists", {"conditions": one("event.x", "in", [[1]])}, V + "[0]", "not a list"),
    ("text for a number", {"conditions": one("event.amount", "gt", "100")}, V, "is a number"),
    ("flag for a number", {"conditions": one("points_balance", "eq", True)}, V, "is a number"),
    ("number for a text", {"conditions": one("tier", "eq", 1)}, V, "is a text"),
    ("a text ordered against a number", {"conditions": one("account.tier", "gte", 3)}, V, "is a text"),
    ("a text between numbers", {"conditions": one("metadata.plan", "between", [1, 2])}, V, "is a text"),
    ("text for a flag", {"conditions": one("email_subscribed", "eq", "true")}, V, "is true or false"),
    ("number in texts", {"conditions": one("country", "in", ["DE", 5])}, V, "is a text"),
    ("number in a number's contains", {"conditions": one("event.amount", "contains", 5)}, V, "texts and lists"),
    ("number for a time", {"conditions": one("account.enrolled_at", "gt", 5)}, V, "is a time"),
    ("order of segments", {"conditions": one("segment", "gt", "seg_1")}, V, "segment takes"),
    ("number for a segment", {"conditions": one("segment", "eq", 5)}, V, "must be a text"),
    ("too many", {"conditions": one("tier", "eq", "x") * 51}, "conditions.conditions", "at most 50"),
    ("negative factor", {"multiplier": -1}, "multiplier", "between 0 and 1000"),
    ("factor of true", {"multiplier": True}, "multiplier", "not true or false"),
    ("multipliers are no list", {"multipliers": {}}, "multipliers", "must be a list"),
    ("when missing", {"multipliers": [{"factor": 2}]}, "multipliers[0].when", "when the factor counts"),
    ("factor missing", {"multipliers": [{"when": {"tier": "gold"}}]}, "multipliers[0].factor", "decimal number"),
    (
        "fault in when",
        {"multipliers": [{"when": {"tier": 5}, "factor": 2}]},
        "multipliers[0].when.conditions[0].value",
        "is a text",
    ),
    (
        "when about items",
        {"multipliers": [{"when": one("event.line_items.sku", "eq", "x"), "factor": 2}]},
        "multipliers[0].when",
        "second rule",
    ),
    ("cap without window", {"cap": {"points": 5}}, "window", "needs a window"),
    ("cap of nothing", {"cap": {}, "window": "day"}, "cap", "points, times or both"),
    ("cap of zero", {"cap": {"times": 0}, "window": "day"}, "cap.times", "between 1 and"),
    ("unknown window", {"window": "dya"}, "window", 'Did you mean "day"?'),
    ("budget of a number", {"budget": 5}, "budget", "must be an object"),
    ("budget of zero", {"budget": {"points": 0}}, "budget.points", "between 1 and"),
    ("ends before it starts", {"starts_at": 5, "ends_at": 5}, "ends_at", "after starts_at"),
    ("start of a text", {"starts_at": "2026-01-01"}, "starts_at", "whole number"),
    ("unknown recipient", {"recipient": "refree"}, "recipient", 'Did you mean "referee"?'),
    ("referrer of a payment", {"recipient": "referrer"}, "recipient", "Only events of a referral"),
    ("active of a text", {"active": "yes"}, "active", "true or false"),
    ("name too long", {"name": "x" * 201}, "name", "1 to 200"),
]


@pytest.mark.parametrize(("fields", "param", "says"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_fault(fields: dict[str, Any], param: str, says: str) -> None:
    with pytest.raises(Invalid) as caught:
        rule(**fields)
    assert (caught.value.code, caught.value.param) == ("parameter_invalid", param)
    assert says in caught.value.message


@pytest.mark.parametrize("definition", [None, [], "rule", 5])
def test_definition_is_an_object(definition: Any) -> None:
    with pytest.raises(Invalid, match="must be an object"):
        rules.parse_rule(definition)


def test_defaults() -> None:
    plain = rule()
    assert (plain.version, plain.active, plain.recipient, plain.multiplier.text) == (1, True, "member", "1")
    assert (plain.conditions, plain.cap, plain.budget, plain.starts_at, plain.multipliers) == (
        None,
        None,
        None,
        None,
        (),
    )


def test_null_is_the_default() -> None:
    nothing = dict.fromkeys(
        ("conditions", "multiplier", "multipliers", "cap", "window", "budget", "recipient", "active")
    )
    assert rule(**nothing).multiplier == rule().multiplier


def test_everything_at_once() -> None:
    full = rule(
        id="rule_1",
        version=3,
        cap={"points": 500, "times": 2},
        window="week",
        budget={"points": 10_000},
        starts_at=1,
        ends_at=2,
        active=False,
        multiplier="1.5",
    )
    assert (full.id, full.version, full.cap, full.window) == ("rule_1", 3, rules.Cap(500, 2), "week")
    assert (full.budget, full.starts_at, full.ends_at, full.active) == (10_000, 1, 2, False)
    assert full.multiplier == rules.Factor(3, 2, "1.5")


def test_a_definition_is_accepted_as_the_api_shows_it() -> None:
    shown = {"object": "earning_rule", "created_at": "2026-04-01T12:00:00Z", "updated_at": "2026-04-01T12:00:00Z"}
    assert rule(**shown, metadata={}, program="prog_1").active


@pytest.mark.parametrize(("field", "longest"), [("id", 100), ("name", 200)])
def test_a_text_may_be_as_long_as_its_limit(field: str, longest: int) -> None:
    assert getattr(rule(**{field: "x" * longest}), field) == "x" * longest
    for faulty in ("", "x" * (longest + 1)):
        with pytest.raises(Invalid) as refused:
            rule(**{field: faulty})
        assert refused.value.param == field


def test_versions_count_from_one() -> None:
    assert rule(version=1).version == 1
    with pytest.raises(Invalid):
        rule(version=0)


@pytest.mark.parametrize("recipient", rules.RECIPIENTS)
def test_a_referral_may_pay_any_of_its_sides(recipient: str) -> None:
    award = {"type": "fixed", "points": 100}
    assert rule(trigger="referral.converted", award=award, recipient=recipient).recipient == recipient


def test_the_member_may_be_named_as_whoever_is_awarded() -> None:
    assert rules.RECIPIENTS == ("member", "referrer", "referee", "both")
    assert rule(recipient="member").recipient == rule().recipient == "member"


def test_a_referral_pays_both_sides_unless_told() -> None:
    award = {"type": "fixed", "points": 100}
    assert rule(trigger="referral.converted", award=award).recipient == "both"
    assert rule(trigger="referral.converted", award=award, recipient="referee").recipient == "referee"


def test_needs_of_a_rule_are_those_of_its_conditions_and_multipliers() -> None:
    needy = rule(
        conditions=one("orders_30d", "gte", 3),
        multipliers=[{"when": {"segment": "seg_1"}, "factor": 2}, {"when": one("country", "eq", "DE"), "factor": 3}],
    )
    assert rules.facts_needed(needy) == {"orders_30d"}
    assert rules.segments_needed(needy) == {"seg_1"}
    assert rules.customer_needed(needy)


SPELLINGS = [
    (
        "points per unit",
        {"earn": {"points_per_currency_unit": 2}},
        {"award": {"type": "per_currency", "points": 2}},
    ),
    (
        "points per unit of each",
        {"earn": {"points_per_currency_unit": {"EUR": 2}}},
        {"award": {"type": "per_currency", "rates": {"EUR": 2}}},
    ),
    ("no other spelling", {"earn": None}, {}),
    (
        "bare list",
        {"conditions": one("tier", "eq", "x")},
        {"conditions": {"match": "all", "conditions": one("tier", "eq", "x")}},
    ),
    ("match left out", {"conditions": {"conditions": [1]}}, {"conditions": {"match": "all", "conditions": [1]}}),
    ("empty group", {"conditions": []}, {"conditions": None}),
    (
        "tier",
        {"multipliers": [{"when": {"tier": "gold"}, "factor": 2}]},
        {"multipliers": [{"when": {"match": "all", "conditions": one("tier", "eq", "gold")}, "factor": 2}]},
    ),
    ("junk is left to be judged", {"multipliers": [5], "conditions": 7}, {"multipliers": [5], "conditions": 7}),
]


@pytest.mark.parametrize(("given", "plain"), [case[1:] for case in SPELLINGS], ids=[case[0] for case in SPELLINGS])
def test_normalise(given: dict[str, Any], plain: dict[str, Any]) -> None:
    assert rules.normalise(given) == plain
    assert rules.normalise(plain) == plain
