"""Every step of a redemption from one state to the next by payments and by hand, and where the points are after it."""

import pytest

from tests.api.conftest import Api, Json
from tests.api.redeeming import (
    ACCOUNTS,
    REDEMPTIONS,
    REWARDS,
    TRANSACTIONS,
    a_member,
    a_reward,
    balance,
    events_of,
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
