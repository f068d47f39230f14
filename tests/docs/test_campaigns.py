"""docs/guides/campaigns.md"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.docs.shop import CUSTOMER, PROGRAM, START, Json, Shop, minor, open_shop
from tests.docs.tables import GUIDES, Row, blocks, code, codes, table
from vinr_engagement import campaigns
from vinr_engagement.campaigns import queries as campaign_queries
from vinr_engagement.campaigns.mechanics import bonus_points, challenge, featured_reward, points_multiplier
from vinr_engagement.commands import CreateCampaign
from vinr_engagement.commands.events.outcome import CampaignOutcome
from vinr_engagement.commands.verify import verify
from vinr_engagement.foundation import json as stored
from vinr_engagement.foundation.clock import parse_instant

GUIDE = GUIDES / "campaigns.md"
WEEKEND: Json = blocks(GUIDE, "json campaign")[0].parsed()
CASES = {row["case"]: row for row in table(GUIDE, "case")}
CAMPAIGN = "camp_1"

pytestmark = pytest.mark.anyio


async def launch(shop: Shop, definition: Json, identifier: str = CAMPAIGN) -> Json:
    schedule = {
        name: parse_instant(at) if isinstance(at, str) else at for name, at in definition.get("schedule", {}).items()
    }
    body = {"program": PROGRAM, "name": "Test", "status": "active", **definition, "schedule": schedule}
    made: Json = await shop.run(CreateCampaign(body, identifier))
    return made


async def brought(shop: Shop) -> campaigns.CampaignMember:
    """What the campaign brought to the member."""
    account = await shop.account()
    found = await shop.store.database.read(lambda session: campaign_queries.member_of(session, account, CAMPAIGN))
    return found or campaigns.new_member(account.bucket, account.id, CAMPAIGN)


async def budget_left(shop: Shop) -> int:
    sql = "select coalesce(sum(points), 0) from rule_budgets where rule = $1"
    ((given,),) = await shop.store.database.ask(sql, CAMPAIGN)
    left: int = WEEKEND["budget"]["points"] - given
    return left


async def test_a_weekend(tmp_path: Path) -> None:
    async with open_shop(tmp_path, "2026-04-01T00:00:00Z") as shop:
        await launch(shop, WEEKEND)
        points = given = 0
        for row in table(GUIDE, "created_at"):
            await shop.advance(parse_instant(row["created_at"]))
            reason = await happens(shop, row["what happens"])
            account, member = await shop.account(), await brought(shop)
            found = (account.balance - points, member.points - given, await budget_left(shop), reason)
            points, given = account.balance, member.points
            told = (int(row["points"]), int(row["of these the campaign's"]), int(row["left of the budget"]))
            assert found == (*told, next(iter(codes(row["reason"])), None)), row
        assert (await verify(shop.store.database)).faults == []


ORDINALS = {"first": 1, "second": 2, "third": 3}


async def happens(shop: Shop, what: str) -> str | None:
    """Carries out a line of the weekend; answers why the campaign gave nothing."""
    if refund := re.fullmatch(r"refund £(\d+) of the (\w+)", what):
        body = {"id": f"re_{shop.count}", "payment": f"pay_{ORDINALS[refund[2]]}", "amount": minor(refund[1])}
        await shop.tell("refund.completed", body)
        return None
    shop.paid += 1
    body = {"id": f"pay_{shop.paid}", "amount": minor(what.removeprefix("pays £")), "currency": "GBP"}
    outcome = await shop.tell("payment.completed", {**body, "customer": CUSTOMER})
    return outcome.programs[0].campaigns[0].reason


@pytest.mark.parametrize("row", table(GUIDE, "`status` sent"), ids=lambda row: row["`status` sent"] + row["clock"])
async def test_what_it_is_when(row: Row, tmp_path: Path) -> None:
    async with open_shop(tmp_path, "2026-04-01T00:00:00Z") as shop:
        await launch(shop, {**WEEKEND, "status": code(row["`status` sent"])})
        await shop.advance(parse_instant(row["clock"]))
        now = await shop.store.now()
        held = await shop.store.database.read(lambda session: campaign_queries.get_campaign(session, CAMPAIGN))
        assert held is not None
        assert campaigns.campaign_snapshot(held, now)["status"] == code(row["status shown"])


@pytest.mark.parametrize("case", CASES)
async def test_case(case: str, tmp_path: Path) -> None:
    row = CASES[case]
    async with open_shop(tmp_path) as shop:
        await launch(shop, json.loads(code(row["campaign"])))
        await shop.play(row["what happens"])
        account, member = await shop.account(), await brought(shop)
        found = {
            "balance": account.balance, "points": member.points, "times": member.times, "spend": member.spend,
        }  # fmt: skip
        assert found == {name: int(row[name]) for name in found}
        assert (await verify(shop.store.database)).faults == []


def test_every_mechanic_has_its_fields() -> None:
    modules = (points_multiplier, bonus_points, challenge, featured_reward)
    told = {code(row["type"]): {"type", *codes(row["fields"])} for row in table(GUIDE, "type", "fields")}
    assert told == {module.KIND: set(module.FIELDS) for module in modules}
    assert told.keys() == campaigns.KINDS.keys()


DOUBLE: Json = {"type": "points_multiplier", "trigger": "payment.completed", "factor": 2}
WHY_NOT: dict[str, Json] = {
    "not_started": {"schedule": {"starts_at": "2026-04-02T00:00:00Z"}},
    "ended": {"schedule": {"starts_at": "2026-03-01T00:00:00Z", "ends_at": START}},
    "not_in_audience": {"audience": {"type": "tier", "tier": "gold"}},
    "condition_failed": {"mechanics": [{**DOUBLE, "min_spend": 100_000}]},
    "not_the_best": {"mechanics": [DOUBLE, {**DOUBLE, "factor": 3}]},
    "budget_exhausted": {"budget": {"points": 10}},
    "limit_reached": {"per_member_limit": 1},
    "zero_award": {"mechanics": [{**DOUBLE, "factor": "1.0001"}]},
    "progressed": {"mechanics": [{"type": "challenge", "trigger": "payment.completed", "count": 9, "points": 1}]},
}


def test_every_reason_is_run() -> None:
    assert {code(row["reason"]) for row in table(GUIDE, "reason", "meaning")} == WHY_NOT.keys()


@pytest.mark.parametrize("reason", WHY_NOT)
async def test_why_it_gave_nothing(reason: str, tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        tiers = [{"name": "Basic", "rank": 0, "threshold": 0}, {"name": "Gold", "rank": 1, "threshold": 10**6}]
        await shop.program(tier_config={"tiers": tiers})
        await launch(shop, {"mechanics": [DOUBLE], **WHY_NOT[reason]})
        if reason in ("budget_exhausted", "limit_reached"):
            await shop.play("pays £10")
        shop.paid += 1
        body = {"id": f"pay_{shop.paid}", "amount": 1_000, "currency": "GBP", "customer": CUSTOMER}
        looked: CampaignOutcome = (await shop.tell("payment.completed", body)).programs[0].campaigns[0]
        assert (looked.reason, looked.points, looked.matched) == (reason, 0, reason == "progressed")


def test_the_outcome_has_what_is_told() -> None:
    told = "{campaign, mechanic, index, matched, points, reason, failed, transaction}"
    assert told in GUIDE.read_text(encoding="utf-8")
    assert told == "{" + ", ".join(CampaignOutcome.__struct_fields__) + "}"


def test_the_example_is_a_campaign() -> None:
    definition: dict[str, Any] = {**WEEKEND, "id": CAMPAIGN, "schedule": {}}
    assert campaigns.parse_campaign(campaigns.normalise(stored.decode(stored.text(definition)))).budget == 150
