"""Rewards: made, changed, refused where they make no sense, and what each member can have of them."""

from typing import Any

import pytest

from tests.api.conftest import Api, Json
from tests.api.redeeming import ACCOUNTS, OFF, PROGRAM, REWARDS, a_member, a_reward, redeem

pytestmark = pytest.mark.anyio

TIERS = {"tiers": [{"name": "Base", "rank": 0, "threshold": 0}, {"name": "Gold", "rank": 1, "threshold": 5_000}]}


async def test_a_reward_is_made_with_what_it_has_unless_it_says_otherwise(api: Api) -> None:
    made = await a_reward(api)
    assert made | {"id": "", "created_at": "", "updated_at": ""} == {
        "id": "",
        "object": "reward",
        "program": "prog_default",
        "name": "£5 off",
        "description": None,
        "type": "discount_amount",
        "cost": 300,
        "value": OFF,
        "active": True,
        "inventory": None,
        "remaining": None,
        "per_member_limit": None,
        "eligibility": None,
        "starts_at": None,
        "ends_at": None,
        "on_refund": "return",
        "metadata": {},
        "created_at": "",
        "updated_at": "",
    }
    assert made["id"].startswith("rwd_")
    assert await api.get(f"{REWARDS}/{made['id']}") == made


VALUES: dict[str, tuple[Json, Json]] = {
    "discount_amount": (OFF, OFF),
    "discount_percent": ({"percent": "12.50"}, {"percent": "12.5"}),
    "store_credit": ({"amount": 1, "currency": "JPY"}, {"amount": 1, "currency": "JPY"}),
    "free_product": ({"product": "sku_mug"}, {"product": "sku_mug", "quantity": 1}),
    "partner": ({"partner": "Cinema", "sku": "seat"}, {"partner": "Cinema", "sku": "seat"}),
}


@pytest.mark.parametrize("kind", VALUES)
async def test_each_type_keeps_its_value(api: Api, kind: str) -> None:
    given, kept = VALUES[kind]
    made = await a_reward(api, type=kind, value=given)
    assert (made["type"], made["value"]) == (kind, kept)


FAULTS: dict[str, tuple[Json, str]] = {
    "no amount": ({"value": {"currency": "GBP"}}, "value.amount"),
    "an amount of nothing": ({"value": {"amount": 0, "currency": "GBP"}}, "value.amount"),
    "a currency that is none": ({"value": {"amount": 5, "currency": "GPB"}}, "value.currency"),
    "a value of another type": ({"type": "discount_percent", "value": OFF}, "value.amount"),
    "more than everything": ({"type": "discount_percent", "value": {"percent": 101}}, "value.percent"),
    "nothing off": ({"type": "discount_percent", "value": {"percent": 0}}, "value.percent"),
    "no product": ({"type": "free_product", "value": {}}, "value.product"),
    "no pieces": ({"type": "free_product", "value": {"product": "mug", "quantity": 0}}, "value.quantity"),
    "no sku": ({"type": "partner", "value": {"partner": "Cinema"}}, "value.sku"),
    "a value that is no object": ({"value": 500}, "value"),
    "for nothing": ({"cost": 0}, "cost"),
    "a type that is none": ({"type": "coupon"}, "type"),
    "an unknown tier": ({"eligibility": {"tiers": ["gold"]}}, "eligibility.tiers"),
    "an unknown segment": ({"eligibility": {"segment": "seg_none"}}, "eligibility.segment"),
    "it ends before it starts": (
        {"starts_at": "2026-05-01T00:00:00Z", "ends_at": "2026-05-01T00:00:00Z"},
        "ends_at",
    ),
    "a limit of none": ({"per_member_limit": 0}, "per_member_limit"),
    "less than none": ({"inventory": -1}, "inventory"),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_what_makes_no_sense_is_refused_with_its_field(sqlite_api: Api, name: str) -> None:
    changes, param = FAULTS[name]
    body = {"program": "prog_default", "name": "£5 off", "cost": 300, "value": OFF, **changes}
    error = await sqlite_api.refused("POST", REWARDS, body, status=400, code="parameter_invalid")
    assert error["param"] == param
    made = await a_reward(sqlite_api)
    error = await sqlite_api.refused("PATCH", f"{REWARDS}/{made['id']}", changes, status=400, code="parameter_invalid")
    assert error["param"] == param
    assert await sqlite_api.get(f"{REWARDS}/{made['id']}") == made


async def test_a_reward_of_no_program_is_refused(api: Api) -> None:
    body = {"program": "prog_none", "name": "£5 off", "cost": 300, "value": OFF}
    error = await api.refused("POST", REWARDS, body, status=404, code="resource_missing")
    assert error["param"] == "program"
    await api.refused("PATCH", f"{REWARDS}/rwd_none", {"cost": 5}, status=404, code="resource_missing")
    await api.refused("GET", f"{REWARDS}/rwd_none", status=404, code="resource_missing")
    made = await a_reward(api)
    other = await api.post("/v1/loyalty/programs", {"name": "Other"})
    path = f"{REWARDS}/{made['id']}"
    await api.refused("PATCH", path, {"program": other["id"]}, status=400, code="parameter_invalid")


async def test_changes_replace_fields_and_are_in_the_audit_log(api: Api) -> None:
    made = await a_reward(api, metadata={"shelf": "top", "old": "yes"})
    changed = await api.patch(
        f"{REWARDS}/{made['id']}", {"cost": 250, "active": False, "metadata": {"old": None, "new": "yes"}}
    )
    expected = {"cost": 250, "active": False, "metadata": {"shelf": "top", "new": "yes"}}
    assert changed == {**made, **expected, "updated_at": changed["updated_at"]}
    log = (await api.get("/v1/audit-log", params={"resource": made["id"]}))["data"]
    assert [(entry["action"], entry["before"], entry["after"]) for entry in log] == [
        ("reward.updated", made, changed),
        ("reward.created", None, made),
    ]


async def test_inventory_is_what_there_ever_were(api: Api) -> None:
    reward = await a_reward(api, inventory=5)
    path = f"{REWARDS}/{reward['id']}"
    await redeem(api, await a_member(api), reward, quantity=3)
    assert (await api.get(path))["remaining"] == 2
    assert (await api.patch(path, {"inventory": 10}))["remaining"] == 7
    assert (await api.patch(path, {"inventory": 2}))["remaining"] == 0, "below what was taken: out of stock"
    member = await a_member(api)
    body = {"account": member, "reward": reward["id"]}
    error = await api.refused("POST", "/v1/loyalty/redemptions", body, status=422, code="reward_out_of_stock")
    assert error["remaining"] == 0
    assert (await api.patch(path, {"inventory": None}))["remaining"] is None
    await redeem(api, member, reward)
    assert (await api.patch(path, {"inventory": 4}))["remaining"] == 1, "what was redeemed without end does not count"


async def test_lists_narrow_and_expand(api: Api) -> None:
    first, second = await a_reward(api), await a_reward(api, active=False)
    listed = await api.get(REWARDS, params={"program": "prog_default", "expand[]": "program"})
    assert [each["id"] for each in listed["data"]] == [second["id"], first["id"]]
    assert listed["data"][0]["program"]["object"] == "program"
    assert [each["id"] for each in (await api.get(REWARDS, params={"active": "true"}))["data"]] == [first["id"]]
    page = await api.get(REWARDS, params={"limit": 1})
    assert page["page"] == {"has_more": True, "next_cursor": second["id"], "total_estimate": 2}
    after = await api.get(REWARDS, params={"starting_after": second["id"]})
    assert [each["id"] for each in after["data"]] == [first["id"]]


async def test_what_a_member_can_have_says_why_not_as_the_redemption_does(api: Api) -> None:
    await api.patch(PROGRAM, {"tier_config": TIERS})
    rewards = {
        "can be had": {},
        "too dear": {"cost": 1_200},
        "gone": {"inventory": 0},
        "for gold": {"eligibility": {"tiers": ["gold"]}},
        "over": {"ends_at": "2020-01-01T00:00:00Z"},
        "to come": {"starts_at": "2199-01-01T00:00:00Z"},
        "not shown": {"active": False},
    }
    made = {name: await a_reward(api, name=name, **fields) for name, fields in rewards.items()}
    member = await a_member(api)
    listed = (await api.get(f"{ACCOUNTS}/{member}/rewards"))["data"]
    told = {each["name"]: (each["available"], each["reason"], each["points_short"]) for each in listed}
    assert told == {
        "can be had": (True, None, 0),
        "too dear": (False, "insufficient_points", 200),
        "gone": (False, "reward_out_of_stock", 0),
        "for gold": (False, "reward_not_eligible", 0),
        "over": (False, "reward_inactive", 0),
        "to come": (False, "reward_inactive", 0),
    }
    for name, (available, reason, _) in told.items():
        body: dict[str, Any] = {"account": member, "reward": made[name]["id"]}
        answer = await api.call("POST", "/v1/loyalty/redemptions", body)
        assert (answer.status_code == 200) is available
        assert available or answer.json()["error"]["code"] == reason


async def test_what_a_member_can_have_is_of_now(api: Api) -> None:
    """Points that expired meanwhile do not count, though nobody has written that yet; and looking writes nothing."""
    await api.post("/v1/test-helpers/clock", {"now": "2026-04-01T12:00:00Z"})
    reward, member = await a_reward(api), await a_member(api)
    await api.post("/v1/test-helpers/clock/advance", {"to": "2028-04-01T12:00:00Z"})
    (line,) = (await api.get(f"{ACCOUNTS}/{member}/rewards"))["data"]
    assert (line["id"], line["reason"], line["points_short"]) == (reward["id"], "insufficient_points", 300)


async def test_what_a_member_of_a_paused_program_or_a_closed_account_can_have(api: Api) -> None:
    await a_reward(api)
    member = await a_member(api)
    await api.patch(PROGRAM, {"status": "paused"})
    (line,) = (await api.get(f"{ACCOUNTS}/{member}/rewards"))["data"]
    assert line["reason"] == "program_paused"
    await api.post(f"{ACCOUNTS}/{member}/close")
    (line,) = (await api.get(f"{ACCOUNTS}/{member}/rewards"))["data"]
    assert line["reason"] == "account_closed"
    await api.refused("GET", f"{ACCOUNTS}/loy_none/rewards", status=404, code="resource_missing")


async def test_a_restricted_key_reads_and_writes_rewards_by_its_scopes(api: Api) -> None:
    reading = await api.new_key("test", "rewards:read")
    reward = await a_reward(api)
    assert (await api.get(f"{REWARDS}/{reward['id']}", key=reading))["id"] == reward["id"]
    error = await api.refused(
        "PATCH", f"{REWARDS}/{reward['id']}", {"cost": 5}, status=403, code="permission_denied", key=reading
    )
    assert error["required_scope"] == "rewards:write"
