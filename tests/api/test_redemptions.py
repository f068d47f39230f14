"""Redemptions: what refuses them, every step from one state to the next, and where the points are after it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.api.conftest import Api, Json, close_api, open_api
from tests.api.redeeming import (
    ACCOUNTS,
    OFF,
    PROGRAM,
    REDEMPTIONS,
    REWARDS,
    TRANSACTIONS,
    a_member,
    a_reward,
    advance,
    balance,
    events_of,
    pays_with,
    redeem,
    refund,
    stop_clock,
    tell,
)
from vinr_engagement.commands.verify import verify

pytestmark = pytest.mark.anyio


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The API over two empty stores; in the end nothing must be wrong with what is in them."""
    opened = await open_api(database_url)
    yield opened
    assert (await verify(opened.stores["test"].database)).faults == []
    await close_api(opened)


async def refused(api: Api, account: str, reward: Json, *, status: int, code: str, **more: Any) -> Json:
    body = {"account": account, "reward": reward["id"], **more}
    return await api.refused("POST", REDEMPTIONS, body, status=status, code=code)


# --- redeeming


async def test_points_become_a_discount_with_a_code(api: Api) -> None:
    await stop_clock(api)
    reward, member = await a_reward(api), await a_member(api)
    made = await redeem(api, member, reward, quantity=2, metadata={"cart": "7"})
    assert made["discount"] == {**OFF, "amount": 1_000, "type": "amount", "code": made["discount"]["code"]}
    assert (made["status"], made["points"], made["quantity"]) == ("pending", 600, 2)
    assert (made["reward_name"], made["metadata"]) == ("£5 off", {"cart": "7"})
    assert made["expires_at"] == "2026-04-02T12:00:00Z"
    assert await balance(api, member) == 400
    assert await api.get(f"{REDEMPTIONS}/{made['id']}") == made
    row = await api.get(f"{TRANSACTIONS}/{made['transaction']}")
    assert (row["type"], row["amount"], row["redemption"]) == ("redeem", -600, made["id"])
    assert row["source"] == {"type": "redemption", "id": made["id"]}
    assert await events_of(api, member) == ["loyalty.points.redeemed", "loyalty.reward.redeemed"]


async def test_codes_are_all_different_and_say_nothing_of_each_other(api: Api) -> None:
    reward, member = await a_reward(api, cost=1), await a_member(api)
    codes = {(await redeem(api, member, reward))["discount"]["code"] for _ in range(20)}
    assert len(codes) == 20
    assert all(len(code) == 19 and not set(code[3:]) & set("ILO01") for code in codes)


ARTIFACTS: dict[str, tuple[Json, int, str, Json]] = {
    "discount_percent": ({"percent": 10}, 1, "discount", {"type": "percent", "percent": 10}),
    "free_product": ({"product": "mug", "quantity": 2}, 3, "item", {"type": "product", "product": "mug", "quantity": 6}),
    "partner": (
        {"partner": "Cinema", "sku": "seat"}, 2, "item",
        {"type": "partner", "partner": "Cinema", "sku": "seat", "quantity": 2},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", ARTIFACTS)
async def test_each_type_gives_what_it_is(api: Api, kind: str) -> None:
    value, quantity, field, expected = ARTIFACTS[kind]
    reward = await a_reward(api, type=kind, value=value)
    made = await redeem(api, await a_member(api), reward, quantity=quantity)
    found = dict(made[field])
    found.pop("code", None)
    assert found == expected
    assert (made["status"], made["credit"]) == ("pending", None)
    assert (made["expires_at"] is None) is (field == "item"), "an item waits for as long as it takes"


async def test_store_credit_is_granted_at_once(api: Api) -> None:
    reward, member = await a_reward(api, type="store_credit"), await a_member(api)
    made = await redeem(api, member, reward, quantity=3)
    assert (made["status"], made["credit"]["amount"], made["credit"]["currency"]) == ("applied", 1_500, "GBP")
    wallet = await api.get(f"{ACCOUNTS}/{member}/wallet")
    assert [(each["currency"], each["balance"]) for each in wallet["balances"]] == [("GBP", 1_500)]
    assert (await events_of(api, member))[-2:] == ["loyalty.reward.redeemed", "redemption.completed"]
    error = await api.refused(
        "POST", f"{REDEMPTIONS}/{made['id']}/release", {}, status=409, code="redemption_not_pending"
    )
    assert error["status"] == "applied"


# --- refused


async def test_refusals_come_in_their_order(api: Api) -> None:
    """Everything is wrong at first, and is mended one by one: each refusal is that of the first thing wrong."""
    tiers = [{"name": "Base", "rank": 0, "threshold": 0}, {"name": "Gold", "rank": 1, "threshold": 5_000}]
    await api.patch(PROGRAM, {"tier_config": {"tiers": tiers}})
    reward = await a_reward(api, per_member_limit=1, cost=100)
    member = await a_member(api, 150)
    path = f"{REWARDS}/{reward['id']}"
    await redeem(api, member, reward)
    await api.patch(path, {"active": False, "eligibility": {"tiers": ["gold"]}, "inventory": 0})
    await api.patch(PROGRAM, {"status": "paused"})
    await api.post(f"{ACCOUNTS}/{member}/close")
    await refused(api, member, reward, status=409, code="account_closed")
    await api.post(f"{ACCOUNTS}/{member}/reopen")
    await refused(api, member, reward, status=409, code="program_paused")
    await api.patch(PROGRAM, {"status": "archived"})
    await refused(api, member, reward, status=409, code="program_archived")
    await api.patch(PROGRAM, {"status": "active"})
    await refused(api, member, reward, status=422, code="reward_inactive")
    await api.patch(path, {"active": True})
    await refused(api, member, reward, status=422, code="reward_not_eligible")
    await api.patch(path, {"eligibility": None})
    error = await refused(api, member, reward, status=422, code="reward_out_of_stock")
    assert error["remaining"] == 0
    await api.patch(path, {"inventory": 5})
    error = await refused(api, member, reward, status=422, code="redemption_limit_reached")
    assert (error["per_member_limit"], error["used"]) == (1, 1)
    await api.patch(path, {"per_member_limit": 2})
    error = await refused(api, member, reward, status=422, code="insufficient_points")
    assert (error["balance"], error["required"]) == (50, 100)
    await api.post(TRANSACTIONS, {"account": member, "amount": 50})
    await redeem(api, member, reward)
    assert await balance(api, member) == 0


async def test_what_is_refused_changes_nothing(api: Api) -> None:
    reward, member = await a_reward(api, inventory=2, per_member_limit=5), await a_member(api, 500)
    before = await api.get(f"{ACCOUNTS}/{member}")
    await refused(api, member, reward, status=422, code="insufficient_points", quantity=2)
    await refused(api, member, reward, status=422, code="reward_out_of_stock", quantity=3)
    assert await api.get(f"{ACCOUNTS}/{member}") == before
    assert (await api.get(f"{REWARDS}/{reward['id']}"))["remaining"] == 2


async def test_what_is_not_there_is_refused_first(api: Api) -> None:
    reward, member = await a_reward(api), await a_member(api)
    await refused(api, "loy_none", reward, status=404, code="resource_missing")
    error = await refused(api, member, {"id": "rwd_none"}, status=404, code="resource_missing")
    assert error["param"] == "reward"
    other = await api.post("/v1/loyalty/programs", {"name": "Other"})
    elsewhere = await a_reward(api, program=other["id"])
    error = await refused(api, member, elsewhere, status=404, code="resource_missing")
    assert error["param"] == "reward"
    target = await a_member(api)
    await api.post(f"{ACCOUNTS}/merge", {"source": member, "target": target})
    error = await refused(api, member, reward, status=409, code="account_merged")
    assert error["resource"] == target


async def test_quantities_have_bounds(api: Api) -> None:
    member = await a_member(api)
    off = await a_reward(api, type="discount_percent", value={"percent": 5})
    for reward, quantity in ((off, 2), (off, 0), (await a_reward(api, cost=1), 101)):
        error = await refused(api, member, reward, status=400, code="parameter_invalid", quantity=quantity)
        assert error["param"] == "quantity"


async def test_a_reward_has_its_time(api: Api) -> None:
    await stop_clock(api)
    reward = await a_reward(api, starts_at="2026-04-02T00:00:00Z", ends_at="2026-04-03T00:00:00Z", cost=1)
    member = await a_member(api)
    await refused(api, member, reward, status=422, code="reward_inactive")
    await advance(api, "2026-04-02T00:00:00Z")
    await redeem(api, member, reward)
    await advance(api, "2026-04-03T00:00:00Z")
    await refused(api, member, reward, status=422, code="reward_inactive")


async def test_points_that_are_pending_buy_nothing(api: Api) -> None:
    await stop_clock(api)
    await api.patch(PROGRAM, {"hold_days": 14})
    await api.pay("evt_1", "cust_1", 50_000)
    (account,) = (await api.get(ACCOUNTS, params={"customer": "cust_1"}))["data"]
    assert account["pending_balance"] == 500
    error = await refused(api, account["id"], await a_reward(api), status=422, code="insufficient_points")
    assert (error["balance"], error["required"]) == (0, 300)


# --- applied


async def test_a_payment_that_names_them_applies_them(api: Api) -> None:
    reward, member = await a_reward(api), await a_member(api)
    by_id, by_code = await redeem(api, member, reward), await redeem(api, member, reward)
    outcome = await tell(
        api,
        "evt_1",
        "payment.completed",
        {
            "id": "pay_1",
            "amount": 2_000,
            "currency": "GBP",
            "metadata": {
                "redemption": f"{by_id['id']}, rdm_none",
                "discount_code": f" {by_code['discount']['code'].lower()},",
            },
        },
    )
    assert (outcome["status"], outcome["programs"][0]["reason"]) == ("processed", "guest")
    assert outcome["redemptions"] == [
        {"redemption": by_id["id"], "status": "applied", "reason": None},
        {"redemption": by_code["id"], "status": "applied", "reason": None},
        {"redemption": "rdm_none", "status": "unknown", "reason": "resource_missing"},
    ]
    for redemption in (by_id, by_code):
        found = await api.get(f"{REDEMPTIONS}/{redemption['id']}")
        assert (found["status"], found["payment"]) == ("applied", "pay_1")
        assert found["applied_at"] is not None
    assert (await events_of(api, member))[-2:] == ["redemption.completed"] * 2
    assert await balance(api, member) == 400


async def test_a_payment_may_name_one_twice_and_too_many(api: Api) -> None:
    reward, member = await a_reward(api, cost=1), await a_member(api)
    made = await redeem(api, member, reward)
    names = ",".join([made["id"]] * 2 + [f"rdm_{number}" for number in range(30)])
    outcome = (await pays_with(api, "evt_1", names))["redemptions"]
    assert [each["status"] for each in outcome] == ["applied"] + ["unknown"] * 19
    assert outcome[-1] == {"redemption": "rdm_18", "status": "unknown", "reason": "too_many_named"}


async def test_applying_twice_changes_nothing_and_to_another_payment_is_refused(api: Api) -> None:
    reward, member = await a_reward(api), await a_member(api)
    path = f"{REDEMPTIONS}/{(await redeem(api, member, reward))['id']}"
    applied = await api.post(f"{path}/apply", {"payment": "pay_1"})
    assert (applied["status"], applied["payment"]) == ("applied", "pay_1")
    assert await api.post(f"{path}/apply", {"payment": "pay_1"}) == applied
    assert await api.post(f"{path}/apply", {}) == applied
    error = await api.refused("POST", f"{path}/apply", {"payment": "pay_2"}, status=409, code="redemption_not_pending")
    assert error["status"] == "applied"
    outcome = await pays_with(api, "evt_1", applied["id"])
    assert outcome["redemptions"] == [
        {"redemption": applied["id"], "status": "conflict", "reason": "applied_to_another_payment"}
    ]
    assert (await events_of(api, member))[-1] == "redemption.conflict"


async def test_one_applied_without_a_payment_is_that_of_the_first_that_names_it(api: Api) -> None:
    reward, member = await a_reward(api), await a_member(api)
    made = await redeem(api, member, reward)
    assert (await api.post(f"{REDEMPTIONS}/{made['id']}/apply", {}))["payment"] is None
    await pays_with(api, "evt_1", made["id"])
    assert (await api.get(f"{REDEMPTIONS}/{made['id']}"))["payment"] == "pay_evt_1"
    outcome = await pays_with(api, "evt_2", made["id"])
    assert outcome["redemptions"][0]["reason"] == "applied_to_another_payment"
    await refund(api, "evt_3", "pay_evt_1", 2_000)
    assert await balance(api, member) == 1_000


async def test_items_are_handed_over(api: Api) -> None:
    member = await a_member(api)
    mug = await redeem(api, member, await a_reward(api, type="free_product", value={"product": "mug"}))
    done = await api.post(f"{REDEMPTIONS}/{mug['id']}/fulfill")
    assert done["status"] == "applied"
    assert await api.post(f"{REDEMPTIONS}/{mug['id']}/fulfill") == done
    off = await redeem(api, member, await a_reward(api))
    path = f"{REDEMPTIONS}/{off['id']}/fulfill"
    await api.refused("POST", path, status=409, code="redemption_not_an_item")
    seat = await redeem(api, member, await a_reward(api, type="partner", value={"partner": "C", "sku": "s"}))
    await api.post(f"{REDEMPTIONS}/{seat['id']}/release", {})
    path = f"{REDEMPTIONS}/{seat['id']}/fulfill"
    await api.refused("POST", path, status=409, code="redemption_not_pending")


async def test_store_credit_is_not_for_one_payment(api: Api) -> None:
    """Its refund gives back what was spent of the credit; the points that bought the credit stay spent."""
    reward, member = await a_reward(api, type="store_credit"), await a_member(api)
    made = await redeem(api, member, reward)
    outcome = await pays_with(api, "evt_1", made["id"])
    assert outcome["redemptions"] == [{"redemption": made["id"], "status": "applied", "reason": "not_of_a_payment"}]
    await refund(api, "evt_2", "pay_evt_1", 2_000)
    assert await balance(api, member) == 700


# --- released


async def test_released_points_stock_and_limit_come_back(api: Api) -> None:
    reward = await a_reward(api, inventory=1, per_member_limit=1)
    member = await a_member(api)
    made = await redeem(api, member, reward)
    await refused(api, member, reward, status=422, code="reward_out_of_stock")
    done = await api.post(f"{REDEMPTIONS}/{made['id']}/release", {"reason": "cart_abandoned"})
    assert (done["status"], done["release_reason"]) == ("released", "cart_abandoned")
    assert done["released_at"] is not None
    assert await balance(api, member) == 1_000
    assert (await api.get(f"{REWARDS}/{reward['id']}"))["remaining"] == 1
    again = await redeem(api, member, reward)
    assert again["discount"]["code"] != made["discount"]["code"]
    path = f"{REDEMPTIONS}/{made['id']}"
    for action in ("release", "apply"):
        error = await api.refused("POST", f"{path}/{action}", {}, status=409, code="redemption_not_pending")
        assert error["status"] == "released"
    assert await events_of(api, member) == [
        *("loyalty.points.redeemed", "loyalty.reward.redeemed", "loyalty.points.reversed", "redemption.released"),
        *("loyalty.points.redeemed", "loyalty.reward.redeemed"),
    ]


async def test_points_return_to_the_lots_that_they_came_from(api: Api) -> None:
    await stop_clock(api)
    member = await a_member(api, 0)
    for points, until in ((100, "2026-06-01T00:00:00Z"), (100, "2026-05-01T00:00:00Z"), (100, None)):
        await api.post(TRANSACTIONS, {"account": member, "amount": points, "expires_at": until})
    lots = (await api.get(f"{ACCOUNTS}/{member}/lots"))["data"]
    made = await redeem(api, member, await a_reward(api, cost=150))
    left = (await api.get(f"{ACCOUNTS}/{member}/lots"))["data"]
    assert sorted(lot["remaining"] for lot in left) == [50, 100]
    await api.post(f"{REDEMPTIONS}/{made['id']}/release", {})
    assert (await api.get(f"{ACCOUNTS}/{member}/lots"))["data"] == lots


@pytest.mark.parametrize("kind", ["payment.failed", "payment.expired"])
async def test_a_payment_that_fails_releases_what_it_names(api: Api, kind: str) -> None:
    reward, member = await a_reward(api), await a_member(api)
    made = await redeem(api, member, reward)
    body = {"id": "pay_1", "metadata": {"discount_code": made["discount"]["code"]}}
    outcome = await tell(api, "evt_1", kind, body)
    assert outcome["redemptions"] == [{"redemption": made["id"], "status": "released", "reason": None}]
    found = await api.get(f"{REDEMPTIONS}/{made['id']}")
    assert found["release_reason"] == kind.replace(".", "_")
    assert await balance(api, member) == 1_000
    again = await tell(api, "evt_2", kind, body)
    assert again["redemptions"] == [{"redemption": made["id"], "status": "released", "reason": "not_pending"}]


async def test_a_failure_after_the_completion_releases_nothing(api: Api) -> None:
    reward, member = await a_reward(api), await a_member(api)
    made, other = await redeem(api, member, reward), await redeem(api, member, reward)
    await pays_with(api, "evt_1", made["id"])
    body = {"id": "pay_evt_1", "metadata": {"redemption": f"{made['id']},{other['id']}"}}
    assert (await tell(api, "evt_2", "payment.failed", body))["redemptions"] == []
    assert await balance(api, member) == 400


# --- and taken anew


async def test_a_payment_that_completes_after_all_takes_the_points_anew(api: Api) -> None:
    reward, member = await a_reward(api, inventory=1, per_member_limit=1), await a_member(api)
    made = await redeem(api, member, reward)
    await tell(api, "evt_1", "payment.failed", {"id": "pay_evt_2", "metadata": {"redemption": made["id"]}})
    outcome = await pays_with(api, "evt_2", made["id"])
    assert outcome["redemptions"] == [{"redemption": made["id"], "status": "applied", "reason": None}]
    found = await api.get(f"{REDEMPTIONS}/{made['id']}")
    assert (found["status"], found["payment"], found["released_at"]) == ("applied", "pay_evt_2", None)
    assert found["transaction"] != made["transaction"]
    assert await balance(api, member) == 700
    assert (await api.get(f"{REWARDS}/{reward['id']}"))["remaining"] == 0


async def spend_points(api: Api, member: str, _: Json) -> None:
    await api.post(TRANSACTIONS, {"account": member, "amount": -800})


async def take_the_last(api: Api, _: str, reward: Json) -> None:
    await redeem(api, await a_member(api), reward)


async def use_up_the_limit(api: Api, member: str, reward: Json) -> None:
    await api.patch(f"{REWARDS}/{reward['id']}", {"inventory": 5})
    await redeem(api, member, reward)


async def close(api: Api, member: str, _: Json) -> None:
    await api.post(f"{ACCOUNTS}/{member}/close")


CONFLICTS = {
    "insufficient_points": spend_points,
    "reward_out_of_stock": take_the_last,
    "redemption_limit_reached": use_up_the_limit,
    "account_closed": close,
}


@pytest.mark.parametrize("reason", CONFLICTS)
async def test_where_that_is_not_possible_it_is_a_conflict(api: Api, reason: str) -> None:
    reward, member = await a_reward(api, inventory=1, per_member_limit=1), await a_member(api)
    made = await redeem(api, member, reward)
    await api.post(f"{REDEMPTIONS}/{made['id']}/release", {})
    await CONFLICTS[reason](api, member, reward)
    before = await balance(api, member)
    outcome = await pays_with(api, "evt_1", made["id"])
    assert outcome["redemptions"] == [{"redemption": made["id"], "status": "conflict", "reason": reason}]
    assert (await api.get(f"{REDEMPTIONS}/{made['id']}"))["status"] == "released"
    assert await balance(api, member) == before
    (event,) = (await api.get("/v1/events", params={"type": "redemption.conflict"}))["data"]
    assert event["account"] == member
    assert event["data"]["object"]["conflict"] == {"payment": "pay_evt_1", "reason": reason}


# --- reversed


async def test_a_full_refund_returns_the_points_before_the_clawback(api: Api) -> None:
    """The payment earned 20, and all points but those were spent: what came back pays the clawback, no debt is left."""
    await api.enrol("cust_1")
    (account,) = (await api.get(ACCOUNTS, params={"customer": "cust_1"}))["data"]
    await api.post(TRANSACTIONS, {"account": account["id"], "amount": 300})
    reward = await a_reward(api)
    made = await redeem(api, account["id"], reward)
    await api.pay("evt_1", "cust_1", 2_000, metadata={"redemption": made["id"]})
    await api.post(TRANSACTIONS, {"account": account["id"], "amount": -20})
    assert (await refund(api, "evt_2", "pay_evt_1", 500))["redemptions"] == [], "only a full refund returns points"
    outcome = await refund(api, "evt_3", "pay_evt_1", 1_500)
    assert outcome["redemptions"] == [{"redemption": made["id"], "status": "reversed", "reason": None}]
    rows = (await api.get(TRANSACTIONS, params={"account": account["id"], "type": "reverse"}))["data"]
    assert [(row["amount"], row["balance_after"]) for row in rows] == [(-15, 280), (300, 295), (-5, -5)]
    found = await api.get(f"{REDEMPTIONS}/{made['id']}")
    assert (found["status"], found["payment"]) == ("reversed", "pay_evt_1")
    outcome = await pays_with(api, "evt_4", made["id"])
    assert outcome["redemptions"] == [{"redemption": made["id"], "status": "conflict", "reason": "reversed"}]


async def test_what_is_kept_stays_applied(api: Api) -> None:
    reward, member = await a_reward(api, on_refund="keep"), await a_member(api)
    made = await redeem(api, member, reward)
    await api.patch(f"{REWARDS}/{reward['id']}", {"on_refund": "return"})
    await pays_with(api, "evt_1", made["id"])
    assert (await refund(api, "evt_2", "pay_evt_1", 2_000))["redemptions"] == []
    assert await balance(api, member) == 700
    assert (await api.get(f"{REDEMPTIONS}/{made['id']}"))["status"] == "applied"


async def test_what_is_reversed_keeps_its_place_in_stock_and_limit(api: Api) -> None:
    reward, member = await a_reward(api, inventory=2, per_member_limit=1), await a_member(api)
    await pays_with(api, "evt_1", (await redeem(api, member, reward))["id"])
    await refund(api, "evt_2", "pay_evt_1", 2_000)
    assert (await api.get(f"{REWARDS}/{reward['id']}"))["remaining"] == 1
    await refused(api, member, reward, status=422, code="redemption_limit_reached")


async def test_a_refund_before_its_payment_reverses_when_that_completes(api: Api) -> None:
    reward, member = await a_reward(api), await a_member(api)
    made = await redeem(api, member, reward)
    assert (await refund(api, "evt_1", "pay_evt_2", 2_000))["status"] == "deferred"
    outcome = await pays_with(api, "evt_2", made["id"])
    assert [each["status"] for each in outcome["redemptions"]] == ["applied", "reversed"]
    assert await balance(api, member) == 1_000


async def test_an_order_that_the_discount_paid_for_in_full_can_be_refunded(api: Api) -> None:
    reward, member = await a_reward(api), await a_member(api)
    made = await redeem(api, member, reward)
    await pays_with(api, "evt_1", made["id"], amount=0)
    assert (await api.get(f"{REDEMPTIONS}/{made['id']}"))["status"] == "applied"
    await refund(api, "evt_2", "pay_evt_1", 0)
    assert await balance(api, member) == 1_000


async def test_one_applied_to_a_payment_that_was_refunded_before_is_reversed_at_once(api: Api) -> None:
    reward, member = await a_reward(api), await a_member(api)
    made = await redeem(api, member, reward)
    await pays_with(api, "evt_1", "")
    await refund(api, "evt_2", "pay_evt_1", 2_000)
    applied = await api.post(f"{REDEMPTIONS}/{made['id']}/apply", {"payment": "pay_evt_1"})
    assert applied["status"] == "reversed"
    assert await balance(api, member) == 1_000


async def test_a_lost_dispute_is_a_refund(api: Api) -> None:
    reward, member = await a_reward(api), await a_member(api)
    await pays_with(api, "evt_1", (await redeem(api, member, reward))["id"])
    await tell(api, "evt_2", "dispute.resolved", {"id": "dp_1", "payment": "pay_evt_1", "status": "lost"})
    assert await balance(api, member) == 1_000


# --- time


async def test_a_discount_that_nobody_uses_is_released(api: Api) -> None:
    await stop_clock(api)
    reward, member = await a_reward(api, inventory=1), await a_member(api)
    made = await redeem(api, member, reward)
    await advance(api, "2026-04-02T11:59:59.999999Z")
    assert (await api.get(f"{REDEMPTIONS}/{made['id']}"))["status"] == "pending"
    await advance(api, "2026-04-02T12:00:00Z")
    found = await api.get(f"{REDEMPTIONS}/{made['id']}")
    assert (found["status"], found["release_reason"]) == ("released", "expired")
    assert found["released_at"] == "2026-04-02T12:00:00Z"
    assert await balance(api, member) == 1_000
    assert (await api.get(f"{REWARDS}/{reward['id']}"))["remaining"] == 1
    path = f"{REDEMPTIONS}/{made['id']}/apply"
    await api.refused("POST", path, {}, status=409, code="redemption_not_pending")


@pytest.mark.parametrize("steps", [["2026-04-20T00:00:00Z"], [f"2026-04-{day:02}T00:00:00Z" for day in range(2, 21)]])
async def test_one_jump_of_the_clock_releases_as_many_steps_do(api: Api, steps: list[str]) -> None:
    """Whoever notices writes the same: points return when their time was over, and those whose lot was over expire then."""
    await stop_clock(api)
    member = await a_member(api, 0)
    for points, until in ((100, "2026-04-02T00:00:00Z"), (100, "2026-04-10T00:00:00Z")):
        await api.post(TRANSACTIONS, {"account": member, "amount": points, "expires_at": until})
    reward = await a_reward(api, cost=70)
    await api.patch(PROGRAM, {"redemption_ttl_hours": 48})
    await redeem(api, member, reward)
    await redeem(api, member, reward)
    for moment in steps:
        await advance(api, moment)
        assert await balance(api, member) >= 0
    rows = (await api.get(TRANSACTIONS, params={"account": member, "limit": 100}))["data"]
    told = sorted((row["effective_at"], row["type"], row["amount"]) for row in rows if row["type"] != "adjust")
    assert told == [
        ("2026-04-01T12:00:00Z", "redeem", -70),
        ("2026-04-01T12:00:00Z", "redeem", -70),
        ("2026-04-03T12:00:00Z", "expire", -70),
        ("2026-04-03T12:00:00Z", "expire", -30),
        ("2026-04-03T12:00:00Z", "reverse", 70),
        ("2026-04-03T12:00:00Z", "reverse", 70),
        ("2026-04-10T00:00:00Z", "expire", -100),
    ]  # fmt: skip
    assert await balance(api, member) == 0


@pytest.mark.parametrize(("grace_days", "left"), [(0, 0), (7, 100)])
async def test_a_lot_that_expired_meanwhile_has_the_programs_grace(api: Api, grace_days: int, left: int) -> None:
    await stop_clock(api)
    await api.patch(PROGRAM, {"return_grace_days": grace_days, "redemption_ttl_hours": None})
    member = await a_member(api, 0)
    await api.post(TRANSACTIONS, {"account": member, "amount": 100, "expires_at": "2026-04-05T00:00:00Z"})
    made = await redeem(api, member, await a_reward(api, cost=100))
    assert made["expires_at"] is None, "never released by time"
    await advance(api, "2026-06-01T12:00:00Z")
    await api.post(f"{REDEMPTIONS}/{made['id']}/release", {})
    assert await balance(api, member) == left
    await advance(api, "2026-06-08T12:00:00Z")
    assert await balance(api, member) == 0


async def test_two_hundred_that_fall_due_together(api: Api) -> None:
    """The sweep takes them in its stride, members and redemptions alike."""
    await stop_clock(api)
    reward = await a_reward(api, cost=1, inventory=1_000)
    for number in range(4):
        member = await a_member(api, 100, f"cust_{number}")
        for _ in range(50):
            await redeem(api, member, reward)
    await advance(api, "2026-04-03T00:00:00Z")
    assert await api.stores["test"].sweep() == 4
    assert (await api.get(f"{REWARDS}/{reward['id']}"))["remaining"] == 1_000
    listed = await api.get(REDEMPTIONS, params={"status": "released"})
    assert listed["page"]["total_estimate"] == 200


# --- closed, merged, erased, exported


async def test_on_a_closed_account_open_redemptions_still_apply_or_release(api: Api) -> None:
    reward, member = await a_reward(api), await a_member(api)
    first, second, third = [await redeem(api, member, reward) for _ in range(3)]
    await api.post(f"{ACCOUNTS}/{member}/close")
    await api.post(f"{REDEMPTIONS}/{first['id']}/release", {})
    await api.post(f"{REDEMPTIONS}/{second['id']}/apply", {"payment": "pay_1"})
    await pays_with(api, "evt_1", third["id"])
    assert await balance(api, member) == 400


async def test_a_merge_takes_open_redemptions_and_what_was_used_along(api: Api) -> None:
    await stop_clock(api)
    reward = await a_reward(api, inventory=10, per_member_limit=5)
    source, target = await a_member(api), await a_member(api)
    apply, release, wait, pay = [await redeem(api, source, reward, quantity=1) for _ in range(3)] + [
        await redeem(api, target, reward)
    ]
    await api.post(f"{ACCOUNTS}/merge", {"source": source, "target": target})
    survivor = await a_member(api)
    await api.post(f"{ACCOUNTS}/merge", {"source": target, "target": survivor})
    listed = (await api.get(REDEMPTIONS, params={"account": survivor}))["data"]
    assert {each["id"] for each in listed} == {apply["id"], release["id"], wait["id"], pay["id"]}
    assert (await api.post(f"{REDEMPTIONS}/{apply['id']}/apply", {}))["account"] == survivor
    await api.post(f"{REDEMPTIONS}/{release['id']}/release", {})
    await pays_with(api, "evt_1", pay["discount"]["code"], field="discount_code")
    assert await balance(api, survivor) == 3_000 - 3 * 300
    await refused(api, survivor, reward, status=422, code="redemption_limit_reached", quantity=3)
    await refund(api, "evt_2", "pay_evt_1", 2_000)
    await advance(api, "2026-04-03T00:00:00Z")
    assert await balance(api, survivor) == 2_700
    assert (await api.get(f"{REDEMPTIONS}/{wait['id']}"))["status"] == "released"


async def test_an_export_has_them_and_an_erasure_leaves_the_amounts(api: Api) -> None:
    reward, member = await a_reward(api), await a_member(api)
    made = await redeem(api, member, reward, metadata={"note": "for Ada's mother"})
    done = await api.post(f"{REDEMPTIONS}/{made['id']}/release", {"reason": "Ada rang up"})
    assert (await api.get(f"{ACCOUNTS}/{member}/export"))["redemptions"] == [done]
    await api.post(f"{ACCOUNTS}/{member}/erase")
    found = await api.get(f"{REDEMPTIONS}/{made['id']}")
    assert (found["metadata"], found["release_reason"], found["points"]) == ({}, None, 300)


async def test_redemptions_count_for_segments_until_they_are_released(api: Api) -> None:
    """`redemptions_total` asks for them: a rule with that condition awards once there is one that was not released."""
    condition = [{"fact": "redemptions_total", "op": "gte", "value": 1}]
    await api.post(
        "/v1/loyalty/earning-rules",
        {
            "program": "prog_default",
            "trigger": "quiz.answered",
            "award": {"type": "fixed", "points": 7},
            "conditions": condition,
        },
    )
    reward, member = await a_reward(api), await a_member(api, customer="cust_1")
    made = await redeem(api, member, reward)
    await tell(api, "evt_1", "quiz.answered", {"customer": "cust_1"})
    assert await balance(api, member) == 707
    await api.post(f"{REDEMPTIONS}/{made['id']}/release", {})
    await tell(api, "evt_2", "quiz.answered", {"customer": "cust_1"})
    assert await balance(api, member) == 1_007


async def test_rules_react_to_redemptions(api: Api) -> None:
    """A point for whoever redeems, and two for whoever gives back in time, on the day that it was given back."""
    await stop_clock(api)
    for trigger, points in (("loyalty.reward.redeemed", 1), ("redemption.released", 2)):
        award = {"type": "fixed", "points": points}
        body = {"program": "prog_default", "trigger": trigger, "award": award}
        await api.post("/v1/loyalty/earning-rules", body)
    member = await a_member(api)
    await redeem(api, member, await a_reward(api))
    assert await balance(api, member) == 701
    await advance(api, "2026-04-20T00:00:00Z")
    assert await balance(api, member) == 1_003
    (row, _) = (await api.get(TRANSACTIONS, params={"account": member, "type": "earn"}))["data"]
    assert (row["amount"], row["effective_at"]) == (2, "2026-04-02T12:00:00Z")


# --- reading


async def test_lists_narrow_expand_and_find_a_code(api: Api) -> None:
    reward, other = await a_reward(api), await a_reward(api, cost=1)
    member = await a_member(api)
    first, second = await redeem(api, member, reward), await redeem(api, member, other)
    await redeem(api, await a_member(api), reward)
    await api.post(f"{REDEMPTIONS}/{first['id']}/apply", {})

    async def found(**params: str) -> list[str]:
        return [each["id"] for each in (await api.get(REDEMPTIONS, params=params))["data"]]

    assert await found(account=member) == [second["id"], first["id"]]
    assert await found(account=member, status="applied") == [first["id"]]
    assert await found(reward=other["id"]) == [second["id"]]
    assert await found(code=second["discount"]["code"].lower()) == [second["id"]]
    assert await found(code="RW-AAAAAAAAAAAAAAAA") == await found(code="nonsense") == []
    assert len(await found()) == 3
    assert await found(account=member, limit="1", starting_after=second["id"]) == [first["id"]]
    (shown,) = (await api.get(REDEMPTIONS, params=[("status", "applied"), *_EXPANDED]))["data"]
    assert shown["reward"]["name"] == "£5 off"
    assert (shown["account"]["id"], shown["transaction"]["redemption"]) == (member, first["id"])
    row = await api.get(f"{TRANSACTIONS}/{first['transaction']}", params={"expand[]": "redemption.reward"})
    assert row["redemption"]["reward"]["id"] == reward["id"]
    await api.refused("GET", f"{REDEMPTIONS}/rdm_none", status=404, code="resource_missing")
    await api.refused("POST", f"{REDEMPTIONS}/rdm_none/release", {}, status=404, code="resource_missing")
    error = await api.refused("GET", REDEMPTIONS, status=404, code="resource_missing", params={"account": "loy_none"})
    assert error["param"] == "account"


_EXPANDED = [("expand[]", "reward"), ("expand[]", "account"), ("expand[]", "transaction")]


async def test_one_idempotency_key_redeems_once(api: Api) -> None:
    reward, member = await a_reward(api), await a_member(api)
    body, headers = {"account": member, "reward": reward["id"]}, {"Idempotency-Key": "cart-7"}
    made = await api.post(REDEMPTIONS, body, headers=headers)
    assert await api.post(REDEMPTIONS, body, headers=headers) == made
    assert await balance(api, member) == 700


async def test_a_restricted_key_redeems_by_its_scope(api: Api) -> None:
    reward, member = await a_reward(api), await a_member(api)
    key = await api.new_key("test", "redemptions:write")
    made = await api.post(REDEMPTIONS, {"account": member, "reward": reward["id"]}, key=key)
    assert (await api.get(f"{REDEMPTIONS}/{made['id']}", key=key))["id"] == made["id"]
    await api.refused("GET", REWARDS, status=403, code="permission_denied", key=key)
