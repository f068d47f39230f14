"""A program with three tiers in the test store, and its members, over HTTP."""

from typing import Any

from tests.api.conftest import Api, Json, payment
from vinr_engagement.commands.verify import verify

ACCOUNTS, PROGRAM, CLOCK = "/v1/loyalty/accounts", "/v1/loyalty/programs/prog_default", "/v1/test-helpers/clock"
TIERS = [
    {"name": "Bronze", "rank": 0, "threshold": 0},
    {"name": "Silver", "rank": 1, "threshold": 100, "multiplier": 1.5},
    {"name": "Gold", "rank": 2, "threshold": 300, "multiplier": 2},
]
YEAR = {"type": "rolling", "months": 12}


async def club(api: Api, now: str = "2026-04-01T12:00:00Z", **config: Any) -> None:
    """Three tiers by points; the default program's members earn a point per pound, in London."""
    await api.post(CLOCK, {"now": now})
    await api.patch(PROGRAM, {"tier_config": {"tiers": TIERS, **config}})


async def buy(api: Api, customer: str, pounds: int, name: str = "1") -> Json:
    """The outcome of a payment of now."""
    event = f"evt_{customer}_{name}"
    now = (await api.get(CLOCK))["now"]
    return await api.post(
        "/v1/events", {**payment(event, customer, 100 * pounds, id=f"pay_{customer}_{name}"), "created_at": now}
    )


async def refund(api: Api, customer: str, pounds: int, name: str = "1") -> Json:
    body = {"id": f"re_{customer}_{name}", "payment": f"pay_{customer}_{name}", "amount": 100 * pounds}
    now = (await api.get(CLOCK))["now"]
    event = {"id": f"evt_re_{customer}_{name}", "type": "refund.completed", "created_at": now, "data": {"object": body}}
    return await api.post("/v1/events", event)


async def advance(api: Api, to: str, *, sweep: bool = True) -> None:
    await api.post(f"{CLOCK}/advance", {"to": to})
    if sweep:
        await api.stores["test"].sweep()


async def member(api: Api, customer: str) -> str:
    return str((await api.enrol(customer))["id"])


async def tier(api: Api, account: str) -> str | None:
    return (await api.get(f"{ACCOUNTS}/{account}"))["tier"]  # type: ignore[no-any-return]


async def moves(api: Api, account: str) -> list[Json]:
    """What was told of a member's moves, oldest first."""
    found = await api.get("/v1/events", params={"account": account, "type": "loyalty.tier.changed", "limit": 100})
    return [event["data"]["object"] for event in reversed(found["data"])]


async def told(api: Api, account: str) -> list[str]:
    return [
        f"{move['from']} > {move['to']} {move['reason']} {move['effective_at']}" for move in await moves(api, account)
    ]


async def no_faults(api: Api) -> None:
    assert (await verify(api.stores["test"].database)).faults == []
