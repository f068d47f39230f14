"""A rule, a verdict and a judged condition in one line each."""

from typing import Any

from vinr_engagement import rules

PER_EURO = {"type": "per_amount", "per": 100, "points": 1}


def rule(**fields: Any) -> rules.Rule:
    """One point per euro on each payment, but for the given fields."""
    return rules.parse_rule({"trigger": "payment.completed", "award": PER_EURO, **fields})


def facts_of(event: dict[str, Any] | None = None, **given: Any) -> rules.Facts:
    """The facts of an event at the epoch, of a member about whom nothing is known but what is given."""
    arguments: dict[str, Any] = {"event": event or {}, "account": {}, "at": 0} | given
    return rules.Facts(**arguments)


def verdict_of(
    rule: rules.Rule,
    event: dict[str, Any],
    *,
    rounding: Any = "down",
    tier: Any = None,
    campaigns: Any = (),
    **given: Any,
) -> rules.Verdict:
    """The verdict on an event, in a program in euros that rounds down."""
    facts = facts_of(event, **given)
    return rules.evaluate(rule, facts, rounding=rounding, default_currency="EUR", tier=tier, campaigns=campaigns)


def payment(amount: Any, currency: str = "EUR", **fields: Any) -> dict[str, Any]:
    """A payment of so many minor units."""
    return {"id": "pay_1", "amount": amount, "currency": currency, **fields}


def terms_of(rule: rules.Rule, event: dict[str, Any], **given: Any) -> rules.Terms:
    """The terms that would be stored with the earn."""
    verdict = verdict_of(rule, event, **given)
    assert verdict.terms is not None, verdict
    return verdict.terms


def group(*conditions: tuple[str, str, Any], match: str = "all") -> dict[str, Any]:
    """A group of conditions, each as (fact, op, value)."""
    return {"match": match, "conditions": [{"fact": f, "op": op, "value": value} for f, op, value in conditions]}


def judge(definition: Any, event: dict[str, Any] | None = None, **given: Any) -> rules.Judgement:
    """The judgement of a group of conditions."""
    conditions = rules.parse_conditions(definition)
    assert conditions is not None
    return conditions.judge(facts_of(event, **given))
