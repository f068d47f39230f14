"""docs/guides/earning-rules.md"""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from tests.docs.shop import CUSTOMER, PROGRAM, RULE, Json, Shop, minor, open_shop
from tests.docs.tables import GUIDES, Row, blocks, code, codes, prose, table
from tests.rules.rulebook import facts_of, judge, rule, verdict_of
from vinr_engagement import rules
from vinr_engagement.commands import CreateAccount, CreateRule, UpdateRule, parse_event
from vinr_engagement.foundation.decimals import parse, round_fraction
from vinr_engagement.foundation.errors import Invalid
from vinr_engagement.rules import facts

GUIDE = GUIDES / "earning-rules.md"
TEXT = prose(GUIDE)

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("row", table(GUIDE, "award", "event"), ids=lambda row: row["event"])
def test_awards(row: Row) -> None:
    award = rules.parse_rule({"trigger": "payment.completed", "award": json.loads(code(row["award"]))})
    event = facts_of(json.loads(code(row["event"])))
    verdict = rules.evaluate(award, event, rounding="down", default_currency="GBP")
    assert row["points"] == (f"`{verdict.reason}`" if verdict.reason else str(verdict.points))


KINDS = {
    "text": ("event.currency", "GBP"),
    "number": ("event.amount", 1000),
    "time": ("account.enrolled_at", "2026-04-01T00:00:00Z"),
    "true or false": ("email_subscribed", True),
}


@pytest.mark.parametrize("row", table(GUIDE, "op", "text"), ids=lambda row: row["op"])
def test_operators_take_kinds(row: Row) -> None:
    for op, (kind, (fact, value)) in itertools.product(codes(row["op"]), KINDS.items()):
        given: Any = {"in": [value], "not_in": [value], "between": [value, value], "exists": True}.get(op, value)
        assert row[kind] == ("yes" if accepted(fact, op, given) else "no"), (op, kind)


def accepted(fact: str, op: str, value: Any) -> bool:
    try:
        rules.parse_conditions([{"fact": fact, "op": op, "value": value}])
    except Invalid:
        return False
    return True


def test_every_operator_is_in_both_tables() -> None:
    assert {op for row in table(GUIDE, "op", "text") for op in codes(row["op"])} == set(rules.OPERATORS)
    assert {code(row["op"]) for row in table(GUIDE, "op", "value")} == set(rules.OPERATORS)


@pytest.mark.parametrize("row", table(GUIDE, "op", "value"), ids=lambda row: f"{row['op']} {row['value']}")
def test_operators_hold(row: Row) -> None:
    condition = {"fact": "event.found", "op": code(row["op"]), "value": json.loads(code(row["value"]))}
    for column, expected in (("holds for", True), ("does not hold for", False)):
        for found in codes(row[column]):
            assert judge([condition], {"found": json.loads(found)}).holds is expected, found
    missing = [each for each in ("holds for", "does not hold for") if "null" in codes(row[each])]
    if missing:
        assert judge([condition], {}).holds is (missing == ["holds for"])


NAMED_FACTS = [name for row in table(GUIDE, "fact") for name in codes(row["fact"])]


class TestFacts:
    def test_exist(self) -> None:
        for name in NAMED_FACTS:
            rules.parse_conditions([{"fact": name, "op": "exists", "value": True}])

    def test_are_complete(self) -> None:
        account = {f"account.{field}" for field in facts._ACCOUNT_FIELDS}
        assert (account | set(facts._ATTRIBUTES)) - {"segment"} <= set(NAMED_FACTS)

    async def test_behaviour_leaves_the_event_itself_out(self, tmp_path: Path) -> None:
        async with open_shop(tmp_path) as shop:
            await shop.rule(conditions=[{"fact": "orders_lifetime", "op": "gte", "value": 1}])
            await shop.play("pays £10; pays £10")
            assert await shop.total("earn") == 10

    async def test_nothing_was_redeemed_and_unknown_segments_are_refused(self, tmp_path: Path) -> None:
        async with open_shop(tmp_path) as shop:
            await shop.rule(conditions=[{"fact": "redemptions_total", "op": "eq", "value": 0}])
            await shop.play("pays £10")
            assert await shop.total("earn") == 10
            with pytest.raises(Invalid, match="no segment"):
                await shop.rule(conditions=[{"fact": "segment", "op": "neq", "value": "seg_1"}])


@pytest.mark.parametrize("row", table(GUIDE, "exact"), ids=lambda row: row["exact"])
def test_rounding(row: Row) -> None:
    exact = parse(row["exact"])
    for way in ("down", "nearest", "up"):
        assert round_fraction(exact.numerator, exact.denominator, way) == int(row[f"`{way}`"])


async def test_caps(tmp_path: Path) -> None:
    async with open_shop(tmp_path, "2026-04-02T12:00:00Z") as shop:
        await shop.rule(cap={"points": 50}, window="day")
        for number, row in enumerate(table(GUIDE, "created_at")):
            body = {"id": f"pay_{number}", "amount": minor(row["pays"].removeprefix("£")), "currency": "GBP"}
            outcome = await shop.tell("payment.completed", {**body, "customer": CUSTOMER}, at=row["created_at"])
            (given,) = outcome.programs[0].rules
            assert (given.points, given.reason) == (int(row["gets"]), next(iter(codes(row["reason"])), None))


PAYMENT: Json = {"id": "pay_1", "amount": 1999, "currency": "GBP"}
NOTHING: dict[str, tuple[Json, Json]] = {
    # reason: (fields of the rule, changes of the event)
    "condition_failed": ({"conditions": [{"fact": "event.amount", "op": "gt", "value": 5000}]}, {}),
    "not_started": ({"starts_at": 1}, {}),
    "ended": ({"ends_at": 0}, {}),
    "no_amount": ({}, {"amount": None}),
    "no_currency": ({}, {"currency": None}),
    "currency_not_listed": ({}, {"currency": "USD"}),
    "zero_award": ({}, {"amount": 99}),
    "inactive": ({"active": False}, {}),
}
LIMITED: dict[str, Json] = {
    "cap_reached": {"cap": {"points": 10}, "window": "day"},
    "budget_exhausted": {"budget": {"points": 10}},
}


class TestWhyARuleGaveNothing:
    def test_every_reason_is_run(self) -> None:
        rows = {code(row["reason"]) for row in table(GUIDE, "reason", "meaning")}
        assert rows == NOTHING.keys() | LIMITED.keys()

    @pytest.mark.parametrize("reason", NOTHING)
    def test_by_the_rule(self, reason: str) -> None:
        fields, changes = NOTHING[reason]
        award = rule(award={"type": "per_amount", "per": 100, "points": 1, "currencies": ["GBP"]}, **fields)
        event = {name: value for name, value in {**PAYMENT, **changes}.items() if value is not None}
        assert verdict_of(award, event).reason == reason

    @pytest.mark.parametrize("reason", LIMITED)
    async def test_by_a_limit(self, reason: str, tmp_path: Path) -> None:
        async with open_shop(tmp_path) as shop:
            await shop.rule(**LIMITED[reason])
            await shop.play("pays £10")
            outcome = await shop.tell("payment.completed", {**PAYMENT, "id": "pay_2", "customer": CUSTOMER})
            assert outcome.programs[0].rules[0].reason == reason


async def preview(shop: Shop, *, given: bool) -> Json:
    body = blocks(GUIDE, "json preview")[0].parsed()
    return await shop.store.preview(parse_event(body["event"]), body["rules"] if given else None, None)


class TestPreview:
    async def test_explains_and_writes_nothing(self, tmp_path: Path) -> None:
        (told,) = blocks(GUIDE, "json explanation")
        async with open_shop(tmp_path) as shop:
            await shop.run(UpdateRule(RULE, {"active": False}))
            await shop.run(CreateRule(blocks(GUIDE, "json rule")[0].parsed()))
            (row,) = (await preview(shop, given=False))["transactions"]
            assert row["amount"] == told.parsed()["result"]
            assert json.loads(bytes(row["explanation"])) == told.parsed()
            assert (await shop.account()).balance == 0
            assert await shop.transactions() == []

    async def test_tries_rules_in_place_of_those_in_force(self, tmp_path: Path) -> None:
        async with open_shop(tmp_path) as shop:
            assert [row["amount"] for row in (await preview(shop, given=True))["transactions"]] == [500]

    async def test_knows_of_no_cap_used_by_given_rules(self, tmp_path: Path) -> None:
        async with open_shop(tmp_path) as shop:
            limits = {"cap": {"points": 10}, "window": "day"}
            await shop.rule(**limits)
            await shop.play("pays £10")
            body = blocks(GUIDE, "json preview")[0].parsed()
            given = [{**body["rules"][0], **limits}]
            in_force = await shop.store.preview(parse_event(body["event"]), None, None)
            assert in_force["programs"][0]["rules"][0]["reason"] == "cap_reached"
            tried = await shop.store.preview(parse_event(body["event"]), given, None)
            assert [row["amount"] for row in tried["transactions"]] == [10]

    async def test_takes_nothing_back(self, tmp_path: Path) -> None:
        async with open_shop(tmp_path) as shop:
            await shop.play("pays £10")
            event = blocks(GUIDE, "json preview")[0].parsed()["event"]
            event |= {"type": "payment.refunded", "data": {"object": {"id": "pay_1", "amount_refunded": 1000}}}
            assert (await shop.store.preview(parse_event(event), None, None))["transactions"] == []


async def test_the_tier_is_a_factor(tmp_path: Path) -> None:
    assert "`tier:gold`" in TEXT
    async with open_shop(tmp_path) as shop:
        await shop.program(tier_config={"tiers": [{"name": "Gold", "rank": 0, "threshold": 0, "multiplier": 2}]})
        shop.member = (await shop.run(CreateAccount(PROGRAM, "cust_new", {})))["id"]
        await shop.tell("payment.completed", {**PAYMENT, "customer": "cust_new"})
        (row,) = await shop.transactions()
        assert (row.amount, json.loads(row.explanation)["multipliers"]) == (
            39,
            [{"origin": "tier:gold", "factor": "2"}],
        )


def test_earn_is_another_spelling() -> None:
    spelled = rules.parse_rule({"trigger": "payment.completed", "earn": {"points_per_currency_unit": 1}})
    assert spelled.definition["award"] == {"type": "per_currency", "points": 1}
    assert PROGRAM in TEXT
