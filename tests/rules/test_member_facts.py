"""What a condition may ask about the member, what it takes to know, and with what it may be compared."""

from typing import Any

import pytest

from tests.rules.rulebook import group, judge, payment, rule, verdict_of
from vinr_engagement import rules
from vinr_engagement.foundation.clock import DAY
from vinr_engagement.foundation.errors import Invalid

MEMBER = {
    "id": "loy_1",
    "program": "prog_1",
    "customer": "cust_1",
    "status": "active",
    "tier": "gold",
    "created_at": 0,
    "updated_at": 0,
    "enrolled_at": 2 * DAY,
    "last_activity_at": None,
}
EPOCH = "1970-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("account.id", "loy_1"),
        ("account.program", "prog_1"),
        ("account.customer", "cust_1"),
        ("account.status", "active"),
        ("account.created_at", EPOCH),
        ("account.updated_at", EPOCH),
        ("account.last_activity_at", EPOCH),
    ],
)
def test_the_account_is_known_by_its_own_fields(fact: str, value: str) -> None:
    member = {**MEMBER, "last_activity_at": 0}
    assert judge(group((fact, "eq", value)), account=member).holds
    assert not judge(group((fact, "eq", f"{value}x")), account=member).holds


@pytest.mark.parametrize(
    ("at", "days"), [(2 * DAY, 0), (3 * DAY - 1, 0), (3 * DAY, 1), (12 * DAY, 10), (0, 0), (-9 * DAY, 0)]
)
def test_days_as_a_member_are_whole_ones_and_never_less_than_none(at: int, days: int) -> None:
    assert judge(group(("enrolled_days", "eq", days)), account=MEMBER, at=at).holds


def test_a_member_of_whom_nothing_was_ever_heard_has_no_days_since() -> None:
    assert not judge(group(("last_activity_days", "gte", 0)), account=MEMBER, at=9 * DAY).holds
    assert judge(group(("last_activity_days", "exists", False)), account=MEMBER, at=9 * DAY).holds


@pytest.mark.parametrize(
    ("found", "holds"),
    [
        ({"email_subscribed": True}, True),
        ({"email_subscribed": False, "metadata": {"email_subscribed": "true"}}, False),
        ({"metadata": {"email_subscribed": "true"}}, True),
        ({"metadata": {"email_subscribed": "false"}}, False),
        ({"metadata": {"email_subscribed": "yes"}}, False),
        ({"metadata": {}}, False),
        (None, False),
    ],
)
def test_whoever_subscribed_says_so_or_has_it_in_metadata(found: Any, holds: bool) -> None:
    assert judge(group(("email_subscribed", "eq", True)), customer=found).holds is holds


@pytest.mark.parametrize(
    ("fact", "value", "needs"),
    [
        ("spend_90d", 1, {"behaviour": frozenset({"spend_90d"})}),
        ("orders_lifetime", 1, {"behaviour": frozenset({"orders_lifetime"})}),
        ("redemptions_total", 1, {"behaviour": frozenset({"redemptions_total"})}),
        ("customer.name", "Ada", {"customer": True}),
        ("country", "DE", {"customer": True}),
        ("email_subscribed", True, {"customer": True}),
        ("segment", "seg_1", {"segments": frozenset({"seg_1"})}),
        ("tier", "gold", {}),
        ("account.balance", 1, {}),
        ("event.amount", 1, {}),
    ],
)
def test_only_what_a_condition_asks_for_is_gathered(fact: str, value: Any, needs: dict[str, Any]) -> None:
    assert rule(conditions=group((fact, "eq", value))).needs == rules.Needs(**needs)


def test_the_needs_of_two_conditions_are_those_of_both() -> None:
    both = rule(conditions=group(("country", "eq", "DE"), ("spend_30d", "gte", 1), ("segment", "in", ["a", "b"])))
    assert rules.customer_needed(both)
    assert rules.facts_needed(both) == {"spend_30d"}
    assert rules.segments_needed(both) == {"a", "b"}


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("spend_90d", "much"),
        ("redemptions_total", True),
        ("account.balance", "much"),
        ("account.tier", 1),
        ("account.metadata.plan", 1),
        ("metadata.plan", True),
        ("event.amount", "much"),
        ("event.currency", 978),
        ("email_subscribed", "true"),
        ("country", 49),
    ],
)
def test_a_fact_is_never_compared_with_what_it_cannot_be(fact: str, value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        rule(conditions=group((fact, "eq", value)))
    assert refused.value.param == "conditions.conditions[0].value"


@pytest.mark.parametrize("trigger", ["payment.completed", "invoice.paid"])
def test_where_nothing_was_paid_a_fixed_award_is_not_given(trigger: str) -> None:
    fixed = rule(trigger=trigger, award={"type": "fixed", "points": 5})
    assert verdict_of(fixed, payment(0)).reason == "zero_award"
    assert verdict_of(fixed, payment(1)).points == 5


@pytest.mark.parametrize("window", ["day", "week", "month", "lifetime"])
def test_a_cap_counts_in_each_window(window: str) -> None:
    capped = rule(cap={"points": 500, "times": 3}, window=window)
    assert (capped.window, capped.cap) == (window, rules.Cap(500, 3))


@pytest.mark.parametrize("fact", ["account.metadata", "account.tier.name", "account.shoe_size", "account", "weather"])
def test_what_is_no_fact_of_the_member_is_refused(fact: str) -> None:
    with pytest.raises(Invalid) as refused:
        rule(conditions=group((fact, "exists", True)))
    assert refused.value.param == "conditions.conditions[0].fact"


def test_a_fixed_award_of_an_event_that_is_no_payment_is_based_on_nothing() -> None:
    fixed = rule(trigger="shop.visited", award={"type": "fixed", "points": 5})
    assert verdict_of(fixed, payment(700)).explanation["base"] == {}


@pytest.mark.parametrize(("amount", "shown"), [(None, None), ("7", "7"), (-1, -1), ([1], "list"), ({}, "dict")])
def test_an_amount_that_is_none_is_shown_as_it_was_found(amount: Any, shown: Any) -> None:
    verdict = verdict_of(rule(), payment(amount))
    assert verdict.reason == "no_amount"
    assert verdict.failed == ({"fact": "event.amount", "op": "exists", "value": True, "found": shown},)


def test_a_payment_without_a_currency_says_that_there_is_none() -> None:
    verdict = verdict_of(rule(), {"amount": 700})
    assert verdict.reason == "no_currency"
    assert verdict.failed == ({"fact": "event.currency", "op": "exists", "value": True, "found": None},)
