"""Redeeming: what it gives, what refuses it, and how redemptions are read."""

import pytest

from tests.api.conftest import Api, Json
from tests.api.redeeming import (
    ACCOUNTS,
    OFF,
    PROGRAM,
    REDEMPTIONS,
    REWARDS,
    TRANSACTIONS,
    a_member,
    a_reward,
    advance,
    balance,
    events_of,
    redeem,
    refused,
    stop_clock,
    verified_api,
)

__all__ = ["verified_api"]

pytestmark = pytest.mark.anyio


# --- redeeming


async def test_points_become_a_discount_with_a_code(api: Api) -> None:
    await stop_clock(api)
    reward, member = await a_reward(api), await a_member(api)
    made = await redeem(api, member, reward, quantity=2, metadata={"cart": "7"})
    assert made["discount"] == {**OFF, "amount": 1_000, "type": "amount", "code": made["discount"]["code"]}
    assert (made["status"], made["points"], made["quantity"]) == ("pending", 600, 2)
    assert (made["reward_name"], made["metadata"]) == ("£5 off", {"cart": "7"})
    assert made["expires_at"] == "2026-04-02T12:00:00Z"
    assert await balance(api, member) == 400
    assert await api.get(f"{REDEMPTIONS}/{made['id']}") == made
    row = await api.get(f"{TRANSACTIONS}/{made['transaction']}")
    assert (row["type"], row["amount"], row["redemption"]) == ("redeem", -600, made["id"])
    assert row["source"] == {"type": "redemption", "id": made["id"]}
    assert await events_of(api, member) == ["loyalty.points.redeemed", "loyalty.reward.redeemed"]


async def test_codes_are_all_different_and_say_nothing_of_each_other(api: Api) -> None:
    reward, member = await a_reward(api, cost=1), await a_member(api)
    codes = {(await redeem(api, member, reward))["discount"]["code"] for _ in range(20)}
    assert len(codes) == 20
    assert all(len(code) == 19 and not set(code[3:]) & set("ILO01") for code in codes)


ARTIFACTS: dict[str, tuple[Json, int, str, Json]] = {
    "discount_percent": ({"percent": 10}, 1, "discount", {"type": "percent", "percent": 10}),
    "free_product": ({"product": "mug", "quantity": 2}, 3, "item", {"type": "product", "product": "mug", "quantity": 6}),
    "partner": (
        {"partner": "Cinema", "sku": "seat"}, 2, "item",
        {"type": "partner", "partner": "Cinema", "sku": "seat", "quantity": 2},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", ARTIFACTS)
async def test_each_type_gives_what_it_is(api: Api, kind: str) -> None:
    value, quantity, field, expected = ARTIFACTS[kind]
    reward = await a_reward(api, type=kind, value=value)
    made = await redeem(api, await a_member(api), reward, quantity=quantity)
    found = dict(made[field])
    found.pop("code", None)
    assert found == expected
    assert (made["status"], made["credit"]) == ("pending", None)
    assert (made["expires_at"] is None) is (field == "item"), "an item waits for as long as it takes"


async def test_store_credit_is_granted_at_once(api: Api) -> None:
    reward, member = await a_reward(api, type="store_credit"), await a_member(api)
    made = await redeem(api, member, reward, quantity=3)
    assert (made["status"], made["credit"]["amount"], made["credit"]["currency"]) == ("applied", 1_500, "GBP")
    wallet = await api.get(f"{ACCOUNTS}/{member}/wallet")
    assert [(each["currency"], each["balance"]) for each in wallet["balances"]] == [("GBP", 1_500)]
    assert (await events_of(api, member))[-2:] == ["loyalty.reward.redeemed", "redemption.completed"]
    error = await api.refused(
        "POST", f"{REDEMPTIONS}/{made['id']}/release", {}, status=409, code="redemption_not_pending"
    )
    assert error["status"] == "applied"


# --- refused


async def test_refusals_come_in_their_order(api: Api) -> None:
    """Everything is wrong at first, and is mended one by one: each refusal is that of the first thing wrong."""
    tiers = [{"name": "Base", "rank": 0, "threshold": 0}, {"name": "Gold", "rank": 1, "threshold": 5_000}]
    await api.patch(PROGRAM, {"tier_config": {"tiers": tiers}})
    reward = await a_reward(api, per_member_limit=1, cost=100)
    member = await a_member(api, 150)
    path = f"{REWARDS}/{reward['id']}"
    await redeem(api, member, reward)
    await api.patch(path, {"active": False, "eligibility": {"tiers": ["gold"]}, "inventory": 0})
    await api.patch(PROGRAM, {"status": "paused"})
    await api.post(f"{ACCOUNTS}/{member}/close")
    await refused(api, member, reward, status=409, code="account_closed")
    await api.post(f"{ACCOUNTS}/{member}/reopen")
    await refused(api, member, reward, status=409, code="program_paused")
    await api.patch(PROGRAM, {"status": "archived"})
    await refused(api, member, reward, status=409, code="program_archived")
    await api.patch(PROGRAM, {"status": "active"})
    await refused(api, member, reward, status=422, code="reward_inactive")
    await api.patch(path, {"active": True})
    await refused(api, member, reward, status=422, code="reward_not_eligible")
    await api.patch(path, {"eligibility": None})
    error = await refused(api, member, reward, status=422, code="reward_out_of_stock")
    assert error["remaining"] == 0
    await api.patch(path, {"inventory": 5})
    error = await refused(api, member, reward, status=422, code="redemption_limit_reached")
    assert (error["per_member_limit"], error["used"]) == (1, 1)
    await api.patch(path, {"per_member_limit": 2})
    error = await refused(api, member, reward, status=422, code="insufficient_points")
    assert (error["balance"], error["required"]) == (50, 100)
    await api.post(TRANSACTIONS, {"account": member, "amount": 50})
    await redeem(api, member, reward)
    assert await balance(api, member) == 0


async def test_what_is_refused_changes_nothing(api: Api) -> None:
    reward, member = await a_reward(api, inventory=2, per_member_limit=5), await a_member(api, 500)
    before = await api.get(f"{ACCOUNTS}/{member}")
    await refused(api, member, reward, status=422, code="insufficient_points", quantity=2)
    await refused(api, member, reward, status=422, code="reward_out_of_stock", quantity=3)
    assert await api.get(f"{ACCOUNTS}/{member}") == before
    assert (await api.get(f"{REWARDS}/{reward['id']}"))["remaining"] == 2


async def test_what_is_not_there_is_refused_first(api: Api) -> None:
    reward, member = await a_reward(api), await a_member(api)
    await refused(api, "loy_none", reward, status=404, code="resource_missing")
    error = await refused(api, member, {"id": "rwd_none"}, status=404, code="resource_missing")
    assert error["param"] == "reward"
    other = await api.post("/v1/loyalty/programs", {"name": "Other"})
    elsewhere = await a_reward(api, program=other["id"])
    error = await refused(api, member, elsewhere, status=404, code="resource_missing")
    assert error["param"] == "reward"
    target = await a_member(api)
    await api.post(f"{ACCOUNTS}/merge", {"source": member, "target": target})
    error = await refused(api, member, reward, status=409, code="account_merged")
    assert error["resource"] == target


async def test_quantities_have_bounds(api: Api) -> None:
    member = await a_member(api)
    off = await a_reward(api, type="discount_percent", value={"percent": 5})
    for reward, quantity in ((off, 2), (off, 0), (await a_reward(api, cost=1), 101)):
        error = await refused(api, member, reward, status=400, code="parameter_invalid", quantity=quantity)
        assert error["param"] == "quantity"


async def test_a_reward_has_its_time(api: Api) -> None:
    await stop_clock(api)
    reward = await a_reward(api, starts_at="2026-04-02T00:00:00Z", ends_at="2026-04-03T00:00:00Z", cost=1)
    member = await a_member(api)
    await refused(api, member, reward, status=422, code="reward_inactive")
    await advance(api, "2026-04-02T00:00:00Z")
    await redeem(api, member, reward)
    await advance(api, "2026-04-03T00:00:00Z")
    await refused(api, member, reward, status=422, code="reward_inactive")


async def test_points_that_are_pending_buy_nothing(api: Api) -> None:
    await stop_clock(api)
    await api.patch(PROGRAM, {"hold_days": 14})
    await api.pay("evt_1", "cust_1", 50_000)
    (account,) = (await api.get(ACCOUNTS, params={"customer": "cust_1"}))["data"]
    assert account["pending_balance"] == 500
    error = await refused(api, account["id"], await a_reward(api), status=422, code="insufficient_points")
    assert (error["balance"], error["required"]) == (0, 300)


# --- reading


async def test_lists_narrow_expand_and_find_a_code(api: Api) -> None:
    reward, other = await a_reward(api), await a_reward(api, cost=1)
    member = await a_member(api)
    first, second = await redeem(api, member, reward), await redeem(api, member, other)
    await redeem(api, await a_member(api), reward)
    await api.post(f"{REDEMPTIONS}/{first['id']}/apply", {})

    async def found(**params: str) -> list[str]:
        return [each["id"] for each in (await api.get(REDEMPTIONS, params=params))["data"]]

    assert await found(account=member) == [second["id"], first["id"]]
    assert await found(account=member, status="applied") == [first["id"]]
    assert await found(reward=other["id"]) == [second["id"]]
    assert await found(code=second["discount"]["code"].lower()) == [second["id"]]
    assert await found(code="RW-AAAAAAAAAAAAAAAA") == await found(code="nonsense") == []
    assert len(await found()) == len(await found(program="prog_default")) == 3
    assert await found(program="prog_other") == []
    assert await found(account=member, limit="1", starting_after=second["id"]) == [first["id"]]
    (shown,) = (await api.get(REDEMPTIONS, params=[("status", "applied"), *_EXPANDED]))["data"]
    assert shown["reward"]["name"] == "£5 off"
    assert (shown["account"]["id"], shown["transaction"]["redemption"]) == (member, first["id"])
    row = await api.get(f"{TRANSACTIONS}/{first['transaction']}", params={"expand[]": "redemption.reward"})
    assert row["redemption"]["reward"]["id"] == reward["id"]
    await api.refused("GET", f"{REDEMPTIONS}/rdm_none", status=404, code="resource_missing")
    await api.refused("POST", f"{REDEMPTIONS}/rdm_none/release", {}, status=404, code="resource_missing")
    error = await api.refused("GET", REDEMPTIONS, status=404, code="resource_missing", params={"account": "loy_none"})
    assert error["param"] == "account"


_EXPANDED = [("expand[]", "reward"), ("expand[]", "account"), ("expand[]", "transaction")]


async def test_one_idempotency_key_redeems_once(api: Api) -> None:
    reward, member = await a_reward(api), await a_member(api)
    body, headers = {"account": member, "reward": reward["id"]}, {"Idempotency-Key": "cart-7"}
    made = await api.post(REDEMPTIONS, body, headers=headers)
    assert await api.post(REDEMPTIONS, body, headers=headers) == made
    assert await balance(api, member) == 700


async def test_a_restricted_key_redeems_by_its_scope(api: Api) -> None:
    reward, member = await a_reward(api), await a_member(api)
    key = await api.new_key("test", "redemptions:write")
    made = await api.post(REDEMPTIONS, {"account": member, "reward": reward["id"]}, key=key)
    assert (await api.get(f"{REDEMPTIONS}/{made['id']}", key=key))["id"] == made["id"]
    await api.refused("GET", REWARDS, status=403, code="permission_denied", key=key)
