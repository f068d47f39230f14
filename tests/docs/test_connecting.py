"""docs/guides/identify-members.md and docs/guides/checkout.md, beyond the code that runs as it stands."""

from pathlib import Path

import pytest

from tests.docs.shop import PROGRAM, Shop, open_shop
from tests.docs.tables import GUIDES, code, table
from vinr_engagement.commands import CreateReward, RedeemReward
from vinr_engagement.commands.events import EventOutcome

IDENTIFY = GUIDES / "identify-members.md"
CHECKOUT = GUIDES / "checkout.md"

pytestmark = pytest.mark.anyio


async def discount(shop: Shop) -> str:
    """The code of a discount that the member has just redeemed."""
    await shop.play("is given 500")
    value = {"amount": 500, "currency": "GBP"}
    reward = await shop.run(CreateReward({"program": PROGRAM, "name": "£5 off", "cost": 300, "value": value}))
    redeemed = await shop.run(RedeemReward(shop.member, reward["id"], 1, {}))
    found: str = redeemed["discount"]["code"]
    return found


async def pays_with(shop: Shop, payment: str, typed: str) -> EventOutcome:
    body = {"id": payment, "amount": 2000, "currency": "GBP", "customer": shop.customer}
    return await shop.tell("payment.completed", {**body, "metadata": {"discount_code": typed}})


def fate(what: str) -> str:
    """What the page says that the engine does then."""
    (row,) = [row for row in table(CHECKOUT, "what happens", "what the engine does") if row["what happens"] == what]
    return row["what the engine does"]


async def test_of_two_payments_the_first_uses_the_code(tmp_path: Path) -> None:
    assert "the second one says `conflict`" in fate("two payments name one code")
    async with open_shop(tmp_path) as shop:
        typed = await discount(shop)
        outcomes = [await pays_with(shop, payment, typed) for payment in ("pay_1", "pay_2")]
        assert [outcome.redemptions[0].status for outcome in outcomes] == ["applied", "conflict"]
        assert (await shop.account()).balance == 500 - 300 + 20 + 20


async def test_a_payment_with_a_code_that_nobody_knows_earns(tmp_path: Path) -> None:
    assert "says `unknown`; the payment earns all the same" in fate("a code that nobody knows")
    async with open_shop(tmp_path) as shop:
        outcome = await pays_with(shop, "pay_1", "RW-NOBODYKNOWSTHIS")
        assert outcome.redemptions[0].status == "unknown"
        assert (await shop.account()).balance == 20


async def test_a_customer_goes_before_an_account_in_the_metadata(tmp_path: Path) -> None:
    assert "A `customer` always goes before `metadata.loyalty_account`." in IDENTIFY.read_text(encoding="utf-8")
    async with open_shop(tmp_path) as shop:
        other = {"id": "pay_1", "amount": 2000, "currency": "GBP", "customer": "cust_bob"}
        await shop.tell("payment.completed", {**other, "metadata": {"loyalty_account": shop.member}})
        assert (await shop.account()).balance == 0


def test_the_reasons_are_those_of_the_guide_on_events() -> None:
    told = {code(row["`reason`"]) for row in table(IDENTIFY, "`reason`", "what to do")}
    known = {row["reason"].strip("`") for row in table(GUIDES / "events.md", "status", "reason", "when")}
    assert told
    assert told <= known
