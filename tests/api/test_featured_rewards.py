"""Rewards that a campaign features cost less, for its audience and for its time."""

from typing import Any

import pytest

from tests.api.conftest import Api, Json
from tests.api.redeeming import (
    ACCOUNTS,
    REDEMPTIONS,
    TRANSACTIONS,
    a_member,
    a_reward,
    advance,
    balance,
    redeem,
    stop_clock,
)
from vinr_engagement.commands.verify import verify

pytestmark = pytest.mark.anyio

CAMPAIGNS = "/v1/loyalty/campaigns"
SEGMENTS = "/v1/loyalty/segments"
START, INSIDE, END = "2026-04-04T00:00:00Z", "2026-04-04T12:00:00Z", "2026-04-06T00:00:00Z"


async def feature(api: Api, reward: Json, cost: int, **more: Any) -> Json:
    body = {
        "program": "prog_default",
        "name": "Weekend",
        "schedule": {"starts_at": START, "ends_at": END},
        "status": "active",
        "mechanics": [{"type": "featured_reward", "reward": reward["id"], "cost": cost}],
    }
    return await api.post(CAMPAIGNS, {**body, **more})


async def offer(api: Api, account: str) -> Json:
    """The one reward there is, as the member sees it."""
    (line,) = (await api.get(f"{ACCOUNTS}/{account}/rewards"))["data"]
    found: Json = line
    return found


async def test_it_costs_less_while_the_campaign_is_active(api: Api) -> None:
    await stop_clock(api)
    member, reward = await a_member(api, 450), await a_reward(api)
    made = await feature(api, reward, 100)
    assert (await redeem(api, member, reward))["points"] == 300
    await advance(api, INSIDE)
    seen = await offer(api, member)
    assert (seen["cost"], seen["campaign"], seen["available"]) == (100, made["id"], True)
    redeemed = await redeem(api, member, reward)
    assert redeemed["points"] == 100
    assert await balance(api, member) == 350  # the first one was released by its time
    row = await api.get(f"{TRANSACTIONS}/{redeemed['transaction']}")
    assert (row["amount"], row["campaign"]) == (-100, made["id"])
    await advance(api, END)
    seen = await offer(api, member)
    assert (seen["cost"], seen["campaign"]) == (300, None)
    assert (await verify(api.stores["test"].database)).faults == []


async def test_only_for_its_audience(api: Api) -> None:
    await stop_clock(api, INSIDE)
    rich, poor, reward = await a_member(api, 1_000), await a_member(api, 300), await a_reward(api)
    owning = [{"fact": "points_balance", "op": "gte", "value": 500}]
    segment = await api.post(SEGMENTS, {"program": "prog_default", "name": "Rich", "conditions": owning})
    await feature(api, reward, 50, audience={"type": "segment", "segment": segment["id"]})
    assert ((await offer(api, rich))["cost"], (await offer(api, poor))["cost"]) == (50, 300)
    assert ((await redeem(api, rich, reward))["points"], (await redeem(api, poor, reward))["points"]) == (50, 300)


async def test_the_lowest_cost_counts_and_a_campaign_never_makes_it_dearer(api: Api) -> None:
    await stop_clock(api, INSIDE)
    member, reward = await a_member(api), await a_reward(api)
    await feature(api, reward, 500)
    assert (await offer(api, member))["cost"] == 300
    await feature(api, reward, 200)
    cheapest = await feature(api, reward, 150)
    seen = await offer(api, member)
    assert (seen["cost"], seen["campaign"]) == (150, cheapest["id"])


async def test_points_short_are_those_short_of_the_featured_cost(api: Api) -> None:
    await stop_clock(api, INSIDE)
    member, reward = await a_member(api, 60), await a_reward(api)
    await feature(api, reward, 100)
    assert ((await offer(api, member))["points_short"], (await offer(api, member))["reason"]) == (
        40,
        "insufficient_points",
    )
    asked = {"account": member, "reward": reward["id"], "quantity": 2}
    error = await api.refused("POST", REDEMPTIONS, asked, status=422, code="insufficient_points")
    assert (error["balance"], error["required"]) == (60, 200)


async def test_the_reward_has_to_exist_and_a_campaign_does_not_react_to_referrals(api: Api) -> None:
    error = await api.refused(
        "POST",
        CAMPAIGNS,
        {
            "program": "prog_default",
            "name": "x",
            "mechanics": [{"type": "featured_reward", "reward": "rwd_x", "cost": 1}],
        },
        status=400,
        code="parameter_invalid",
    )
    assert error["param"] == "mechanics[0].reward"
    bonus = {"type": "bonus_points", "trigger": "referral.converted", "points": 5}
    error = await api.refused(
        "POST",
        CAMPAIGNS,
        {"program": "prog_default", "name": "x", "mechanics": [bonus]},
        status=400,
        code="parameter_invalid",
    )
    assert error["param"] == "mechanics[0].trigger"


async def test_a_segment_that_a_reward_asks_for_is_in_use(api: Api) -> None:
    segment = await api.post(SEGMENTS, {"program": "prog_default", "name": "All", "conditions": []})
    reward = await a_reward(api, eligibility={"tiers": [], "segment": segment["id"]})
    error = await api.refused("DELETE", f"{SEGMENTS}/{segment['id']}", status=409, code="segment_in_use")
    assert error["resource"] == reward["id"]
