"""Many callers at once, over real connections, on both engines: the end is exact, and the only errors are the domain's own."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from tests.served import Served, served
from vinr_engagement.commands.verify import verify
from vinr_engagement.foundation.clock import format_instant, real_now

Json = dict[str, Any]


class Shop:
    """Callers of one server."""

    def __init__(self, server: Served, client: httpx2.AsyncClient) -> None:
        self.server = server
        self.client = client

    async def post(self, path: str, body: Json, **headers: str) -> httpx2.Response:
        """One request; a caller of its own."""
        return await self.client.post(path, json=body, headers=headers)

    async def account(self, identifier: str) -> Json:
        """The account as it stands."""
        found: Json = (await self.client.get(f"/v1/loyalty/accounts/{identifier}")).json()
        return found

    async def enrol(self, customer: str) -> str:
        """A new member's id."""
        made = await self.post("/v1/loyalty/accounts", {"program": "prog_default", "customer": customer})
        identifier: str = made.json()["id"]
        return identifier

    async def adjust(self, account: str, amount: int) -> httpx2.Response:
        """A credit or a debit."""
        return await self.post("/v1/loyalty/transactions", {"account": account, "type": "adjust", "amount": amount})

    async def pay(self, number: int, customer: str, amount: int) -> httpx2.Response:
        """A completed payment."""
        body = {"id": f"pay_{number}", "amount": amount, "currency": "GBP", "customer": customer}
        return await self.post("/v1/events", _event(f"evt_{number}", "payment.completed", body))


def _event(identifier: str, kind: str, body: Json) -> Json:
    return {"id": identifier, "type": kind, "created_at": "2026-04-01T12:00:00Z", "data": {"object": body}}


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    lanes = 1 if database_url.startswith("sqlite") else 2
    limits = httpx2.Limits(max_connections=64, max_keepalive_connections=64)
    async with (
        served(database_url, lanes=lanes) as server,
        httpx2.AsyncClient(base_url=server.url, headers={"X-Api-Key": server.key}, limits=limits, timeout=60) as client,
    ):
        yield Shop(server, client)
        assert (await verify(server.store.database)).faults == []


@pytest.mark.anyio
async def test_fifty_creates_of_one_member_give_one_account(shop: Shop) -> None:
    body = {"program": "prog_default", "customer": "cust_abc123"}
    answers = await asyncio.gather(*[shop.post("/v1/loyalty/accounts", body) for _ in range(50)])
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 49}
    (made,) = [answer.json()["id"] for answer in answers if answer.status_code == 200]
    refusals = [answer.json()["error"] for answer in answers if answer.status_code == 409]
    assert {(error["code"], error["resource"]) for error in refusals} == {("account_already_exists", made)}


@pytest.mark.anyio
async def test_two_hundred_events_and_debits_on_one_member_end_exact(shop: Shop) -> None:
    account = await shop.enrol("cust_1")
    pays = [shop.pay(number, "cust_1", 1_000) for number in range(100)]
    debits = [shop.adjust(account, -7) for _ in range(100)]
    answers = await asyncio.gather(*[call for pair in zip(pays, debits, strict=True) for call in pair])
    statuses = Counter(answer.status_code for answer in answers)
    refused = [answer.json()["error"]["code"] for answer in answers if answer.status_code != 200]
    assert set(refused) <= {"insufficient_points"}
    taken = statuses[200] - 100
    assert (await shop.account(account))["balance"] == 100 * 10 - 7 * taken
    assert (await shop.account(account))["lifetime_points"] == 1_000


@pytest.mark.anyio
async def test_debits_never_make_a_balance_negative(shop: Shop) -> None:
    account = await shop.enrol("cust_1")
    await shop.adjust(account, 100)
    answers = await asyncio.gather(*[shop.adjust(account, -9) for _ in range(30)])
    assert Counter(answer.status_code for answer in answers) == {200: 11, 422: 19}
    assert (await shop.account(account))["balance"] == 1


@pytest.mark.anyio
async def test_one_idempotency_key_from_twenty_callers_takes_effect_once(shop: Shop) -> None:
    account = await shop.enrol("cust_1")
    body = {"account": account, "type": "adjust", "amount": 500}
    headers = {"Idempotency-Key": "goodwill-1"}
    answers = await asyncio.gather(*[shop.post("/v1/loyalty/transactions", body, **headers) for _ in range(20)])
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert sum(answer.headers.get("idempotent-replayed") == "true" for answer in answers) == 19
    assert (await shop.account(account))["balance"] == 500


@pytest.mark.anyio
async def test_one_event_from_twenty_callers_takes_effect_once(shop: Shop) -> None:
    answers = await asyncio.gather(*[shop.pay(1, "cust_1", 4_250) for _ in range(20)])
    assert Counter(answer.json()["status"] for answer in answers) == {"processed": 1, "duplicate": 19}
    (entry,) = {answer.json()["programs"][0]["account"] for answer in answers}
    assert (await shop.account(entry))["balance"] == 42


@pytest.mark.anyio
async def test_a_merge_against_events_and_debits_loses_nothing(shop: Shop) -> None:
    source, target = await shop.enrol("cust_1"), await shop.enrol("cust_2")
    await asyncio.gather(shop.adjust(source, 1_000), shop.adjust(target, 1_000))
    merge = shop.post("/v1/loyalty/accounts/merge", {"source": source, "target": target})
    events = [shop.pay(number, f"cust_{number % 2 + 1}", 1_000) for number in range(60)]
    debits = [shop.adjust((source, target)[number % 2], -10) for number in range(60)]
    calls = [call for pair in zip(events, debits, strict=True) for call in pair]
    answers = await asyncio.gather(*calls[:40], merge, *calls[40:])
    refusals = [answer.json()["error"]["code"] for answer in answers if answer.status_code != 200]
    assert set(refusals) <= {"account_merged"}
    debited = sum(answer.json().get("amount") == -10 for answer in answers)
    survivor = await shop.account(target)
    assert survivor["balance"] == 2_000 + 60 * 10 - 10 * debited
    assert (await shop.account(source))["balance"] == 0


@pytest.mark.anyio
async def test_sixty_spends_of_one_wallet_take_what_it_holds_and_no_more(shop: Shop) -> None:
    account = await shop.enrol("cust_1")
    await shop.post("/v1/loyalty/credit/issue", {"account": account, "amount": 1_000, "currency": "EUR"})
    body = {"account": account, "amount": 30, "currency": "EUR"}
    spends = [shop.post("/v1/loyalty/credit/spend", {**body, "payment": f"pay_{number % 7}"}) for number in range(60)]
    refunds = [
        shop.post("/v1/events", _event(f"evt_{number}", "payment.failed", {"id": f"pay_{number}"})) for number in (1, 2)
    ]
    answers = await asyncio.gather(*spends[:40], *refunds, *spends[40:])
    taken = sum(answer.json().get("amount", 0) for answer in answers if "wallet_balance" in answer.text)
    given = sum(line["amount"] for answer in answers for line in answer.json().get("credit", ()))
    codes = {answer.json()["error"]["code"] for answer in answers if answer.status_code != 200}
    assert codes <= {"insufficient_credit", "payment_failed"}
    wallet = (await shop.client.get(f"/v1/loyalty/accounts/{account}/wallet")).json()
    (held,) = [each["balance"] for each in wallet["balances"]]
    assert held == 1_000 + taken + given
    assert 0 <= held < 1_000


async def code_of(shop: Shop, customer: str, **terms: Any) -> str:
    """A new member's referral code; both sides get 100 points."""
    reward = {"referrer": {"points": 100}, "referee": {"points": 100}}
    body = {"program": "prog_default", "referrer": await shop.enrol(customer), "reward": reward, **terms}
    made: str = (await shop.post("/v1/loyalty/referrals", body)).json()["code"]
    return made


async def pay_now(shop: Shop, customer: str) -> httpx2.Response:
    """A payment after whatever was attributed: the clock is real."""
    body = {"id": f"pay_{customer}", "amount": 1, "currency": "GBP", "customer": customer}
    event = _event(f"evt_{customer}", "payment.completed", body)
    return await shop.post("/v1/events", {**event, "created_at": format_instant(real_now())})


@pytest.mark.anyio
async def test_a_member_is_referred_once_whoever_asks_at_the_same_time(shop: Shop) -> None:
    codes = [await code_of(shop, f"ann_{number}") for number in range(4)]
    asked = [{"code": codes[number % 4], "customer": "bob"} for number in range(20)]
    answers = await asyncio.gather(*[shop.post("/v1/loyalty/referrals/attribute", body) for body in asked])
    assert Counter(answer.status_code for answer in answers) == {200: 1, 422: 19}
    refused = {answer.json()["error"]["code"] for answer in answers if answer.status_code == 422}
    assert refused == {"referee_already_referred"}


@pytest.mark.anyio
async def test_a_code_converts_no_more_often_than_it_may(shop: Shop) -> None:
    code = await code_of(shop, "ann", max_conversions=1)
    friends = [f"friend_{number}" for number in range(10)]
    for friend in friends:
        await shop.post("/v1/loyalty/referrals/attribute", {"code": code, "customer": friend})
    answers = await asyncio.gather(*[pay_now(shop, friend) for friend in friends])
    outcomes = Counter(answer.json()["programs"][0]["referral"]["status"] for answer in answers)
    assert outcomes == {"converted": 1, "rejected": 9}
    found = await shop.client.get("/v1/loyalty/accounts", params={"customer": "ann"})
    assert found.json()["data"][0]["balance"] == 100


@pytest.mark.anyio
async def test_members_who_referred_each_other_round_in_a_circle_all_pay_at_once(shop: Shop) -> None:
    circle = [f"member_{number}" for number in range(12)]
    codes = [await code_of(shop, member) for member in circle]
    for number, member in enumerate(circle):
        body = {"code": codes[number - 1], "customer": member}
        assert (await shop.post("/v1/loyalty/referrals/attribute", body)).status_code == 200
    answers = await asyncio.gather(*[pay_now(shop, member) for member in circle])
    assert {answer.status_code for answer in answers} == {200}
    for member in circle:
        found = await shop.client.get("/v1/loyalty/accounts", params={"customer": member})
        assert found.json()["data"][0]["balance"] == 200


@pytest.mark.anyio
async def test_a_code_used_by_many_at_once_is_one_referral_for_each(shop: Shop) -> None:
    code = await code_of(shop, "ann")
    asked = [{"code": code, "customer": f"friend_{number}"} for number in range(20)]
    answers = await asyncio.gather(*[shop.post("/v1/loyalty/referrals/attribute", body) for body in asked])
    assert len({answer.json()["id"] for answer in answers}) == 20
    assert len({answer.json()["referee"] for answer in answers}) == 20
