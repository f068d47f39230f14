"""docs/guides/tiers.md"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.docs.shop import PROGRAM, Shop, open_shop
from tests.docs.tables import GUIDES, Row, blocks, code, codes, table
from vinr_engagement.commands import CreateAccount, CreateRule, MergeAccounts, PinTier, Settle, tier_progress
from vinr_engagement.commands.verify import verify
from vinr_engagement.entrypoints.api.programs import ProgramChanges
from vinr_engagement.foundation.clock import DAY, parse_instant
from vinr_engagement.foundation.database import Session
from vinr_engagement.members import queries as member_queries
from vinr_engagement.outbox import queries as outbox_queries
from vinr_engagement.tiers import queries as tier_queries

GUIDE = GUIDES / "tiers.md"
(SETTING_UP,) = blocks(GUIDE, "json program changes")
CONFIG: dict[str, Any] = ProgramChanges.model_validate(SETTING_UP.parsed()).definition()["tier_config"]
COUNTED = table(GUIDE, "`qualify_on`", "`period`")
WINDOWS = table(GUIDE, "`period`", "pays at")
FALLS = table(GUIDE, "`period`", "`downgrade`")
MERGES = table(GUIDE, "source")
EDITS = table(GUIDE, "`mode`", "edit")

pytestmark = pytest.mark.anyio


async def climb(shop: Shop, **changes: Any) -> None:
    """Gives the shop the guide's tiers."""
    await shop.program(currency={"expiry": None}, tier_config={**CONFIG, **changes})


async def progress(shop: Shop) -> dict[str, Any]:
    """What the API answers of the member's tier."""

    async def read(session: Session) -> dict[str, Any]:
        account = await member_queries.get_account(session, shop.member)
        assert account is not None
        totals = await tier_queries.totals_in(session, account.id, account.all_buckets())
        program = shop.store.write_path.configuration.program(PROGRAM)
        return tier_progress(program, account, totals, await shop.store.now_in(session))

    await shop.run(Settle([shop.member]))
    return await shop.store.database.read(read)


async def moves(shop: Shop) -> list[dict[str, Any]]:
    """Without the first, into the tiers that are new."""
    events = await shop.store.database.read(lambda session: outbox_queries.all_events(session, shop.member))
    found = [json.loads(event.data)["object"] for event in events if event.type == "loyalty.tier.changed"]
    return [move for move in found if move["from"] is not None]


async def no_faults(shop: Shop) -> None:
    assert (await verify(shop.store.database)).faults == []


@pytest.mark.parametrize("row", COUNTED, ids=[" ".join(row.values()) for row in COUNTED])
async def test_what_counts(row: Row, tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await climb(shop, qualify_on=code(row["`qualify_on`"]), period=json.loads(code(row["`period`"])))
        await shop.play(row["what happens"])
        shown = await progress(shop)
        assert (shown["qualifying_value"], shown["tier"]) == (int(row["value"]), code(row["tier"]))
        await no_faults(shop)


@pytest.mark.parametrize("row", WINDOWS, ids=[" ".join(row.values()) for row in WINDOWS])
async def test_over_which_time(row: Row, tmp_path: Path) -> None:
    async with open_shop(tmp_path, row["pays at"]) as shop:
        await climb(shop, period=json.loads(code(row["`period`"])))
        await shop.play("pays £150")
        await shop.advance(parse_instant(row["still `silver` at"]))
        assert (await progress(shop))["tier"] == "silver"
        await shop.advance(parse_instant(row["`bronze` from"]))
        assert (await progress(shop))["tier"] == "bronze"
        assert (await moves(shop))[-1]["effective_at"] == row["`bronze` from"]


async def test_moving_up(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await climb(shop)
        for row in table(GUIDE, "step", "points"):
            await shop.play(row["step"])
            earned = (await shop.transactions("earn"))[-1]
            assert earned.amount == int(row["points"]), row
            told = [json.loads(found) for found in codes(row["`multipliers`"])]
            assert json.loads(earned.explanation)["multipliers"] == told, row
            assert (await progress(shop))["tier"] == code(row["tier"]), row
        await shop.play("refund £40")
        assert (await shop.transactions("reverse"))[-1].amount == -80, "at the factor that its earn had"


async def test_a_rule_reacts_to_a_move(tmp_path: Path) -> None:
    (rule,) = blocks(GUIDE, "json rule")
    async with open_shop(tmp_path) as shop:
        await climb(shop)
        await shop.run(CreateRule(rule.parsed()))
        await shop.play("pays £150; pays £100")
        assert [row.amount for row in await shop.transactions("earn")] == [150, 150, 100]
        (_, last) = await moves(shop)
        named = ("from", "to", "direction", "reason", "qualifying_value", "effective_at")
        assert tuple(last[name] for name in named) == (
            "silver", "gold", "up", "threshold_reached", 300, "2026-04-01T12:00:00Z",
        )  # fmt: skip


@pytest.mark.parametrize("row", FALLS, ids=[" ".join(row.values()) for row in FALLS])
async def test_moving_down(row: Row, tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await climb(shop, period=json.loads(code(row["`period`"])), downgrade=json.loads(code(row["`downgrade`"])))
        await shop.play(row["what happens"])
        if not row["at"]:
            await shop.play("40 months pass")
            assert (await progress(shop))["tier"] == "silver"
            return
        moment = parse_instant(row["at"])
        if moment > await shop.store.now():
            await shop.advance(moment - 1)
            assert all(move["direction"] == "up" for move in await moves(shop))
            await shop.advance(moment)
        fall = (await moves(shop))[-1]
        assert (fall["to"], fall["effective_at"], fall["reason"]) == (
            code(row["falls to"]), row["at"], code(row["reason"]),
        )  # fmt: skip
        await no_faults(shop)


async def test_a_lifetime_has_no_periods(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await climb(shop, qualify_on="spend", period={"type": "lifetime"}, downgrade={"mode": "period_end"})
        await shop.play("pays £1.50; refund £1")
        assert (await progress(shop))["tier"] == "bronze"


async def test_reached_anew(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await climb(shop, downgrade={"mode": "period_end"})
        await shop.play("pays £150; refund £100; 6 months pass; is given 50")
        assert (await progress(shop))["keeps"]["kept_until"] == "2027-10-01T12:00:00Z"
        await shop.advance(parse_instant("2027-04-01T12:00:00Z") + DAY)
        assert (await progress(shop))["tier"] == "silver"


async def test_where_a_member_stands(tmp_path: Path) -> None:
    (shown,) = blocks(GUIDE, "json progress")
    async with open_shop(tmp_path) as shop:
        await climb(shop)
        await shop.play("pays £150")
        assert {**await progress(shop), "account": shown.parsed()["account"]} == shown.parsed()


async def pinned(shop: Shop, step: str) -> None:
    """Carries out a step that may be a pin."""
    if step.startswith("is pinned to"):
        _, _, until = step.partition("until ")
        await shop.run(PinTier(shop.member, code(step), parse_instant(until) if until else None, "press"))
    elif step == "is no longer pinned":
        await shop.run(PinTier(shop.member, None, None, None))
    elif step:
        await shop.play(step)


async def test_pins(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await climb(shop)
        for row in table(GUIDE, "step", "tier"):
            await pinned(shop, row["step"])
            shown = await progress(shop)
            assert (shown["tier"], shown["earned_tier"]) == (code(row["tier"]), code(row["earned"])), row
            assert (await moves(shop))[-1]["reason"] == code(row["reason"]), row
            await no_faults(shop)


async def test_the_pin_of_the_guide(tmp_path: Path) -> None:
    (block,) = blocks(GUIDE, "json pin")
    pin = block.parsed()
    async with open_shop(tmp_path) as shop:
        await climb(shop)
        shown = await shop.run(PinTier(shop.member, pin["tier"], parse_instant(pin["until"]), pin["reason"]))
        assert (shown["tier"], shown["pin"]) == ("gold", pin)


@pytest.mark.parametrize("row", MERGES, ids=[" ".join(row.values()) for row in MERGES])
async def test_merging(row: Row, tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await climb(shop)
        target = shop.member
        await pinned(shop, row["target"])
        shop.member = source = (await shop.run(CreateAccount(PROGRAM, "cust_other", {})))["id"]
        if row["source"].startswith("pays"):
            amount = 100 * int(row["source"].removeprefix("pays £"))
            body = {"id": "pay_other", "amount": amount, "currency": "GBP", "customer": "cust_other"}
            await shop.tell("payment.completed", body)
        else:
            await pinned(shop, row["source"])
        await shop.run(MergeAccounts(source, target, dry_run=False))
        shop.member = target
        shown = await progress(shop)
        assert (shown["tier"], shown["qualifying_value"]) == (code(row["survivor"]), int(row["value"]))
        assert all(move["reason"] in ("threshold_reached", "merged") for move in await moves(shop))
        await no_faults(shop)


def edited(edit: str) -> list[dict[str, Any]]:
    """The tiers after an edit of the table."""
    listed: list[dict[str, Any]] = CONFIG["tiers"]
    words = edit.split()
    if words[0] == "no":
        return [tier for tier in listed if words[1] not in ("tiers", tier["name"].lower())]
    return [{**tier, "threshold": int(words[2])} if tier["name"].lower() == words[0] else tier for tier in listed]


@pytest.mark.parametrize("row", EDITS, ids=[" ".join(row.values()) for row in EDITS])
async def test_editing_the_tiers(row: Row, tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        downgrade = {"mode": code(row["`mode`"])}
        await climb(shop, downgrade=downgrade)
        await shop.play("pays £150")
        await climb(shop, downgrade=downgrade, tiers=edited(row["edit"]))
        assert (await progress(shop))["tier"] == (code(row["tier"]) if row["tier"] else None)
        assert all(move["reason"] == "program_changed" for move in (await moves(shop))[1:])
        await no_faults(shop)


async def test_a_pin_to_a_tier_that_is_gone_holds_nothing(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await climb(shop)
        await pinned(shop, "is pinned to `gold`")
        await climb(shop, tiers=edited("no gold"))
        shown = await progress(shop)
        assert (shown["tier"], shown["pin"]) == ("bronze", None)
