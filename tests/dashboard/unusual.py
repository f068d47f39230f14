"""A member to whom everything happens that the stories of the guide on hard cases leave out."""

from typing import Any

from tests.api.conftest import Api, Json
from tests.docs.shop import START
from vinr_engagement.audit import Origin
from vinr_engagement.commands import ImportMember
from vinr_engagement.commands.member_in import parse_member

PROGRAM = "prog_default"
_RULES: tuple[Json, ...] = (
    {"name": "Welcome", "trigger": "loyalty.account.created", "award": {"type": "fixed", "points": 100}},
    {"name": "Dollars", "trigger": "payment.completed", "award": {"type": "per_currency", "rates": {"USD": 1.2}}},
    {
        "name": "Shoes",
        "trigger": "payment.completed",
        "award": {"type": "per_amount", "per": 200, "points": 1},
        "conditions": [{"fact": "event.line_items.category", "op": "eq", "value": "shoes"}],
        "budget": {"points": 25},
    },
)
_DEFAULT_RULE: Json = {
    "name": "Purchases",
    "award": {"type": "per_amount", "per": 100, "points": 2},
    "multipliers": [{"when": {"tier": "gold"}, "factor": 1.5}],
    "cap": {"points": 400},
    "window": "day",
}
_TIERS: Json = {
    "tiers": [
        {"name": "Bronze", "rank": 0, "threshold": 0},
        {"name": "Gold", "rank": 1, "threshold": 100_000, "multiplier": 1.1},
    ]
}
_CAMPAIGN: Json = {
    "program": PROGRAM,
    "name": "Autumn",
    "status": "active",
    "per_member_limit": {"points": 330},
    "mechanics": [{"type": "points_multiplier", "trigger": "payment.completed", "factor": 2}],
}
_QUESTS: Json = {
    "program": PROGRAM,
    "name": "Quests",
    "status": "active",
    "per_member_limit": {"points": 120},
    "mechanics": [
        {"type": "bonus_points", "trigger": "survey.answered", "points": 50},
        {"type": "challenge", "trigger": "payment.completed", "count": 2, "points": 100},
    ],
}
_IMPORTED: Json = {
    "id": "line_1",
    "customer": "cust_b",
    "lots": [{"points": 300}],
    "lifetime_points": 1_000,
    "wallets": [{"amount": 500, "currency": "GBP"}],
}


async def furnish(api: Api) -> Json:
    """The rules, the tiers and the campaign; a reward of store credit at the campaign's price."""
    await api.patch(f"/v1/loyalty/programs/{PROGRAM}", {"tier_config": _TIERS})
    await api.patch("/v1/loyalty/earning-rules/rule_default", _DEFAULT_RULE)
    for rule in _RULES:
        await api.post("/v1/loyalty/earning-rules", {"program": PROGRAM, **rule})
    value = {"amount": 300, "currency": "GBP"}
    body = {"program": PROGRAM, "name": "£3 of credit", "type": "store_credit", "cost": 300, "value": value}
    reward = await api.post("/v1/loyalty/rewards", body)
    offer = {"type": "featured_reward", "reward": reward["id"], "cost": 200}
    await api.post("/v1/loyalty/campaigns", {**_CAMPAIGN, "mechanics": [*_CAMPAIGN["mechanics"], offer]})
    await api.post("/v1/loyalty/campaigns", _QUESTS)
    return reward


async def live(api: Api) -> list[str]:
    """What happens; answers the members' accounts."""
    reward = await furnish(api)
    ann = (await api.enrol("cust_a"))["id"]
    await api.post(f"/v1/loyalty/accounts/{ann}/tier", {"tier": "gold"})
    await _buy(api, ann, reward["id"])
    await _lose(api, ann)
    return [ann, await _import(api)]


async def _buy(api: Api, ann: str, reward: str) -> None:
    shoes = [{"category": "shoes", "amount": 6_000}, {"category": "socks", "amount": 1_000}]
    await tell(api, "evt_1", "survey.answered", {"customer": "cust_a"})
    await api.pay("evt_2", "cust_a", 7_000, line_items=shoes)
    await api.pay("evt_3", "cust_a", 12_345, currency="USD")
    await api.post("/v1/loyalty/redemptions", {"account": ann, "reward": reward})


async def _lose(api: Api, ann: str) -> None:
    await adjust(api, ann, -2_000, reason="abuse", allow_negative=True)
    await api.patch(f"/v1/loyalty/programs/{PROGRAM}", {"hold_days": 14, "currency": {"rounding": "nearest"}})
    await api.pay("evt_5", "cust_a", 1_999, currency="USD")
    await adjust(api, ann, 500, reason="goodwill_credit", qualifying=False)
    issued = {"account": ann, "amount": 200, "currency": "GBP", "reason": "late_parcel"}
    await api.post("/v1/loyalty/credit/issue", {**issued, "expires_at": "2026-04-03T12:00:00Z"})
    await api.post("/v1/loyalty/credit/spend", {"account": ann, "amount": 250, "currency": "GBP", "payment": "pay_9"})
    await tell(api, "evt_6", "payment.failed", {"id": "pay_9"})
    await api.post("/v1/test-helpers/clock/advance", {"to": "2026-04-05T12:00:00Z"})


async def _import(api: Api) -> str:
    outcome = await api.stores["test"].write_path.run(ImportMember(parse_member(_IMPORTED)), Origin("tests"))
    account: str = outcome.programs[0].account
    return account


async def adjust(api: Api, account: str, amount: int, **more: Any) -> Json:
    """Points by hand."""
    return await api.post("/v1/loyalty/transactions", {"account": account, "amount": amount, **more})


async def tell(api: Api, event: str, event_type: str, body: Json) -> Json:
    """An event of the shop's."""
    return await api.post(
        "/v1/events", {"id": event, "type": event_type, "created_at": START, "data": {"object": body}}
    )
