"""A member with store credit: what happens to it, and what is left."""

from typing import Any

from tests.api.conftest import Api, Json
from vinr_engagement.commands.verify import verify

ACCOUNTS = "/v1/loyalty/accounts"
CREDIT = "/v1/loyalty/credit"


async def issue(api: Api, account: str, amount: int, currency: str = "EUR", **more: Any) -> Json:
    body = {"account": account, "amount": amount, "currency": currency, **more}
    return await api.post(f"{CREDIT}/issue", body)


async def spend(api: Api, account: str, amount: int, payment: str = "pay_1", currency: str = "EUR") -> Json:
    body = {"account": account, "amount": amount, "currency": currency, "payment": payment}
    return await api.post(f"{CREDIT}/spend", body)


async def tell(api: Api, event: str, event_type: str, body: Json, at: str = "2026-04-01T12:00:00Z") -> Json:
    sent = {"id": event, "type": event_type, "created_at": at, "data": {"object": body}}
    return await api.post("/v1/events", sent)


async def pays(api: Api, amount: int = 1_000, payment: str = "pay_1", customer: str = "cust_1") -> Json:
    body = {"id": payment, "amount": amount, "currency": "EUR", "customer": customer}
    return await tell(api, f"evt_{payment}", "payment.completed", body)


async def refund(api: Api, number: int, amount: int, payment: str = "pay_1") -> Json:
    body = {"id": f"re_{number}", "payment": payment, "amount": amount}
    return await tell(api, f"evt_re_{number}", "refund.completed", body)


async def balance(api: Api, account: str, currency: str = "EUR") -> int:
    """What the wallet holds; a currency that was never issued is 0."""
    shown = await api.get(f"{ACCOUNTS}/{account}/wallet")
    return next((each["balance"] for each in shown["balances"] if each["currency"] == currency), 0)


async def all_is_well(api: Api) -> bool:
    report = await verify(api.stores["test"].database)
    assert report.faults == []
    return True
