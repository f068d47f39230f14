"""``/v1/webhook-endpoints``: made, listed, changed, deleted; each change in the audit log, no secret anywhere but once."""

import json
from typing import Any

import pytest

from tests.api.conftest import Api, Json
from vinr_engagement.commands.verify import verify
from vinr_engagement.webhooks import MOST_ENDPOINTS

pytestmark = pytest.mark.anyio

ENDPOINTS = "/v1/webhook-endpoints"
URL = "https://shop.example/hooks"
FULL: Json = {
    "url": URL,
    "enabled_events": ["loyalty.points.*", "credit.issued"],
    "description": "CRM",
    "metadata": {"team": "crm", "old": "x"},
}


async def test_made_shown_changed_and_deleted(api: Api) -> None:
    made = await api.post(ENDPOINTS, FULL)
    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    assert {name: made[name] for name in FULL} == FULL
    assert (made["object"], made["status"], made["disabled_reason"], made["lag"]) == (
        "webhook_endpoint",
        "enabled",
        None,
        0,
    )
    path = f"{ENDPOINTS}/{made['id']}"
    assert await api.get(path) == made
    changed = await api.patch(path, {"metadata": {"old": None, "new": "y"}, "description": None})
    assert (changed["metadata"], changed["description"], changed["url"]) == ({"team": "crm", "new": "y"}, None, URL)
    assert await api.get(path) == changed
    assert (await api.call("DELETE", path)).json() == {"id": made["id"], "object": "webhook_endpoint", "deleted": True}
    for method, below in (
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/rotate-secret"),
        ("GET", "/deliveries"),
    ):
        body = {} if method in ("PATCH", "POST") else None
        await api.refused(method, path + below, body, status=404, code="resource_missing")
    assert (await verify(api.stores["test"].database)).faults == []


async def test_left_out_it_takes_everything(api: Api) -> None:
    made = await api.post(ENDPOINTS, {"url": "https://shop.example/hooks"})
    assert (made["enabled_events"], made["description"], made["metadata"]) == (["*"], None, {})


async def test_newest_first_and_by_status(api: Api) -> None:
    made = [(await api.post(ENDPOINTS, {"url": URL, "status": status}))["id"] for status in ("enabled", "disabled")]
    assert [each["id"] for each in (await api.get(ENDPOINTS))["data"]] == made[::-1]
    assert [each["id"] for each in (await api.get(f"{ENDPOINTS}?status=disabled"))["data"]] == made[1:]
    assert (await api.get(ENDPOINTS, key=await api.key_of("live")))["data"] == []


@pytest.mark.parametrize(
    ("body", "param", "says"),
    [
        ({}, "url", ""),
        ({"url": "http://8.8.8.8/"}, "url", "https://"),
        ({"url": "https://user:x@8.8.8.8/"}, "url", "password"),
        ({"url": URL, "enabled_events": ["loyalty.point.*"]}, "enabled_events[0]", "loyalty.points.*"),
        ({"url": URL, "enabled_events": []}, "enabled_events", ""),
        ({"url": URL, "enabled_events": ["*"] * 51}, "enabled_events", ""),
        ({"url": URL, "enabledEvents": ["*"]}, "enabledEvents", "enabled_events"),
        ({"url": URL, "secret": "whsec_mine"}, "secret", ""),
        ({"url": URL, "status": "paused"}, "status", ""),
        ({"url": URL, "description": "x" * 501}, "description", ""),
        ({"url": "https://8.8.8.8/" + "x" * 2_048}, "url", ""),
    ],
)
async def test_what_is_wrong_with_a_definition(sqlite_api: Api, body: Json, param: str, says: str) -> None:
    answer = await sqlite_api.call("POST", ENDPOINTS, body)
    error = answer.json()["error"]
    assert (answer.status_code, error["param"]) == (400, param), error
    assert says in error["message"]
    assert (await sqlite_api.get(ENDPOINTS))["data"] == []


async def test_addresses_that_are_not_public_are_refused_at_once(sqlite_api: Api) -> None:
    made = await sqlite_api.post(ENDPOINTS, {"url": URL})
    for host in ("127.0.0.1", "localhost", "169.254.169.254", "[::1]", "10.0.0.1:8080", "2130706433"):
        body = {"url": f"https://{host}/hooks"}
        error = await sqlite_api.refused("POST", ENDPOINTS, body, status=422, code="webhook_url_refused")
        assert error["param"] == "url"
        await sqlite_api.refused("PATCH", f"{ENDPOINTS}/{made['id']}", body, status=422, code="webhook_url_refused")
    assert (await sqlite_api.get(f"{ENDPOINTS}/{made['id']}"))["url"] == URL


async def test_a_store_has_so_many(sqlite_api: Api) -> None:
    made = [await sqlite_api.post(ENDPOINTS, {"url": URL}) for _ in range(MOST_ENDPOINTS)]
    await sqlite_api.refused("POST", ENDPOINTS, {"url": URL}, status=409, code="webhook_endpoint_limit")
    await sqlite_api.post(ENDPOINTS, {"url": URL}, key=await sqlite_api.key_of("live"))
    await sqlite_api.call("DELETE", f"{ENDPOINTS}/{made[0]['id']}")
    await sqlite_api.post(ENDPOINTS, {"url": URL})


async def test_every_change_is_in_the_audit_log_and_no_secret_is(api: Api) -> None:
    made = await api.post(ENDPOINTS, FULL)
    path = f"{ENDPOINTS}/{made['id']}"
    rotated = await api.post(f"{path}/rotate-secret", {"expires_in_hours": 1})
    await api.patch(path, {"status": "disabled"})
    await api.patch(path, {"status": "enabled"})
    await api.call("DELETE", path)
    entries = (await api.get(f"/v1/audit-log?resource={made['id']}"))["data"]
    assert [entry["action"].removeprefix("webhook_endpoint.") for entry in entries] == [
        "deleted", "updated", "updated", "secret_rotated", "created",
    ]  # fmt: skip
    assert [entry["before"] and entry["before"]["status"] for entry in entries] == [
        "enabled", "disabled", "enabled", "enabled", None,
    ]  # fmt: skip
    assert entries[0]["after"] is None
    for secret in (made["secret"], rotated["secret"]):
        assert secret not in json.dumps(entries)


async def test_a_secret_is_told_once(api: Api) -> None:
    headers = {"Idempotency-Key": "one"}
    first = await api.post(ENDPOINTS, FULL, headers=headers)
    again = await api.call("POST", ENDPOINTS, FULL, headers=headers)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == {**first, "secret": None}
    path = f"{ENDPOINTS}/{first['id']}/rotate-secret"
    second = await api.post(path, headers=headers)
    assert (await api.post(path, headers=headers)) == {**second, "secret": None}
    assert len({first["secret"], second["secret"], None}) == 3
    await api.refused("POST", f"{ENDPOINTS}/we_none/rotate-secret", status=404, code="resource_missing")

    async def kept(session: Any) -> str:
        return str([await session.fetch(f"select * from {table}") for table in ("idempotency_keys", "audit_log")])

    rows = await api.stores["test"].database.read(kept)
    assert first["secret"] not in rows
    assert second["secret"] not in rows


async def test_events_of_an_endpoint_that_is_not_there(sqlite_api: Api) -> None:
    await sqlite_api.refused("GET", "/v1/events?account=we_none", status=404, code="resource_missing")
    made = await sqlite_api.post(ENDPOINTS, {"url": URL})
    assert (await sqlite_api.get(f"/v1/events?account={made['id']}"))["data"] == []


async def test_verify_finds_an_endpoint_without_its_place(api: Api) -> None:
    made = await api.post(ENDPOINTS, {"url": URL})
    store = api.stores["test"]

    async def spoil(sql: str) -> list[str]:
        await store.database.write(lambda session: session.execute(sql))
        return [fault.message for fault in (await verify(store.database)).faults]

    assert await spoil("update webhook_cursors set position = 7") == [
        f"endpoint {made['id']} stands at 7, beyond the log of events, which ends at 0"
    ]
    assert await spoil("delete from webhook_cursors") == [f"endpoint {made['id']} has no place in the log of events"]
