"""Who may come in: keys, scopes, the two stores, and how often."""

import pytest

from tests.api.conftest import WITHOUT_KEY, Api, close_api, open_api, payment
from vinr_engagement.entrypoints.api.scopes import SCOPES
from vinr_engagement.foundation import keys

pytestmark = pytest.mark.anyio

ACCOUNTS = "/v1/loyalty/accounts"


def test_a_key_names_its_store_and_kind() -> None:
    assert keys.new_key("test", "secret").startswith("sk_test_")
    assert keys.new_key("live", "restricted").startswith("rk_live_")
    assert keys.environment_of("rk_live_x") == "live"
    assert keys.environment_of("pk_live_x") is None


def test_what_is_stored_of_a_key_depends_on_the_pepper() -> None:
    assert keys.hash_key("sk_test_1", "a") != keys.hash_key("sk_test_1", "b")
    assert len(keys.hash_key("sk_test_1", "")) == 64


async def test_a_key_comes_in_either_header(api: Api) -> None:
    for headers in ({"X-Api-Key": api.keys["test"]}, {"Authorization": f"Bearer {api.keys['test']}"}):
        await api.get(ACCOUNTS, key="", headers=headers)
        await api.post("/v1/events", payment("evt_1", None), key="", headers=headers)
    await api.refused("GET", ACCOUNTS, status=401, code="api_key_missing", key="", headers={"Authorization": "Basic x"})


async def test_no_path_under_v1_is_open_and_those_for_operators_are(api: Api) -> None:
    for method, path in (("GET", ACCOUNTS), ("POST", "/v1/events"), ("GET", "/v1/nowhere")):
        await api.refused(method, path, status=401, code="api_key_missing", key="")
    for path in ("/healthz", "/readyz", "/metrics", "/openapi.json"):
        assert (await api.call("GET", path, key="")).status_code == 200


async def test_nothing_crosses_between_test_and_live(api: Api) -> None:
    account = await api.enrol("cust_1")
    await api.pay("evt_1", "cust_1")
    live = await api.key_of("live")
    await api.refused("GET", f"{ACCOUNTS}/{account['id']}", status=404, code="resource_missing", key=live)
    assert (await api.get("/v1/events", key=live))["data"] == []
    assert (await api.get("/v1/received-events", key=live))["data"] == []
    outcome = await api.post("/v1/events", payment("evt_1", "cust_1"), key=live)
    assert outcome["status"] == "processed"
    swapped = live.replace("_live_", "_test_")
    await api.refused("GET", ACCOUNTS, status=401, code="api_key_invalid", key=swapped)


async def test_a_restricted_key_does_what_its_scopes_say(api: Api) -> None:
    reader = await api.new_key("test", "accounts:read")
    await api.get(ACCOUNTS, key=reader)
    for method, path, needed in (
        ("POST", ACCOUNTS, "accounts:write"),
        ("GET", "/v1/loyalty/transactions", "transactions:read"),
        ("POST", "/v1/events", "events:write"),
        ("POST", "/v1/events/batch", "events:write"),
        ("POST", "/v1/api-keys", "api_keys:write"),
    ):
        error = await api.refused(method, path, {}, status=403, code="permission_denied", key=reader)
        assert error["required_scope"] == needed
    writer = await api.new_key("test", "accounts:write")
    await api.get(ACCOUNTS, key=writer)


async def test_keys_are_made_listed_and_revoked(api: Api) -> None:
    made = await api.post("/v1/api-keys", {"name": "Shop", "kind": "restricted", "scopes": ["accounts:read"]})
    assert made["secret"].startswith("rk_test_")
    assert made["hint"] == made["secret"][-4:]
    await api.get(ACCOUNTS, key=made["secret"])
    listed = await api.get("/v1/api-keys")
    assert made["id"] in [key["id"] for key in listed["data"]]
    assert made["secret"] not in str(listed)
    await api.call("DELETE", f"/v1/api-keys/{made['id']}")
    await api.refused("GET", ACCOUNTS, status=401, code="api_key_invalid", key=made["secret"])
    assert made["secret"] not in str(await api.get("/v1/audit-log"))


async def test_a_secret_is_never_kept_for_a_repeat(api: Api) -> None:
    headers = {"Idempotency-Key": "one"}
    first = await api.post("/v1/api-keys", {"name": "Shop"}, headers=headers)
    again = await api.call("POST", "/v1/api-keys", {"name": "Shop"}, headers=headers)
    assert again.json() == {**first, "secret": None}
    assert again.headers["idempotent-replayed"] == "true"


async def test_scopes_go_with_the_kind(api: Api) -> None:
    for body in ({"kind": "restricted"}, {"kind": "secret", "scopes": ["accounts:read"]}, {"scopes": ["all"]}):
        await api.refused("POST", "/v1/api-keys", {"name": "x", **body}, status=400, code="parameter_invalid")


async def test_every_endpoint_names_its_scope(sqlite_api: Api) -> None:
    paths = (await sqlite_api.document())["paths"]
    every = [operation for path, found in paths.items() if path.startswith("/v1/") for operation in found.values()]
    keyed = [operation for operation in every if operation["operationId"] not in WITHOUT_KEY]
    assert {operation["x-required-scope"] for operation in keyed} <= set(SCOPES)


async def test_a_bucket_of_tokens_for_each_key(database_url: str) -> None:
    api = await open_api(database_url, rate_limit=1, burst=3)
    try:
        left = [(await api.call("GET", "/v1/customers")).headers["x-ratelimit-remaining"] for _ in range(3)]
        assert left == ["2", "1", "0"]
        answer = await api.call("POST", "/v1/events", payment("evt_1", None))
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
        assert answer.headers.get_list("x-ratelimit-limit") == ["3"]
        other = await api.new_key("test")
        await api.get("/v1/customers", key=other)
    finally:
        await close_api(api)
