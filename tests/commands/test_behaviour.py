"""Behavioural facts go by whole local days: `spend_Nd` is today and the N − 1 days before."""

from pathlib import Path

import pytest

from tests.docs.shop import START, open_shop
from vinr_engagement.foundation.clock import DAY, parse_instant


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("days_later", "counts"), [(0, True), (1, True), (2, True), (3, False)], ids=["today", "1 day", "2 days", "3 days"]
)
async def test_a_window_of_three_days_ends_with_the_third(tmp_path: Path, days_later: int, counts: bool) -> None:
    async with open_shop(tmp_path, START) as shop:
        await shop.tell("payment.completed", {"id": "p1", "amount": 500, "currency": "GBP", "customer": "cust_ada"})
        await shop.rule(conditions=[{"fact": "spend_3d", "op": "gte", "value": 500}])
        await shop.advance(parse_instant(START) + days_later * DAY)
        body = {"id": "p2", "amount": 500, "currency": "GBP", "customer": "cust_ada"}
        (entry,) = (await shop.tell("payment.completed", body)).programs
        assert entry.rules[0].matched is counts
