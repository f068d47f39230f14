"""docs/guides/points-over-time.md, and the balances of the past in docs/guides/members.md"""

import json
import re
from pathlib import Path

import pytest

from tests.docs.shop import PROGRAM, Shop, empty_store, open_shop
from tests.docs.tables import GUIDES, Row, blocks, code, codes, prose, table
from vinr_engagement import ledger
from vinr_engagement.commands import Adjust
from vinr_engagement.foundation.clock import format_instant, parse_instant
from vinr_engagement.outbox import queries as outbox_queries

GUIDE = GUIDES / "points-over-time.md"
TEXT = prose(GUIDE)
TIMELINE = table(GUIDE, "day")
EXPIRIES = {f"{row['expiry']} {row['earned at']}": row for row in table(GUIDE, "expiry")}

pytestmark = pytest.mark.anyio


def program_of(sentence: str) -> dict[str, object]:
    """The program that the text before a table names."""
    found = re.search(re.escape(sentence) + r" `(\{.+?\})`", TEXT)
    assert found is not None
    changes: dict[str, object] = json.loads(found.group(1))
    return changes


async def fired(shop: Shop) -> list[str]:
    events = await shop.store.database.read(lambda session: outbox_queries.all_events(session, shop.member))
    return [event.type for event in events]


async def live_through(shop: Shop) -> None:
    """The timeline, each row checked."""
    await shop.program(**program_of("One purchase, in a program with"))
    for row in TIMELINE:
        before = len(await fired(shop))
        await shop.advance(parse_instant(f"{row['day']}T12:00:00Z"))
        if row["what happens"]:
            await shop.play(row["what happens"])
        account = await shop.account()
        assert (account.balance, account.pending_balance) == (int(row["balance"]), int(row["pending"])), row
        assert (await fired(shop))[before:] == codes(row["fires"])


async def test_one_purchase(tmp_path: Path) -> None:
    async with open_shop(tmp_path, f"{TIMELINE[0]['day']}T12:00:00Z") as shop:
        await live_through(shop)
        expiring = next(
            event
            for event in await shop.store.database.read(lambda session: outbox_queries.all_events(session, shop.member))
            if event.type == "loyalty.points.expiring"
        )
        assert json.loads(expiring.data)["object"]["remaining"] == 70


async def test_balances_as_of(tmp_path: Path) -> None:
    async with open_shop(tmp_path, f"{TIMELINE[0]['day']}T12:00:00Z") as shop:
        await live_through(shop)
        rows = await shop.transactions()
        for told in table(GUIDES / "members.md", "as_of"):
            found = ledger.balances_as_of(rows, parse_instant(told["as_of"]))
            assert found == tuple(int(told[name]) for name in ("balance", "pending_balance", "lifetime_points")), told


@pytest.mark.parametrize("row", EXPIRIES.values(), ids=EXPIRIES.keys())
async def test_expiry(row: Row, tmp_path: Path) -> None:
    first, *again = row["earned at"].split(", again ")
    async with open_shop(tmp_path, first) as shop:
        await shop.program(currency={"expiry": json.loads(code(row["expiry"]))}, timezone=code(row["timezone"]))
        await shop.play("pays £10")
        for moment in again:
            await shop.advance(parse_instant(moment))
            await shop.play("pays £10")
        lot = (await shop.lots())[0]
        program = shop.store.write_path.configuration.program(PROGRAM)
        closing = ledger.closes_at(lot, await shop.account(), program)
        assert ("never" if closing is None else format_instant(closing)) == row["expires at"]
        if closing is not None:
            await shop.advance(closing - 1)
            assert (await shop.account()).balance == 10 * (1 + len(again))
            await shop.advance(closing)
            assert (await shop.account()).balance == 0


async def test_an_adjustment_does_not_move_the_deadline(tmp_path: Path) -> None:
    async with open_shop(tmp_path, "2026-01-10T12:00:00Z") as shop:
        await shop.program(currency={"expiry": {"type": "inactivity", "months": 12}})
        await shop.play("pays £10; 6 months pass; is given 5; 6 months pass")
        assert (await shop.account()).balance == 5
        await shop.play("6 months pass")
        assert (await shop.account()).balance == 0


async def test_an_order_sent_long_after_the_fact(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        body = {"id": "pay_old", "amount": 1000, "currency": "GBP", "customer": "cust_ada"}
        await shop.tell("payment.completed", body, at="2020-01-01T12:00:00Z")
        assert [(row.type, row.amount) for row in await shop.transactions()] == [("earn", 10), ("expire", -10)]


async def test_which_points_go_first(tmp_path: Path) -> None:
    rows = table(GUIDE, "credit")
    async with open_shop(tmp_path) as shop:
        await shop.program(currency={"expiry": None})
        made = {}
        for row in rows:
            expires_at = None if row["expires at"] == "never" else parse_instant(row["expires at"])
            credit = await shop.run(Adjust(shop.member, int(row["credit"]), None, {}, expires_at))
            made[credit["id"]] = row
        await shop.play("spends 120")
        taken = dict.fromkeys(made, 0)
        for part in json.loads((await shop.transactions())[-1].explanation)["lots"]:
            taken[part["lot"]] = part["amount"]
        assert taken == {lot: int(row["taken"]) for lot, row in made.items()}
        assert "Of a debit of 120" in TEXT


async def test_debt(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.program(**program_of("pending points do not pay until they are due. With"))
        for row in table(GUIDE, "step"):
            await shop.play(row["step"])
            account = await shop.account()
            assert (account.balance, account.pending_balance) == (int(row["balance"]), int(row["pending"])), row


async def test_the_clock_goes_forward(tmp_path: Path) -> None:
    (start,), (end,) = blocks(GUIDE, "json clock"), blocks(GUIDE, "json advance")
    async with empty_store(tmp_path, start.parsed()["now"]) as store:
        shop = Shop(store)
        await shop.advance(parse_instant(end.parsed()["to"]))
        assert format_instant(await store.now()) == end.parsed()["to"]
