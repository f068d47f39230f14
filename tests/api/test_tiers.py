"""Tiers over HTTP: reached in the answer that reached them, lost by refunds and by time, edited."""

from typing import Any

import pytest

from tests.api.club import (
    ACCOUNTS,
    PROGRAM,
    TIERS,
    YEAR,
    advance,
    buy,
    club,
    member,
    moves,
    no_faults,
    refund,
    tier,
    told,
)
from tests.api.conftest import Api

pytestmark = pytest.mark.anyio


async def test_a_tier_is_reached_in_the_answer_of_the_event_that_reached_it(api: Api) -> None:
    await club(api)
    bonus = {"trigger": "loyalty.tier.changed", "award": {"type": "fixed", "points": 50}}
    when = {"match": "all", "conditions": [{"fact": "event.to", "op": "eq", "value": "gold"}]}
    await api.post("/v1/loyalty/earning-rules", {"program": "prog_default", **bonus, "conditions": when})
    ann = await member(api, "cust_ann")
    assert await tier(api, ann) == "bronze"
    outcome = await buy(api, "cust_ann", 350)
    (program,) = outcome["programs"]
    assert [row["amount"] for row in program["transactions"]] == [350, 100], "the bonus, by the factor of gold"
    assert program["balance"] == 450
    (move,) = await moves(api, ann)
    told = {"from": "bronze", "to": "gold", "direction": "up", "reason": "threshold_reached", "qualifying_value": 350}
    assert {name: move[name] for name in told} == told
    assert (move["tier"], move["effective_at"], move["balance"]) == ("gold", "2026-04-01T12:00:00Z", 350)
    assert (await api.get(f"{ACCOUNTS}/{ann}"))["tier"] == "gold"
    await no_faults(api)


async def test_a_bonus_may_lift_further(api: Api) -> None:
    await club(api)
    await api.post(
        "/v1/loyalty/earning-rules",
        {"program": "prog_default", "trigger": "loyalty.tier.changed", "award": {"type": "fixed", "points": 150}},
    )
    ann = await member(api, "cust_ann")
    outcome = await buy(api, "cust_ann", 100)
    assert [row["amount"] for row in outcome["programs"][0]["transactions"]] == [100, 225, 300]
    assert [(move["to"], move["qualifying_value"]) for move in await moves(api, ann)] == [
        ("silver", 100),
        ("gold", 325),
    ]


async def test_the_factor_of_a_tier_counts_from_the_next_event_on(api: Api) -> None:
    await club(api)
    ann = await member(api, "cust_ann")
    first, second = await buy(api, "cust_ann", 100, "1"), await buy(api, "cust_ann", 100, "2")
    rows = [outcome["programs"][0]["transactions"][0] for outcome in (first, second)]
    assert [row["amount"] for row in rows] == [100, 150]
    explained = [(await api.get(f"/v1/loyalty/transactions/{row['id']}"))["explanation"]["multipliers"] for row in rows]
    assert explained == [[], [{"origin": "tier:silver", "factor": "1.5"}]]
    assert await tier(api, ann) == "silver"


async def test_a_refund_takes_the_tier_in_its_own_transaction(api: Api) -> None:
    await club(api, period=YEAR)
    ann = await member(api, "cust_ann")
    await buy(api, "cust_ann", 300)
    await refund(api, "cust_ann", 250)
    assert await told(api, ann) == [
        "bronze > gold threshold_reached 2026-04-01T12:00:00Z",
        "gold > bronze refunded 2026-04-01T12:00:00Z",
    ]
    assert (await moves(api, ann))[-1]["qualifying_value"] == 50
    assert await tier(api, ann) == "bronze"
    await no_faults(api)


async def test_lifetime_points_never_fall(api: Api) -> None:
    await club(api)
    ann = await member(api, "cust_ann")
    await buy(api, "cust_ann", 300)
    await refund(api, "cust_ann", 300)
    await api.post("/v1/loyalty/transactions", {"account": ann, "amount": -50, "allow_negative": True})
    assert await tier(api, ann) == "gold"
    await no_faults(api)


async def test_spending_points_moves_nobody(api: Api) -> None:
    await club(api, period=YEAR)
    ann = await member(api, "cust_ann")
    await buy(api, "cust_ann", 120)
    await api.post("/v1/loyalty/transactions", {"account": ann, "amount": -120})
    assert await tier(api, ann) == "silver"


@pytest.mark.parametrize("by", ["sweep", "read", "tier", "list"])
async def test_days_stop_counting_whoever_looks(api: Api, by: str) -> None:
    await club(api, period=YEAR)
    ann = await member(api, "cust_ann")
    await buy(api, "cust_ann", 150)
    await advance(api, "2027-03-31T22:59:59Z", sweep=by == "sweep")
    assert await tier(api, ann) == "silver"
    await advance(api, "2027-05-01T00:00:00Z", sweep=by == "sweep")
    if by == "tier":
        assert (await api.get(f"{ACCOUNTS}/{ann}/tier"))["tier"] == "bronze"
    elif by == "list":
        assert [one["tier"] for one in (await api.get(ACCOUNTS))["data"]] == ["bronze"]
    elif by == "read":
        assert await tier(api, ann) == "bronze"
    assert (await told(api, ann))[1:] == ["silver > bronze window_moved 2027-03-31T23:00:00Z"]
    await no_faults(api)


async def test_spend_counts_money(api: Api) -> None:
    await club(api, qualify_on="spend", period=YEAR)
    ann = await member(api, "cust_ann")
    await api.post("/v1/loyalty/transactions", {"account": ann, "amount": 5_000})
    assert await tier(api, ann) == "bronze"
    await buy(api, "cust_ann", 2)
    shown = await api.get(f"{ACCOUNTS}/{ann}/tier")
    assert (shown["tier"], shown["qualifying_value"]) == ("silver", 200)
    await refund(api, "cust_ann", 2)
    assert await tier(api, ann) == "bronze"
    await no_faults(api)


async def test_a_grace_delays_the_fall_and_who_recovers_has_not_fallen(api: Api) -> None:
    await club(api, period=YEAR, downgrade={"mode": "immediate", "grace_days": 10})
    ann, bob = await member(api, "cust_ann"), await member(api, "cust_bob")
    for customer in ("cust_ann", "cust_bob"):
        await buy(api, customer, 150)
        await refund(api, customer, 100)
    assert [await tier(api, ann), await tier(api, bob)] == ["silver", "silver"]
    assert (await api.get(f"{ACCOUNTS}/{ann}/tier"))["keeps"] == {
        "tier": "silver", "threshold": 100, "kept_until": None,
        "would_fall_at": "2026-04-11T12:00:00Z", "would_fall_to": "bronze",
    }  # fmt: skip
    await advance(api, "2026-04-10T12:00:00Z")
    await buy(api, "cust_bob", 60, "2")
    await advance(api, "2026-04-12T12:00:00Z")
    assert [await tier(api, ann), await tier(api, bob)] == ["bronze", "silver"]
    assert (await told(api, ann))[1:] == ["silver > bronze refunded 2026-04-11T12:00:00Z"]
    await no_faults(api)


async def test_a_reached_tier_is_kept_to_the_end_of_the_next_period(api: Api) -> None:
    await club(api, period={"type": "calendar", "months": 12, "starts_month": 1}, downgrade={"mode": "period_end"})
    ann = await member(api, "cust_ann")
    await buy(api, "cust_ann", 150)
    await refund(api, "cust_ann", 150)
    shown = await api.get(f"{ACCOUNTS}/{ann}/tier")
    assert (shown["tier"], shown["qualifying_value"], shown["keeps"]["kept_until"]) == (
        "silver",
        0,
        "2028-01-01T00:00:00Z",
    )
    assert shown["period"] == {
        "type": "calendar", "starts_at": "2026-01-01T00:00:00Z", "ends_at": "2027-01-01T00:00:00Z"
    }  # fmt: skip
    await advance(api, "2027-12-31T23:59:59Z")
    assert await tier(api, ann) == "silver"
    await advance(api, "2028-01-01T00:00:00Z")
    assert (await told(api, ann))[1:] == ["silver > bronze period_ended 2028-01-01T00:00:00Z"]
    await no_faults(api)


async def test_never_keeps_what_was_reached(api: Api) -> None:
    await club(api, period=YEAR, downgrade={"mode": "never"})
    ann = await member(api, "cust_ann")
    await buy(api, "cust_ann", 150)
    await refund(api, "cust_ann", 150)
    await advance(api, "2029-01-01T00:00:00Z")
    assert await tier(api, ann) == "silver"
    await no_faults(api)


EDITS: dict[str, tuple[dict[str, Any], str | None, str | None]] = {
    "raised": ({"tiers": [TIERS[0], {**TIERS[1], "threshold": 200}]}, "silver", "bronze"),
    "lowered": ({"tiers": [*TIERS[:2], {**TIERS[2], "threshold": 150}]}, "silver", "gold"),
    "removed": ({"tiers": [TIERS[0]]}, "silver", "bronze"),
    "all removed": ({"tiers": []}, "silver", None),
    "added": ({"tiers": [*TIERS[:2], {"name": "Silver Plus", "rank": 5, "threshold": 140}]}, "silver", "silver_plus"),
    "another measure": ({"qualify_on": "spend"}, "silver", "gold"),
    "kept by never": (
        {"tiers": [TIERS[0], {**TIERS[1], "threshold": 200}], "downgrade": {"mode": "never"}}, "silver", "silver",
    ),
}  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("by", ["sweep", "read"])
async def test_other_tiers_move_every_member(api: Api, edit: str, by: str) -> None:
    changes, before, after = EDITS[edit]
    await club(api, period=YEAR)
    ann, bob = await member(api, "cust_ann"), await member(api, "cust_bob")
    await buy(api, "cust_ann", 160)
    assert [await tier(api, ann), await tier(api, bob)] == [before, "bronze"]
    await api.patch(PROGRAM, {"tier_config": changes})
    if by == "sweep":
        assert await api.stores["test"].sweep() == 2
    assert (await api.get(f"{ACCOUNTS}/{ann}/tier"))["earned_tier"] == after
    assert [await tier(api, ann), await tier(api, bob)] == [after, "bronze" if after else None]
    moved = (await told(api, ann))[1:]
    assert moved == ([] if before == after else [f"{before} > {after} program_changed 2026-04-01T12:00:00Z"])
    assert await api.stores["test"].sweep() == 0
    await no_faults(api)


async def test_tiers_that_are_new_take_in_everybody(api: Api) -> None:
    ann = await member(api, "cust_ann")
    await api.pay("evt_1", "cust_ann", 15_000)
    assert await tier(api, ann) is None
    await api.patch(PROGRAM, {"tier_config": {"tiers": TIERS}})
    assert await tier(api, ann) == "silver"
    await no_faults(api)


async def test_an_edit_of_names_and_benefits_looks_at_nobody(api: Api) -> None:
    await club(api)
    await member(api, "cust_ann")
    renamed = [
        {**each, "key": str(each["name"]).lower(), "name": "New", "benefits": ["tea"], "multiplier": 3}
        for each in TIERS
    ]  # type: ignore[attr-defined]
    await api.patch(PROGRAM, {"tier_config": {"tiers": renamed}})
    assert await api.stores["test"].sweep() == 0
    await no_faults(api)


async def test_an_edit_under_a_pin_keeps_what_was_earned(api: Api) -> None:
    await club(api, period=YEAR, downgrade={"mode": "never"})
    ann = await member(api, "cust_ann")
    await buy(api, "cust_ann", 150)
    await refund(api, "cust_ann", 150)
    await api.post(f"{ACCOUNTS}/{ann}/tier", {"tier": "gold"})
    for threshold in (400, 500):
        await api.patch(PROGRAM, {"tier_config": {"tiers": [*TIERS[:2], {**TIERS[2], "threshold": threshold}]}})
    shown = await api.post(f"{ACCOUNTS}/{ann}/tier", {"tier": None})
    assert (shown["tier"], shown["earned_tier"]) == ("silver", "silver")
    await no_faults(api)


async def test_balances_of_the_past_are_not_touched_by_moves(api: Api) -> None:
    await club(api, period=YEAR)
    ann = await member(api, "cust_ann")
    await buy(api, "cust_ann", 150)
    moment = {"params": {"as_of": "2026-04-02T00:00:00Z"}}
    await advance(api, "2026-04-02T00:00:00Z")
    before = await api.get(f"{ACCOUNTS}/{ann}", **moment)
    await advance(api, "2027-04-02T00:00:00Z")
    after = await api.get(f"{ACCOUNTS}/{ann}", **moment)
    balances = ("balance", "pending_balance", "lifetime_points")
    assert [after[name] for name in balances] == [before[name] for name in balances] == [150, 0, 150]
    assert after["tier"] == "bronze", "all else is as it is now"


BAD_TIERS = {
    "a factor that is no number": ({"multiplier": "abc"}, "tier_config.tiers[0].multiplier"),
    "a factor below zero": ({"multiplier": -5}, "tier_config.tiers[0].multiplier"),
    "a factor beyond the limit": ({"multiplier": 1_001}, "tier_config.tiers[0].multiplier"),
    "a factor of no kind": ({"multiplier": True}, "tier_config.tiers[0].multiplier"),
    "no factor": ({"multiplier": None}, "tier_config.tiers[0].multiplier"),
    "a name without a letter": ({"name": " "}, "tier_config.tiers"),
    "a key of a space": ({"key": " "}, "tier_config.tiers"),
    "a key of two lines": ({"key": "gold\nplus"}, "tier_config.tiers"),
}


@pytest.mark.parametrize("name", BAD_TIERS)
async def test_tiers_that_could_not_work_are_refused(api: Api, name: str) -> None:
    changes, param = BAD_TIERS[name]
    body = {"tier_config": {"tiers": [{**TIERS[0], **changes}]}}
    error = await api.refused("PATCH", PROGRAM, body, status=400, code="parameter_invalid")
    assert error["param"] == param
