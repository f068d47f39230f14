"""What a campaign is said to have given is what it added, to the point, whatever was refunded."""

from itertools import pairwise
from pathlib import Path

import pytest

from tests.docs.shop import PROGRAM, Shop, open_shop
from vinr_engagement.campaigns import queries as campaign_queries
from vinr_engagement.campaigns.queries import Results
from vinr_engagement.commands import CreateCampaign
from vinr_engagement.commands.verify import verify

pytestmark = pytest.mark.anyio
PENCE = 1_100
REFUNDS = (1, 48, 1, 50, 200, 1, 399, 399, 1)
"""Down to nothing, stopping on both sides of whole points."""
BUDGETS = {
    "no budget": None,
    "a budget that all of it fits in": 100,
    "one that it just fits in": 16,
    "one that cuts it": 9,
}


async def results(shop: Shop) -> Results:
    return await shop.store.database.read(lambda session: campaign_queries.results_of(session, "camp_1"))


def added(net: int, budget: int | None) -> int:
    """A point for each pound, two and a half with the campaign, each rounded down by itself; no more than the budget."""
    extra = net * 5 // 200 - net // 100
    return extra if budget is None else min(extra, budget)


@pytest.mark.parametrize("budget", BUDGETS.values(), ids=BUDGETS.keys())
async def test_points_given_are_exact_after_every_refund(tmp_path: Path, budget: int | None) -> None:
    assert sum(REFUNDS) == PENCE
    mechanics = [{"type": "points_multiplier", "trigger": "payment.completed", "factor": "2.5"}]
    body = {"program": PROGRAM, "name": "All", "status": "active", "mechanics": mechanics}
    async with open_shop(tmp_path) as shop:
        await shop.run(CreateCampaign(body | ({"budget": {"points": budget}} if budget else {}), "camp_1"))
        payment = {"id": "pay_1", "amount": PENCE, "currency": "GBP", "customer": "cust_ada"}
        await shop.tell("payment.completed", payment)
        net = PENCE
        given = [(await results(shop)).points_given]
        assert given == [added(net, budget)]
        for number, pence in enumerate(REFUNDS):
            net -= pence
            await shop.tell("refund.completed", {"id": f"re_{number}", "payment": "pay_1", "amount": pence})
            given.append((await results(shop)).points_given)
            assert given[-1] == added(net, budget)
        assert given[-1] == 0
        assert any(later > earlier for earlier, later in pairwise(given)) == (budget in {None, 100}), (
            "rounding gives one back"
        )
        assert (await verify(shop.store.database)).faults == []


async def test_a_cap_is_shared_with_what_the_rule_gives_alone(tmp_path: Path) -> None:
    mechanics = [{"type": "points_multiplier", "trigger": "payment.completed", "factor": 2}]
    body = {"program": PROGRAM, "name": "All", "status": "active", "mechanics": mechanics}
    async with open_shop(tmp_path) as shop:
        await shop.rule(cap={"points": 150}, window="day")
        await shop.run(CreateCampaign(body, "camp_1"))
        payment = {"id": "pay_1", "amount": 10_000, "currency": "GBP", "customer": "cust_ada"}
        await shop.tell("payment.completed", payment)
        assert (await results(shop)).points_given == 50, "150 of 200, and 100 without the campaign"
        await shop.tell("refund.completed", {"id": "re_1", "payment": "pay_1", "amount": 3_000})
        assert (await results(shop)).points_given == 70, "140, and 70 without the campaign"
        assert (await verify(shop.store.database)).faults == []
