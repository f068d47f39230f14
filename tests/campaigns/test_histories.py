"""Random histories of members, payments, refunds and merges under several campaigns: what is counted is what was given."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.docs.shop import PROGRAM, Json, Shop, open_shop
from vinr_engagement import campaigns
from vinr_engagement.commands import CreateAccount, CreateCampaign, MergeAccounts, UpdateProgram
from vinr_engagement.commands.verify import verify
from vinr_engagement.foundation.clock import DAY
from vinr_engagement.foundation.errors import Refusal

PAID = "payment.completed"
CAMPAIGNS: dict[str, Json] = {
    "camp_double": {
        "budget": {"points": 700},
        "mechanics": [{"type": "points_multiplier", "trigger": PAID, "factor": "2.5", "min_spend": 2_000}],
    },
    "camp_bonus": {
        "per_member_limit": {"points": 90, "times": 3},
        "mechanics": [
            {"type": "bonus_points", "trigger": PAID, "points": 40},
            {"type": "points_multiplier", "trigger": PAID, "factor": "1.3"},
        ],
    },
    "camp_challenge": {
        "budget": {"points": 400},
        "mechanics": [
            {"type": "challenge", "trigger": PAID, "count": 2, "points": 30},
            {"type": "challenge", "trigger": PAID, "amount": 7_000, "points": 55, "repeatable": True},
            {"type": "bonus_points", "trigger": "review.written", "points": 5},
            {"type": "challenge", "trigger": "review.written", "count": 2, "points": 3, "repeatable": True},
        ],
    },
}
MEMBERS = ("cust_ada", "cust_ben", "cust_cleo")
STEPS = st.one_of(
    st.tuples(st.just("pay"), st.sampled_from(MEMBERS), st.integers(1, 30_000)),
    st.tuples(st.just("refund"), st.integers(0, 20), st.integers(1, 15_000)),
    st.tuples(st.just("review"), st.sampled_from(MEMBERS), st.none()),
    st.tuples(st.just("pass"), st.integers(1, 25), st.none()),
    st.tuples(st.just("merge"), st.sampled_from(MEMBERS), st.sampled_from(MEMBERS)),
)


async def furnish(shop: Shop) -> None:
    await shop.run(UpdateProgram(PROGRAM, {"currency": {"expiry_months": 1}}))
    for customer in MEMBERS[1:]:
        await shop.run(CreateAccount(PROGRAM, customer, {}))
    for identifier, definition in CAMPAIGNS.items():
        body = {"program": PROGRAM, "name": identifier, "status": "active", **definition}
        await shop.run(CreateCampaign(body, identifier))


async def play(shop: Shop, step: tuple[Any, ...]) -> None:
    kind, first, second = step
    if kind == "pay":
        shop.paid += 1
        body = {"id": f"pay_{shop.paid}", "amount": second, "currency": "GBP", "customer": first}
        await shop.tell(PAID, body)
    elif kind == "refund" and shop.paid:
        body = {"id": f"re_{shop.count}", "payment": f"pay_{1 + first % shop.paid}", "amount": second}
        await shop.tell("refund.completed", body)
    elif kind == "review":
        await shop.tell("review.written", {"customer": first})
    elif kind == "pass":
        await shop.advance(await shop.store.now() + first * DAY)
    elif kind == "merge":
        await shop.run(MergeAccounts(await account_of(shop, first), await account_of(shop, second), dry_run=False))


async def account_of(shop: Shop, customer: str) -> str:
    ((account,),) = await shop.store.database.ask("select account from customer_links where customer = $1", customer)
    found: str = account
    return found


async def check(shop: Shop) -> None:
    assert (await verify(shop.store.database)).faults == []
    for identifier, points in await shop.store.database.ask("select rule, points from rule_budgets"):
        assert points <= CAMPAIGNS[identifier]["budget"]["points"]
    rows = await shop.store.database.read(lambda session: session.rows(campaigns.CAMPAIGN_MEMBERS, "true"))
    for row in rows:
        for progress in campaigns.progress_of(row.progress).values():
            assert progress.value >= progress.kept >= 0


async def history(steps: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with open_shop(Path(folder)) as shop:
            await furnish(shop)
            for step in steps:
                try:
                    await play(shop, step)
                except Refusal as refusal:
                    assert refusal.code in ("refund_exceeds_payment", "parameter_invalid")  # noqa: PT017
            await check(shop)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS, max_size=25))
def test_what_is_counted_is_what_was_given(steps: list[tuple[Any, ...]]) -> None:
    asyncio.run(history(steps))
