"""Lists: newest first, page by page in both directions, filtered, with linked objects in place of ids."""

from typing import Any

import pytest

from tests.api.conftest import Api, payment

pytestmark = pytest.mark.anyio

ACCOUNTS = "/v1/loyalty/accounts"
ENDPOINTS = "/v1/webhook-endpoints"
TRANSACTIONS = "/v1/loyalty/transactions"


async def furnish(api: Api) -> str:
    """Seven of everything that lists hold; answers an account with seven transactions."""
    account: str = (await api.enrol("cust_0"))["id"]
    for number in range(7):
        await api.pay(f"evt_{number}", "cust_0")
        await api.post("/v1/loyalty/programs", {"name": f"Program {number}"})
        rule = {"program": "prog_default", "trigger": "shop.visited", "award": {"type": "fixed", "points": 5}}
        await api.post("/v1/loyalty/earning-rules", rule)
        await api.post("/v1/api-keys", {"name": f"Key {number}"})
        named = {"program": "prog_default", "name": f"Name {number}"}
        await api.post("/v1/loyalty/segments", named)
        bonus = {"type": "bonus_points", "trigger": "shop.visited", "points": 5}
        await api.post("/v1/loyalty/campaigns", {**named, "mechanics": [bonus]})
        await api.post(ENDPOINTS, {"url": "https://shop.example/hooks"})
        if number:
            await api.enrol(f"cust_{number}")
        customer = {"id": f"cust_{number}", "email": f"{number}@example.com"}
        told = {"id": f"evt_c{number}", "type": "customer.created", "created_at": "2026-01-01T00:00:00Z"}
        await api.post("/v1/events", {**told, "data": {"object": customer}})
    return account


def paths(account: str) -> list[str]:
    return [
        ENDPOINTS,
        ACCOUNTS,
        f"{TRANSACTIONS}?account={account}",
        f"{ACCOUNTS}/{account}/lots",
        "/v1/loyalty/programs",
        "/v1/loyalty/earning-rules",
        "/v1/loyalty/segments",
        "/v1/loyalty/campaigns",
        "/v1/customers",
        "/v1/events",
        "/v1/received-events",
        "/v1/audit-log",
        "/v1/api-keys",
    ]


async def test_every_list_can_be_walked_in_both_directions(api: Api) -> None:
    account = await furnish(api)
    for path in paths(account):
        whole = await api.get(path, params=merged(path, limit="100"))
        ids = [entry["id"] for entry in whole["data"]]
        assert len(ids) == len(set(ids)) == whole["page"]["total_estimate"] >= 7, path
        assert whole["object"] == "list"
        assert whole["page"] == {"has_more": False, "next_cursor": None, "total_estimate": len(ids)}
        assert await walk(api, path, "starting_after", None) == ids, path
        back = await walk(api, path, "ending_before", ids[-1])
        assert back == ids[:-1], path


def merged(path: str, **more: str) -> dict[str, str]:
    query = path.partition("?")[2]
    return {**dict([query.split("=")] if query else []), **more}


async def walk(api: Api, path: str, direction: str, cursor: str | None) -> list[str]:
    found: list[str] = []
    while True:
        query = merged(path, limit="3", **({direction: cursor} if cursor else {}))
        page = await api.get(path.partition("?")[0], params=query)
        ids = [entry["id"] for entry in page["data"]]
        found = found + ids if direction == "starting_after" else ids + found
        cursor = page["page"]["next_cursor"]
        assert page["page"]["has_more"] is (cursor is not None)
        if cursor is None:
            return found


async def test_cursors_and_limits_that_are_wrong(api: Api) -> None:
    account = (await api.enrol())["id"]
    for path in paths(account):
        bare = path.partition("?")[0]
        for query, param in (
            ({"limit": "0"}, "limit"),
            ({"limit": "101"}, "limit"),
            ({"limit": "1.0"}, "limit"),
            ({"starting_after": "nothing"}, "starting_after"),
            ({"ending_before": "nothing"}, "ending_before"),
            ({"starting_after": account, "ending_before": account}, "ending_before"),
        ):
            error = await api.refused("GET", bare, params=merged(path, **query), status=400, code="parameter_invalid")
            assert error["param"] == param, path


async def test_accounts_are_active_ones_unless_asked_otherwise(api: Api) -> None:
    kept, closed, emptied = [(await api.enrol(f"cust_{name}"))["id"] for name in "abc"]
    await api.post(f"{ACCOUNTS}/{closed}/close")
    await api.post(f"{ACCOUNTS}/merge", {"source": emptied, "target": kept})

    async def listed(**query: str) -> list[str]:
        return [account["id"] for account in (await api.get(ACCOUNTS, params=query))["data"]]

    assert await listed() == [kept]
    assert await listed(status="closed") == [closed]
    assert await listed(status="all") == [emptied, closed, kept]
    assert await listed(customer="cust_a") == [kept]
    assert await listed(customer="cust_b") == []
    assert await listed(customer="cust_b", status="all") == [closed]
    assert await listed(customer="cust_c") == [kept], (
        "events for a merged customer reach the survivor, so resolving does too"
    )
    assert await listed(program="prog_other") == []


async def test_filters(api: Api) -> None:
    account = (await api.enrol("cust_1"))["id"]
    await api.pay("evt_1", "cust_1")
    await api.post(TRANSACTIONS, {"account": account, "amount": -5})
    await api.post("/v1/events", payment("evt_2", "cust_unknown", 0))

    async def listed(path: str, **query: str) -> list[Any]:
        return [entry["type"] for entry in (await api.get(path, params=query))["data"]]

    assert await listed(TRANSACTIONS, account=account) == ["adjust", "earn"]
    assert await listed(TRANSACTIONS, account=account, type="earn") == ["earn"]
    assert await listed(TRANSACTIONS, account=account, **{"created_at[gte]": "2199-01-01T00:00:00Z"}) == []
    assert await listed(TRANSACTIONS, account=account, **{"created_at[lt]": "2199-01-01T00:00:00Z"}) == [
        "adjust",
        "earn",
    ]
    assert await listed("/v1/events", type="loyalty.points.earned") == ["loyalty.points.earned"]
    assert await listed("/v1/events", type="loyalty.points.*") == ["loyalty.points.adjusted", "loyalty.points.earned"]
    assert len(await listed("/v1/events", account=account)) == 3
    assert len(await listed("/v1/received-events", status="ignored")) == 1
    error = await api.refused("GET", TRANSACTIONS, status=400, code="parameter_missing")
    assert error["param"] == "account"
    await api.refused("GET", f"{TRANSACTIONS}?account=loy_x", status=404, code="resource_missing")


async def test_customers_are_found_by_email(api: Api) -> None:
    told = {"id": "evt_1", "type": "customer.created", "created_at": "2026-01-01T00:00:00Z"}
    await api.post("/v1/events", {**told, "data": {"object": {"id": "cust_1", "email": "a@example.com"}}})
    assert [found["id"] for found in (await api.get("/v1/customers?email=a@example.com"))["data"]] == ["cust_1"]
    assert (await api.get("/v1/customers?email=b@example.com"))["data"] == []
    assert (await api.get("/v1/customers/cust_1"))["email"] == "a@example.com"


async def test_linked_objects_are_inlined(api: Api) -> None:
    account = (await api.enrol("cust_1"))["id"]
    await api.pay("evt_1", "cust_1")
    query = [("account", account), *(("expand[]", path) for path in ("account.program", "rule", "event"))]
    (row,) = (await api.get(TRANSACTIONS, params=query))["data"]
    assert (row["account"]["id"], row["account"]["program"]["id"]) == (account, "prog_default")
    assert (row["rule"]["id"], row["event"]["object"], row["event"]["id"]) == (
        "rule_default",
        "received_event",
        "evt_1",
    )
    one = await api.get(f"{TRANSACTIONS}/{row['id']}?expand[]=account")
    assert one["account"]["balance"] == 10
    shown = await api.get(f"{ACCOUNTS}/{account}?expand[]=customer&expand[]=program")
    assert shown["customer"] == "cust_1", "no event told of this customer: the id stays"
    assert shown["program"]["object"] == "program"


async def test_what_cannot_be_expanded_is_refused(sqlite_api: Api) -> None:
    for path in ("programme", "program.id", "merged_into.merged_into.merged_into.program"):
        error = await sqlite_api.refused("GET", f"{ACCOUNTS}?expand[]={path}", status=400, code="parameter_invalid")
        assert error["param"] == "expand[]"
