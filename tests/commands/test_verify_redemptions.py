"""`verify` finds nothing in a healthy store with redemptions, and names the account and the difference once it is damaged."""

from collections.abc import AsyncIterator

import pytest

from tests.commands.test_verify import NOW, Shop
from vinr_engagement.commands import (
    Adjust,
    AdvanceClock,
    CreateReward,
    MergeAccounts,
    RedeemReward,
    ReleaseRedemption,
    SetClock,
    Store,
)
from vinr_engagement.commands.verify import verify
from vinr_engagement.foundation.clock import DAY
from vinr_engagement.foundation.settings import Settings

pytestmark = pytest.mark.anyio

OFF = {"program": "prog_default", "name": "Off", "cost": 100, "value": {"amount": 500, "currency": "GBP"}}


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    """Of a reward with a stock Ann used one for a payment, gave one back and has one waiting; Bob's payment was refunded, one
    of his ran out of time. Bob was merged into Ann; Cy has one of a reward without end.
    """
    store = await Store.open("test", Settings(database_url=database_url))
    shop = Shop(store)
    await shop.run(SetClock(NOW))
    for name, points in (("ann", 1_000), ("bob", 600), ("cy", 150)):
        await shop.enrol(f"cust_{name}", name)
        await shop.run(Adjust(shop.ids[name], points, None, {}))
    shop.ids["reward"] = (await shop.run(CreateReward({**OFF, "inventory": 10})))["id"]
    shop.ids["endless"] = (await shop.run(CreateReward({**OFF, "type": "free_product", "value": {"product": "mug"}})))[
        "id"
    ]
    await redeemed(shop, "late", "bob")
    await shop.run(AdvanceClock(NOW + DAY))
    for name, who in (("used", "ann"), ("back", "ann"), ("wait", "ann"), ("refunded", "bob")):
        await redeemed(shop, name, who)
    await redeemed(shop, "mug", "cy", "endless")
    await shop.run(ReleaseRedemption(shop.ids["back"], None))
    for number, name in enumerate(("used", "refunded"), 1):
        metadata = {"redemption": shop.ids[name]}
        await shop.hear(
            f"evt_{number}", "payment.completed", id=f"pay_{number}", amount=100, currency="GBP", metadata=metadata
        )
    await shop.hear("evt_3", "refund.completed", id="re_1", amount=100, payment="pay_2")
    await shop.run(MergeAccounts(shop.ids["bob"], shop.ids["ann"], dry_run=False))
    yield shop
    await store.close()


async def redeemed(shop: Shop, name: str, who: str, reward: str = "reward") -> None:
    shop.ids[name] = (await shop.run(RedeemReward(shop.ids[who], shop.ids[reward], 1, {})))["id"]


async def test_a_healthy_store_is_clean(shop: Shop) -> None:
    report = await verify(shop.store.database)
    assert report.faults == []
    assert report.transactions == 3 + 6 + 3, "grants, redemptions, and what came back"
    assert await shop.one("select taken from reward_stock where reward = '{reward}'") == "3"


DAMAGES = {
    "a stock": (
        "update reward_stock set taken = taken + 2 where reward = '{reward}'",
        ("stock", None, "stock of {reward} counts 2 more"),
    ),
    "a limit": (
        "update rule_usage set times = times - 1 where account = '{ann}' and rule = '{reward}'",
        ("times", "ann", "{reward} counts 1 less"),
    ),
    "how many there are": (
        "update accounts set redemptions = redemptions + 1 where id = '{ann}'",
        ("redemptions", "ann", "counts 1 more"),
    ),
    "one that is released with its points kept": (
        "update redemptions set status = 'released' where id = '{mug}'",
        ("redeemed", "cy", "100 less"),
    ),
    "one that was paid for and has its points back": (
        "update redemptions set status = 'applied' where id = '{back}'",
        ("redeemed", "ann", "100 more"),
    ),
    "a ledger row of another amount": (
        "update transactions set amount = -90 where redemption = '{mug}'",
        ("redemption", "cy", "{mug}", "it cost 100, its row is redeem of -90"),
    ),
    "a ledger row that is not there": (
        "update redemptions set ledger_row = 'ptx_none' where id = '{wait}'",
        ("redemption", "ann", "{wait}", "ptx_none is not there"),
    ),
    "lots that gave something else": (
        "update redemptions set taken = '[]' where id = '{used}'",
        ("redemption", "ann", "{used}", "its lots gave 0"),
    ),
    "a payment that does not know": (
        "update payments set links = '{{}}' where id = 'pay_1'",
        ("redemption", "ann", "{used}", "pay_1 does not know of it"),
    ),
    "a code that leads elsewhere": (
        "update redemption_codes set redemption = '{back}' where redemption = '{wait}'",
        ("redemption", "ann", "{wait}", "its code leads to {back}"),
    ),
    "one of nobody": (
        "update redemptions set account = 'loy_none' where id = '{mug}'",
        ("owner", "loy_none", "1 redemption rows"),
    ),
    "one that stayed behind": (
        "update redemptions set account = '{bob}' where id = '{refunded}'",
        ("merge", "bob", "owns 1 redemption rows"),
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
async def test_damage_is_found(shop: Shop, name: str) -> None:
    sql, (invariant, account, *words) = DAMAGES[name]
    await shop.damage(sql)
    await shop.finds(str(invariant), account, *map(str, words))


async def test_few_at_a_time_come_to_the_same(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vinr_engagement.commands.verify_redemptions.ROWS_AT_ONCE", 1)
    monkeypatch.setattr("vinr_engagement.commands.verify.RANGE_ACCOUNTS", 1)
    assert await shop.faults() == []
