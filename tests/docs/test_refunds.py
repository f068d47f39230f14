"""docs/guides/refunds.md"""

import json
from pathlib import Path

import pytest

from tests.docs.shop import Shop, open_shop
from tests.docs.tables import GUIDES, Row, blocks, code, codes, table
from vinr_engagement.commands.events import incoming
from vinr_engagement.commands.events.payments import HANDLERS

GUIDE = GUIDES / "refunds.md"
RULES = {
    row["rule"]: json.loads(code(row["fields that differ from the rule of a fresh install"]))
    for row in table(GUIDE, "rule")
}
CASES = {row["case"]: row for row in table(GUIDE, "case")}

pytestmark = pytest.mark.anyio


async def open_case(shop: Shop, row: Row) -> None:
    for changes in codes(row["program"]):
        await shop.program(**json.loads(changes))
    if RULES[row["rule"]]:
        await shop.rule(**RULES[row["rule"]])


@pytest.mark.parametrize("case", CASES)
async def test_case(case: str, tmp_path: Path) -> None:
    row = CASES[case]
    async with open_shop(tmp_path) as shop:
        await open_case(shop, row)
        await shop.play(row["what happens"])
        account = await shop.account()
        found = {
            "earned": await shop.total("earn"),
            "taken back": await shop.total("reverse"),
            "not collected": sum(entry.uncollected for entry in await shop.transactions("reverse")),
            "balance": account.balance,
        }
        assert found == {name: int(row[name]) for name in found}
        assert account.pending_balance == 0
        assert account.lifetime_points == found["earned"], "a refund took lifetime points"


def test_every_rule_has_a_case() -> None:
    assert {row["rule"] for row in CASES.values()} == RULES.keys()


def test_the_events_that_take_back_are_known() -> None:
    for row in table(GUIDE, "event"):
        assert code(row["event"]) in HANDLERS
    assert incoming.refund_of({"id": "re_1", "payment": "pay_1", "amount": 1}).amount == 1
    assert incoming.dispute_of({"id": "dp_1", "payment": "pay_1", "status": "lost"}).amount is None


async def test_the_explanation(tmp_path: Path) -> None:
    (block,) = blocks(GUIDE, "json reversal")
    told = block.parsed()
    async with open_shop(tmp_path) as shop:
        await shop.play("pays £50; spends 10; refund £50")
        (row,) = await shop.transactions("reverse")
        assert [lot["lot"] for lot in json.loads(row.explanation)["lots"]] == [row.reverses]
        told["lots"][0]["lot"] = row.reverses
        assert json.loads(row.explanation) == told
