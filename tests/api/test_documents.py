"""What the API says of itself: the OpenAPI document, the reference of limits, and what operators see."""

import asyncio
import importlib
import json
import re
from pathlib import Path

import pytest

from tests.api.conftest import OF_SESSIONS, SIGNED, SIGNING_IN, WITHOUT_KEY, Api, close_api, open_api, payment
from tests.stores import sqlite_url
from vinr_engagement.entrypoints.api import limits
from vinr_engagement.entrypoints.api.errors import CODES
from vinr_engagement.entrypoints.api.observe import FLUSH_SECONDS

LIMITS = Path(__file__).parents[2] / "docs" / "reference" / "limits.md"
ROW = re.compile(r"^\| [^|]+ \| (\d+) \| [^|]* \| `([\w.:]+)` \|$", re.MULTILINE)


def test_every_documented_limit_is_the_one_in_the_code() -> None:
    found = ROW.findall(LIMITS.read_text())
    for value, constant in found:
        module, _, name = constant.rpartition(":")
        place = importlib.import_module(f"vinr_engagement.{module or 'entrypoints.api.limits'}")
        assert getattr(place, name) == int(value), constant
    assert {name for _, name in found} >= {name for name in vars(limits) if name.isupper()}


@pytest.mark.anyio
async def test_the_openapi_document(sqlite_api: Api) -> None:
    document = (await sqlite_api.client.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert {"accounts.create", "events.create", "events.create_batch", "transactions.list"} <= set(names)
    for operation in operations:
        assert operation["summary"], operation["operationId"]
        for_anybody = operation["tags"] == ["operations"] or operation["operationId"] in SIGNED | SIGNING_IN
        for_people = operation["operationId"] in OF_SESSIONS
        assert ("x-required-scope" in operation) is not (for_anybody or for_people)
        assert (operation.get("security") == []) is for_anybody
        assert (operation.get("security") == [{"session": []}]) is for_people
        codes = operation["x-error-codes"]
        assert set(codes) <= set(CODES)
        answers = {"200", "503"} if operation["operationId"] == "operations.readiness" else {"200"}
        assert {str(CODES[code].status) for code in codes} | answers == set(operation["responses"])
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document)):
        node = document
        for part in reference.split("/"):
            node = node[part]


@pytest.mark.anyio
async def test_every_write_takes_an_idempotency_key(sqlite_api: Api) -> None:
    document = (await sqlite_api.client.get("/openapi.json")).json()
    for path in document["paths"].values():
        for method, operation in path.items():
            taken = "Idempotency-Key" in [parameter["name"] for parameter in operation.get("parameters", ())]
            assert taken is (method != "get" and operation["operationId"] not in WITHOUT_KEY), operation["operationId"]


@pytest.mark.anyio
async def test_metrics_count_requests_and_events(api: Api) -> None:
    await api.pay("evt_1", "cust_1")
    await api.post("/v1/events/batch", {"events": [payment("evt_1", "cust_1"), payment("evt_2", None)]})
    await api.call("GET", "/v1/loyalty/accounts/loy_none")
    metrics = (await api.client.get("/metrics")).text
    for line in (
        'vinr_http_requests_total{method="POST",route="/v1/events",status="200"} 1.0',
        'vinr_http_requests_total{method="GET",route="/v1/loyalty/accounts/{account}",status="404"} 1.0',
        'vinr_events_total{status="processed"} 1.0',
        'vinr_events_total{status="duplicate"} 1.0',
        'vinr_events_total{status="ignored"} 1.0',
        'vinr_batch_elements_sum{route="/v1/events/batch"} 2.0',
        'vinr_http_request_seconds_count{route="/v1/events"} 1.0',
    ):
        assert line in metrics


@pytest.mark.anyio
async def test_readiness_is_about_both_stores(api: Api) -> None:
    assert (await api.client.get("/readyz")).json() == {"status": "ready", "stores": {"test": "ok", "live": "ok"}}
    await api.stores["live"].database.write(lambda session: session.execute("delete from schema_migrations"))
    answer = await api.client.get("/readyz")
    assert (answer.status_code, answer.json()["stores"]["test"]) == (503, "ok")


@pytest.mark.anyio
async def test_a_line_for_every_request_and_never_a_secret(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    api = await open_api(sqlite_url(tmp_path), log_level="info")
    try:
        await api.call("POST", "/v1/events", payment("evt_1", "cust_1"), headers={"X-Request-Id": "mine"})
        await api.call("GET", "/v1/loyalty/accounts/loy_none")
        await asyncio.sleep(FLUSH_SECONDS * 2)
    finally:
        await close_api(api)
    written = capsys.readouterr().err
    event, read = [json.loads(line) for line in written.splitlines()]
    assert (event["request_id"], event["route"], event["status"], event["outcome"]) == (
        "mine",
        "/v1/events",
        200,
        "processed",
    )
    assert event["key"].startswith("key_")
    assert (read["route"], read["status"], read["outcome"]) == (
        "/v1/loyalty/accounts/{account}",
        404,
        "resource_missing",
    )
    assert api.keys["test"] not in written
