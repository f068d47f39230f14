"""`verify` finds nothing in a healthy store, and names the account and the difference once something is damaged."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from vinr_engagement.audit import Origin
from vinr_engagement.commands import (
    Adjust,
    CloseAccount,
    CreateAccount,
    CreateRule,
    MergeAccounts,
    ReceiveEvent,
    SetClock,
    Store,
    UpdateProgram,
    parse_event,
)
from vinr_engagement.commands.verify import Fault, verify
from vinr_engagement.foundation import ids
from vinr_engagement.foundation.clock import DAY, parse_instant
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.settings import Settings

NOW = parse_instant("2026-04-01T12:00:00Z")
pytestmark = pytest.mark.anyio


class Shop:
    """A store with a few members, and ways to damage it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.ids: dict[str, str] = {}

    async def run(self, command: Any) -> Any:
        return await self.store.write_path.run(command, Origin("tests"))

    async def hear(self, event: str, event_type: str, **body: Any) -> Any:
        raw = {"id": event, "type": event_type, "created_at": "2026-04-01T11:00:00Z", "data": {"object": body}}
        return await self.run(ReceiveEvent(parse_event(raw)))

    async def enrol(self, customer: str | None, name: str) -> None:
        self.ids[name] = (await self.run(CreateAccount("prog_default", customer, {})))["id"]

    async def damage(self, sql: str, **names: str) -> None:
        """Changes rows behind the product's back; `{ann}` is Ann's account."""

        async def change(session: Session) -> int:
            return await session.execute(sql.format(**self.ids, **names))

        assert await self.store.database.write(change) > 0, "nothing was damaged"

    async def one(self, sql: str) -> str:
        async def read(session: Session) -> Any:
            return (await session.fetch(sql.format(**self.ids)))[0][0]

        return str(await self.store.database.read(read))

    async def faults(self) -> list[Fault]:
        return (await verify(self.store.database)).faults

    async def finds(self, invariant: str, account: str | None, *words: str) -> None:
        found = [fault for fault in await self.faults() if fault.invariant == invariant]
        named = None if account is None else self.ids.get(account, account)
        said = [fault.message for fault in found if fault.account == named]
        assert any(all(word.format(**self.ids) in message for word in words) for message in said), found


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    """Ann paid 3,000 and 2,000, was refunded 1,000, spent 5 and waits for points; Bob was merged into her; Cy is closed."""
    store = await Store.open("test", Settings(database_url=database_url))
    shop = Shop(store)
    await shop.run(SetClock(NOW))
    await shop.run(UpdateProgram("prog_default", {"clawback": "clamp"}))
    spent = {"trigger": "payment.completed", "award": {"type": "per_amount", "per": 100, "points": 1}}
    welcome = {"trigger": "loyalty.account.created", "award": {"type": "fixed", "points": 10}}
    limits = {"cap": {"points": 500}, "window": "month", "budget": {"points": 900}}
    await shop.run(CreateRule({"program": "prog_default", "name": "capped", **spent, **limits}, "rule_capped"))
    await shop.run(CreateRule({"program": "prog_default", "name": "welcome", **welcome}, "rule_welcome"))
    for name in ("ann", "bob", "cy"):
        await shop.enrol(f"cust_{name}", name)
    await shop.hear("evt_1", "payment.completed", id="pay_1", amount=3_000, currency="GBP", customer="cust_ann")
    await shop.hear("evt_2", "payment.completed", id="pay_2", amount=2_000, currency="GBP", customer="cust_bob")
    await shop.hear("evt_3", "refund.completed", id="re_1", amount=1_000, payment="pay_1")
    await shop.run(MergeAccounts(shop.ids["bob"], shop.ids["ann"], dry_run=False))
    await shop.run(Adjust(shop.ids["ann"], -5, "goodwill", {}))
    await shop.run(UpdateProgram("prog_default", {"hold_days": 14}))
    await shop.hear("evt_4", "payment.completed", id="pay_3", amount=700, currency="GBP", customer="cust_ann")
    await shop.run(CloseAccount(shop.ids["cy"]))
    yield shop
    await store.close()


async def test_a_healthy_store_is_clean(shop: Shop) -> None:
    report = await verify(shop.store.database)
    assert report.faults == []
    assert (report.accounts, report.transactions, report.lots, report.earns) == (3, 12, 9, 6)
    assert report.events == 17


DAMAGES = {
    "invariant 1: a balance": (
        "update accounts set balance = balance + 7 where id = '{ann}'",
        ("sum", "ann", "7 more"),
    ),
    "invariant 1: a row": (
        "update transactions set amount = amount - 2 where account = '{ann}' and type = 'adjust'",
        ("sum", "ann", "2 more"),
    ),
    "invariant 1: pending": (
        "update accounts set pending_balance = pending_balance + 3 where id = '{ann}'",
        ("pending_lots", "ann", "3 less"),
    ),
    "invariant 2: a lot has less": (
        "update lots set remaining = remaining - 4 where account = '{ann}' and amount = 20 and remaining = 20",
        ("available_lots", "ann", "less than its balance"),
    ),
    "invariant 2: a debt beside points": (
        "update accounts set balance = -1 where id = '{cy}'",
        ("available_lots", "cy", "10 more"),
    ),
    "invariant 3": (
        "update accounts set lifetime_points = lifetime_points - 1 where id = '{ann}'",
        ("lifetime", "ann", "1 less"),
    ),
    "a lot that is not its credit's": (
        "update lots set amount = amount + 6 where account = '{cy}'",
        ("lots", "cy", "6 more than its credit"),
    ),
    "a credit without a lot": ("delete from lots where account = '{cy}'", ("lots", "cy", "credit", "10 has no lot")),
    "a lot that is available too early": (
        "update lots set pending = false where account = '{ann}' and pending",
        ("lots", "ann", "is not pending", str(14 * DAY - 3_600_000_000)),
    ),
    "a lot that nothing will make available": (
        "update accounts set next_due_at = null where id = '{ann}'",
        ("lots", "ann", "pending lot"),
    ),
    "an expiry that nobody will write": (
        "update lots set closes_at = 1 where account = '{cy}'",
        ("lots", "cy", "expires"),
    ),
    "what expired": ("update lots set expired = 1, remaining = 9 where account = '{cy}'", ("expired", "cy", "1 less")),
    "invariant 4: reversed": (
        "update transactions set uncollected = 3 where type = 'reverse' and amount = -10 and rule = 'rule_capped'",
        ("clawback", "ann", "10 were reversed, its rows say 13"),
    ),
    "invariant 4: due": (
        "update payments set refunded = 1500, refunded_sum = 1500 where id = 'pay_1'",
        ("clawback", "ann", "15 are due, 10 were asked back"),
    ),
    "an earn that no refund would find": (
        "update purchases set awards = '[]' where payment = 'pay_3'",
        ("earns", "ann", "2 less"),
    ),
    "invariant 6": ("delete from received_events where id = 'evt_4'", ("event", "ann", "evt_4")),
    "invariant 6: an event of our own": (
        "delete from outgoing_events where account = '{cy}' and type = 'loyalty.account.created'",
        ("event", "cy", "evt_"),
    ),
    "invariant 7: a gap": (
        "update outgoing_events set sequence = sequence + 1 where account = '{cy}' and sequence = 3",
        ("outgoing", "cy", "3, numbered 1 to 4"),
    ),
    "invariant 7: a row that nobody told of": (
        "update outgoing_events set type = 'loyalty.account.updated' where account = '{cy}' and sequence = 2",
        ("told", "cy", "1 less earn"),
    ),
    "net spend": (
        "update purchases set net_spend = net_spend + 1 where payment = 'pay_1'",
        ("spend", "ann", "2001, not 2000"),
    ),
    "refunds": (
        "update refunds set amount = 900 where id = 're_1'",
        ("refunds", None, "pay_1", "100 more than the sum"),
    ),
    "refunded": ("update payments set refunded = 999 where id = 'pay_1'", ("refunds", None, "pay_1", "-1 more")),
    "a cap": ("update rule_usage set points = points + 8 where account = '{ann}'", ("usage", "ann", "8 more")),
    "a cap's times": ("update rule_usage set times = times - 1 where account = '{ann}'", ("times", "ann", "1 less")),
    "a budget": (
        "update rule_budgets set points = points + 5 where rule = 'rule_capped'",
        ("budget", None, "rule_capped", "5 more"),
    ),
    "a link to nobody": (
        "update customer_links set account = 'loy_none' where customer = 'cust_ann'",
        ("links", "loy_none", "cust_ann", "no such account"),
    ),
    "an active account that its customer does not reach": (
        "delete from customer_links where customer = 'cust_ann'",
        ("links", "ann", "cust_ann resolves to no account"),
    ),
    "two active accounts": (
        "update accounts set customer = 'cust_ann', status = 'active' where id = '{cy}'",
        ("links", "cy", "cust_ann has 2 active accounts"),
    ),
    "a merged account that holds something": (
        "update accounts set lifetime_points = 9 where id = '{bob}'",
        ("merge", "bob", "lifetime 9"),
    ),
    "a merged account without a survivor": (
        "update accounts set merged_into = 'loy_none' where id = '{bob}'",
        ("merge", "bob", "loy_none does not exist"),
    ),
    "rows that stayed behind": (
        "update transactions set account = '{bob}' where original_account = '{bob}'",
        ("merge", "bob", "owns 3 transaction rows"),
    ),
    "rows of nobody": (
        "update transactions set account = 'loy_none' where account = '{cy}'",
        ("owner", "loy_none", "1 transaction rows"),
    ),
    "rows that the account does not look for": (
        "update accounts set buckets = '[]' where id = '{ann}'",
        ("bucket", "ann", "which it does not know of"),
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
async def test_damage_is_found(shop: Shop, name: str) -> None:
    sql, (invariant, account, *words) = DAMAGES[name]
    await shop.damage(sql)
    await shop.finds(str(invariant), account, *map(str, words))


async def test_an_account_in_the_wrong_bucket_is_found(shop: Shop) -> None:
    wrong = (ids.bucket_of(shop.ids["cy"]) + 1) % ids.BUCKETS
    await shop.damage(f"update accounts set bucket = {wrong} where id = '{{cy}}'")
    await shop.finds("bucket", "cy", f"in bucket {wrong}")


async def test_damage_without_end_is_counted_and_not_kept(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vinr_engagement.commands.verify_report.MOST_FAULTS", 1)
    await shop.damage("update accounts set balance = balance + 1")
    report = await verify(shop.store.database)
    assert len(report.faults) == 1
    assert report.unnamed > 1


async def test_small_ranges_and_chunks_come_to_the_same(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vinr_engagement.commands.verify.RANGE_ACCOUNTS", 1)
    monkeypatch.setattr("vinr_engagement.commands.verify.ROWS_AT_ONCE", 1)
    monkeypatch.setattr("vinr_engagement.commands.verify_payments.ROWS_AT_ONCE", 1)
    assert await shop.faults() == []
    await shop.damage("update accounts set balance = balance + 7 where id = '{ann}'")
    await shop.finds("sum", "ann", "7 more")
