"""A request with an Idempotency-Key takes effect at most once, and its repeat gets the first answer."""

import asyncio

import pytest

from tests.api.conftest import Api, payment

pytestmark = pytest.mark.anyio

ACCOUNTS = "/v1/loyalty/accounts"
TRANSACTIONS = "/v1/loyalty/transactions"
KEY = {"Idempotency-Key": "one"}


async def test_a_repeat_gets_the_first_answer(api: Api) -> None:
    account = await api.enrol()
    body = {"account": account["id"], "amount": 5}
    first = await api.call("POST", TRANSACTIONS, body, headers=KEY)
    again = await api.call("POST", TRANSACTIONS, {"amount": 5, "account": account["id"]}, headers=KEY)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert ("idempotent-replayed" in first.headers, again.headers["idempotent-replayed"]) == (False, "true")
    assert (await api.get(f"{ACCOUNTS}/{account['id']}"))["balance"] == 5


async def test_twins_take_effect_once(api: Api) -> None:
    account = await api.enrol()
    body = {"account": account["id"], "amount": 5}
    answers = await asyncio.gather(*(api.call("POST", TRANSACTIONS, body, headers=KEY) for _ in range(20)))
    assert {answer.content for answer in answers} == {answers[0].content}
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
    assert (await api.get(f"{ACCOUNTS}/{account['id']}"))["balance"] == 5


async def test_an_event_may_carry_a_key_too(api: Api) -> None:
    first = await api.call("POST", "/v1/events", payment("evt_1", "cust_1"), headers=KEY)
    again = await api.call("POST", "/v1/events", payment("evt_1", "cust_1"), headers=KEY)
    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"
    batch = {"events": [payment("evt_2", "cust_1"), {}]}
    first = await api.call("POST", "/v1/events/batch", batch, headers=KEY)
    again = await api.call("POST", "/v1/events/batch", batch, headers=KEY)
    assert again.content == first.content
    other = {"events": [payment("evt_3", "cust_1")]}
    await api.refused("POST", "/v1/events/batch", other, status=409, code="idempotency_key_reused", headers=KEY)


async def test_domain_refusals_are_kept(api: Api) -> None:
    account = await api.enrol()
    debit = {"account": account["id"], "amount": -5}
    await api.refused("POST", TRANSACTIONS, debit, status=422, code="insufficient_points", headers=KEY)
    await api.post(TRANSACTIONS, {"account": account["id"], "amount": 50})
    answer = await api.call("POST", TRANSACTIONS, debit, headers=KEY)
    assert (answer.status_code, answer.headers["idempotent-replayed"]) == (422, "true")


async def test_other_refusals_are_not_kept(api: Api) -> None:
    early = {**payment("evt_1", "cust_1"), "created_at": "2199-01-01T00:00:00Z"}
    answers = [await api.call("POST", "/v1/events", early, headers=KEY) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert "idempotent-replayed" not in answers[1].headers
    await api.refused("POST", ACCOUNTS, {"program": "prog_new"}, status=404, code="resource_missing", headers=KEY)
    await api.refused("POST", ACCOUNTS, {"program": 5}, status=400, code="parameter_invalid", headers=KEY)
    await api.post(ACCOUNTS, {"program": "prog_default"}, headers=KEY)


async def test_a_key_is_for_one_path_and_one_store(api: Api) -> None:
    first, second = await api.enrol(), await api.enrol()
    for account in (first, second):
        closed = await api.post(f"{ACCOUNTS}/{account['id']}/close", headers=KEY)
        assert closed["id"] == account["id"]
    await api.post(ACCOUNTS, {"program": "prog_default"}, headers=KEY)
    await api.post(ACCOUNTS, {"program": "prog_default", "customer": "c"}, headers=KEY, key=await api.key_of("live"))


@pytest.mark.parametrize("key", ["x" * 256, "", "caf\xe9"])
async def test_a_key_that_is_none(sqlite_api: Api, key: str) -> None:
    for path, body in ((ACCOUNTS, {"program": "prog_default"}), ("/v1/events", payment("evt_1", None))):
        headers = [("idempotency-key", key.encode("latin-1")), ("x-api-key", sqlite_api.keys["test"].encode())]
        answer = await sqlite_api.client.post(path, json=body, headers=headers)  # type: ignore[arg-type]
        assert answer.status_code == 400
        assert answer.json()["error"]["param"] == "Idempotency-Key"
