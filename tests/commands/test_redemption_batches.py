"""Redemptions in one batch with what comes before and after them: each sees what the one before left."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.commands.test_verify import NOW, Shop
from vinr_engagement.audit import Origin
from vinr_engagement.commands import (
    Adjust,
    AdvanceClock,
    ApplyRedemption,
    CreateReward,
    RedeemReward,
    ReleaseRedemption,
    SetClock,
    Store,
    parse_event,
)
from vinr_engagement.commands.events import ReceiveEvent
from vinr_engagement.foundation.clock import DAY
from vinr_engagement.foundation.errors import Refusal
from vinr_engagement.foundation.settings import Settings

pytestmark = pytest.mark.anyio

OFF = {"program": "prog_default", "name": "Off", "cost": 100, "value": {"amount": 500, "currency": "GBP"}}


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    """Ann has 100 points and has spent them all on a discount; in the end nothing must be wrong."""
    store = await Store.open("test", Settings(database_url=database_url))
    shop = Shop(store)
    await shop.run(SetClock(NOW))
    await shop.enrol("cust_ann", "ann")
    await shop.run(Adjust(shop.ids["ann"], 100, None, {}))
    shop.ids["reward"] = (await shop.run(CreateReward({**OFF, "inventory": 1, "per_member_limit": 1})))["id"]
    shop.ids["first"] = (await shop.run(redeem(shop)))["id"]
    yield shop
    assert await shop.faults() == []
    await store.close()


def redeem(shop: Shop) -> RedeemReward:
    return RedeemReward(shop.ids["ann"], shop.ids["reward"], 1, {})


def paid(event: str, redemption: str) -> ReceiveEvent:
    body = {"id": f"pay_{event}", "amount": 50, "currency": "GBP", "metadata": {"redemption": redemption}}
    raw = {"id": event, "type": "payment.completed", "created_at": "2026-04-01T11:00:00Z", "data": {"object": body}}
    return ReceiveEvent(parse_event(raw))


async def together(shop: Shop, *commands: Any) -> list[str]:
    """What came of each, in one transaction: a status, or the code of a refusal."""
    found = await shop.store.write_path.run_each(commands, Origin("tests"))
    return [each.code if isinstance(each, Refusal) else _status(each) for each in found]


def _status(answer: Any) -> str:
    return answer["status"] if isinstance(answer, dict) else answer.redemptions[0].status


async def test_what_comes_back_can_be_spent_at_once(shop: Shop) -> None:
    """The lot had nothing left; what was given back to it is found by the debit that follows in the same batch."""
    found = await together(shop, redeem(shop), ReleaseRedemption(shop.ids["first"], None), redeem(shop), redeem(shop))
    assert found == ["reward_out_of_stock", "released", "pending", "reward_out_of_stock"]
    assert await shop.one("select remaining from lots where account = '{ann}'") == "0"


async def test_of_two_payments_in_one_batch_the_first_has_it(shop: Shop) -> None:
    first = shop.ids["first"]
    assert await together(shop, paid("evt_1", first), paid("evt_2", first)) == ["applied", "conflict"]
    assert await together(shop, ApplyRedemption(first, "pay_evt_1"), ReleaseRedemption(first, None)) == [
        "applied",
        "redemption_not_pending",
    ]


async def test_one_that_ran_out_of_time_is_released_by_whoever_looks_first(shop: Shop) -> None:
    await shop.run(AdvanceClock(NOW + 2 * DAY))
    found = await together(
        shop, ApplyRedemption(shop.ids["first"], None), redeem(shop), paid("evt_1", shop.ids["first"])
    )
    assert found == ["redemption_not_pending", "pending", "conflict"]
