"""Many redeem at once, over real connections, on both engines: nothing is oversold, nobody spends points twice."""

import asyncio
from collections import Counter
from typing import Any

import httpx2
import pytest

from tests.races.test_races import Shop, _event, shop

__all__ = ["shop"]

Json = dict[str, Any]
REDEMPTIONS = "/v1/loyalty/redemptions"
OFF = {"amount": 500, "currency": "GBP"}

pytestmark = pytest.mark.anyio


async def a_reward(shop: Shop, **fields: Any) -> str:
    body = {"program": "prog_default", "name": "£5 off", "cost": 100, "value": OFF, **fields}
    made = (await shop.post("/v1/loyalty/rewards", body)).json()
    identifier: str = made["id"]
    return identifier


async def members(shop: Shop, count: int, points: int) -> list[str]:
    found = [await shop.enrol(f"cust_{number}") for number in range(count)]
    await asyncio.gather(*[shop.adjust(account, points) for account in found])
    return found


async def redeem(shop: Shop, account: str, reward: str) -> httpx2.Response:
    return await shop.post(REDEMPTIONS, {"account": account, "reward": reward})


def told(answers: list[httpx2.Response]) -> Counter[str]:
    """How many were done, and how many refused with which code."""
    return Counter("done" if each.status_code == 200 else each.json()["error"]["code"] for each in answers)


async def test_the_last_of_a_stock_goes_to_one_of_fifty(shop: Shop) -> None:
    reward = await a_reward(shop, inventory=3)
    accounts = await members(shop, 25, 200)
    answers = await asyncio.gather(*[redeem(shop, account, reward) for account in accounts * 2])
    assert told(answers) == {"done": 3, "reward_out_of_stock": 47}
    left = [(await shop.account(account))["balance"] for account in accounts]
    assert sum(left) == 25 * 200 - 3 * 100, "who got none paid nothing"
    assert (await shop.client.get(f"/v1/loyalty/rewards/{reward}")).json()["remaining"] == 0


async def test_the_last_points_of_a_member_are_spent_once(shop: Shop) -> None:
    reward = await a_reward(shop)
    (account,) = await members(shop, 1, 750)
    answers = await asyncio.gather(*[redeem(shop, account, reward) for _ in range(50)])
    assert told(answers) == {"done": 7, "insufficient_points": 43}
    assert (await shop.account(account))["balance"] == 50


async def test_one_member_has_no_more_than_the_limit(shop: Shop) -> None:
    reward = await a_reward(shop, per_member_limit=2, inventory=10)
    (account,) = await members(shop, 1, 5_000)
    answers = await asyncio.gather(*[redeem(shop, account, reward) for _ in range(50)])
    assert told(answers) == {"done": 2, "redemption_limit_reached": 48}


async def test_a_code_is_used_by_one_of_thirty_payments(shop: Shop) -> None:
    reward = await a_reward(shop)
    (account,) = await members(shop, 1, 100)
    made = (await redeem(shop, account, reward)).json()
    named = {"discount_code": made["discount"]["code"]}

    async def pay(number: int) -> Json:
        body = {"id": f"pay_{number}", "amount": 2_000, "currency": "GBP", "metadata": named}
        answer = await shop.post("/v1/events", _event(f"evt_{number}", "payment.completed", body))
        (outcome,) = answer.json()["redemptions"]
        found: Json = outcome
        return found

    outcomes = await asyncio.gather(*[pay(number) for number in range(30)])
    assert Counter((each["status"], each["reason"]) for each in outcomes) == {
        ("applied", None): 1,
        ("conflict", "applied_to_another_payment"): 29,
    }


async def test_of_applying_and_releasing_at_once_one_happens(shop: Shop) -> None:
    """Points are kept or returned, never both and never twice."""
    reward = await a_reward(shop, inventory=100)
    accounts = await members(shop, 4, 500)
    made = [(await redeem(shop, account, reward)).json()["id"] for account in accounts for _ in range(5)]
    calls = [
        shop.post(f"{REDEMPTIONS}/{name}/{action}", {})
        for name in made
        for action in ("release", "apply", "release", "apply")
    ]
    answers = await asyncio.gather(*calls)
    assert set(told(answers)) <= {"done", "redemption_not_pending"}
    states = Counter([(await shop.client.get(f"{REDEMPTIONS}/{name}")).json()["status"] for name in made])
    assert states["applied"] + states["released"] == 20
    left = sum([(await shop.account(account))["balance"] for account in accounts])
    assert left == 100 * states["released"]
    remaining = (await shop.client.get(f"/v1/loyalty/rewards/{reward}")).json()["remaining"]
    assert remaining == 100 - states["applied"]


async def test_merging_while_redemptions_are_made_applied_and_released(shop: Shop) -> None:
    reward = await a_reward(shop, per_member_limit=1_000)
    source, target = await members(shop, 2, 2_000)
    made = [(await redeem(shop, account, reward)).json()["id"] for account in (source, target) for _ in range(8)]
    merge = shop.post("/v1/loyalty/accounts/merge", {"source": source, "target": target})
    moves = [shop.post(f"{REDEMPTIONS}/{name}/{'apply' if i % 2 else 'release'}", {}) for i, name in enumerate(made)]
    more = [redeem(shop, (source, target)[number % 2], reward) for number in range(16)]
    mixed = [call for pair in zip(moves, more, strict=True) for call in pair]
    answers = await asyncio.gather(*mixed[:10], merge, *mixed[10:])
    assert set(told(answers)) <= {"done", "account_merged"}
    again = sum(each.status_code == 200 and each.json()["object"] == "redemption" for each in answers) - len(moves)
    assert (await shop.account(target))["balance"] == 4_000 - 100 * (8 + again)
