"""`verify` finds nothing in a healthy store with credit, and names the account and the difference once it is damaged."""

from collections.abc import AsyncIterator

import pytest

from tests.commands.test_verify import NOW, Shop
from vinr_engagement.commands import IssueCredit, MergeAccounts, SetClock, SpendCredit, Store
from vinr_engagement.commands.verify import verify
from vinr_engagement.foundation.clock import DAY
from vinr_engagement.foundation.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    """Ann was issued 1,000 and Bob 500 that expires; both spent on a payment, a half of which was refunded; Cy spent 40 on
    a payment that failed. Bob was merged into Ann.
    """
    store = await Store.open("test", Settings(database_url=database_url))
    shop = Shop(store)
    await shop.run(SetClock(NOW))
    for name in ("ann", "bob", "cy"):
        await shop.enrol(f"cust_{name}", name)
    await shop.run(IssueCredit(shop.ids["ann"], 1_000, "EUR", None, {}))
    await shop.run(IssueCredit(shop.ids["bob"], 500, "EUR", None, {}, NOW + 90 * DAY))
    await shop.run(IssueCredit(shop.ids["cy"], 40, "EUR", None, {}))
    shop.ids["spend"] = (await shop.run(SpendCredit(shop.ids["ann"], 800, "EUR", "pay_1")))["id"]
    await shop.run(SpendCredit(shop.ids["bob"], 100, "EUR", "pay_1"))
    shop.ids["failed"] = (await shop.run(SpendCredit(shop.ids["cy"], 40, "EUR", "pay_2")))["id"]
    await shop.hear("evt_1", "payment.completed", id="pay_1", amount=3_000, currency="EUR", customer="cust_ann")
    await shop.hear("evt_2", "refund.completed", id="re_1", amount=1_500, payment="pay_1")
    await shop.hear("evt_3", "payment.failed", id="pay_2")
    await shop.run(MergeAccounts(shop.ids["bob"], shop.ids["ann"], dry_run=False))
    yield shop
    await store.close()


async def test_a_healthy_store_is_clean(shop: Shop) -> None:
    report = await verify(shop.store.database)
    assert report.faults == []
    assert (report.transactions, report.lots) == (3 + 3 + 3, 3)


DAMAGES = {
    "a wallet": (
        "update wallets set balance = balance + 7 where account = '{ann}'",
        ("credit", "ann", "EUR holds 7 more"),
    ),
    "a row": (
        "update transactions set amount = amount + 2 where account = '{ann}' and type = 'reverse' and amount = 400",
        ("credit", "ann", "EUR holds 2 less"),
    ),
    "a lot": (
        "update lots set remaining = remaining - 4 where account = '{ann}' and amount = 1000",
        ("credit_lots", "ann", "EUR hold 4 less"),
    ),
    "a lot that waits": (
        "update lots set pending = true where account = '{cy}'",
        ("lots", "cy", "1 of its lots of EUR are pending"),
    ),
    "what expired": (
        "update lots set expired = 1, remaining = 39 where account = '{cy}'",
        ("credit_expired", "cy", "the rows say 1 less"),
    ),
    "a lot that was opened with more": (
        "update lots set amount = amount + 6 where account = '{cy}'",
        ("lots", "cy", "6 more than its credit"),
    ),
    "an issue without a lot": ("delete from lots where account = '{cy}'", ("lots", "cy", "40 has no lot")),
    "an expiry that nobody will write": (
        "update accounts set next_due_at = null where id = '{ann}'",
        ("lots", "ann", "expires"),
    ),
    "a spend that came back by too little": (
        "update credit_spends set returned = 399 where id = '{spend}'",
        ("credit", "ann", "400 of 800 are due back, 399 came back"),
    ),
    "a spend that came back by too much": (
        "update credit_spends set returned = 401 where id = '{spend}'",
        ("credit_returned", "ann", "came back 1 more than its rows say"),
    ),
    "a refund that gave nothing back": (
        "update payments set refunded = 3000, refunded_sum = 3000 where id = 'pay_1'",
        ("credit", "ann", "800 of 800 are due back, 400 came back"),
    ),
    "a row without its spend": (
        "delete from credit_spends where id = '{spend}'",
        ("credit_spent", "ann", "800 less than its rows say"),
    ),
    "a spend of another amount": (
        "update credit_spends set amount = 900 where id = '{spend}'",
        ("credit", "ann", "900 EUR were spent, its row says -800 EUR"),
    ),
    "a spend that took something else": (
        "update credit_spends set taken = '[]' where id = '{spend}'",
        ("credit", "ann", "is not 800"),
    ),
    "a payment that forgot": (
        "update payments set links = '{{}}' where id = 'pay_1'",
        ("credit", "ann", "{spend}", "the payment does not know of it"),
    ),
    "a payment that is gone": (
        "delete from payments where id = 'pay_2'",
        ("credit", "cy", "its payment is missing"),
    ),
    "a failure that gave nothing back": (
        "update credit_spends set returned = 0 where id = '{failed}'",
        ("credit", "cy", "it was released, but 0 came back"),
    ),
    "a failure that nobody reported": (
        "update credit_spends set state = 'conflict' where id = '{failed}'",
        ("credit", "cy", "it is conflict, which does not fit the payment"),
    ),
    "a spend that was told as another": (
        "update outgoing_events set type = 'credit.reversed' where account = '{cy}' and type = 'credit.issued'",
        ("told", "cy", "1 more credit reverse"),
    ),
    "a wallet that stayed behind": (
        "insert into wallets select bucket, id, 'EUR', 0 from accounts where id = '{bob}'",
        ("merge", "bob", "owns 1 wallet rows"),
    ),
    "a spend that stayed behind": (
        "update credit_spends set account = '{bob}' where amount = 100",
        ("merge", "bob", "owns 1 credit spend rows"),
    ),
    "a wallet of nobody": (
        "update wallets set account = 'loy_none' where account = '{cy}'",
        ("owner", "loy_none", "1 wallet rows"),
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
async def test_damage_is_found(shop: Shop, name: str) -> None:
    sql, (invariant, account, *words) = DAMAGES[name]
    await shop.damage(sql)
    await shop.finds(str(invariant), account, *map(str, words))


async def test_small_ranges_and_chunks_come_to_the_same(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vinr_engagement.commands.verify.RANGE_ACCOUNTS", 1)
    monkeypatch.setattr("vinr_engagement.commands.verify_credit.ROWS_AT_ONCE", 1)
    assert await shop.faults() == []
    await shop.damage("update credit_spends set returned = 399 where id = '{spend}'")
    await shop.finds("credit", "ann", "399 came back")
