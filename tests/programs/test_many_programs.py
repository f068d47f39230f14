"""A store may have any number of programs, and of rules: what goes through all of them takes no fixed number of steps."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from vinr_engagement.audit import Origin
from vinr_engagement.commands import (
    CreateAccount,
    CreateProgram,
    CreateRule,
    EventOutcome,
    ReceiveEvent,
    ReplayEvent,
    Store,
    UpdateProgram,
    parse_event,
)
from vinr_engagement.commands.verify import verify
from vinr_engagement.foundation.settings import Settings

pytestmark = pytest.mark.anyio
MANY = 70
SILVER = {"name": "Silver", "rank": 1, "threshold": 500}
TIERS = {"qualify_on": "spend", "tiers": [{"name": "Bronze", "rank": 0, "threshold": 0}, SILVER]}
PROGRAM = {"default_currency": "GBP", "tier_config": TIERS}
CAPPED = {"award": {"type": "per_amount", "per": 100, "points": 1}, "cap": {"points": 8}, "window": "day"}


PAYMENT = {"id": "pay_1", "amount": 1_000, "currency": "GBP"}


class Chain:
    """A store with many programs, each with tiers and a capped rule for payments."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def run(self, command: Any) -> Any:
        return await self.store.write_path.run(command, Origin("tests"))

    async def open(self) -> None:
        await self.run(UpdateProgram("prog_default", {"status": "archived"}))
        for number in range(MANY):
            program = f"prog_{number}"
            await self.run(CreateProgram({"name": program, **PROGRAM}, program))
            rule = {"program": program, "name": "Points", "trigger": "payment.completed", **CAPPED}
            await self.run(CreateRule(rule))

    async def enrol(self, customer: str) -> None:
        for number in range(MANY):
            await self.run(CreateAccount(f"prog_{number}", customer, {}))

    async def hear(self, event: str, event_type: str, **body: Any) -> EventOutcome:
        heard = await self.run(ReceiveEvent(parse_event(_event(event, event_type, **body))))
        assert isinstance(heard, EventOutcome)
        return heard

    async def pay(self, payment: str, customer: str) -> EventOutcome:
        return await self.hear(f"evt_{payment}", "payment.completed", customer=customer, **(PAYMENT | {"id": payment}))


def _event(event: str, event_type: str, **body: Any) -> dict[str, Any]:
    return {"id": event, "type": event_type, "created_at": "2026-04-01T11:00:00Z", "data": {"object": body}}


def _amounts(heard: EventOutcome) -> list[int]:
    return [line.amount for entry in heard.programs for line in entry.transactions]


@pytest.fixture
async def chain(database_url: str) -> AsyncIterator[Chain]:
    chain = Chain(await Store.open("test", Settings(database_url=database_url)))
    await chain.open()
    yield chain
    assert (await verify(chain.store.database)).faults == []
    await chain.store.close()


async def test_a_payment_and_its_refund(chain: Chain) -> None:
    await chain.enrol("cust_1")
    assert _amounts(await chain.pay("pay_1", "cust_1")) == [8] * MANY
    refunded = await chain.hear("evt_2", "refund.completed", id="re_1", payment="pay_1", amount=1_000)
    assert _amounts(refunded) == [-8] * MANY
    assert _amounts(await chain.pay("pay_2", "cust_1")) == [8] * MANY, "the caps are free again"


@pytest.mark.parametrize("refunded", [0, 500, 1_000])
async def test_a_payment_replayed_for_somebody_who_enrolled_since(chain: Chain, refunded: int) -> None:
    assert (await chain.pay("pay_1", "cust_1")).status == "ignored"
    if refunded:
        await chain.hear("evt_2", "refund.completed", id="re_1", payment="pay_1", amount=refunded)
    await chain.enrol("cust_1")
    replayed = await chain.run(ReplayEvent("evt_pay_1", None))
    left = {0: 8, 500: 5, 1_000: 0}[refunded]
    assert [entry.balance for entry in replayed.programs if entry.account] == [left] * MANY


async def test_a_customer_merged_into_another(chain: Chain) -> None:
    for customer in ("cust_1", "cust_2"):
        await chain.enrol(customer)
        await chain.pay(f"pay_{customer}", customer)
    merged = await chain.hear("evt_2", "customer.merged", id="cust_1", merged_from="cust_2")
    assert [entry.balance for entry in merged.programs] == [16] * MANY


async def test_a_preview_of_the_rules_in_force_and_of_as_many_as_may_be_given(chain: Chain) -> None:
    await chain.enrol("cust_1")
    event = parse_event(_event("evt_1", "payment.completed", customer="cust_1", **PAYMENT))
    tried = await chain.store.preview(event, None, None)
    assert [row["amount"] for row in tried["transactions"]] == [8] * MANY
    rule = {"program": "prog_0", "name": "Points", "trigger": "payment.completed", **CAPPED}
    tried = await chain.store.preview(event, [rule] * 100, None)
    assert [row["amount"] for row in tried["transactions"]] == [8] * 100


async def test_rules_for_a_members_own_facts(chain: Chain) -> None:
    """They are decided upon where the fact is recorded: what their caps have left is not known beforehand."""
    for number in range(MANY):
        fact = {"trigger": "loyalty.account.created", "award": {"type": "fixed", "points": 1}}
        await chain.run(CreateRule({"program": "prog_0", "name": f"Welcome {number}", **CAPPED, **fact}))
    account = await chain.run(CreateAccount("prog_0", "cust_1", {}))
    assert account["balance"] == MANY
