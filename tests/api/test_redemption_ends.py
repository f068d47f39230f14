"""Redemptions reversed by refunds and released by time; on accounts that are closed, merged or erased."""

import pytest

from tests.api.conftest import Api
from tests.api.redeeming import (
    ACCOUNTS,
    PROGRAM,
    REDEMPTIONS,
    REWARDS,
    TRANSACTIONS,
    a_member,
    a_reward,
    advance,
    balance,
    pays_with,
    redeem,
    refund,
    refused,
    stop_clock,
    tell,
    verified_api,
)

__all__ = ["verified_api"]

pytestmark = pytest.mark.anyio


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
