"""What the machine, and reading for it, once found: each as the shortest story that showed it."""

from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import pytest

from vinr_engagement import inbox, ledger, members, outbox, payments
from vinr_engagement.audit import Origin
from vinr_engagement.commands import (
    CreateAccount,
    CreateProgram,
    CreateRule,
    EraseAccount,
    MergeAccounts,
    ReceiveEvent,
    Store,
    UpdateAccount,
    UpdateProgram,
    parse_event,
)
from vinr_engagement.commands.verify import verify
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.settings import Settings

pytestmark = pytest.mark.anyio
TABLES: list[Any] = [
    *(members.ACCOUNTS, members.LINKS, ledger.TRANSACTIONS, payments.PAYMENTS),
    *(inbox.RECEIVED_EVENTS, outbox.OUTGOING_EVENTS),
]
PER_POUND = {"type": "per_amount", "per": 100, "points": 1}
FOR_GOOD = {
    "qualify_on": "spend",
    "period": {"type": "lifetime"},
    "tiers": [{"name": "Bronze", "rank": 0, "threshold": 0}, {"name": "Silver", "rank": 1, "threshold": 500}],
    "downgrade": {"mode": "never"},
}
"""Tiers that are never lost."""


class Shop:
    """A store, and few words to tell stories with."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def run(self, command: Any) -> Any:
        return await self.store.write_path.run(command, Origin("tests"))

    async def hear(self, event: str, event_type: str, **body: Any) -> Any:
        raw = {"id": event, "type": event_type, "created_at": "2026-04-01T11:00:00Z", "data": {"object": body}}
        return await self.run(ReceiveEvent(parse_event(raw)))

    async def pay(self, payment: str, customer: str | None, amount: int = 1_000) -> Any:
        body = {"id": payment, "amount": amount, "currency": "GBP"}
        if customer is not None:
            body["customer"] = customer
        return await self.hear(f"evt_{payment}", "payment.completed", **body)

    async def rule(self, trigger: str, **more: Any) -> None:
        await self.run(CreateRule({"program": "prog_default", "name": trigger, "trigger": trigger} | more))

    async def moves(self) -> list[Any]:
        """What was told of members who came into another tier."""
        return [event for event in await self.rows(outbox.OUTGOING_EVENTS) if event.type == "loyalty.tier.changed"]

    async def enrol(self, customer: str | None, **metadata: str) -> str:
        return str((await self.run(CreateAccount("prog_default", customer, metadata)))["id"])

    async def rows(self, table: Any) -> list[Any]:
        async def read(session: Session) -> list[Any]:
            return await session.rows(table, "true")

        return await self.store.database.read(read)


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    shop = Shop(await Store.open("test", Settings(database_url=database_url)))
    yield shop
    assert (await verify(shop.store.database)).faults == []
    await shop.store.close()


async def test_a_capped_rule_enrols(shop: Shop) -> None:
    """Each try drew another account id, and asked for what that one had used of its cap."""
    await shop.rule("review.created", award={"type": "fixed", "points": 5}, cap={"times": 1}, window="month")
    heard = await shop.hear("evt_1", "review.created", customer="cust_1")
    assert [line.amount for line in heard.programs[0].transactions] == [5]


async def test_an_invoice_of_another_member_is_clawed_back_with_its_payment(shop: Shop) -> None:
    """The lot was looked for with the member who paid."""
    await shop.rule("invoice.paid", award=PER_POUND)
    await shop.pay("pay_1", "cust_1")
    await shop.hear(
        "evt_2", "invoice.paid", id="inv_1", payment="pay_1", amount=1_000, currency="GBP", customer="cust_2"
    )
    heard = await shop.hear("evt_3", "refund.completed", id="re_1", payment="pay_1", amount=1_000)
    assert [line.amount for line in heard.programs[0].transactions] == [-10, -10]
    assert len({line.account for line in heard.programs[0].transactions}) == 2


@pytest.mark.parametrize("customer", ["cust_1", None])
async def test_a_payment_says_what_it_is_whatever_its_invoice_said(shop: Shop, customer: str | None) -> None:
    """Its net spend stayed what the invoice had said."""
    await shop.enrol("cust_1")
    await shop.hear(
        "evt_1", "invoice.paid", id="inv_1", payment="pay_1", amount=1_200, currency="GBP", customer="cust_1"
    )
    await shop.pay("pay_1", customer)
    (purchase,) = await shop.rows(payments.PURCHASES)
    assert (purchase.spend, purchase.net_spend) == (1_000, 1_000)


async def test_a_customer_that_merges_into_an_unknown_one_takes_its_account_along_and_says_so(shop: Shop) -> None:
    """No event told of the change."""
    account = await shop.enrol("cust_1")
    await shop.hear("evt_1", "customer.merged", id="cust_2", merged_from="cust_1")
    told = [event.type for event in await shop.rows(outbox.OUTGOING_EVENTS) if event.account == account]
    assert told == ["loyalty.account.created", "loyalty.account.updated"]


async def test_an_account_can_be_linked_to_the_customer_that_a_merge_brought(shop: Shop) -> None:
    """It was refused, because the customer had an account: this one."""
    standalone, known = await shop.enrol(None), await shop.enrol("cust_1")
    await shop.run(MergeAccounts(known, standalone, dry_run=False))
    shown = await shop.run(UpdateAccount(standalone, None, "cust_1"))
    assert shown["customer"] == "cust_1"


async def test_erasing_forgets_whoever_was_merged_in(shop: Shop) -> None:
    """The rows of merged accounts, and the events of those merged in by way of others, kept the person."""
    chain = [await shop.enrol(f"cust_{number}", phone=f"0800-{number}") for number in range(3)]
    await shop.pay("pay_1", "cust_0")
    for source, target in pairwise(chain):
        await shop.run(MergeAccounts(source, target, dry_run=False))
    await shop.run(EraseAccount(chain[-1]))
    kept = []
    for table in TABLES:
        kept += [str(row) for row in await shop.rows(table)]
    assert [text for text in kept if "cust_" in text or "0800" in text] == []


async def test_a_payment_of_somebody_erased_is_still_the_same_payment(shop: Shop) -> None:
    """It was refused as a payment by another customer."""
    account = await shop.enrol("cust_1")
    await shop.pay("pay_1", "cust_1")
    await shop.run(EraseAccount(account))
    body = {"id": "pay_1", "amount": 1_000, "currency": "GBP", "customer": "cust_1"}
    again = await shop.hear("evt_again", "payment.completed", **body)
    assert (again.status, again.reason) == ("ignored", "payment_already_completed")


async def test_a_payment_whose_refund_came_first_lifts_nobody(shop: Shop) -> None:
    """It lifted the member, who was then to fall again: with a grace, or where nobody falls, that was a tier for nothing."""
    await shop.run(UpdateProgram("prog_default", {"tier_config": FOR_GOOD}))
    await shop.rule("payment.completed", award=PER_POUND)
    await shop.hear("evt_1", "refund.completed", id="re_1", payment="pay_1", amount=1_000)
    await shop.pay("pay_1", "cust_1")
    assert await shop.moves() == []


async def test_nor_does_it_where_the_customer_is_then_enrolled_in_another_program(shop: Shop) -> None:
    """That enrolment moved the members of the programs before it, whose refund was still to come."""
    await shop.run(UpdateProgram("prog_default", {"tier_config": FOR_GOOD}))
    await shop.run(CreateProgram({"name": "Club", "auto_enroll": True, "default_currency": "GBP"}, "prog_later"))
    await shop.rule("payment.completed", award=PER_POUND, program="prog_later")
    await shop.hear("evt_1", "refund.completed", id="re_1", payment="pay_1", amount=1_000)
    heard = await shop.pay("pay_1", "cust_1")
    assert [entry.enrolled for entry in heard.programs] == [True, True]
    assert await shop.moves() == []


async def test_a_refund_tells_what_rules_gave_for_the_fall_that_it_brought(shop: Shop) -> None:
    """Its answer left out their points, and its balance was that of before them."""
    await shop.run(UpdateProgram("prog_default", {"tier_config": {**FOR_GOOD, "downgrade": {"mode": "immediate"}}}))
    await shop.rule("loyalty.tier.changed", award={"type": "fixed", "points": 5})
    await shop.pay("pay_1", "cust_1")
    heard = await shop.hear("evt_2", "refund.completed", id="re_1", payment="pay_1", amount=1_000)
    (account,) = await shop.rows(members.ACCOUNTS)
    assert [line.amount for line in heard.programs[0].transactions] == [-10, 5]
    assert heard.programs[0].balance == account.balance == 10
