"""A refund that is refused leaves nothing behind, and what came together with it stands."""

import asyncio
from pathlib import Path

import pytest

from tests.docs.shop import CUSTOMER, START, Shop, open_shop
from vinr_engagement import payments
from vinr_engagement.commands import ReceiveEvent, parse_event
from vinr_engagement.commands.verify import verify
from vinr_engagement.foundation.errors import Refusal

pytestmark = pytest.mark.anyio


def refund(event: str, refund: str, amount: int) -> ReceiveEvent:
    body = {"id": refund, "payment": "pay_1", "amount": amount}
    raw = {"id": event, "type": "refund.completed", "created_at": START, "data": {"object": body}}
    return ReceiveEvent(parse_event(raw))


async def refunds_of(shop: Shop) -> list[tuple[str, int]]:
    rows = await shop.store.database.read(lambda session: session.rows(payments.REFUNDS, "true order by id"))
    return [(row.id, row.amount) for row in rows]


async def test_a_refund_of_too_much_leaves_no_trace(tmp_path: Path) -> None:
    """Neither of the refund nor of its event: both may come again, with the right amount."""
    async with open_shop(tmp_path) as shop:
        await shop.tell("payment.completed", {"id": "pay_1", "amount": 1_000, "currency": "GBP", "customer": CUSTOMER})
        with pytest.raises(Refusal) as refused:
            await shop.run(refund("evt_a", "re_1", 1_001))
        assert refused.value.code == "refund_exceeds_payment"
        assert await refunds_of(shop) == []
        assert (await shop.run(refund("evt_a", "re_1", 1_000))).status == "processed"
        assert (await shop.account()).balance == 0
        assert (await verify(shop.store.database)).faults == []


async def test_what_came_beside_a_refused_refund_takes_effect(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.tell("payment.completed", {"id": "pay_1", "amount": 1_000, "currency": "GBP", "customer": CUSTOMER})
        together = [refund("evt_a", "re_1", 300), refund("evt_b", "re_2", 900), refund("evt_c", "re_3", 200)]
        answers = await asyncio.gather(*(shop.run(command) for command in together), return_exceptions=True)
        assert [isinstance(answer, Refusal) for answer in answers] == [False, True, False]
        assert await refunds_of(shop) == [("re_1", 300), ("re_3", 200)]
        assert (await shop.account()).balance == 5
        assert (await verify(shop.store.database)).faults == []
