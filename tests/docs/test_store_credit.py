"""docs/guides/store-credit.md"""

import json
from pathlib import Path

import pytest

from tests.docs.shop import Shop, minor, open_shop
from tests.docs.tables import GUIDES, Row, blocks, code, codes, table
from vinr_engagement import credit
from vinr_engagement.commands.verify import verify
from vinr_engagement.credit import queries as credit_queries
from vinr_engagement.foundation import json as own_json
from vinr_engagement.ledger import POINTS, Transaction
from vinr_engagement.outbox import queries as outbox_queries

GUIDE = GUIDES / "store-credit.md"
CASES = {row["case"]: row for row in table(GUIDE, "case")}

pytestmark = pytest.mark.anyio


async def rows(shop: Shop, row_type: str) -> list[Transaction]:
    return [row for row in await shop.transactions(row_type) if row.unit != POINTS]


async def play(shop: Shop, row: Row) -> None:
    for changes in codes(row["program"]):
        await shop.program(**json.loads(changes))
    await shop.play(row["what happens"])


@pytest.mark.parametrize("case", CASES)
async def test_case(case: str, tmp_path: Path) -> None:
    row = CASES[case]
    async with open_shop(tmp_path) as shop:
        await play(shop, row)
        found = {
            "came back": sum(each.amount for each in await rows(shop, "reverse")),
            "expired": -sum(each.amount for each in await rows(shop, "expire")),
            "wallet": await shop.credit(),
        }
        assert found == {name: minor(row[name].removeprefix("£")) for name in found}
        assert (await verify(shop.store.database)).faults == []


async def test_a_payment_that_completes_after_its_failure_is_a_conflict(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await play(shop, CASES["the payment fails"])
        body = {"id": "pay_1", "amount": 2_000, "currency": "GBP", "customer": "cust_ada"}
        outcome = await shop.tell("payment.completed", body)
        assert [(line.status, line.amount) for line in outcome.credit] == [("conflict", 600)]


async def test_the_wallet(tmp_path: Path) -> None:
    (block,) = blocks(GUIDE, "json wallet")
    async with open_shop(tmp_path) as shop:
        await shop.play("is issued £5 for 30 days; is issued £4")
        account = await shop.account()
        wallets = await shop.store.database.read(lambda session: credit_queries.wallets_of(session, account))
        lots = await shop.store.database.read(lambda session: credit_queries.open_lots_of(session, account))
        shown = json.loads(own_json.encode(credit.wallet_snapshot(account.id, wallets, lots)))
        assert shown == block.parsed() | {"account": account.id}


async def test_what_is_owed(tmp_path: Path) -> None:
    (block,) = blocks(GUIDE, "sql credit liability")
    async with open_shop(tmp_path) as shop:
        await shop.play("is issued £5 for 30 days; is issued £4; spends £2 on pay_1")
        assert await shop.store.database.read(lambda session: session.fetch(block.text)) == [("GBP", 700)]


async def test_rows_are_as_described(tmp_path: Path) -> None:
    described = {code(row["type"]): row for row in table(GUIDE, "type", "amount")}
    async with open_shop(tmp_path) as shop:
        await shop.play("is issued £5 for 30 days; spends £2 on pay_1; pays £10; refund £5; 40 days pass")
        written = [row for row in await shop.transactions() if row.unit != POINTS]
        events = await shop.store.database.read(lambda session: outbox_queries.all_events(session, shop.member))
    told = [event.type for event in events if event.type.startswith("credit.")]
    assert [row.type for row in written] == ["adjust", "redeem", "reverse", "expire"]
    assert described.keys() == {"earn", *(row.type for row in written)}
    for row, event in zip(written, told, strict=True):
        assert (row.amount > 0) is (described[row.type]["amount"] == "positive")
        assert code(described[row.type]["event"]) == event
