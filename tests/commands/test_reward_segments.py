"""Rewards for a segment: only its members redeem them, and see that they can."""

from collections.abc import AsyncIterator

import pytest

from tests.commands.test_verify import NOW, Shop
from vinr_engagement.audit import Origin
from vinr_engagement.commands import (
    Adjust,
    CreateReward,
    MemberRewards,
    RedeemReward,
    SetClock,
    Store,
    UpdateAccount,
)
from vinr_engagement.foundation import json
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.errors import Invalid, Unprocessable
from vinr_engagement.foundation.settings import Settings

pytestmark = pytest.mark.anyio

OFF = {"program": "prog_default", "name": "Off", "cost": 100, "value": {"amount": 500, "currency": "GBP"}}
CONDITIONS = {
    "has spent": {"fact": "spend_90d", "op": "gte", "value": 5_000},
    "is from Berlin": {"fact": "customer.city", "op": "eq", "value": "Berlin"},
    "is a regular": {"fact": "metadata.regular", "op": "eq", "value": "yes"},
    "has redeemed": {"fact": "redemptions_total", "op": "gte", "value": 1},
}


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    """Ann and Bob have 500 points each."""
    store = await Store.open("test", Settings(database_url=database_url))
    shop = Shop(store)
    await shop.run(SetClock(NOW))
    for name in ("ann", "bob"):
        await shop.enrol(f"cust_{name}", name)
        await shop.run(Adjust(shop.ids[name], 500, None, {}))
    yield shop
    await store.close()


async def segment(shop: Shop, name: str) -> str:
    body = {"id": "seg_1", "program": "prog_default", "name": name, "match": "all", "conditions": [CONDITIONS[name]]}

    async def add(session: Session) -> None:
        values = ("seg_1", "prog_default", True, json.text(body), 0, 0)
        await session.execute("insert into segments values ($1, $2, $3, $4, $5, $6)", *values)
        await session.execute("update store_state set configuration_version = configuration_version + 1")

    await shop.store.database.write(add)
    return "seg_1"


async def join(shop: Shop, name: str) -> None:
    """What brings Ann into the segment."""
    if name == "has spent":
        await shop.hear("evt_1", "payment.completed", id="pay_1", amount=5_000, currency="GBP", customer="cust_ann")
    elif name == "is from Berlin":
        await shop.hear("evt_1", "customer.updated", id="cust_ann", city="Berlin")
    elif name == "is a regular":
        await shop.run(UpdateAccount(shop.ids["ann"], {"regular": "yes"}, None))
    else:
        await shop.run(RedeemReward(shop.ids["ann"], (await shop.run(CreateReward(OFF)))["id"], 1, {}))


@pytest.mark.parametrize("name", CONDITIONS)
async def test_only_members_of_the_segment_redeem(shop: Shop, name: str) -> None:
    found = await segment(shop, name)
    reward = (await shop.run(CreateReward({**OFF, "eligibility": {"segment": found}})))["id"]
    for member in ("ann", "bob"):
        await refused(shop, member, reward)
    await join(shop, name)
    await refused(shop, "bob", reward)
    assert (await shop.run(RedeemReward(shop.ids["ann"], reward, 1, {})))["status"] == "pending"
    (line,) = [line for line in await lines(shop, "ann") if line["id"] == reward]
    assert line["available"]
    assert line["eligibility"] == {"tiers": [], "segment": found}


async def refused(shop: Shop, member: str, reward: str) -> None:
    with pytest.raises(Unprocessable) as refusal:
        await shop.run(RedeemReward(shop.ids[member], reward, 1, {}))
    assert refusal.value.code == "reward_not_eligible"
    (line,) = [line for line in await lines(shop, member) if line["id"] == reward]
    assert (line["available"], line["reason"]) == (False, "reward_not_eligible")


async def lines(shop: Shop, member: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = await shop.store.write_path.try_out(
        MemberRewards(shop.ids[member]), Origin("tests")
    )
    return found


async def test_a_segment_of_another_program_is_refused(shop: Shop) -> None:
    with pytest.raises(Invalid) as refusal:
        await shop.run(CreateReward({**OFF, "eligibility": {"segment": "seg_2"}}))
    assert refusal.value.param == "eligibility.segment"
