"""docs/guides/marketing.md"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.docs.shop import RULE, Shop, empty_store
from tests.docs.tables import GUIDES, Row, blocks, table
from vinr_engagement.commands import (
    CreateCampaign,
    CreateReward,
    CreateRule,
    CreateSegment,
    RedeemReward,
    UpdateRule,
)
from vinr_engagement.entrypoints.api.campaigns import NewCampaign
from vinr_engagement.foundation.errors import Refusal

GUIDE = GUIDES / "marketing.md"
ROWS = table(GUIDE, "set up", "what happens", "points")
TIERS, REWARD = "Three tiers", "rwd_mug"

pytestmark = pytest.mark.anyio


def recipe(name: str) -> tuple[str, dict[str, Any]]:
    """What kind of thing a recipe makes, and the document."""
    kind = "json program changes" if name == TIERS else "json"
    found = [block for block in blocks(GUIDE, kind) if name == TIERS or block.parsed().get("name") == name]
    assert len(found) == 1, name
    return found[0].kind.removeprefix("json "), found[0].parsed()


async def set_up(shop: Shop, name: str) -> None:
    """Makes what the page shows under a name, and what it goes by."""
    kind, body = recipe(name)
    if kind == "rule":
        await shop.run(CreateRule(body))
    elif kind == "program changes":
        await shop.program(**body)
    elif kind == "reward":
        await set_up(shop, TIERS)
        await shop.run(CreateReward(body, REWARD))
    else:
        if body.get("audience"):
            await shop.run(CreateSegment(recipe("Away for 90 days")[1], body["audience"]["segment"]))
        await shop.run(CreateCampaign(NewCampaign.model_validate(body).definition()))


@asynccontextmanager
async def shop_with(name: str, folder: Path) -> AsyncIterator[Shop]:
    """A shop with this besides its point per pound."""
    async with empty_store(folder) as store:
        shop = Shop(store)
        if name == ROWS[0]["set up"]:
            await shop.run(UpdateRule(RULE, {"active": False}))
        await set_up(shop, name)
        await shop.enrol()
        yield shop


async def play(shop: Shop, step: str) -> None:
    if step == "a review":
        await shop.tell("review.published", {"customer": shop.customer})
    elif step == "redeems it":
        await shop.run(RedeemReward(shop.member, REWARD, 1, {}))
    elif step != "signs up":
        await shop.play(step)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['set up']}: {row['what happens']}")
async def test_in_numbers(row: Row, tmp_path: Path) -> None:
    async with shop_with(row["set up"], tmp_path) as shop:
        for step in row["what happens"].split("; "):
            await play(shop, step)
        assert (await shop.account()).balance == int(row["points"])


async def test_the_mug_is_for_gold_and_there_is_one_for_each(tmp_path: Path) -> None:
    async with shop_with("The gold mug", tmp_path) as shop:
        await shop.play("pays £500")
        with pytest.raises(Refusal, match="tier"):
            await play(shop, "redeems it")
        await shop.play("pays £500")
        await play(shop, "redeems it")
        with pytest.raises(Refusal) as refused:
            await play(shop, "redeems it")
        assert refused.value.code == "redemption_limit_reached"


def test_ten_things() -> None:
    told = GUIDE.read_text(encoding="utf-8").split("## Ten things that shops do")[1].split("### In numbers")[0]
    assert sum(paragraph.startswith("**") for paragraph in told.split("\n\n")) == 10
