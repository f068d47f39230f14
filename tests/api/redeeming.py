"""Members with points, rewards to redeem, and what a shop says of payments that use them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.api.conftest import Api, Json, close_api, open_api
from vinr_engagement.commands.verify import verify

REWARDS = "/v1/loyalty/rewards"
REDEMPTIONS = "/v1/loyalty/redemptions"
ACCOUNTS = "/v1/loyalty/accounts"
TRANSACTIONS = "/v1/loyalty/transactions"
PROGRAM = "/v1/loyalty/programs/prog_default"
CLOCK = "/v1/test-helpers/clock"
NOON = "2026-04-01T12:00:00Z"
OFF: Json = {"amount": 500, "currency": "GBP"}


async def stop_clock(api: Api, moment: str = NOON) -> None:
    """Sets the test store's clock."""
    await api.post(CLOCK, {"now": moment})


async def advance(api: Api, moment: str) -> None:
    """Moves it on."""
    await api.post(f"{CLOCK}/advance", {"to": moment})


async def a_reward(api: Api, **fields: Any) -> Json:
    """£5 off for 300 points, unless said otherwise."""
    body = {"program": "prog_default", "name": "£5 off", "cost": 300, "value": OFF, **fields}
    return await api.post(REWARDS, body)


async def a_member(api: Api, points: int = 1_000, customer: str | None = None) -> str:
    """The id of a member who has been given points."""
    account = await api.enrol(customer)
    if points:
        await api.post(TRANSACTIONS, {"account": account["id"], "amount": points})
    identifier: str = account["id"]
    return identifier


async def redeem(api: Api, account: str, reward: Json, **more: Any) -> Json:
    """A redemption."""
    return await api.post(REDEMPTIONS, {"account": account, "reward": reward["id"], **more})


async def balance(api: Api, account: str) -> int:
    """What a member can spend."""
    found: int = (await api.get(f"{ACCOUNTS}/{account}"))["balance"]
    return found


async def tell(api: Api, event: str, kind: str, body: Json, at: str = NOON) -> Json:
    """The outcome of an event."""
    return await api.post("/v1/events", {"id": event, "type": kind, "created_at": at, "data": {"object": body}})


async def pays_with(api: Api, event: str, names: str, amount: int = 2_000, field: str = "redemption") -> Json:
    """The outcome of a payment of a guest that names redemptions or codes."""
    body = {"id": f"pay_{event}", "amount": amount, "currency": "GBP", "metadata": {field: names}}
    return await tell(api, event, "payment.completed", body)


async def refund(api: Api, event: str, payment: str, amount: int) -> Json:
    """The outcome of a refund."""
    return await tell(api, event, "refund.completed", {"id": f"re_{event}", "payment": payment, "amount": amount})


async def events_of(api: Api, account: str) -> list[str]:
    """The types of a member's events about redemptions, oldest first."""
    listed = (await api.get("/v1/events", params={"account": account, "limit": 100}))["data"]
    types = [event["type"] for event in reversed(listed)]
    return [kind for kind in types if kind.startswith(("redemption.", "loyalty.reward.", "loyalty.points.re"))]


@pytest.fixture(name="api")
async def verified_api(database_url: str) -> AsyncIterator[Api]:
    """The API over two empty stores; in the end nothing must be wrong with what is in them."""
    opened = await open_api(database_url)
    yield opened
    assert (await verify(opened.stores["test"].database)).faults == []
    await close_api(opened)


async def refused(api: Api, account: str, reward: Json, *, status: int, code: str, **more: Any) -> Json:
    body = {"account": account, "reward": reward["id"], **more}
    return await api.refused("POST", REDEMPTIONS, body, status=status, code=code)
