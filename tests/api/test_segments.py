"""`/v1/loyalty/segments` over HTTP, on both engines: configuration, members in pages, counts, and what goes by a segment."""

from typing import Any

import pytest

from tests.api.conftest import Api, payment
from vinr_engagement.commands import segment_members

pytestmark = pytest.mark.anyio

SEGMENTS = "/v1/loyalty/segments"
SPENT: dict[str, Any] = {
    "program": "prog_default",
    "name": "Spent £15",
    "conditions": [{"fact": "spend_lifetime", "op": "gte", "value": 1_500}],
}


async def members(api: Api, segment: str, **query: str) -> list[str]:
    return [entry["id"] for entry in (await api.get(f"{SEGMENTS}/{segment}/members", params=query))["data"]]


async def test_made_changed_listed_and_deleted(api: Api) -> None:
    made = await api.post(SEGMENTS, SPENT)
    assert made == {
        **SPENT,
        "object": "segment",
        "match": "all",
        "metadata": {},
        **{name: made[name] for name in ("id", "created_at", "updated_at")},
    }
    assert made["id"].startswith("seg_")
    one = f"{SEGMENTS}/{made['id']}"
    await api.patch(one, {"metadata": {"a": "b", "c": "d"}})
    changed = await api.patch(one, {"name": "Other", "match": "any", "metadata": {"a": None}})
    assert (changed["name"], changed["match"], changed["metadata"]) == ("Other", "any", {"c": "d"})
    assert changed["conditions"] == SPENT["conditions"]
    assert await api.get(one) == changed
    assert (await api.get(one, params={"expand[]": "program"}))["program"]["object"] == "program"
    assert [entry["id"] for entry in (await api.get(SEGMENTS))["data"]] == [made["id"]]
    assert await api.call("DELETE", one) is not None
    assert (await api.get(SEGMENTS))["data"] == []
    await api.refused("GET", one, status=404, code="resource_missing")
    await api.refused("PATCH", one, {"name": "x"}, status=404, code="resource_missing")
    log = (await api.get("/v1/audit-log", params={"resource": made["id"]}))["data"]
    assert [entry["action"] for entry in log] == [
        "segment.deleted",
        "segment.updated",
        "segment.updated",
        "segment.created",
    ]


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"conditions": [{"fact": "event.amount", "op": "gte", "value": 1}]}, "conditions[0].fact"),
        ({"conditions": [{"fact": "segment", "op": "eq", "value": "seg_1"}]}, "conditions"),
        ({"conditions": [{"fact": "spend_90d", "op": "gte", "value": "much"}]}, "conditions[0].value"),
        ({"conditions": [{"fact": "spend_ninety_days", "op": "gte", "value": 1}]}, "conditions[0].fact"),
        ({"match": "most"}, "match"),
        ({"name": ""}, "name"),
    ],
)
async def test_faults_are_named(sqlite_api: Api, changes: dict[str, Any], param: str) -> None:
    error = await sqlite_api.refused("POST", SEGMENTS, {**SPENT, **changes}, status=400, code="parameter_invalid")
    assert error["param"] == param


async def test_its_program_stays(sqlite_api: Api) -> None:
    other = await sqlite_api.post("/v1/loyalty/programs", {"name": "Other"})
    made = await sqlite_api.post(SEGMENTS, SPENT)
    body = {"program": other["id"]}
    await sqlite_api.refused("PATCH", f"{SEGMENTS}/{made['id']}", body, status=400, code="parameter_invalid")
    await sqlite_api.refused("POST", SEGMENTS, {**SPENT, "program": "prog_x"}, status=404, code="resource_missing")


async def test_a_rule_needs_a_segment_of_its_program(sqlite_api: Api) -> None:
    other = await sqlite_api.post("/v1/loyalty/programs", {"name": "Other"})
    made = await sqlite_api.post(SEGMENTS, {**SPENT, "program": other["id"]})
    rule = {"program": "prog_default", "trigger": "cart.left", "award": {"type": "fixed", "points": 1}}
    for named in (made["id"], "seg_none"):
        asked = {**rule, "multipliers": [{"when": {"segment": named}, "factor": 2}]}
        path = "/v1/loyalty/earning-rules"
        await sqlite_api.refused("POST", path, asked, status=400, code="parameter_invalid")


async def test_a_segment_in_use_stays_until_the_rule_lets_go(api: Api) -> None:
    made = await api.post(SEGMENTS, SPENT)
    rule = {"program": "prog_default", "trigger": "cart.left", "award": {"type": "fixed", "points": 1}}
    conditions = [{"fact": "segment", "op": "in", "value": [made["id"]]}]
    named = await api.post("/v1/loyalty/earning-rules", {**rule, "conditions": conditions})
    error = await api.refused("DELETE", f"{SEGMENTS}/{made['id']}", status=409, code="segment_in_use")
    assert error["resource"] == named["id"]
    await api.patch(f"/v1/loyalty/earning-rules/{named['id']}", {"conditions": None})
    answer = await api.call("DELETE", f"{SEGMENTS}/{made['id']}")
    assert answer.json() == {"id": made["id"], "object": "segment", "deleted": True}


async def test_members_come_newest_first_in_pages_and_back(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment_members, "CHUNK_ACCOUNTS", 2)
    made = await api.post(SEGMENTS, SPENT)
    inside = []
    for number in range(7):
        account = await api.enrol(f"cust_{number}")
        if number % 2 == 0:
            await api.pay(f"evt_{number}", f"cust_{number}", 1_500)
            inside.insert(0, account["id"])
    assert await members(api, made["id"]) == inside
    page = await api.get(f"{SEGMENTS}/{made['id']}/members", params={"limit": "3"})
    assert page["page"] == {"has_more": True, "next_cursor": inside[2], "total_estimate": None}
    rest = await api.get(f"{SEGMENTS}/{made['id']}/members", params={"limit": "3", "starting_after": inside[2]})
    assert rest["page"] == {"has_more": False, "next_cursor": None, "total_estimate": None}
    assert [entry["id"] for entry in page["data"] + rest["data"]] == inside
    assert await members(api, made["id"], ending_before=inside[-1], limit="2") == inside[1:3]
    error = await api.call("GET", f"{SEGMENTS}/{made['id']}/members", params={"starting_after": "loy_none"})
    assert error.json()["error"]["param"] == "starting_after"


async def test_a_page_looks_at_so_many_and_leads_on(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment_members, "CHUNK_ACCOUNTS", 2)
    monkeypatch.setattr(segment_members, "PAGE_LOOKS_AT", 4)
    made = await api.post(SEGMENTS, SPENT)
    first = await api.enrol("cust_first")
    await api.pay("evt_1", "cust_first", 1_500)
    for number in range(5):
        await api.enrol(f"cust_{number}")
    page = await api.get(f"{SEGMENTS}/{made['id']}/members")
    assert page["data"] == []
    assert page["page"]["has_more"]
    assert await members(api, made["id"], starting_after=page["page"]["next_cursor"]) == [first["id"]]


async def test_a_count_tells_of_how_many_and_when(api: Api) -> None:
    await api.post("/v1/test-helpers/clock", {"now": "2026-05-01T00:00:00Z"})
    made = await api.post(SEGMENTS, SPENT)
    for number in range(3):
        await api.enrol(f"cust_{number}")
    await api.pay("evt_1", "cust_1", 2_000)
    assert await api.get(f"{SEGMENTS}/{made['id']}/count") == {
        "object": "segment_count",
        "segment": made["id"],
        "count": 1,
        "members_looked_at": 3,
        "as_of": "2026-05-01T00:00:00Z",
    }


async def test_a_survivor_counts_what_both_brought_wherever_it_is(api: Api) -> None:
    made = await api.post(SEGMENTS, SPENT)
    source, target = await api.enrol("cust_a"), await api.enrol("cust_b")
    await api.pay("evt_a", "cust_a", 800)
    await api.pay("evt_b", "cust_b", 800)
    assert await members(api, made["id"]) == []
    await api.post("/v1/loyalty/accounts/merge", {"source": source["id"], "target": target["id"]})
    assert await members(api, made["id"]) == [target["id"]]
    count = await api.get(f"{SEGMENTS}/{made['id']}/count")
    assert (count["count"], count["members_looked_at"]) == (1, 1)


async def test_a_rule_goes_by_the_segment_as_it_is_now(api: Api) -> None:
    made = await api.post(SEGMENTS, {**SPENT, "conditions": [{"fact": "country", "op": "eq", "value": "GB"}]})
    when = [{"when": {"segment": made["id"]}, "factor": 3}]
    await api.patch("/v1/loyalty/earning-rules/rule_default", {"multipliers": when})
    await api.enrol("cust_a")
    told = {"id": "cust_a", "country": "GB"}
    body = {"type": "customer.created", "created_at": "2026-01-01T00:00:00Z", "data": {"object": told}}
    await api.post("/v1/events", {"id": "evt_c", **body})
    assert (await api.pay("evt_1", "cust_a", 1_000))["programs"][0]["rules"][0]["points"] == 30
    await api.patch(f"{SEGMENTS}/{made['id']}", {"conditions": [{"fact": "country", "op": "eq", "value": "FR"}]})
    assert (await api.pay("evt_2", "cust_a", 1_000))["programs"][0]["rules"][0]["points"] == 10


async def test_closed_members_are_in_no_list(api: Api) -> None:
    made = await api.post(SEGMENTS, {"program": "prog_default", "name": "All"})
    kept, closed = await api.enrol("cust_a"), await api.enrol("cust_b")
    await api.post(f"/v1/loyalty/accounts/{closed['id']}/close")
    assert await members(api, made["id"]) == [kept["id"]]


async def test_asking_settles_nothing(api: Api) -> None:
    """Points that have expired since are still in the balance that was last written."""
    await api.post("/v1/test-helpers/clock", {"now": "2026-05-01T00:00:00Z"})
    await api.patch("/v1/loyalty/programs/prog_default", {"currency": {"expiry_months": 1}})
    conditions = [{"fact": "points_balance", "op": "gte", "value": 10}]
    made = await api.post(SEGMENTS, {**SPENT, "conditions": conditions})
    account = await api.enrol("cust_a")
    await api.post("/v1/events", {**payment("evt_1", "cust_a", 1_000), "created_at": "2026-05-01T00:00:00Z"})
    await api.post("/v1/test-helpers/clock/advance", {"to": "2026-07-01T00:00:00Z"})
    events = len((await api.get("/v1/events"))["data"])
    assert await members(api, made["id"]) == [account["id"]]
    assert len((await api.get("/v1/events"))["data"]) == events
    assert (await api.get(f"/v1/loyalty/accounts/{account['id']}"))["balance"] == 0
    assert await members(api, made["id"]) == []
