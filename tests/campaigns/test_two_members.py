"""One payment, two members: an invoice may be another member's than the payment that it names."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.docs.shop import PROGRAM, Shop, open_shop
from vinr_engagement import campaigns
from vinr_engagement.commands import CreateAccount, CreateCampaign, MergeAccounts
from vinr_engagement.commands.verify import verify

pytestmark = pytest.mark.anyio
MECHANICS: dict[str, dict[str, Any]] = {
    "a challenge": {"type": "challenge", "trigger": "invoice.paid", "amount": 2_000, "points": 50},
    "a bonus": {"type": "bonus_points", "trigger": "invoice.paid", "points": 50},
}


@pytest.fixture(params=MECHANICS)
async def shop(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Shop]:
    """Ada pays; the invoice that names her payment is Ben's, who gets 50 points for it."""
    async with open_shop(tmp_path) as shop:
        body = {"program": PROGRAM, "name": "All", "status": "active", "mechanics": [MECHANICS[request.param]]}
        await shop.run(CreateCampaign(body, "camp_1"))
        await shop.run(CreateAccount(PROGRAM, "cust_ben", {}))
        payment = {"id": "pay_1", "amount": 3_000, "currency": "GBP", "customer": shop.customer}
        await shop.tell("payment.completed", payment)
        await shop.tell("invoice.paid", {**payment, "id": "in_1", "payment": "pay_1", "customer": "cust_ben"})
        assert await brought(shop) == {"cust_ben": (50, 1)}
        yield shop


async def brought(shop: Shop) -> dict[str, tuple[int, int]]:
    """The points and times that the campaign gave, by customer."""
    rows = await shop.store.database.read(lambda session: session.rows(campaigns.CAMPAIGN_MEMBERS, "points > 0"))
    links = dict(await shop.store.database.ask("select account, customer from customer_links order by customer desc"))
    return {links[row.account]: (row.points, row.times) for row in rows}


async def test_a_refund_takes_back_from_who_was_given(shop: Shop) -> None:
    await shop.tell("refund.completed", {"id": "re_1", "payment": "pay_1", "amount": 500})
    assert await brought(shop) == {"cust_ben": (50, 1)}
    assert (await verify(shop.store.database)).faults == []
    await shop.tell("refund.completed", {"id": "re_2", "payment": "pay_1", "amount": 2_500})
    assert await brought(shop) == {}
    assert (await verify(shop.store.database)).faults == []


async def test_also_once_they_are_one(shop: Shop) -> None:
    ((ben,),) = await shop.store.database.ask("select account from customer_links where customer = 'cust_ben'")
    await shop.run(MergeAccounts(ben, shop.member, dry_run=False))
    assert (await verify(shop.store.database)).faults == []
    await shop.tell("refund.completed", {"id": "re_1", "payment": "pay_1", "amount": 3_000})
    assert await brought(shop) == {}
    assert (await verify(shop.store.database)).faults == []
