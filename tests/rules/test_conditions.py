"""Which facts there are, how groups hold, which items are eligible, and what a failure says."""

from decimal import Decimal
from typing import Any

import pytest

from tests.rules.rulebook import group, judge, payment
from vinr_engagement import rules
from vinr_engagement.foundation.clock import DAY
from vinr_engagement.foundation.errors import Invalid

ACCOUNT = {
    "tier": "gold",
    "status": "active",
    "balance": 120,
    "pending_balance": 30,
    "lifetime_points": 900,
    "metadata": {"store.id": "s1", "plan": "pro"},
    "enrolled_at": 0,
    "last_activity_at": 5 * DAY,
}
CUSTOMER = {"email": "a@example.com", "country": "DE", "email_subscribed": True, "metadata": {"vip": "yes"}}
EVENT = {
    "amount": 5000,
    "currency": "EUR",
    "metadata": {"channel": "web", "cart.type": "gift", "nested": {"a": 1}},
    "discounts": [{"code": "SUMMER"}],
}

FACTS = [
    ("event.amount", 5000),
    ("event.metadata.channel", "web"),
    ("event.metadata.cart.type", "gift"),
    ("event.metadata.nested.a", 1),
    ("event.discounts.0.code", "SUMMER"),
    ("account.tier", "gold"),
    ("account.balance", 120),
    ("account.pending_balance", 30),
    ("account.lifetime_points", 900),
    ("account.metadata.store.id", "s1"),
    ("account.enrolled_at", "1970-01-01T00:00:00Z"),
    ("metadata.plan", "pro"),
    ("customer.email", "a@example.com"),
    ("customer.metadata.vip", "yes"),
    ("tier", "gold"),
    ("country", "DE"),
    ("email_subscribed", True),
    ("enrolled_days", 10),
    ("last_activity_days", 5),
    ("points_balance", 120),
    ("spend_90d", 77),
    ("orders_7d", 77),
    ("orders_lifetime", 77),
    ("spend_lifetime", 77),
    ("redemptions_total", 77),
]


@pytest.mark.parametrize(("fact", "value"), FACTS, ids=[fact for fact, _ in FACTS])
def test_fact_is_read(fact: str, value: Any) -> None:
    given = {"account": ACCOUNT, "customer": CUSTOMER, "behaviour": lambda _name: 77, "at": 10 * DAY + 5}
    assert judge(group((fact, "eq", value)), EVENT, **given).holds
    assert not judge(group((fact, "neq", value)), EVENT, **given).holds


@pytest.mark.parametrize(
    "fact", [fact for fact, _ in FACTS] + ["event.discounts.7.code", "event.amount.x", "customer.a.b"]
)
def test_fact_about_nothing_is_missing(fact: str) -> None:
    assert judge([{"fact": fact, "op": "exists", "value": False}]).holds


@pytest.mark.parametrize(("found", "subscribed"), [("true", True), ("false", False), ("maybe", None), (7, None)])
def test_subscription_may_stand_in_metadata(found: Any, subscribed: bool | None) -> None:
    customer = {"metadata": {"email_subscribed": found}}
    assert judge(group(("email_subscribed", "eq", True)), customer=customer).holds is (subscribed is True)


@pytest.mark.parametrize("metadata", [None, [], "text", 5])
def test_odd_metadata_of_a_customer_is_no_fault(metadata: Any) -> None:
    assert not judge(group(("email_subscribed", "eq", True)), customer={"metadata": metadata}).holds


def test_account_instants_order_as_times() -> None:
    assert judge(group(("account.enrolled_at", "lt", "1970-01-02")), account=ACCOUNT).holds


def test_texts_of_metadata_order_as_times() -> None:
    asked = group(("metadata.birthday", "between", ["1990-01-01", "1999-12-31"]))
    assert judge(asked, account={"metadata": {"birthday": "1995-06-01"}}).holds
    assert not judge(asked, account={"metadata": {"birthday": "in June"}}).holds


def test_days_are_never_negative() -> None:
    assert judge(group(("enrolled_days", "eq", 0)), account=ACCOUNT, at=-DAY).holds


def test_behaviour_is_asked_only_when_a_condition_gets_that_far() -> None:
    asked: list[str] = []
    conditions = group(("event.amount", "gt", 100), ("spend_30d", "gt", 5))
    assert not judge(conditions, payment(50), behaviour=asked.append).holds
    assert asked == []
    assert not judge(conditions, payment(500), behaviour=asked.append).holds
    assert asked == ["spend_30d"]


def test_failure_names_fact_op_wanted_and_found() -> None:
    failed = judge(group(("event.amount", "gt", 100), ("tier", "eq", "gold")), payment(50)).failed
    assert failed == ({"fact": "event.amount", "op": "gt", "value": 100, "found": 50},)


def test_any_fails_with_every_condition() -> None:
    failed = judge(group(("event.amount", "gt", 100), ("tier", "eq", "gold"), match="any"), payment(50)).failed
    assert [failure["fact"] for failure in failed] == ["event.amount", "tier"]


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        ("x" * 500, "x" * 99 + "…"),
        ({"a": 1}, "an object with 1 fields"),
        ([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5]),
        (Decimal("1.50"), "1.50"),
        ([[1], {}], ["a list", "an object with 0 fields"]),
    ],
    ids=["long text", "object", "long list", "decimal", "nested"],
)
def test_failure_shows_large_values_small(found: Any, shown: Any) -> None:
    assert judge(group(("event.x", "eq", "y")), {"x": found}).failed[0]["found"] == shown


@pytest.mark.parametrize(
    "definition", [None, [], {}, {"match": "any"}, {"conditions": []}, {"match": "any", "conditions": []}]
)
def test_empty_group_asks_nothing(definition: Any) -> None:
    assert rules.parse_conditions(definition) is None


# Line items

SHOES = {"sku": "shoes", "brand": "acme", "amount": 3000}
HAT = {"sku": "hat", "brand": "acme", "amount": 1000}
BAG = {"sku": "bag", "brand": "other", "amount": 500}
SKU_SHOES = ("event.line_items.sku", "eq", "shoes")
SKU_HAT = ("event.line_items.sku", "eq", "hat")
BRAND_ACME = ("event.line_items.brand", "eq", "acme")
WEB = ("event.channel", "eq", "web")
LARGE = ("event.amount", "gte", 4000)

ITEMS = [
    ("all: items that satisfy it", [BRAND_ACME], "all", [SHOES, HAT]),
    ("all: one item satisfies both", [BRAND_ACME, SKU_HAT], "all", [HAT]),
    ("all: no single item satisfies both", [SKU_SHOES, SKU_HAT], "all", False),
    ("all: the fact holds too", [WEB, SKU_SHOES], "all", [SHOES]),
    ("all: the fact fails", [("event.channel", "eq", "app"), SKU_SHOES], "all", False),
    ("any: items that satisfy either", [SKU_SHOES, SKU_HAT], "any", [SHOES, HAT]),
    ("any: a fact makes all eligible", [WEB, SKU_SHOES], "any", None),
    ("any: a lower bound makes all eligible", [LARGE, SKU_SHOES], "any", None),
    ("any: the fact fails, the items count", [("event.channel", "eq", "app"), SKU_HAT], "any", [HAT]),
    ("any: nothing holds", [("event.line_items.sku", "eq", "x"), ("tier", "eq", "gold")], "any", False),
]


@pytest.mark.parametrize(
    ("conditions", "match", "eligible"), [case[1:] for case in ITEMS], ids=[case[0] for case in ITEMS]
)
def test_line_items(conditions: list[Any], match: str, eligible: Any) -> None:
    judged = judge(
        group(*conditions, match=match), payment(4500, channel="web", line_items=[SHOES, HAT, BAG, "odd", None])
    )
    assert judged.holds is (eligible is not False)
    assert judged.eligible == (tuple(eligible) if eligible else None)


@pytest.mark.parametrize("items", [None, [], {}, "shoes", [[]], 5])
def test_no_items_satisfy_nothing(items: Any) -> None:
    failed = judge(group(SKU_SHOES), payment(100, line_items=items)).failed
    assert failed == ({"fact": "event.line_items.sku", "op": "eq", "value": "shoes", "found": []},)


def test_failed_item_condition_shows_what_the_items_left_had() -> None:
    failed = judge(
        group(BRAND_ACME, ("event.line_items.sku", "eq", "x")), payment(9, line_items=[SHOES, BAG, HAT])
    ).failed
    assert failed[0]["found"] == ["shoes", "hat"]


# Lower bounds, which a refund tests again

TRUE = ("event.currency", "eq", "EUR")
FLOORS = [
    ("gt is from the next unit", [("event.amount", "gt", 1000)], "all", 1001),
    ("gt of a fraction", [("event.amount", "gt", 999.5)], "all", 1000),
    ("gte", [("event.amount", "gte", 1000)], "all", 1000),
    ("gte of a fraction", [("event.amount", "gte", 999.5)], "all", 1000),
    ("between, its low end", [("event.amount", "between", [1000, 9000])], "all", 1000),
    ("the highest of all", [("event.amount", "gte", 1000), ("event.amount", "gt", 1500), TRUE], "all", 1501),
    ("upper bounds are not tested again", [("event.amount", "lte", 9000)], "all", 0),
    ("equality is not tested again", [("event.amount", "eq", 5000)], "all", 0),
    ("other facts stay as they were", [("event.tax", "gte", 100)], "all", 0),
    ("items stay as they were", [("event.line_items.amount", "gte", 100)], "all", 0),
    ("any: the lowest that held", [("event.amount", "gte", 3000), ("event.amount", "gte", 1000)], "any", 1000),
    (
        "any: one that failed is not counted",
        [("event.amount", "gte", 3000), ("event.amount", "gte", 6000)],
        "any",
        3000,
    ),
    ("any: something else held", [("event.amount", "gte", 3000), TRUE], "any", 0),
    ("any: an item held", [("event.amount", "gte", 3000), ("event.line_items.amount", "gte", 100)], "any", 0),
    ("any: no item held", [("event.amount", "gte", 3000), ("event.line_items.amount", "gte", 900)], "any", 3000),
    ("any: a bound of zero always holds", [("event.amount", "gte", 3000), ("event.amount", "gte", 0)], "any", 0),
]


@pytest.mark.parametrize(
    ("conditions", "match", "floor"), [case[1:] for case in FLOORS], ids=[case[0] for case in FLOORS]
)
def test_floor(conditions: list[Any], match: str, floor: int) -> None:
    judged = judge(group(*conditions, match=match), payment(5000, tax=200, line_items=[{"amount": 200}]))
    assert (judged.holds, judged.floor) == (True, floor)


def test_needs() -> None:
    conditions = rules.parse_conditions(
        group(("spend_90d", "gt", 5), ("country", "eq", "DE"), ("segment", "in", ["seg_1"]))
    )
    assert conditions is not None
    assert rules.facts_needed(conditions) == {"spend_90d"}
    assert rules.customer_needed(conditions)
    assert rules.segments_needed(conditions) == {"seg_1"}


def test_segments_cannot_ask_about_events() -> None:
    with pytest.raises(Invalid, match="there is none here"):
        rules.parse_conditions(group(("event.amount", "gt", 5)), event_facts=False)
