"""A shop over HTTP, on both engines, whose members bring members."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.api.conftest import Api, Json, close_api, open_api, payment
from vinr_engagement.commands.verify import verify

REFERRALS = "/v1/loyalty/referrals"
ATTRIBUTE = f"{REFERRALS}/attribute"
ACCOUNTS = "/v1/loyalty/accounts"
PROGRAM = "/v1/loyalty/programs/prog_default"
BOTH = {"referrer": {"points": 500}, "referee": {"points": 200}}
NOON = "2026-04-01T12:00:00Z"


class Shop:
    """A program whose only points are those of referrals, on 1 April 2026, with Ann, who has a code to share."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.ann = ""
        self.code = ""

    async def make_code(self, **more: Any) -> Json:
        """A new code of Ann's: 500 points for her, 200 for whoever pays £20 or more within 30 days."""
        asked = {"program": "prog_default", "referrer": self.ann, "reward": BOTH,
                 "qualify": {"first_payment_minimum": 2_000}, **more}  # fmt: skip
        made = await self.api.post(REFERRALS, asked)
        self.code = made["code"]
        return made

    async def attribute(self, customer: str) -> Json:
        """A customer uses Ann's code."""
        return await self.api.post(ATTRIBUTE, {"code": self.code, "customer": customer})

    async def refuse(self, code: str, status: int = 422, **asked: Any) -> Json:
        """Nobody can be attributed so, and nothing is written."""
        before = await self.api.get("/v1/events")
        error = await self.api.refused("POST", ATTRIBUTE, {"code": self.code, **asked}, status=status, code=code)
        assert await self.api.get("/v1/events") == before
        return error

    async def pay(self, customer: str, amount: int = 3_000, at: str = NOON, **more: Any) -> Json:
        """What a payment made of the customer's referral; payments are numbered by customer unless told otherwise."""
        event = payment(f"evt_{customer}_{amount}_{at}", customer, amount, **{"id": f"pay_{customer}", **more})
        outcome = await self.api.post("/v1/events", {**event, "created_at": at})
        found: Json = outcome["programs"][0]
        return found

    async def refund(self, payment_id: str, amount: int) -> Json:
        body = {"id": f"re_{payment_id}_{amount}", "payment": payment_id, "amount": amount}
        return await self.api.post("/v1/events", {"id": f"evt_{body['id']}", "type": "refund.completed",
                                                  "created_at": NOON, "data": {"object": body}})  # fmt: skip

    async def account(self, customer: str) -> Json:
        found = await self.api.get(ACCOUNTS, params={"customer": customer})
        account: Json = found["data"][0]
        return account

    async def balances(self, *customers: str) -> list[int]:
        return [(await self.account(customer))["balance"] for customer in customers]

    async def status(self, referral: Json) -> tuple[str, str | None]:
        found = await self.api.get(f"{REFERRALS}/{referral['id']}")
        return found["status"], found["reason"]

    async def told(self, account: str) -> list[str]:
        """What happened to an account's referrals, oldest first."""
        events = await self.api.get("/v1/events", params={"account": account, "type": "referral.*"})
        return [event["type"].removeprefix("referral.") for event in reversed(events["data"])]

    async def clock(self, moment: str) -> None:
        await self.api.post("/v1/test-helpers/clock/advance", {"to": moment})


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    """Ann's shop; whatever a test did, `verify` finds nothing wrong in the end."""
    api = await open_api(database_url)
    await api.post("/v1/test-helpers/clock", {"now": NOON})
    await api.patch("/v1/loyalty/earning-rules/rule_default", {"active": False})
    found = Shop(api)
    found.ann = (await api.enrol("ann"))["id"]
    await found.make_code()
    yield found
    assert (await verify(api.stores["test"].database)).faults == []
    await close_api(api)
