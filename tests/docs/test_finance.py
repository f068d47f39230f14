"""docs/guides/finance.md"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.docs.shop import PROGRAM, Shop, open_shop
from tests.docs.tables import GUIDES, blocks, code, codes, prose, sections, table
from vinr_engagement.commands import CreateReward, RedeemReward, ReleaseRedemption
from vinr_engagement.entrypoints.cli import main
from vinr_engagement.foundation.clock import format_instant, parse_instant

GUIDE = GUIDES / "finance.md"
TEXT = prose(GUIDE)
MOVEMENTS = {row["type"]: int(row["points"]) for row in table(GUIDE, "type", "points")}

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def two_months(folder: Path) -> AsyncIterator[Shop]:
    """January and February, as the guide tells them."""
    async with open_shop(folder, "2026-01-10T12:00:00Z") as shop:
        await shop.play("pays £100")
        await shop.advance(parse_instant("2026-02-10T12:00:00Z"))
        await shop.play("pays £50; refund £20; spends 10")
        yield shop


async def query(shop: Shop, kind: str) -> list[tuple[Any, ...]]:
    (block,) = blocks(GUIDE, f"sql {kind}")
    return await shop.store.database.read(lambda session: session.fetch(block.text))


async def test_movements(tmp_path: Path) -> None:
    async with two_months(tmp_path) as shop:
        found = {row_type: int(points) for row_type, points in await query(shop, "movements")}
    moved = {name: points for name, points in MOVEMENTS.items() if not name.endswith("balance")}
    assert found == moved
    assert MOVEMENTS["opening balance"] + sum(moved.values()) == MOVEMENTS["closing balance"]


async def test_liability(tmp_path: Path) -> None:
    async with two_months(tmp_path) as shop:
        assert await query(shop, "liability") == [(PROGRAM, MOVEMENTS["closing balance"], 0, 0)]
        await shop.play("spends 120; refund £30")
        assert await query(shop, "liability") == [(PROGRAM, 0, 0, 30)]


def test_times_are_microseconds() -> None:
    assert format_instant(1769904000000000) == "2026-02-01T00:00:00Z"
    assert format_instant(1772323200000000) == "2026-03-01T00:00:00Z"
    assert "1769904000000000 is 2026-02-01T00:00:00Z" in TEXT


async def test_rows_are_as_described(tmp_path: Path) -> None:
    rows = {code(row["type"]): row for row in table(GUIDE, "type", "amount")}
    async with open_shop(tmp_path) as shop:
        await shop.program(clawback="clamp")
        await shop.play(
            "pays £50; invoice of £50 for it; spends 50; refund £25; refund £25; is given 5; pays £10; 20 months pass"
        )
        await shop.tell("survey.answered", {"customer": "cust_ada"})
        await shop.play("is given 5")
        off = {"program": PROGRAM, "name": "Off", "cost": 5, "value": {"amount": 500, "currency": "GBP"}}
        made = await shop.run(RedeemReward(shop.member, (await shop.run(CreateReward(off)))["id"], 1, {}))
        await shop.run(ReleaseRedemption(made["id"], None))
        for written in await shop.transactions():
            row = rows[written.type]
            assert written.source_type in codes(row["`source.type`"])
            assert written.amount != 0 or "0" in row["amount"]
            assert written.amount >= 0 or "negative" in row["amount"] or row["amount"] == "either"
            assert (written.reverses is not None) is (written.type == "reverse")
        assert {written.type for written in await shop.transactions()} == rows.keys()


async def test_verify_prints_this(tmp_path: Path) -> None:
    (printed,) = blocks(GUIDE, "text verify")
    async with two_months(tmp_path) as shop:
        database = {"VINR_DATABASE_URL": shop.store.settings.database_url}
        arguments = ["verify", "--environment", "test"]
        said = await asyncio.to_thread(CliRunner().invoke, main, arguments, env=database)
        assert (said.output, said.exit_code) == (printed.text + "\n", 0)


def test_every_movement_is_explained() -> None:
    explained = {code(row["movement"]) for row in table(GUIDE, "movement")}
    assert explained == {code(row["type"]) for row in table(GUIDE, "type", "amount")}


def test_ten_promises() -> None:
    numbered = re.findall(r"(?<= )(\d+)\. ", sections(GUIDE)["What the ledger promises"].text)
    assert numbered == [str(number) for number in range(1, 11)]
