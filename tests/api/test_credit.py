"""Store credit over HTTP: issued, spent on payments, given back with their refunds, expired by the clock."""

import pytest

from tests.api.conftest import Api, Json
from tests.api.crediting import ACCOUNTS, CREDIT, all_is_well, balance, issue, pays, refund, spend, tell

pytestmark = pytest.mark.anyio

CLOCK = "/v1/test-helpers/clock"


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


async def test_refunds_before_the_payment_take_effect_with_it(api: Api) -> None:
    account = (await api.enrol("cust_1"))["id"]
    await issue(api, account, 900)
    await spend(api, account, 900)
    assert (await refund(api, 1, 500))["status"] == "deferred"
    assert await balance(api, account) == 0
    outcome = await pays(api, 1_000)
    assert [(line["amount"], line["status"]) for line in outcome["credit"]] == [(450, "returned")]
    assert await balance(api, account) == 450
    assert await all_is_well(api)


async def test_a_spend_that_is_heard_of_after_the_refund_has_its_share_at_once(api: Api) -> None:
    account = (await api.enrol("cust_1"))["id"]
    await issue(api, account, 900)
    await pays(api, 1_000)
    await refund(api, 1, 500)
    spent = await spend(api, account, 600)
    assert (spent["balance_after"], spent["wallet_balance"]) == (300, 600)
    assert await all_is_well(api)


async def test_a_lost_dispute_returns_all_and_a_second_tells_nothing_new(api: Api) -> None:
    account = (await api.enrol("cust_1"))["id"]
    await issue(api, account, 777)
    await spend(api, account, 777)
    await pays(api, 1_000)
    await refund(api, 1, 10)
    lost = {"id": "dp_1", "payment": "pay_1", "status": "lost"}
    outcome = await tell(api, "evt_dp", "dispute.resolved", lost)
    assert [line["amount"] for line in outcome["credit"]] == [777 - 7]
    again = await tell(api, "evt_dp2", "dispute.resolved", {**lost, "id": "dp_2"})
    assert again["credit"] == []
    assert await all_is_well(api)


async def test_credit_comes_back_before_points_are_clawed_back(api: Api) -> None:
    await api.patch("/v1/loyalty/programs/prog_default", {"default_currency": "EUR"})
    account = (await api.enrol("cust_1"))["id"]
    await issue(api, account, 500)
    await spend(api, account, 500)
    await pays(api, 1_000)
    await refund(api, 1, 1_000)
    listed = await api.get("/v1/events", params={"account": account})
    newest = [event["type"] for event in listed["data"]][:2]
    assert newest == ["loyalty.points.reversed", "credit.reversed"]
    assert await all_is_well(api)


async def test_several_members_and_currencies_on_one_payment(api: Api) -> None:
    ann, bob = [(await api.enrol(f"cust_{number}"))["id"] for number in (1, 2)]
    await issue(api, ann, 1_000)
    await issue(api, ann, 700, "GBP")
    await issue(api, bob, 500)
    for account, amount, currency in ((ann, 1_000, "EUR"), (ann, 301, "GBP"), (bob, 99, "EUR")):
        await spend(api, account, amount, currency=currency)
    await pays(api, 2_000)
    outcome = await refund(api, 1, 1_000)
    assert [line["amount"] for line in outcome["credit"]] == [500, 150, 49]
    assert [await balance(api, ann), await balance(api, ann, "GBP"), await balance(api, bob)] == [500, 549, 450]
    await refund(api, 2, 1_000)
    assert [await balance(api, ann), await balance(api, ann, "GBP"), await balance(api, bob)] == [1_000, 700, 500]
    assert await all_is_well(api)


@pytest.mark.parametrize("how", ["failed", "expired"])
async def test_a_payment_that_fails_gives_all_back_and_one_that_completes_after_all_is_a_conflict(
    api: Api, how: str
) -> None:
    account = (await api.enrol("cust_1"))["id"]
    await issue(api, account, 800)
    spent = await spend(api, account, 500)
    outcome = await tell(api, "evt_end", f"payment.{how}", {"id": "pay_1"})
    (line,) = outcome["credit"]
    assert (line["amount"], line["status"], line["balance_after"]) == (500, "returned", 800)
    assert (await tell(api, "evt_end2", f"payment.{how}", {"id": "pay_1"}))["credit"] == []
    await api.refused("POST", f"{CREDIT}/spend", _spending(account, 1), status=409, code="payment_failed")
    outcome = await pays(api, 2_000)
    (line,) = outcome["credit"]
    assert (line["spend"], line["amount"], line["status"], line["transaction"]) == (
        spent["id"], 500, "conflict", None,
    )  # fmt: skip
    assert (await refund(api, 1, 2_000))["credit"] == []
    assert await balance(api, account) == 800
    assert await all_is_well(api)


def _spending(account: str, amount: int, payment: str = "pay_1") -> Json:
    return {"account": account, "amount": amount, "currency": "EUR", "payment": payment}


async def test_a_failure_after_the_completion_changes_nothing(api: Api) -> None:
    account = (await api.enrol("cust_1"))["id"]
    await issue(api, account, 500)
    await spend(api, account, 500)
    await pays(api, 1_000)
    assert (await tell(api, "evt_end", "payment.failed", {"id": "pay_1"}))["credit"] == []
    assert await balance(api, account) == 0
    assert await all_is_well(api)


async def test_a_payment_of_nothing_has_nothing_to_refund(api: Api) -> None:
    account = (await api.enrol("cust_1"))["id"]
    await issue(api, account, 500)
    await spend(api, account, 500)
    await pays(api, 0)
    outcome = await tell(api, "evt_dp", "dispute.resolved", {"id": "dp_1", "payment": "pay_1", "status": "lost"})
    assert (outcome["status"], outcome["credit"]) == ("processed", [])
    assert await all_is_well(api)


async def test_an_invoice_is_money_that_can_be_refunded_as_well(api: Api) -> None:
    account = (await api.enrol("cust_1"))["id"]
    await issue(api, account, 500)
    await spend(api, account, 500, "pay_1")
    invoice = {"id": "inv_1", "payment": "pay_1", "amount": 1_000, "currency": "EUR", "customer": "cust_1"}
    await tell(api, "evt_inv", "invoice.paid", invoice)
    await refund(api, 1, 500)
    assert await balance(api, account) == 250
    await pays(api, 2_000)
    assert await balance(api, account) == 250, "of 2,000 a quarter was refunded: what came back is not taken again"
    await refund(api, 2, 1_500)
    assert await balance(api, account) == 500
    assert await all_is_well(api)


async def test_expiry_by_the_clock(api: Api) -> None:
    await api.post(CLOCK, {"now": "2100-01-01T00:00:00Z"})
    account = (await api.enrol("cust_1"))["id"]
    await issue(api, account, 300, expires_at="2100-03-01T00:00:00Z")
    await issue(api, account, 200, expires_at="2100-02-01T00:00:00Z")
    await issue(api, account, 50, expires_at="2100-02-01T00:00:00Z")
    await issue(api, account, 100)
    shown = await api.get(f"{ACCOUNTS}/{account}/wallet")
    assert shown["balances"] == [
        {
            "currency": "EUR",
            "balance": 650,
            "expiring": [
                {"amount": 250, "expires_at": "2100-02-01T00:00:00Z"},
                {"amount": 300, "expires_at": "2100-03-01T00:00:00Z"},
            ],
        }
    ]
    await spend(api, account, 220)
    await api.post(f"{CLOCK}/advance", {"to": "2100-02-01T00:00:00Z"})
    assert await balance(api, account) == 400, "30 were left of the 250 that expired"
    await api.post(f"{CLOCK}/advance", {"to": "2100-06-01T00:00:00Z"})
    await api.refused("POST", f"{CREDIT}/spend", _spending(account, 101), status=422, code="insufficient_credit")
    listed = await api.get(f"{CREDIT}/transactions", params={"account": account, "type": "expire"})
    assert [(row["amount"], row["effective_at"], row["source"]["type"]) for row in listed["data"]] == [
        (-300, "2100-03-01T00:00:00Z", "expiry"),
        (-30, "2100-02-01T00:00:00Z", "expiry"),
    ]
    assert await all_is_well(api)


@pytest.mark.parametrize(("grace", "kept"), [(0, 0), (10, 200)])
async def test_what_comes_back_to_a_lot_that_expired_has_the_grace_of_the_program(
    api: Api, grace: int, kept: int
) -> None:
    await api.post(CLOCK, {"now": "2100-01-01T00:00:00Z"})
    await api.patch("/v1/loyalty/programs/prog_default", {"return_grace_days": grace})
    account = (await api.enrol("cust_1"))["id"]
    await issue(api, account, 200, expires_at="2100-02-01T00:00:00Z")
    await spend(api, account, 200)
    await pays(api, 1_000)
    await api.post(f"{CLOCK}/advance", {"to": "2100-03-01T00:00:00Z"})
    body = {"id": "re_1", "payment": "pay_1", "amount": 1_000}
    await tell(api, "evt_re", "refund.completed", body, "2100-03-01T00:00:00Z")
    assert await balance(api, account) == kept
    await api.post(f"{CLOCK}/advance", {"to": "2100-03-12T00:00:00Z"})
    assert await balance(api, account) == 0
    assert await all_is_well(api)


async def test_refusals(api: Api) -> None:
    account = (await api.enrol("cust_1"))["id"]
    await issue(api, account, 100)
    error = await api.refused(
        "POST", f"{CREDIT}/spend", _spending(account, 101), status=422, code="insufficient_credit"
    )
    assert (error["balance"], error["required"], error["resource"]) == (100, 101, account)
    other = {**_spending(account, 1), "currency": "GBP"}
    error = await api.refused("POST", f"{CREDIT}/spend", other, status=422, code="insufficient_credit")
    assert error["balance"] == 0
    past = {"account": account, "amount": 5, "currency": "EUR", "expires_at": "2020-01-01T00:00:00Z"}
    await api.refused("POST", f"{CREDIT}/issue", past, status=422, code="expires_at_in_past")
    for wrong in ({"amount": 0}, {"amount": -5}, {"amount": 1.5}, {"currency": "eur"}, {"currency": "XXX"}):
        body = {"account": account, "amount": 5, "currency": "EUR", **wrong}
        error = await api.refused("POST", f"{CREDIT}/issue", body, status=400, code="parameter_invalid")
        assert error["param"] == next(iter(wrong))
    unknown = _spending("loy_none", 1)
    await api.refused("POST", f"{CREDIT}/spend", unknown, status=404, code="resource_missing")
    await api.post(f"{ACCOUNTS}/{account}/close")
    await api.refused("POST", f"{CREDIT}/spend", _spending(account, 1), status=409, code="account_closed")
    assert (await issue(api, account, 11))["wallet_balance"] == 111, "a closed account may still be owed something"
    assert await all_is_well(api)


async def test_a_repeat_with_the_same_key_spends_once(api: Api) -> None:
    account = (await api.enrol("cust_1"))["id"]
    await issue(api, account, 100)
    headers = {"Idempotency-Key": "order-7"}
    first = await api.call("POST", f"{CREDIT}/spend", _spending(account, 60), headers=headers)
    again = await api.call("POST", f"{CREDIT}/spend", _spending(account, 60), headers=headers)
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert await balance(api, account) == 40


async def test_lists_and_single_rows_keep_points_and_credit_apart(api: Api) -> None:
    account = (await api.enrol("cust_1"))["id"]
    points = await api.post("/v1/loyalty/transactions", {"account": account, "amount": 7})
    first = await issue(api, account, 100)
    await issue(api, account, 100, "GBP")
    spent = await spend(api, account, 60, "pay_7")
    listed = await api.get(f"{CREDIT}/transactions", params={"account": account})
    assert [row["amount"] for row in listed["data"]] == [-60, 100, 100]
    one = await api.get(f"{CREDIT}/transactions", params={"account": account, "currency": "GBP"})
    assert [row["currency"] for row in one["data"]] == ["GBP"]
    of_payment = await api.get(f"{CREDIT}/transactions", params={"account": account, "payment": "pay_7"})
    assert [row["id"] for row in of_payment["data"]] == [spent["id"]]
    page = await api.get(f"{CREDIT}/transactions", params={"account": account, "limit": 2})
    rest = await api.get(
        f"{CREDIT}/transactions", params={"account": account, "starting_after": page["page"]["next_cursor"]}
    )
    assert [row["id"] for row in rest["data"]] == [first["id"]]
    shown = await api.get("/v1/loyalty/transactions", params={"account": account})
    assert [row["id"] for row in shown["data"]] == [points["id"]]
    assert [lot["id"] for lot in (await api.get(f"{ACCOUNTS}/{account}/lots"))["data"]] == [points["id"]]
    now = (await api.get(f"{ACCOUNTS}/{account}"))["updated_at"]
    assert (await api.get(f"{ACCOUNTS}/{account}", params={"as_of": now}))["balance"] == 7
    await api.refused("GET", f"/v1/loyalty/transactions/{first['id']}", status=404, code="resource_missing")
    await api.refused("GET", f"{CREDIT}/transactions/{points['id']}", status=404, code="resource_missing")
    expanded = await api.get(f"{CREDIT}/transactions/{spent['id']}", params={"expand[]": "account"})
    assert expanded["account"]["id"] == account


async def test_a_merge_moves_wallets_and_what_was_spent(api: Api) -> None:
    source, target = [(await api.enrol(f"cust_{number}"))["id"] for number in (1, 2)]
    await issue(api, source, 1_000)
    await issue(api, source, 70, "GBP")
    await issue(api, target, 5)
    await spend(api, source, 600)
    await pays(api, 1_000)
    await api.post(f"{ACCOUNTS}/merge", {"source": source, "target": target})
    assert (await api.get(f"{ACCOUNTS}/{source}/wallet"))["balances"] == []
    assert [await balance(api, target), await balance(api, target, "GBP")] == [405, 70]
    outcome = await refund(api, 1, 500)
    assert [(line["account"], line["amount"]) for line in outcome["credit"]] == [(target, 300)]
    spent = await spend(api, target, 705, "pay_2")
    assert len(spent["explanation"]["lots"]) == 2
    await api.refused("POST", f"{CREDIT}/issue", _issuing(source), status=409, code="account_merged")
    await api.refused("POST", f"{CREDIT}/spend", _spending(source, 1), status=409, code="account_merged")
    assert await all_is_well(api)


def _issuing(account: str, amount: int = 5) -> Json:
    return {"account": account, "amount": amount, "currency": "EUR"}


@pytest.mark.parametrize("dry_run", [True, False])
async def test_a_merge_that_would_fill_a_wallet_beyond_its_bound_is_refused(api: Api, dry_run: bool) -> None:
    source, target = [(await api.enrol(f"cust_{number}"))["id"] for number in (1, 2)]
    await issue(api, source, 2**53 - 1)
    await issue(api, target, 1)
    body = {"source": source, "target": target, "dry_run": dry_run}
    await api.refused("POST", f"{ACCOUNTS}/merge", body, status=422, code="credit_out_of_range")
    assert await balance(api, target) == 1


async def test_what_is_held_about_a_member_and_what_erasing_leaves(api: Api) -> None:
    account = (await api.enrol("cust_1"))["id"]
    await issue(api, account, 100, reason="sorry, Ada", metadata={"phone": "123"})
    await spend(api, account, 30)
    held = await api.get(f"{ACCOUNTS}/{account}/export")
    assert held["wallet"]["balances"] == [{"currency": "EUR", "balance": 70, "expiring": []}]
    assert [row["amount"] for row in held["credit_transactions"]] == [100, -30]
    assert held["transactions"] == []
    await api.post(f"{ACCOUNTS}/{account}/erase")
    rows = (await api.get(f"{CREDIT}/transactions", params={"account": account}))["data"]
    assert [(row["amount"], row["reason"], row["metadata"]) for row in rows] == [(-30, None, {}), (100, None, {})]
    assert await balance(api, account) == 70
    assert await all_is_well(api)


async def test_rules_may_react_to_credit(api: Api) -> None:
    award = {"type": "fixed", "points": 3}
    await api.post("/v1/loyalty/earning-rules", {"program": "prog_default", "trigger": "credit.spent", "award": award})
    account = (await api.enrol("cust_1"))["id"]
    await issue(api, account, 100)
    await spend(api, account, 10)
    assert (await api.get(f"{ACCOUNTS}/{account}"))["balance"] == 3
    assert await all_is_well(api)


async def test_a_restricted_key_needs_the_scope(api: Api) -> None:
    account = (await api.enrol("cust_1"))["id"]
    reader = await api.new_key("test", "credit:read")
    await api.get(f"{ACCOUNTS}/{account}/wallet", key=reader)
    error = await api.refused(
        "POST", f"{CREDIT}/issue", _issuing(account), status=403, code="permission_denied", key=reader
    )
    assert error["required_scope"] == "credit:write"
