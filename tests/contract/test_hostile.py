"""Hostile requests: each gets an error that its operation documents, and nothing is written."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import pytest

from tests.api.conftest import WITHOUT_KEY, Api, Json, payment
from tests.contract.hostile import (
    ACCOUNTS,
    BEYOND,
    ENDPOINTS,
    JSON,
    MALFORMED,
    ODD_TEXTS,
    SEGMENTS,
    TRANSACTIONS,
    Write,
    leaves,
    replaced,
    writes,
    wrong_for,
)
from tests.contract.rows import nothing_written
from vinr_engagement.entrypoints.api.limits import LARGEST_INTEGER

pytestmark = pytest.mark.anyio

BATCHES = {"transactions.create_batch": "transactions", "events.create_batch": "events"}
# Places where any value of any kind may stand: a comparison takes texts, numbers and flags.
FREE = {
    ("conditions", 0, "value"),
    ("multipliers", 0, "when", "conditions", 0, "value"),
    ("multipliers", 0, "factor"),
    ("mechanics", 0, "factor"),
}
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Refused before the write path: one engine is enough."""


class Operations:
    """What the document says of each operation."""

    def __init__(self, document: Json) -> None:
        self.listed: dict[str, tuple[str, str, Json]] = {
            operation["operationId"]: (method.upper(), path, operation)
            for path, found in document["paths"].items()
            for method, operation in found.items()
            if operation["operationId"] not in WITHOUT_KEY
        }

    def codes(self, name: str) -> list[str]:
        """The errors that it gives."""
        codes: list[str] = self.listed[name][2]["x-error-codes"]
        return codes

    def lists(self) -> Iterator[tuple[str, str, set[str]]]:
        """Every list: its name, path and query parameters."""
        for name, (method, path, operation) in self.listed.items():
            taken = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"}
            if method == "GET" and "limit" in taken:
                yield name, path, taken


async def operations(api: Api) -> Operations:
    return Operations(await api.document())


@pytest.fixture
async def known(api: Api) -> tuple[Api, Operations, list[Write]]:
    return api, await operations(api), await writes(api)


Known = tuple[Api, Operations, list[Write]]


def refused(answer: httpx2.Response, named: str, found: Operations, *codes: str) -> None:
    """Holds that an answer is an error which its operation documents, and one of these codes."""
    about = f"{named}: {answer.status_code} {answer.text[:300]}"
    assert 400 <= answer.status_code < 500, about
    code = answer.json()["error"]["code"]
    assert code in found.codes(named), about
    assert not codes or code in codes, about


async def send(api: Api, write: Write, content: bytes, headers: dict[str, str] | None = None) -> httpx2.Response:
    return await api.call(write.method, write.path, content=content, headers=headers)


async def test_the_valid_requests_are_valid_and_there_is_one_for_every_write(known: Known) -> None:
    api, found, listed = known
    assert {write.operation for write in listed} == {
        name for name, (method, _, _) in found.listed.items() if method != "GET"
    }
    for write in listed:
        answer = await api.call(write.method, write.path, write.body)
        assert answer.status_code in (200, 422 if write.operation == "test_helpers.clock.rejoin_real_time" else 200), (
            f"{write.operation}: {answer.text}"
        )


@ON_SQLITE
async def test_what_is_no_json(known: Known) -> None:
    api, found, listed = known
    async with nothing_written(api):
        for write in listed:
            for content in MALFORMED.values():
                refused(await send(api, write, content), write.operation, found, "json_invalid")


@ON_SQLITE
async def test_json_that_no_request_may_have(known: Known) -> None:
    api, found, listed = known
    async with nothing_written(api):
        for write in listed:
            for content, code in BEYOND.values():
                refused(await send(api, write, content), write.operation, found, code)


@ON_SQLITE
async def test_other_media_types(known: Known) -> None:
    api, found, listed = known
    kinds = ("", "text/plain", "text/json", "application/xml", "multipart/form-data; boundary=x", "application/jsonp")
    charsets = ("application/json; charset=utf-16", "application/json;charset=latin-1", "*/*", "application/json,x")
    async with nothing_written(api):
        for write in listed:
            for kind in (*kinds, *charsets):
                answer = await send(api, write, json.dumps(write.body or {}).encode(), {"Content-Type": kind})
                refused(answer, write.operation, found, "unsupported_media_type")


async def test_every_value_of_another_kind(known: Known) -> None:
    api, found, listed = known
    async with nothing_written(api):
        for write in listed:
            for path, value in leaves(write.body or {}):
                for wrong in () if _is_free(write, path) else wrong_for(value):
                    await _refused_with(api, found, write, replaced(write.body, path, wrong))


def _is_free(write: Write, path: tuple[Any, ...]) -> bool:
    inside = path[2:] if path[:2] == ("rules", 0) else path
    return inside in FREE or (write.operation == "earning_rules.preview" and path[0] == "event" and len(path) > 3)


async def _refused_with(api: Api, found: Operations, write: Write, body: Any) -> None:
    answer = await send(api, write, json.dumps(body).encode())
    elements = BATCHES.get(write.operation)
    if elements is None or answer.status_code != 200:
        refused(answer, write.operation, found)
        return
    (element,) = answer.json()["data"]
    assert 400 <= element["status"] < 500, f"{write.operation}: {body}: {element}"
    single = write.operation.removesuffix("_batch")
    assert element["error"]["code"] in found.codes(single), element


async def test_every_field_that_is_not_known(known: Known) -> None:
    api, found, listed = known
    async with nothing_written(api):
        for write in listed:
            for name in ("nme", "__proto__", "constructor", "id\u200b", "ID", "", "a" * 10_000, "<b>", "'--"):
                await _refused_with(api, found, write, {**(write.body or {}), name: 1})


async def test_odd_texts_are_kept_as_they_are_or_refused(known: Known) -> None:
    api, found, listed = known
    for write in listed:
        for path, value in leaves(write.body or {}):
            for text in ODD_TEXTS if isinstance(value, str) else ():
                answer = await api.call(write.method, write.path, replaced(write.body, path, text))
                if answer.status_code != 200:
                    refused(answer, write.operation, found)
    for text in ODD_TEXTS:
        account = await api.enrol(text + "1", metadata={text[:40]: text})
        assert account["metadata"] == {text[:40]: text}
        assert account["customer"] == text + "1"
        row = await api.post(TRANSACTIONS, {"account": account["id"], "amount": 1, "reason": text})
        assert row["reason"] == text
        listed_accounts = await api.get(ACCOUNTS, params={"customer": text + "1"})
        assert [each["id"] for each in listed_accounts["data"]] == [account["id"]]


async def test_ids_that_look_alike_are_different(api: Api) -> None:
    alike = ("cust_1", "cust_1\u200b", "\u202ecust_1", "CUST_1", "cust_1 ", "cust_\u0661", "\u0441ust_1")
    for number, customer in enumerate(alike):
        await api.pay(f"evt_{number}", customer, id=f"pay_{number}")
    for customer in alike:
        (account,) = (await api.get(ACCOUNTS, params={"customer": customer}))["data"]
        assert (account["customer"], account["balance"]) == (customer, 10)
    for event in ("evt_ü", "EVT_ü", "evt_u\u0308"):
        assert (await api.pay(event, "cust_1"))["status"] == "processed"


async def test_ids_with_a_slash_can_be_asked_for(api: Api) -> None:
    told = {"type": "customer.updated", "data": {"object": {"id": "shop/7"}}}
    await api.post("/v1/events", {**payment("order/1001?x#y", None), **told})
    assert (await api.get("/v1/received-events/order%2F1001%3Fx%23y"))["id"] == "order/1001?x#y"
    assert (await api.get("/v1/customers/shop%2F7"))["id"] == "shop/7"
    ignored = {**payment("cart/1", None), "type": "cart.left"}
    assert (await api.post("/v1/events", ignored))["status"] == "ignored"
    assert (await api.post("/v1/events/cart%2F1/replay"))["status"] == "ignored"


async def test_of_a_name_given_twice_the_last_counts(api: Api) -> None:
    account = await api.enrol()
    content = b'{"account": "%s", "amount": 1000000, "amount": 5}' % account["id"].encode()
    assert (await api.post(TRANSACTIONS, content=content))["amount"] == 5
    twice = (
        b'{"id": "evt_1", "id": "evt_2", "type": "a.b", "created_at": "2026-04-01T12:00:00Z", "data": {"object": {}}}'
    )
    assert (await api.post("/v1/events", content=twice))["id"] == "evt_2"
    (kept,) = (await api.get("/v1/received-events"))["data"]
    assert kept["body"]["id"] == "evt_2"


NO_LIMITS = (
    "-1",
    "0",
    "101",
    "1.5",
    "1e1",
    "٣",
    " 5",
    "+5",
    "5%20",
    "",
    "NaN",
    "null",
    "9" * 40,
    "0x10",
    "true",
    "1,2",
)
NO_TIMES = (
    *("", "yesterday", "0", "1775044800", "now()", "2026-04-01T12:00:00", "2026-04-01T12:00:00%2B99:99"),
    *("0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-13-01T00:00:00Z", "2026-04-01T25:00:00Z"),
    "%EF%BB%BF2026-04-01T12:00:00Z",
)
NO_CURSORS = (
    "x",
    "'%20or%201=1%20--",
    "loy_00000000000000000000000000",
    "%E2%80%8B",
    "null",
    "[]",
    "a" * 255,
    "%25",
    "..%2F",
)
NO_PATHS = ("x", "", ".", "program.program", "a.b.c.d", "__class__", "customer.", ".customer", "program" + "." * 500)


async def test_queries_that_make_no_sense(known: Known) -> None:
    api, found, _ = known
    account = (await api.get(ACCOUNTS))["data"][0]["id"]
    segment = (await api.get(SEGMENTS))["data"][0]["id"]
    endpoint = (await api.get(ENDPOINTS))["data"][0]["id"]
    async with nothing_written(api):
        for name, path, taken in found.lists():
            base = path.replace("{account}", account).replace("{segment}", segment).replace("{endpoint}", endpoint)
            base += f"?account={account}&" if "/transactions" in path else "?"
            for query in _nonsense(taken):
                refused(await api.call("GET", base + query), name, found, "parameter_invalid", "parameter_unknown")


def _nonsense(taken: set[str]) -> Iterator[str]:
    yield from (f"limit={value}" for value in NO_LIMITS)
    yield from (f"{name}={value}" for name in ("starting_after", "ending_before") for value in NO_CURSORS)
    yield from (f"starting_after={'a' * 256}", "starting_after=", "limit=5&limit=5", "starting_after=a&ending_before=a")
    yield from (
        "nme=1",
        "limit%00=1",
        "LIMIT=5",
        "limit[]=5",
        "limit=5;drop",
        "__proto__=1",
        "%ff=1",
        f"{'q' * 5_000}=1",
    )
    yield from (f"created_at[gt]={value}" for value in NO_TIMES if "created_at[gt]" in taken)
    yield from (f"expand[]={value}" for value in NO_PATHS if "expand[]" in taken)
    if "expand[]" in taken:
        yield "&".join(["expand[]=program"] * 11)
    yield from (f"status={value}" for value in ("x", "", "ACTIVE", "active%00") if "status" in taken)
    yield from (f"{name}=%00" for name in taken)
    yield from (f"customer={'c' * 256}" for _ in range("customer" in taken))


@ON_SQLITE
async def test_idempotency_keys_that_are_none(known: Known) -> None:
    api, found, listed = known
    keys = (
        b"",
        b"x" * 256,
        b"x" * 60_000,
        b"tab\there",
        b"bell\x07",
        b"caf\xe9",
        "\u200b".encode(),
        b"\x7f",
        b"\xff\xff",
    )
    async with nothing_written(api):
        for write in listed:
            for key in keys:
                headers = [(b"idempotency-key", key), (b"x-api-key", (await api.usual_key(write.path)).encode())]
                answer = await api.client.request(write.method, write.path, json=write.body, headers=headers)  # type: ignore[arg-type]
                refused(answer, write.operation, found, "parameter_invalid")
                assert answer.json()["error"]["param"] == "Idempotency-Key"


@ON_SQLITE
async def test_bodies_beyond_the_limit(known: Known) -> None:
    api, found, listed = known

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(9):
            yield b" " * (1 << 20)

    async with nothing_written(api):
        for write in listed:
            most = 8 if write.operation in BATCHES else 1
            large = b'{"a": "' + b"x" * (most << 20) + b'"}'
            refused(await send(api, write, large), write.operation, found, "body_too_large")
            headers = {"X-Api-Key": await api.usual_key(write.path), **JSON}
            answer = await api.client.request(write.method, write.path, content=chunks(), headers=headers)
            refused(answer, write.operation, found, "body_too_large")
            lied = {**headers, "Content-Length": "99999999999999999999"}
            answer = await api.client.request(write.method, write.path, content=b"{}", headers=lied)
            refused(answer, write.operation, found, "body_too_large")


async def test_no_sum_grows_beyond_what_every_reader_understands(api: Api) -> None:
    account = await api.enrol()
    largest = {"account": account["id"], "amount": LARGEST_INTEGER}
    for _ in range(2):
        await api.post(f"{TRANSACTIONS}/batch", {"transactions": [largest] * 600})
    held = await api.get(f"{ACCOUNTS}/{account['id']}")
    assert max(held["balance"], held["lifetime_points"]) <= LARGEST_INTEGER
