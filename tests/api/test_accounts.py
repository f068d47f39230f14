"""Members over HTTP: reads see what time has changed, balances of the past, and what is held about a person."""

import asyncio

import pytest

from tests.api.conftest import Api

pytestmark = pytest.mark.anyio

ACCOUNTS = "/v1/loyalty/accounts"
TRANSACTIONS = "/v1/loyalty/transactions"
CLOCK = "/v1/test-helpers/clock"


async def test_an_account_as_the_documentation_shows_it(api: Api) -> None:
    account = await api.enrol("cust_abc123", metadata={"signup_channel": "web"})
    assert account["id"].startswith("loy_")
    assert (account["balance"], account["status"], account["customer"]) == (0, "active", "cust_abc123")
    assert await api.get(f"{ACCOUNTS}/{account['id']}") == {**account}
    error = await api.refused(
        "POST",
        ACCOUNTS,
        {"program": "prog_default", "customer": "cust_abc123"},
        status=409,
        code="account_already_exists",
    )
    assert error["resource"] == account["id"]


async def test_one_of_many_creates_wins(api: Api) -> None:
    body = {"program": "prog_default", "customer": "cust_1"}
    answers = await asyncio.gather(*(api.call("POST", ACCOUNTS, body) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19
    (winner,) = [answer.json()["id"] for answer in answers if answer.status_code == 200]
    assert {answer.json()["error"]["resource"] for answer in answers if answer.status_code == 409} == {winner}


async def test_metadata_is_merged_key_by_key_by_either_method(api: Api) -> None:
    account = await api.enrol(metadata={"a": "1", "b": "2"})
    path = f"{ACCOUNTS}/{account['id']}"
    assert (await api.patch(path, {"metadata": {"a": None, "c": "3"}}))["metadata"] == {"b": "2", "c": "3"}
    assert (await api.post(path, {"metadata": {"b": None}, "customer": "cust_1"}))["metadata"] == {"c": "3"}
    assert (await api.get(path))["customer"] == "cust_1"


async def test_closing_and_reopening(api: Api) -> None:
    account = (await api.enrol("cust_1"))["id"]
    assert (await api.post(f"{ACCOUNTS}/{account}/close"))["status"] == "closed"
    outcome = await api.pay("evt_1", "cust_1")
    assert (outcome["status"], outcome["reason"]) == ("ignored", "account_closed")
    assert (await api.post(f"{ACCOUNTS}/{account}/reopen"))["status"] == "active"
    assert (await api.post("/v1/events/evt_1/replay"))["status"] == "processed"
    assert (await api.get(f"{ACCOUNTS}/{account}"))["balance"] == 10


async def test_a_read_sees_what_time_has_changed(api: Api) -> None:
    await api.post(CLOCK, {"now": "2100-01-01T00:00:00Z"})
    accounts = [(await api.enrol(f"cust_{number}"))["id"] for number in range(5)]
    for account in accounts:
        await api.post(TRANSACTIONS, {"account": account, "amount": 100, "expires_at": "2100-02-01T00:00:00Z"})
    await api.post(f"{CLOCK}/advance", {"to": "2100-02-01T00:00:00Z"})
    assert {account["balance"] for account in (await api.get(ACCOUNTS))["data"]} == {0}
    (expired, _) = (await api.get(TRANSACTIONS, params={"account": accounts[0]}))["data"]
    assert (expired["type"], expired["amount"]) == ("expire", -100)
    assert (await api.get(f"{ACCOUNTS}/{accounts[0]}/lots"))["data"] == []
    assert len((await api.get(f"{ACCOUNTS}/{accounts[0]}/lots?status=all"))["data"]) == 1


async def test_balances_as_they_stood(api: Api) -> None:
    await api.post(CLOCK, {"now": "2100-01-01T00:00:00Z"})
    source, target = (await api.enrol("cust_1"))["id"], (await api.enrol("cust_2"))["id"]
    for account, amount in ((source, 100), (target, 30)):
        await api.post(TRANSACTIONS, {"account": account, "amount": amount})
    await api.post(f"{CLOCK}/advance", {"to": "2100-01-03T00:00:00Z"})
    await api.post(f"{ACCOUNTS}/merge", {"source": source, "target": target})
    await api.post(f"{CLOCK}/advance", {"to": "2100-01-05T00:00:00Z"})

    async def balance(account: str, moment: str) -> int:
        shown = await api.get(f"{ACCOUNTS}/{account}", params={"as_of": moment})
        assert shown["as_of"] == moment
        found: int = shown["balance"]
        return found

    assert await balance(target, "2099-12-31T00:00:00Z") == 0
    assert await balance(target, "2100-01-02T00:00:00Z") == 30
    assert await balance(source, "2100-01-02T00:00:00Z") == 100
    assert await balance(target, "2100-01-04T00:00:00Z") == 130
    assert await balance(source, "2100-01-04T00:00:00Z") == 0
    query = {"as_of": "2100-01-06T00:00:00Z"}
    error = await api.refused("GET", f"{ACCOUNTS}/{target}", params=query, status=400, code="parameter_invalid")
    assert error["param"] == "as_of"


async def test_a_merge_can_be_tried_first(api: Api) -> None:
    source, target = (await api.enrol("cust_1"))["id"], (await api.enrol("cust_2"))["id"]
    await api.post(TRANSACTIONS, {"account": source, "amount": 100})
    merge = {"source": source, "target": target}
    assert (await api.post(f"{ACCOUNTS}/merge", {**merge, "dry_run": True}))["balance"] == 100
    assert (await api.get(f"{ACCOUNTS}/{target}"))["balance"] == 0
    assert (await api.post(f"{ACCOUNTS}/merge", merge))["balance"] == 100
    assert (await api.get(f"{ACCOUNTS}/{source}"))["merged_into"] == target
    error = await api.refused("POST", f"{ACCOUNTS}/{source}/close", status=409, code="account_merged")
    assert error["resource"] == target


async def test_what_is_held_about_a_member_and_that_it_is_forgotten(api: Api) -> None:
    account = (await api.enrol("cust_1", metadata={"note": "likes-blue"}))["id"]
    await api.pay("evt_1", "cust_1")
    await api.post(TRANSACTIONS, {"account": account, "amount": 5, "reason": "sorry-about-that"})
    export = await api.get(f"{ACCOUNTS}/{account}/export")
    assert len(export["transactions"]) == len(export["lots"]) == 2
    assert [event["account_sequence"] for event in export["events"]] == [1, 2, 3]
    assert [event["id"] for event in export["received_events"]] == ["evt_1"]
    erased = await api.post(f"{ACCOUNTS}/{account}/erase")
    assert (erased["customer"], erased["metadata"], erased["balance"]) == (None, {}, 15)
    left = (await api.call("GET", f"{ACCOUNTS}/{account}/export")).text
    for personal in ("cust_1", "likes-blue", "sorry-about-that"):
        assert personal not in left


async def test_many_adjustments_each_by_itself(api: Api) -> None:
    account = (await api.enrol())["id"]
    elements = [
        {"account": account, "amount": 5},
        {"account": account, "amount": -50},
        {"account": account},
        {"account": account, "amount": 7},
    ]
    answer = await api.post(f"{TRANSACTIONS}/batch", {"transactions": elements})
    assert answer["object"] == "transaction_batch"
    assert [entry["status"] for entry in answer["data"]] == [200, 422, 400, 200]
    assert answer["data"][3]["result"]["balance_after"] == 12
    assert answer["data"][2]["error"]["param"] == "amount"
    for wrong in ([], [{}] * 1_001, {}):
        body = {"transactions": wrong}
        await api.refused("POST", f"{TRANSACTIONS}/batch", body, status=400, code="parameter_invalid")


async def test_an_account_reads_the_same_with_a_query_and_without(api: Api) -> None:
    """Without one it is answered beside the web framework."""
    account = await api.enrol("cust_1")
    await api.post(TRANSACTIONS, {"account": account["id"], "amount": 50})
    path = f"{ACCOUNTS}/{account['id']}"
    plain, asked = await api.call("GET", path), await api.call("GET", f"{path}?expand[]=program")
    assert (plain.status_code, asked.status_code) == (200, 200)
    assert plain.json() == {**asked.json(), "program": asked.json()["program"]["id"]}
    assert set(plain.headers) == set(asked.headers)
    missing = [await api.call("GET", f"{ACCOUNTS}/loy_none{query}") for query in ("", "?expand[]=program")]
    first, second = ({**answer.json()["error"], "request_id": ""} for answer in missing)
    assert first == second
    assert first["code"] == "resource_missing"
