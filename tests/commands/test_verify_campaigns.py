"""`verify` finds nothing wrong with sound campaigns, and names what is damaged."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.docs.shop import PROGRAM, Shop, open_shop
from vinr_engagement.commands import CreateCampaign
from vinr_engagement.commands.verify import verify

pytestmark = pytest.mark.anyio
PAID = "payment.completed"
DAMAGES = {
    "points": ("update campaign_members set points = points + 7", "campaign_points", "7 more"),
    "given": ("update campaign_members set given = given + 7", "campaign_given", "7 more"),
    "times": ("update campaign_members set times = times + 1", "campaign_times", "1 more"),
    "spend": ("update campaign_members set spend = spend - 5", "campaign_spend", "5 less"),
    "progress": (
        "update campaign_members set progress = replace(progress, '\"value\":3', '\"value\":4')",
        "campaign_progress",
        "1 more",
    ),
    "a bonus": (
        "update transactions set amount = amount + 9 where source_type = 'campaign' and type = 'earn'",
        "campaign_bonus",
        "18 less",
    ),
    "what is due": ("update campaign_members set due = due + 2", "days", "2 more"),
    "reversals": ("update campaign_members set reversed = reversed + 2", "reversed", "2 more"),
    "the budget": ("update rule_budgets set points = points + 3 where rule = 'camp_1'", "budget", "3 more"),
    "what was told": ("update campaigns set sequence = sequence + 1", "outgoing", "camp_1"),
}


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    """A multiplier, a bonus and a challenge that was met, taken back and met anew."""
    mechanics = [
        {"type": "points_multiplier", "trigger": PAID, "factor": 2},
        {"type": "bonus_points", "trigger": PAID, "points": 50},
        {"type": "challenge", "trigger": PAID, "count": 3, "points": 100},
    ]
    body = {"program": PROGRAM, "name": "All", "status": "active", "mechanics": mechanics, "budget": {"points": 1_000}}
    async with open_shop(tmp_path) as shop:
        await shop.run(CreateCampaign(body, "camp_1"))
        await shop.play("pays £10; pays £10; pays £10; refund £10; pays £10; refund £4")
        yield shop


async def test_sound_campaigns_are_clean(shop: Shop) -> None:
    assert (await verify(shop.store.database)).faults == []


@pytest.mark.parametrize("damage", DAMAGES)
async def test_damage_is_found(shop: Shop, damage: str) -> None:
    sql, invariant, words = DAMAGES[damage]
    assert await shop.store.database.write(lambda session: session.execute(sql)) > 0
    found = [fault for fault in (await verify(shop.store.database)).faults if fault.invariant == invariant]
    assert any(words in fault.message for fault in found), found
