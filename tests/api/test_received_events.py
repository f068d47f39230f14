"""What was received about a member: events of its customers, and those without one that reached or named it."""

from typing import Any

import pytest

from tests.api.conftest import Api, Json, payment
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.migrations import statements_of

pytestmark = pytest.mark.anyio

ACCOUNTS = "/v1/loyalty/accounts"
RECEIVED = "/v1/received-events"


async def listed(api: Api, **query: str) -> list[str]:
    return [event["id"] for event in (await api.get(RECEIVED, params=query))["data"]]


def told(event: str, kind: str, **body: Any) -> Json:
    return {"id": event, "type": kind, "created_at": "2026-04-01T12:00:00Z", "data": {"object": body}}


async def test_events_about_a_member(api: Api) -> None:
    ann, bob = (await api.enrol("cust_ann"))["id"], (await api.enrol("cust_bob"))["id"]
    await api.pay("evt_ann", "cust_ann")
    await api.pay("evt_bob", "cust_bob")
    await api.post("/v1/events", payment("evt_guest", None))
    await api.post("/v1/events", told("evt_known", "customer.created", id="cust_ann", name="Ann"))
    await api.post("/v1/events", told("evt_nothing", "shop.visited", customer="cust_ann"))
    await api.post("/v1/events", told("evt_back", "refund.completed", id="re_1", payment="pay_evt_ann", amount=100))
    assert await listed(api, account=ann) == ["evt_back", "evt_nothing", "evt_known", "evt_ann"]
    assert await listed(api, customer="cust_ann") == await listed(api, account=ann)
    assert await listed(api, account=bob) == ["evt_bob"]
    assert await listed(api, account=ann, customer="cust_bob") == []
    assert await listed(api, account=ann, status="ignored") == ["evt_nothing"]
    assert await listed(api, account=ann, type="refund.completed") == ["evt_back"]
    assert await listed(api, account=ann, **{"created_at[lt]": "2020-01-01T00:00:00Z"}) == []
    (ignored,) = (await api.get(RECEIVED, params={"account": ann, "status": "ignored"}))["data"]
    assert (ignored["outcome"]["reason"], ignored["customer"]) == ("no_matching_rule", "cust_ann")
    (back,) = (await api.get(RECEIVED, params={"account": ann, "type": "refund.completed"}))["data"]
    assert back["customer"] == "cust_ann", "whose payment it is"
    page = await api.get(RECEIVED, params={"account": ann, "limit": "2"})
    assert page["page"] == {"has_more": True, "next_cursor": "evt_nothing", "total_estimate": 4}
    assert await listed(api, account=ann, starting_after="evt_nothing") == ["evt_known", "evt_ann"]
    assert await listed(api, account=ann, ending_before="evt_known") == ["evt_back", "evt_nothing"]


async def test_events_that_name_a_member_without_a_customer(api: Api) -> None:
    account = (await api.enrol())["id"]
    named = {"metadata": {"loyalty_account": account}}
    await api.post("/v1/events", payment("evt_1", None, **named))
    await api.post("/v1/events", told("evt_2", "refund.completed", id="re_1", payment="pay_evt_1", amount=100))
    await api.post("/v1/events", told("evt_3", "shop.visited", **named))
    await api.post(f"{ACCOUNTS}/{account}/close")
    await api.post("/v1/events", payment("evt_4", None, **named))
    assert await listed(api, account=account) == ["evt_4", "evt_3", "evt_2", "evt_1"]
    (closed,) = (await api.get(RECEIVED, params={"account": account, "limit": "1"}))["data"]
    assert (closed["status"], closed["outcome"]["reason"]) == ("ignored", "account_closed")
    export = await api.get(f"{ACCOUNTS}/{account}/export")
    assert [event["id"] for event in export["received_events"]] == ["evt_1", "evt_2", "evt_3", "evt_4"]


async def test_an_event_that_was_replayed_for_a_member(api: Api) -> None:
    account = (await api.enrol())["id"]
    await api.post("/v1/events", payment("evt_guest", None))
    assert await listed(api, account=account) == []
    await api.post("/v1/events/evt_guest/replay", {"account": account})
    assert await listed(api, account=account) == ["evt_guest"]


async def test_what_was_received_before_a_merge(api: Api) -> None:
    source, middle, target = [(await api.enrol(name))["id"] for name in ("cust_1", "cust_2", "cust_3")]
    standalone = (await api.enrol())["id"]
    for number in (1, 2, 3):
        await api.pay(f"evt_{number}", f"cust_{number}")
    await api.post("/v1/events", payment("evt_named", None, metadata={"loyalty_account": standalone}))
    for emptied, survivor in ((source, middle), (standalone, middle), (middle, target)):
        await api.post(f"{ACCOUNTS}/merge", {"source": emptied, "target": survivor})
    assert await listed(api, account=target) == ["evt_named", "evt_3", "evt_2", "evt_1"]
    assert await listed(api, account=middle) == ["evt_named", "evt_2", "evt_1"]
    assert await listed(api, account=source) == ["evt_1"]


async def test_what_was_received_about_somebody_who_was_erased(api: Api) -> None:
    account = (await api.enrol("cust_1"))["id"]
    standalone = (await api.enrol())["id"]
    await api.pay("evt_1", "cust_1")
    await api.post("/v1/events", told("evt_2", "refund.completed", id="re_1", payment="pay_evt_1", amount=100))
    await api.post(
        "/v1/events", told("evt_3", "shop.visited", metadata={"loyalty_account": standalone, "note": "secret"})
    )
    for each in (account, standalone):
        await api.post(f"{ACCOUNTS}/{each}/erase")
    assert await listed(api, account=account) == await listed(api, customer="cust_1") == []
    for event in ("evt_1", "evt_2", "evt_3"):
        left = await api.get(f"{RECEIVED}/{event}")
        assert (left["body"], left["outcome"], left["customer"]) == ({}, None, None), event


async def test_a_member_that_is_not_there(sqlite_api: Api) -> None:
    query = {"account": "loy_none"}
    error = await sqlite_api.refused("GET", RECEIVED, params=query, status=404, code="resource_missing")
    assert (error["param"], error["resource"]) == ("account", "loy_none")


async def test_a_store_of_before_knows_whom_its_events_were_about(api: Api) -> None:
    """The migration tells from bodies and outcomes what is written with each event since."""
    account = (await api.enrol())["id"]
    named = {"metadata": {"loyalty_account": account}}
    await api.post("/v1/events", payment("evt_1", None, **named))
    await api.post("/v1/events", told("evt_2", "refund.completed", id="re_1", payment="pay_evt_1", amount=100))
    await api.post("/v1/events", told("evt_3", "shop.visited", **named))
    await api.post("/v1/events", payment("evt_4", None))
    await api.pay("evt_5", "cust_1")

    async def kept(session: Session) -> list[Any]:
        return await session.fetch("select id, account from received_events order by id")

    async def again(session: Session) -> list[Any]:
        await session.execute("update received_events set account = null")
        for statement in statements_of("0014_finding.sql", session.engine):
            if statement.startswith("update received_events"):
                await session.execute(statement)
        return await kept(session)

    database = api.stores["test"].database
    before = await database.read(kept)
    assert dict(before) == {"evt_1": account, "evt_2": account, "evt_3": account, "evt_4": None, "evt_5": None}
    assert await database.write(again) == before
