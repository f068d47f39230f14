"""What a reward costs whom, while a campaign features it."""

from pathlib import Path
from typing import Any

import pytest

from tests.docs.shop import PROGRAM, Json, Shop, open_shop
from vinr_engagement.commands import CreateCampaign, CreateReward, CreateSegment
from vinr_engagement.commands.campaigning import featured_cost
from vinr_engagement.commands.context import Context, Decision
from vinr_engagement.foundation.clock import DAY, parse_instant

pytestmark = pytest.mark.anyio
FROM, UNTIL = parse_instant("2026-04-02T00:00:00Z"), parse_instant("2026-04-04T00:00:00Z")


class Ask(Decision):
    """What a reward costs the member now."""

    def __init__(self, account: str, reward: str) -> None:
        self.account = account
        self.reward = reward

    def decide(self, context: Context) -> Any:
        account = context.account(self.account)
        found = featured_cost(context, context.configuration.programs[PROGRAM], account, self.reward)
        return None if found is None else (found[0], found[1].id)


async def offer(shop: Shop) -> None:
    off = {"program": PROGRAM, "name": "£5 off", "cost": 500, "value": {"amount": 500, "currency": "GBP"}}
    await shop.run(CreateReward(off, "rwd_1"))


async def feature(shop: Shop, name: str, cost: int, **more: Any) -> None:
    mechanics: list[Json] = [{"type": "featured_reward", "reward": "rwd_1", "cost": cost}]
    schedule = {"starts_at": FROM, "ends_at": UNTIL}
    body = {"program": PROGRAM, "name": name, "status": "active", "schedule": schedule, "mechanics": mechanics, **more}
    await shop.run(CreateCampaign(body, name))


async def test_while_it_is_active_the_cheapest_offer_counts(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await offer(shop)
        await feature(shop, "camp_a", 300)
        await feature(shop, "camp_b", 200, schedule={"starts_at": FROM + DAY, "ends_at": UNTIL})
        await feature(shop, "camp_c", 100, status="draft")
        costs = []
        for moment in (FROM - 1, FROM, FROM + DAY, UNTIL):
            await shop.advance(moment)
            costs.append(await shop.run(Ask(shop.member, "rwd_1")))
        assert costs == [None, (300, "camp_a"), (200, "camp_b"), None]


async def test_for_the_audience_alone(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await offer(shop)
        conditions = [{"fact": "spend_lifetime", "op": "gte", "value": 1_000}]
        segment = await shop.run(CreateSegment({"program": PROGRAM, "name": "Buyers", "conditions": conditions}))
        await feature(shop, "camp_a", 300, audience={"type": "segment", "segment": segment["id"]})
        await shop.advance(FROM)
        assert await shop.run(Ask(shop.member, "rwd_1")) is None
        await shop.play("pays £10")
        assert await shop.run(Ask(shop.member, "rwd_1")) == (300, "camp_a")
        assert await shop.run(Ask(shop.member, "rwd_2")) is None
