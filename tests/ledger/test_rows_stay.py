"""What the ledger said once it says for ever, whatever happens to the member afterwards."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.docs.shop import PROGRAM, Shop, open_shop
from vinr_engagement.commands import CloseAccount, CreateAccount, EraseAccount, MergeAccounts, ReopenAccount

pytestmark = pytest.mark.anyio

A_LIFE = (
    "pays £50; pays £20; refund £5; is given 30; spends 12; refunded in all £10; 2 days pass; "
    "pays £40; lost dispute over £15; 17 months pass; pays £10; 2 months pass; lost dispute"
)


async def _rows(shop: Shop) -> dict[str, dict[str, Any]]:
    return {row.id: msgspec.structs.asdict(row) for row in await shop.transactions()}


def _same(row: dict[str, Any], later: dict[str, Any], *but: str) -> bool:
    return {name: later[name] for name in row if name not in but} == {n: v for n, v in row.items() if n not in but}


async def test_nothing_that_happens_changes_a_row(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.program(hold_days=1)
        said: dict[str, dict[str, Any]] = {}
        for step in [*A_LIFE.split(";"), "closed", "open again"]:
            if step in ("closed", "open again"):
                await shop.run((CloseAccount if step == "closed" else ReopenAccount)(shop.member))
            else:
                await shop.play(step)
            rows = await _rows(shop)
            assert [row for identifier, row in said.items() if rows.get(identifier) != row] == [], step
            said = rows
        assert {row["type"] for row in said.values()} == {"earn", "reverse", "adjust", "expire"}


async def test_a_merge_gives_rows_another_account_and_an_erasure_takes_their_free_text(tmp_path: Path) -> None:
    """And nothing else of them: amounts, dates and whose they first were stay."""
    async with open_shop(tmp_path) as shop:
        await shop.play("pays £50; refund £5; is given 30; spends 12")
        before = await _rows(shop)
        source = shop.member
        shop.member = (await shop.run(CreateAccount(PROGRAM, "cust_bob", {})))["id"]
        await shop.run(MergeAccounts(source, shop.member, dry_run=False))
        merged = await _rows(shop)
        assert all(_same(row, merged[identifier], "account") for identifier, row in before.items())
        assert {row["account"] for row in merged.values()} == {shop.member}
        assert {row["original_account"] for row in merged.values()} == {source}
        await shop.run(EraseAccount(shop.member))
        erased = await _rows(shop)
        assert all(_same(row, erased[identifier], "reason", "metadata") for identifier, row in merged.items())
        assert {(row["reason"], row["metadata"]) for row in erased.values()} == {(None, "{}")}
