"""`verify` finds what is wrong with referrals: whom they name, what they paid, what their limits count."""

from collections.abc import AsyncIterator

import pytest

from tests.commands.test_verify import NOW, Shop
from vinr_engagement.audit import Origin
from vinr_engagement.commands import AttributeReferral, CreateReferral, MergeAccounts, SetClock, Store
from vinr_engagement.foundation.clock import HOUR
from vinr_engagement.foundation.settings import Settings
from vinr_engagement.referrals import Terms

pytestmark = pytest.mark.anyio
TERMS = Terms(100, 50, first_payment_minimum=2_000, max_conversions=9)


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    """By Ann's code came Bob, who paid, Cy, who was refunded, and Dan, who may still pay; Ann was merged since."""
    store = await Store.open("test", Settings(database_url=database_url))
    shop = Shop(store)
    await shop.run(SetClock(NOW - 2 * HOUR))
    for name in ("first", "ann", "bob", "cy", "dan"):
        await shop.enrol(f"cust_{name}", name)
    code = (await shop.run(CreateReferral("prog_default", shop.ids["first"], TERMS, {})))["code"]
    shop.ids["code"] = code
    for name in ("bob", "cy", "dan"):
        made = await store.write_path.run(AttributeReferral(code, shop.ids[name], None), Origin("tests"))
        shop.ids[f"to_{name}"] = made["id"]
    await shop.run(SetClock(NOW))
    for name in ("bob", "cy"):
        body = {"id": f"pay_{name}", "amount": 3_000, "currency": "GBP", "customer": f"cust_{name}"}
        await shop.hear(f"evt_{name}", "payment.completed", **body)
    await shop.run(MergeAccounts(shop.ids["first"], shop.ids["ann"], dry_run=False))
    yield shop
    await store.close()


async def test_healthy_referrals_are_clean(shop: Shop) -> None:
    assert await shop.faults() == []
    assert await shop.one("select count(*) from referrals where status = 'converted'") == "2"
    await shop.hear("evt_refund", "refund.completed", id="re_1", amount=3_000, payment="pay_cy")
    assert await shop.faults() == []
    assert await shop.one("select count(*) from referrals where status = 'reversed'") == "1"


DAMAGES = {
    "an account that forgot": ("update accounts set referral = null where id = '{dan}'", "dan", "does not know of it"),
    "an account that remembers too much": (
        "update accounts set referral = '{to_bob}' where id = '{bob}'",
        "bob",
        "not attributed to it",
    ),
    "a window that nobody will close": (
        "update accounts set next_due_at = null where id = '{dan}'",
        "dan",
        "before the account is settled next",
    ),
    "a payout too large": (
        "update referrals set referrer_points = 90 where id = '{to_bob}'",
        "bob",
        "paid 10 points more",
    ),
    "a payout that is missing": (
        "update referrals set referee_points = 51 where id = '{to_bob}'",
        "bob",
        "paid -1 points",
    ),
    "a payout before its time": (
        "update transactions set source_id = '{to_dan}' where source_id = '{to_bob}' and amount = 50",
        "dan",
        "paid 50 points more",
    ),
    "converted, with nothing left": (
        "update referrals set first_payment_minimum = 3001 where id = '{to_bob}'",
        "bob",
        "is converted with 3000 left",
    ),
    "reversed, with enough left": (
        "update referrals set status = 'reversed' where id = '{to_bob}'",
        "bob",
        "is reversed with 3000 left",
    ),
    "a payment that does not know": (
        "update payments set links = '{{}}' where id = 'pay_bob'",
        "bob",
        "its payment pay_bob does not know of it",
    ),
    "conversions of the code": (
        "update referral_conversions set conversions = 5 where code = '{code}'",
        None,
        "code {code} counts 3 more conversions",
    ),
    "attributions of a day": (
        "update referral_days set attributions = attributions + 2",
        "ann",
        "counts 2 more attributions",
    ),
    "conversions of a day": ("update referral_days set conversions = 0", "ann", "counts -2 more conversions"),
    "a code to nowhere": (
        "update referral_codes set referral = 'ref_none' where code = '{code}'",
        None,
        "code {code} leads to no referral",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
async def test_damage_is_found(shop: Shop, damage: str) -> None:
    sql, account, words = DAMAGES[damage]
    await shop.damage(sql)
    await shop.finds("referral", account, words)
