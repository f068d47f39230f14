"""Events in: one at a time and in batches."""

import pytest

from tests.api.conftest import Api, payment

pytestmark = pytest.mark.anyio


async def test_an_event_is_answered_with_what_came_of_it(api: Api) -> None:
    outcome = await api.pay("evt_1", "cust_1", 2_550)
    (program,) = outcome["programs"]
    assert (outcome["object"], outcome["status"], program["enrolled"]) == ("event_outcome", "processed", True)
    assert [line["amount"] for line in program["transactions"]] == [25]
    again = await api.pay("evt_1", "cust_1", 2_550)
    assert (again["status"], again["first_status"]) == ("duplicate", "processed")
    assert again["programs"] == outcome["programs"]


async def test_a_batch_is_answered_element_by_element(api: Api) -> None:
    events = [
        payment("evt_1", "cust_1"),
        {"id": "evt_x"},
        5,
        payment("evt_1", "cust_1"),
        payment("evt_1", "cust_1", 7),
        payment("evt_2", None),
    ]
    answer = await api.post("/v1/events/batch", {"events": events})
    assert answer["object"] == "event_batch"
    assert [entry["status"] for entry in answer["data"]] == [200, 400, 400, 200, 409, 200]
    results = [entry.get("result", entry.get("error")) for entry in answer["data"]]
    assert [found.get("status", found.get("code")) for found in results] == [
        "processed",
        "parameter_missing",
        "parameter_invalid",
        "duplicate",
        "event_conflict",
        "ignored",
    ]


async def test_a_batch_of_a_thousand(api: Api) -> None:
    events = [payment(f"evt_{number}", f"cust_{number % 50}") for number in range(1_000)]
    answer = await api.post("/v1/events/batch", {"events": events})
    assert {entry["result"]["status"] for entry in answer["data"]} == {"processed"}
    assert (await api.get("/v1/loyalty/accounts"))["page"]["total_estimate"] == 50


async def test_batches_have_one_to_a_thousand_elements(sqlite_api: Api) -> None:
    for events in ([], [{}] * 1_001, {}, None):
        body = {"events": events}
        error = await sqlite_api.refused("POST", "/v1/events/batch", body, status=400, code="parameter_invalid")
        assert error["param"] == "events"
    await sqlite_api.refused("POST", "/v1/events/batch", {}, status=400, code="parameter_missing")


async def test_rules_can_be_tried_without_effect(api: Api) -> None:
    account = (await api.enrol("cust_1"))["id"]
    rule = {
        "program": "prog_default",
        "name": "Double",
        "trigger": "payment.completed",
        "award": {"type": "fixed", "points": 77},
        "starts_at": "2020-01-01T00:00:00Z",
    }
    body = {"event": payment("evt_1", "cust_1"), "rules": [rule]}
    tried = await api.post("/v1/loyalty/earning-rules/preview", body)
    assert [row["amount"] for row in tried["transactions"]] == [77]
    assert (await api.get(f"/v1/loyalty/accounts/{account}"))["balance"] == 0
    wrong = {"event": {"id": "evt_1", "type": "payment"}}
    path = "/v1/loyalty/earning-rules/preview"
    error = await api.refused("POST", path, wrong, status=400, code="parameter_invalid")
    assert error["param"] == "event.type"


async def test_rules_have_versions(api: Api) -> None:
    rule = await api.post(
        "/v1/loyalty/earning-rules",
        {
            "program": "prog_default",
            "trigger": "shop.visited",
            "award": {"type": "fixed", "points": 5},
            "starts_at": "2020-01-01T00:00:00Z",
        },
    )
    assert (rule["version"], rule["starts_at"], rule["name"]) == (1, "2020-01-01T00:00:00Z", "shop.visited")
    path = f"/v1/loyalty/earning-rules/{rule['id']}"
    assert (await api.patch(path, {"active": False}))["version"] == 2
    assert [entry["version"] for entry in (await api.get(f"{path}/versions"))["data"]] == [2, 1]
    listed = await api.get("/v1/loyalty/earning-rules", params={"program": "prog_default", "active": "true"})
    assert [entry["id"] for entry in listed["data"]] == ["rule_default"]
    (entry, *_) = (await api.get("/v1/audit-log", params={"resource": rule["id"]}))["data"]
    assert (entry["action"], entry["before"]["version"], entry["after"]["version"]) == ("earning_rule.updated", 1, 2)


async def test_programs_are_changed_field_by_field(api: Api) -> None:
    program = await api.post(
        "/v1/loyalty/programs", {"name": "Club", "currency": {"name": "miles", "expiry_months": 12}}
    )
    path = f"/v1/loyalty/programs/{program['id']}"
    changed = await api.patch(path, {"currency": {"rounding": "up"}, "hold_days": 14})
    assert (changed["currency"]["name"], changed["currency"]["expiry_months"], changed["hold_days"]) == (
        "miles",
        12,
        14,
    )
    for wrong in (
        {"timezone": "Mars/Base"},
        {"default_currency": "XXX"},
        {"hold_days": -1},
        {"currency": {"decimals": 2}},
    ):
        await api.refused("PATCH", path, wrong, status=400, code="parameter_invalid")
