"""What holds for every endpoint: headers, strict types, names that are nearly right, the limits of a body."""

from collections.abc import AsyncIterator

import pytest

from tests.api.conftest import Api, payment

pytestmark = pytest.mark.anyio

ACCOUNTS = "/v1/loyalty/accounts"
TRANSACTIONS = "/v1/loyalty/transactions"


async def test_every_answer_names_its_request_and_version(api: Api) -> None:
    for method, path in (("GET", ACCOUNTS), ("GET", "/nowhere"), ("POST", "/v1/events"), ("PUT", ACCOUNTS)):
        answer = await api.call(method, path)
        assert answer.headers["vinr-version"] == "2026-04-01"
        assert answer.headers["x-request-id"].startswith("req_")


async def test_a_sane_request_id_is_taken_over_and_another_is_not(api: Api) -> None:
    for path in (ACCOUNTS, "/healthz"):
        assert (await api.call("GET", path, headers={"X-Request-Id": "abc-1"})).headers["x-request-id"] == "abc-1"
        for odd in ("", "a b", "x" * 129, '"><script>'):
            assert (await api.call("GET", path, headers={"X-Request-Id": odd})).headers["x-request-id"] != odd


async def test_a_known_version_pins(api: Api) -> None:
    await api.get(ACCOUNTS, headers={"Vinr-Version": "2026-04-01"})
    error = await api.refused(
        "POST", "/v1/events", {}, status=400, code="version_unknown", headers={"Vinr-Version": "2"}
    )
    assert error["param"] == "Vinr-Version"


@pytest.mark.parametrize(
    ("field", "value", "param"),
    [
        ("amount", True, "amount"),
        ("amount", "5", "amount"),
        ("amount", 5.0, "amount"),
        ("amount", None, "amount"),
        ("amount", 2**53, "amount"),
        ("amount", -(2**60), "amount"),
        ("amount", 10**30, "amount"),
        ("reason", 5, "reason"),
        ("reason", "x" * 256, "reason"),
        ("reason", "nul\0", "reason"),
        ("metadata", {"a": 1}, "metadata.a"),
        ("metadata", {"k" * 41: "v"}, "metadata." + "k" * 41),
        ("metadata", {"a": "v" * 501}, "metadata.a"),
        ("metadata", {str(i): "" for i in range(51)}, "metadata"),
        ("metadata", [], "metadata"),
        ("qualifying", 1, "qualifying"),
        ("expires_at", 1_800_000_000, "expires_at"),
        ("expires_at", "2030-01-01", "expires_at"),
        ("expires_at", "2030-01-01T00:00:00", "expires_at"),
        ("expires_at", "9999-01-01T00:00:00Z", "expires_at"),
        ("type", "earn", "type"),
        ("account", "", "account"),
    ],
)
async def test_types_are_strict(sqlite_api: Api, field: str, value: object, param: str) -> None:
    body = {"account": "loy_x", "amount": 5, field: value}
    error = await sqlite_api.refused("POST", TRANSACTIONS, body, status=400, code="parameter_invalid")
    assert error["param"] == param


@pytest.mark.parametrize(
    ("method", "path", "body", "param", "meant"),
    [
        ("POST", ACCOUNTS, {"program": "p", "custmer": "c"}, "custmer", "customer"),
        ("POST", TRANSACTIONS, {"account": "a", "amount": 1, "allowNegative": True}, "allowNegative", "allow_negative"),
        (
            "POST",
            "/v1/loyalty/programs",
            {"name": "P", "currency": {"pointValue": 2}},
            "currency.pointValue",
            "point_value",
        ),
        (
            "POST",
            "/v1/loyalty/programs",
            {"name": "P", "tier_config": {"tiers": [{"name": "A", "rank": 0, "threshhold": 0, "threshold": 0}]}},
            "tier_config.tiers[0].threshhold",
            "threshold",
        ),
        ("GET", ACCOUNTS + "?startingAfter=x", None, "startingAfter", "starting_after"),
        ("GET", ACCOUNTS + "?expand=program", None, "expand", "expand[]"),
        (
            "POST",
            "/v1/events",
            {"id": "e", "type": "a.b", "create_at": "x", "data": {"object": {}}},
            "create_at",
            "created_at",
        ),
        ("POST", "/v1/events/batch", {"event": []}, "event", "events"),
    ],
)
async def test_an_unknown_name_is_refused_and_the_nearest_known_one_named(
    sqlite_api: Api, method: str, path: str, body: object, param: str, meant: str
) -> None:
    error = await sqlite_api.refused(method, path, body, status=400, code="parameter_unknown")
    assert error["param"] == param
    assert meant in error["message"]


async def test_every_fault_of_a_body_is_named(api: Api) -> None:
    error = await api.refused(
        "POST", TRANSACTIONS, {"amount": "5", "metadata": {"a": 1}, "reasn": ""}, status=400, code="parameter_missing"
    )
    assert error["param"] == "account"
    found = {(fault["param"], fault["code"]) for fault in error["errors"]}
    assert found == {
        ("account", "parameter_missing"),
        ("amount", "parameter_invalid"),
        ("metadata.a", "parameter_invalid"),
        ("reasn", "parameter_unknown"),
    }


@pytest.mark.parametrize("path", ["/v1/events", ACCOUNTS])
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b'{"program": }', "line 1, column 13"),
        (b'{"program": "x",\n}', "line 2"),
        (b'{"program": NaN}', "NaN"),
        (b'{"a": 1} {"b": 2}', "line 1, column 10"),
        (b'\xff{"a": 1}', "byte 0"),
    ],
)
async def test_malformed_json_is_refused_with_its_place(sqlite_api: Api, path: str, content: bytes, says: str) -> None:
    error = await sqlite_api.refused("POST", path, content=content, status=400, code="json_invalid")
    assert says in error["message"]


@pytest.mark.parametrize("path", ["/v1/events", ACCOUNTS])
async def test_a_body_that_is_no_object_is_refused(sqlite_api: Api, path: str) -> None:
    for content in (b"[]", b"5", b"null", b'"text"'):
        await sqlite_api.refused("POST", path, content=content, status=400, code="parameter_invalid")


@pytest.mark.parametrize("path", ["/v1/events", "/v1/events/batch", ACCOUNTS])
async def test_nesting_ends_at_32(sqlite_api: Api, path: str) -> None:
    deep = b"[" * 33 + b"]" * 33
    await sqlite_api.refused("POST", path, content=deep, status=400, code="json_too_deep")
    await sqlite_api.refused("POST", path, content=b"[" * 5_000 + b"]" * 5_000, status=400, code="json_too_deep")
    allowed = await sqlite_api.call("POST", path, content=b"[" * 32 + b"]" * 32)
    assert allowed.json()["error"]["code"] == "parameter_invalid"


async def test_numbers_beyond_what_every_reader_understands_are_refused_anywhere(sqlite_api: Api) -> None:
    event = payment("evt_1", "cust_1", line_items=[{"quantity": 2**53}])
    error = await sqlite_api.refused("POST", "/v1/events", event, status=400, code="parameter_invalid")
    assert error["param"] == "data.object.line_items[0].quantity"
    for number in (b"1e30", b"-1E+17", b"123456789012345678901234567890", b"9007199254740992"):
        content = b'{"id": "e", "type": "a.b", "data": {"object": {"x": ' + number + b"}}}"
        await sqlite_api.refused("POST", "/v1/events", content=content, status=400, code="parameter_invalid")


@pytest.mark.parametrize(("path", "most"), [("/v1/events", 1), ("/v1/events/batch", 8), (ACCOUNTS, 1)])
async def test_a_body_beyond_its_limit_is_refused(sqlite_api: Api, path: str, most: int) -> None:
    large = b'"' + b"x" * (most << 20) + b'"'
    await sqlite_api.refused("POST", path, content=large, status=413, code="body_too_large")

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(most + 1):
            yield b" " * (1 << 20)

    headers = {"X-Api-Key": sqlite_api.keys["test"], "Content-Type": "application/json"}
    answer = await sqlite_api.client.post(path, content=chunks(), headers=headers)
    assert answer.status_code == 413


async def test_media_types(sqlite_api: Api) -> None:
    for good in ("application/json", "application/json; charset=utf-8", "Application/JSON"):
        await sqlite_api.post(ACCOUNTS, content=b'{"program": "prog_default"}', headers={"Content-Type": good})
    for bad in ("text/json", "application/x-www-form-urlencoded", "application/json; charset=latin-1"):
        for path in (ACCOUNTS, "/v1/events"):
            headers = {"Content-Type": bad}
            await sqlite_api.refused(
                "POST", path, content=b"{}", status=415, code="unsupported_media_type", headers=headers
            )


async def test_a_request_without_a_body_takes_none(sqlite_api: Api) -> None:
    account = await sqlite_api.enrol()
    path = f"{ACCOUNTS}/{account['id']}/close"
    await sqlite_api.refused("POST", path, {"reason": "x"}, status=400, code="parameter_unknown")
    await sqlite_api.post(path, {})


async def test_methods_and_paths(sqlite_api: Api) -> None:
    answer = await sqlite_api.call("DELETE", ACCOUNTS)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
    answer = await sqlite_api.call("PUT", "/v1/events")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
    for path in ("/v1/loyalty/accounts/", "/v1/loyalty", "/v2/events", "/v1/events/batch/x/y", "/v1/events%00"):
        assert (await sqlite_api.call("GET", path)).status_code == 404, path


async def test_a_query_parameter_is_given_once(sqlite_api: Api) -> None:
    error = await sqlite_api.refused("GET", ACCOUNTS + "?limit=1&limit=2", status=400, code="parameter_invalid")
    assert error["param"] == "limit"
    await sqlite_api.refused("GET", ACCOUNTS + "?customer=%00", status=400, code="parameter_invalid")
