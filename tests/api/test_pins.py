"""Pinned tiers over HTTP, and what merging and erasing do to them."""

import pytest

from tests.api.club import (
    ACCOUNTS,
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


async def test_a_pin_is_a_floor_until_it_ends(api: Api) -> None:
    await club(api)
    ann = await member(api, "cust_ann")
    pin = {"tier": "silver", "until": "2026-06-01T00:00:00Z", "reason": "press"}
    shown = await api.post(f"{ACCOUNTS}/{ann}/tier", pin)
    assert (shown["account"], shown["program"], shown["object"]) == (ann, "prog_default", "tier_progress")
    assert (shown["tier"], shown["earned_tier"], shown["pin"]) == ("silver", "bronze", pin)
    assert shown == await api.get(f"{ACCOUNTS}/{ann}/tier")
    await buy(api, "cust_ann", 10)
    assert (await api.get(f"{ACCOUNTS}/{ann}"))["balance"] == 15, "the pinned tier's factor counts"
    await advance(api, "2026-05-31T23:59:59Z")
    assert await tier(api, ann) == "silver"
    await advance(api, "2026-06-01T00:00:00Z")
    assert await told(api, ann) == [
        "bronze > silver pinned 2026-04-01T12:00:00Z",
        "silver > bronze pin_ended 2026-06-01T00:00:00Z",
    ]
    assert (await api.get(f"{ACCOUNTS}/{ann}/tier"))["pin"] is None
    await no_faults(api)


async def test_every_pin_is_told_of_also_one_that_moves_nobody(api: Api) -> None:
    await club(api)
    ann = await member(api, "cust_ann")
    await buy(api, "cust_ann", 300)
    await api.post(f"{ACCOUNTS}/{ann}/tier", {"tier": "silver", "reason": "partner"})
    shown = await api.post(f"{ACCOUNTS}/{ann}/tier", {"tier": None})
    assert (shown["tier"], shown["pin"]) == ("gold", None)
    found = await api.get("/v1/events", params={"account": ann, "type": "loyalty.account.updated"})
    removed, set_ = (event["data"] for event in found["data"])
    held = {"tier": "silver", "until": None, "reason": "partner"}
    assert (set_["object"]["tier_pin"], set_["previous"]["tier_pin"]) == (held, None)
    assert (removed["object"]["tier_pin"], removed["previous"]["tier_pin"]) == (None, held)
    assert len(await moves(api, ann)) == 1
    await no_faults(api)


async def test_taking_a_pin_away_moves_at_once(api: Api) -> None:
    await club(api)
    ann = await member(api, "cust_ann")
    await api.post(f"{ACCOUNTS}/{ann}/tier", {"tier": "gold"})
    await api.post(f"{ACCOUNTS}/{ann}/tier", {"tier": None})
    assert [(move["to"], move["direction"], move["reason"]) for move in await moves(api, ann)] == [
        ("gold", "up", "pinned"),
        ("bronze", "down", "pin_ended"),
    ]


async def test_a_bonus_for_a_pinned_tier_is_in_the_answer(api: Api) -> None:
    await club(api)
    bonus = {"trigger": "loyalty.tier.changed", "award": {"type": "fixed", "points": 200}}
    await api.post("/v1/loyalty/earning-rules", {"program": "prog_default", **bonus})
    ann = await member(api, "cust_ann")
    shown = await api.post(f"{ACCOUNTS}/{ann}/tier", {"tier": "silver"})
    assert (shown["tier"], shown["qualifying_value"]) == ("gold", 700), "300 lift to gold, which brings 400"


async def test_a_pin_happens_once_for_its_key(api: Api) -> None:
    await club(api)
    ann = await member(api, "cust_ann")
    sent = {"headers": {"Idempotency-Key": "pin-1"}}
    first = await api.call("POST", f"{ACCOUNTS}/{ann}/tier", {"tier": "gold"}, **sent)
    again = await api.call("POST", f"{ACCOUNTS}/{ann}/tier", {"tier": "gold"}, **sent)
    assert (again.json(), again.headers["idempotent-replayed"]) == (first.json(), "true")
    found = await api.get("/v1/events", params={"account": ann, "type": "loyalty.account.updated"})
    assert len(found["data"]) == 1


BAD_PINS = {
    "no such tier": ({"tier": "platinum"}, "tier", "use one of bronze, silver, gold"),
    "an end without a pin": ({"tier": None, "until": "2027-01-01T00:00:00Z"}, "until", "goes with a tier"),
    "a reason without a pin": ({"tier": None, "reason": "why"}, "reason", "goes with a tier"),
}


@pytest.mark.parametrize("name", BAD_PINS)
async def test_a_pin_that_means_nothing_is_refused(api: Api, name: str) -> None:
    await club(api)
    body, param, message = BAD_PINS[name]
    ann = await member(api, "cust_ann")
    error = await api.refused("POST", f"{ACCOUNTS}/{ann}/tier", body, status=400, code="parameter_invalid")
    assert error["param"] == param
    assert message in error["message"]


async def test_a_pin_ends_in_the_future_and_of_members_that_exist(api: Api) -> None:
    await club(api)
    ann = await member(api, "cust_ann")
    past = {"tier": "gold", "until": "2026-04-01T12:00:00Z"}
    error = await api.refused("POST", f"{ACCOUNTS}/{ann}/tier", past, status=422, code="until_in_past")
    assert error["param"] == "until"
    await api.refused("POST", f"{ACCOUNTS}/{ann}/tier", {}, status=400, code="parameter_missing")
    await api.refused("POST", f"{ACCOUNTS}/loy_none/tier", {"tier": "gold"}, status=404, code="resource_missing")
    await api.refused("GET", f"{ACCOUNTS}/loy_none/tier", status=404, code="resource_missing")
    reader = await api.new_key("test", "accounts:read")
    await api.get(f"{ACCOUNTS}/{ann}/tier", key=reader)
    await api.refused(
        "POST", f"{ACCOUNTS}/{ann}/tier", {"tier": "gold"}, key=reader, status=403, code="permission_denied"
    )


async def test_a_program_without_tiers_has_none_to_show_or_pin(api: Api) -> None:
    ann = await member(api, "cust_ann")
    shown = await api.get(f"{ACCOUNTS}/{ann}/tier")
    assert (shown["tier"], shown["next"], shown["keeps"], shown["pin"]) == (None, None, None, None)
    error = await api.refused("POST", f"{ACCOUNTS}/{ann}/tier", {"tier": "gold"}, status=400, code="parameter_invalid")
    assert "it has no tiers" in error["message"]


async def test_a_merge_keeps_the_higher_tier_and_the_higher_pin(api: Api) -> None:
    await club(api, period=YEAR)
    ann, bob = await member(api, "cust_ann"), await member(api, "cust_bob")
    await buy(api, "cust_ann", 120)
    await buy(api, "cust_bob", 200)
    await api.post(f"{ACCOUNTS}/{ann}/tier", {"tier": "gold", "until": "2026-05-01T00:00:00Z"})
    merge = {"source": ann, "target": bob}
    assert (await api.post(f"{ACCOUNTS}/merge", {**merge, "dry_run": True}))["tier"] == "gold"
    assert (await api.get(f"{ACCOUNTS}/{ann}/tier"))["tier"] == "gold", "nothing was changed"
    assert (await api.post(f"{ACCOUNTS}/merge", merge))["tier"] == "gold"
    shown = await api.get(f"{ACCOUNTS}/{bob}/tier")
    assert (shown["earned_tier"], shown["qualifying_value"], shown["pin"]["tier"]) == ("gold", 320, "gold")
    error = await api.refused("GET", f"{ACCOUNTS}/{ann}/tier", status=409, code="account_merged")
    assert error["resource"] == bob
    await api.refused("POST", f"{ACCOUNTS}/{ann}/tier", {"tier": None}, status=409, code="account_merged")
    assert (await api.get(f"{ACCOUNTS}/{ann}"))["tier"] is None
    await refund(api, "cust_ann", 120)
    await advance(api, "2026-05-01T00:00:00Z")
    assert (await told(api, bob))[-2:] == [
        "silver > gold merged 2026-04-01T12:00:00Z",
        "gold > silver pin_ended 2026-05-01T00:00:00Z",
    ]
    await no_faults(api)


async def test_erasing_forgets_why_a_member_was_pinned(api: Api) -> None:
    await club(api)
    ann = await member(api, "cust_ann")
    await api.post(f"{ACCOUNTS}/{ann}/tier", {"tier": "gold", "reason": "Ann is the mayor"})
    export = await api.get(f"{ACCOUNTS}/{ann}/export")
    assert export["tier"] == await api.get(f"{ACCOUNTS}/{ann}/tier")
    assert export["tier"]["pin"]["reason"] == "Ann is the mayor"
    await api.post(f"{ACCOUNTS}/{ann}/erase")
    after = await api.call("GET", f"{ACCOUNTS}/{ann}/export")
    assert after.json()["tier"]["pin"] == {"tier": "gold", "until": None, "reason": None}
    assert "mayor" not in after.text
