"""Rules that react to what happens here: the same whoever brings an account up to date, and dated by when it was due."""

from pathlib import Path

import pytest

from tests.docs.shop import PROGRAM, START, Shop, open_shop
from vinr_engagement.commands import Adjust, CreateRule
from vinr_engagement.foundation.clock import DAY, format_instant, parse_instant
from vinr_engagement.ledger import Transaction

SOON = parse_instant(START) + DAY
LATER = parse_instant(START) + 30 * DAY


async def _reacting(shop: Shop, trigger: str) -> None:
    award = {"type": "fixed", "points": 7}
    await shop.run(CreateRule({"program": PROGRAM, "name": "reaction", "trigger": trigger, "award": award}))


async def _reactions(shop: Shop) -> list[Transaction]:
    return [row for row in await shop.transactions() if row.source_type == "event"]


@pytest.mark.anyio
@pytest.mark.parametrize("touched_by", ["sweep", "event", "adjustment"])
async def test_an_expiry_is_reacted_to_whoever_writes_it(tmp_path: Path, touched_by: str) -> None:
    async with open_shop(tmp_path, START) as shop:
        await _reacting(shop, "loyalty.points.expired")
        await shop.run(Adjust(shop.member, 5, None, {}, SOON))
        if touched_by == "sweep":
            await shop.advance(LATER)
        else:
            await shop.set_clock(format_instant(LATER))
        if touched_by == "event":
            await shop.tell("payment.completed", {"id": "p", "amount": 50, "currency": "GBP", "customer": "cust_ada"})
        if touched_by == "adjustment":
            await shop.run(Adjust(shop.member, 1, None, {}))
        assert [(row.amount, row.effective_at) for row in await _reactions(shop)] == [(7, SOON)]


@pytest.mark.anyio
async def test_points_becoming_available_are_reacted_to_as_of_then(tmp_path: Path) -> None:
    async with open_shop(tmp_path, START) as shop:
        await shop.program(hold_days=1)
        await _reacting(shop, "loyalty.points.available")
        await shop.tell("payment.completed", {"id": "p", "amount": 500, "currency": "GBP", "customer": "cust_ada"})
        await shop.advance(LATER)
        assert [(row.amount, row.effective_at) for row in await _reactions(shop)] == [(7, SOON)]


@pytest.mark.anyio
async def test_a_clawback_is_reacted_to(tmp_path: Path) -> None:
    async with open_shop(tmp_path, START) as shop:
        await _reacting(shop, "loyalty.points.reversed")
        await shop.tell("payment.completed", {"id": "p", "amount": 500, "currency": "GBP", "customer": "cust_ada"})
        await shop.tell("payment.refunded", {"id": "p", "amount_refunded": 100})
        assert [row.amount for row in await _reactions(shop)] == [7]


@pytest.mark.anyio
async def test_a_newcomers_first_purchase_has_the_lowest_tiers_factor(tmp_path: Path) -> None:
    async with open_shop(tmp_path, START) as shop:
        tiers = [{"name": "Blue", "rank": 0, "threshold": 0, "multiplier": 2}]
        await shop.program(tier_config={"tiers": tiers})
        for customer in ("cust_ada", "cust_new"):
            body = {"id": f"p_{customer}", "amount": 500, "currency": "GBP", "customer": customer}
            (entry,) = (await shop.tell("payment.completed", body)).programs
            assert entry.transactions[0].amount == 10
