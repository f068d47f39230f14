"""Store credit over HTTP: issued, spent on payments, given back with their refunds, expired by the clock."""

from typing import Any

import pytest

from tests.api.conftest import Api
from vinr_engagement.commands.verify import verify

pytestmark = pytest.mark.anyio

Json = dict[str, Any]
ACCOUNTS = "/v1/loyalty/accounts"
CREDIT = "/v1/loyalty/credit"
CLOCK = "/v1/test-helpers/clock"


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


async def test_issue_spend_and_what_is_left(api: Api) -> None:
    account = (await api.enrol("cust_1"))["id"]
    issued = await issue(api, account, 1_500, reason="goodwill", metadata={"ticket": "77"})
    assert (issued["object"], issued["type"], issued["currency"], issued["unit"]) == (
        "credit_transaction", "adjust", "EUR", "EUR",
    )  # fmt: skip
    assert (issued["amount"], issued["balance_after"], issued["wallet_balance"]) == (1_500, 1_500, 1_500)
    assert (issued["reason"], issued["metadata"], issued["expires_at"]) == ("goodwill", {"ticket": "77"}, None)
    spent = await spend(api, account, 600, "pay_9")
    assert (spent["type"], spent["amount"], spent["wallet_balance"], spent["payment"]) == (
        "redeem", -600, 900, "pay_9",
    )  # fmt: skip
    assert spent["explanation"]["lots"] == [{"lot": issued["id"], "amount": 600}]
    assert await api.get(f"{ACCOUNTS}/{account}/wallet") == {
        "object": "wallet",
        "account": account,
        "balances": [{"currency": "EUR", "balance": 900, "expiring": []}],
    }
    assert (await api.get(f"{ACCOUNTS}/{account}"))["balance"] == 0, "credit is no points"
    assert await all_is_well(api)


async def test_each_refund_gives_back_its_share(api: Api) -> None:
    account = (await api.enrol("cust_1"))["id"]
    await issue(api, account, 1_000)
    spent = await spend(api, account, 1_000)
    await pays(api, 3_000)
    outcome = await refund(api, 1, 1_000)
    (line,) = outcome["credit"]
    assert (line["spend"], line["amount"], line["status"], line["balance_after"]) == (
        spent["id"], 333, "returned", 333,
    )  # fmt: skip
    row = await api.get(f"{CREDIT}/transactions/{line['transaction']}")
    assert (row["type"], row["amount"], row["reverses"], row["payment"]) == ("reverse", 333, spent["id"], "pay_1")
    assert [await _after(api, account, number, 1_000) for number in (2, 3)] == [666, 1_000]
    assert await all_is_well(api)


async def _after(api: Api, account: str, number: int, amount: int) -> int:
    await refund(api, number, amount)
    return await balance(api, account)
