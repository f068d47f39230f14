"""Keys open what they are for and nothing else, and no secret is ever told."""

import asyncio
import itertools
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.api.conftest import WITHOUT_KEY, Api, Json, close_api, payment
from tests.contract.hostile import (
    ACCOUNTS,
    CAMPAIGN,
    CAMPAIGNS,
    CREDIT,
    ENDPOINT,
    ENDPOINTS,
    PROGRAMS,
    REDEMPTIONS,
    REFERRALS,
    REPLAY,
    REPORT,
    REPORTS,
    REWARD,
    REWARDS,
    RULE,
    RULES,
    SEGMENT,
    SEGMENTS,
    TRANSACTIONS,
    Write,
    writes,
)
from tests.contract.rows import nothing_written
from vinr_engagement.commands import Store
from vinr_engagement.entrypoints.api import create_app
from vinr_engagement.entrypoints.api.observe import FLUSH_SECONDS
from vinr_engagement.entrypoints.api.scopes import RESOURCES, SCOPES
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.settings import ENVIRONMENTS, Environment, Settings

FURNISHED = {"prog_default", "rule_default"}
"""What every store has from the beginning."""
OF_ACCOUNT = (TRANSACTIONS, f"{CREDIT}/transactions")
"""Lists that ask whose."""
ENDLESS = {"events.stream"}
"""Once begun it goes on for ever; that it asks for its scope is tried as of all others."""
OF_ALL = "people."
"""What an installation has once begins so: it is of no store, and asked for with a live key."""
OF_AN_ACCOUNT = {"transactions.list", "credit.transactions.list", "campaigns.retrieve_progress"}
READS = [f"{resource}:read" for resource in RESOURCES]


async def operations(api: Api) -> dict[str, tuple[str, str, Json]]:
    """Everything that takes a key: by its id the method, the path and what the document says."""
    document = await api.document()
    return {
        operation["operationId"]: (method.upper(), path, operation)
        for path, found in document["paths"].items()
        for method, operation in found.items()
        if path.startswith("/v1/") and operation["operationId"] not in WITHOUT_KEY
    }


def any_path(path: str) -> str:
    return re.sub(r"\{\w+\}", "none", path)


@pytest.mark.anyio
async def test_a_key_that_may_read_writes_nothing(api: Api) -> None:
    ready: dict[str, Write] = {write.operation: write for write in await writes(api)}
    reader = await api.new_key("test", *READS)
    async with nothing_written(api):
        for name, (method, _, operation) in (await operations(api)).items():
            if method == "GET":
                continue
            write = ready[name]
            needed = operation["x-required-scope"]
            if needed.endswith(":read"):  # it only looks as if it wrote
                assert (await api.call(method, write.path, write.body, key=reader)).status_code == 200, name
                continue
            error = await api.refused(method, write.path, write.body, status=403, code="permission_denied", key=reader)
            assert error["required_scope"] == needed


@pytest.mark.anyio
async def test_a_key_that_may_read_reads_everything(api: Api) -> None:
    await writes(api)
    account = (await api.get(ACCOUNTS))["data"][0]["id"]
    readers = {name: await api.new_key(name, *READS) for name in ENVIRONMENTS}
    reached = set()
    for name, (method, path, _) in (await operations(api)).items():
        if method == "GET" and name not in ENDLESS:
            query = f"?account={account}" if name in OF_AN_ACCOUNT else ""
            reader = readers["live" if name.startswith(OF_ALL) else "test"]
            answer = await api.call("GET", any_path(path) + query, key=reader)
            assert answer.status_code == (404 if "{" in path else 200), f"{name}: {answer.text}"
            reached.add(name)
    assert len(reached) > 15


@pytest.mark.anyio
async def test_a_key_with_every_scope_but_the_one_is_refused(api: Api) -> None:
    by_resource = {
        resource: await api.new_key("test", *(scope for scope in SCOPES if scope.partition(":")[0] != resource))
        for resource in RESOURCES
    }
    async with nothing_written(api):
        for method, path, operation in (await operations(api)).values():
            key = by_resource[operation["x-required-scope"].partition(":")[0]]
            await api.refused(method, any_path(path), {}, status=403, code="permission_denied", key=key)


@pytest.mark.anyio
async def test_no_key_a_wrong_one_and_a_revoked_one(api: Api) -> None:
    made = await api.post("/v1/api-keys", {"name": "Lost"})
    await api.get(ACCOUNTS, key=made["secret"])
    await api.call("DELETE", f"/v1/api-keys/{made['id']}")
    garbage = (
        "sk_test_" + "0" * 26,
        "x",
        "sk_test_",
        "Bearer",
        "' or 1=1 --",
        "sk_live_\xe9",
        "s" * 5_000,
        api.keys["test"][:-1],
    )
    swapped = (api.keys["test"].replace("_test_", "_live_"), (await api.key_of("live")).replace("_live_", "_test_"))
    async with nothing_written(api):
        for name, (method, path, _) in (await operations(api)).items():
            for key in (made["secret"], *garbage, *swapped):
                headers = [(b"x-api-key", key.encode("latin-1")), (b"content-type", b"application/json")]
                answer = await api.client.request(method, any_path(path), content=b"{}", headers=headers)  # type: ignore[arg-type]
                assert (answer.status_code, answer.json()["error"]["code"]) == (401, "api_key_invalid"), name
            for none in ({}, {"X-Api-Key": "  "}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer "}):
                await api.refused(method, any_path(path), {}, status=401, code="api_key_missing", key="", headers=none)


@pytest.mark.anyio
@pytest.mark.parametrize("environment", ENVIRONMENTS)
async def test_what_is_in_one_store_is_not_in_the_other(api: Api, environment: Environment) -> None:
    here = await api.key_of(environment)
    there = await api.key_of("live" if environment == "test" else "test")
    account = await _fill(api, here)
    await api.post(CAMPAIGNS, CAMPAIGN, key=here)
    await api.post(REFERRALS, {"program": "prog_default", "referrer": account}, key=here)
    segment = (await api.post(SEGMENTS, {**SEGMENT, "conditions": []}, key=here))["id"]
    endpoint = (await api.post(ENDPOINTS, ENDPOINT, key=here))["id"]
    await api.post(f"{ENDPOINTS}/{endpoint}/replay", REPLAY, key=here)
    await api.post(REPORTS, REPORT, key=here)
    every = [found for name, found in (await operations(api)).items() if not name.startswith(OF_ALL)]
    listed = [path for method, path, found in every if method == "GET" and _is_list(found)]
    own = {}
    for path in listed:
        target = path.replace("{account}", account).replace("{segment}", segment).replace("{endpoint}", endpoint)
        target += f"?account={account}" if path in OF_ACCOUNT else ""
        own[path] = await _ids(api, target, here)
        assert own[path], f"{path} is empty: nothing was tried"
        elsewhere = await api.call("GET", target, key=there)
        seen = {found["id"] for found in elsewhere.json().get("data", ())}
        assert not seen & own[path] - FURNISHED, path
        if path not in (PROGRAMS, RULES, "/v1/api-keys", "/v1/audit-log"):
            assert elsewhere.status_code == 404 or elsewhere.json()["data"] == [], path
    await _none_is_found(api, set().union(*own.values()) - FURNISHED, there)


async def _fill(api: Api, key: str) -> str:
    made = await api.post(ACCOUNTS, {"program": "prog_default", "customer": "cust_1"}, key=key)
    await api.post("/v1/events", payment("evt_1", "cust_1", 5_000), key=key)
    told = {**payment("evt_2", None), "type": "customer.updated", "data": {"object": {"id": "cust_1"}}}
    await api.post("/v1/events", told, key=key)
    await api.post(f"{CREDIT}/issue", {"account": made["id"], "amount": 5, "currency": "EUR"}, key=key)
    await api.post(TRANSACTIONS, {"account": made["id"], "amount": 5}, key=key)
    reward = await api.post(REWARDS, {**REWARD, "inventory": None}, key=key)
    await api.post(REDEMPTIONS, {"account": made["id"], "reward": reward["id"]}, key=key)
    await api.post(PROGRAMS, {"name": "Club"}, key=key)
    await api.post(RULES, RULE, key=key)
    await api.post("/v1/api-keys", {"name": "Another"}, key=key)
    identifier: str = made["id"]
    return identifier


def _is_list(operation: Json) -> bool:
    return any(parameter["name"] == "limit" for parameter in operation.get("parameters", ()))


async def _ids(api: Api, target: str, key: str) -> set[str]:
    return {found["id"] for found in (await api.get(target, key=key))["data"]}


async def _none_is_found(api: Api, identifiers: set[str], key: str) -> None:
    """No endpoint for one object finds any of these, whatever their kind; nor does any that changes one."""
    for name, (method, path, _) in (await operations(api)).items():
        if (
            path.count("{") == 1
            and "{key}" not in path
            and not name.startswith(OF_ALL)
            and (method == "GET" or path.endswith(("/close", "/erase")))
        ):
            for identifier in identifiers:
                target = re.sub(r"\{\w+\}", identifier, path) + ("?account=loy_1" if name in OF_AN_ACCOUNT else "")
                answer = await api.call(method, target, key=key)
                assert answer.status_code == 404, f"{name} {identifier}: {answer.text}"


PASSWORD, PEPPER = "s3cret-of-the-database", "s3cret-pepper"
SECRET_URLS = (
    "postgresql://u:s3cret@127.0.0.1:1/x",
    "postgres://u:s3cret@127.0.0.1:1/x?sslmode=require",
    "postgresql://127.0.0.1:1/x?user=u&password=s3cret",
    "postgresql://u:s3cret@127.0.0.1:notaport/x",
    "mysql://u:s3cret@127.0.0.1:1/x",
    "sqlite://u:s3cret@127.0.0.1:1/x",
    "postgresql://u:s3cret@[::1/x",
)
TOLD = (
    "u:s3cret@127.0.0.1:1/x",
    "postgresql:u:s3cret@127.0.0.1",
    "postgresql://u:s3cret#x@127.0.0.1:1/x",
)
"""No URL, and yet there is a password in it."""


@pytest.fixture(params=["json", "console"])
def log_format(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


def _with_password(url: str) -> str:
    """The URL with a password, which this PostgreSQL does not ask for."""
    return re.sub(r"^postgresql://([^:@/]+):?[^@/]*@", rf"postgresql://\1:{PASSWORD}@", url)


@pytest.mark.anyio
async def test_nothing_that_is_written_or_answered_has_a_secret(
    database_url: str, log_format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    url = _with_password(database_url)
    assert (PASSWORD in url) is url.startswith("postgresql")
    chosen = Settings(database_url=url, key_pepper=PEPPER, log_level="debug", log_format=log_format)
    stores: dict[Environment, Store] = {name: await Store.open(name, chosen) for name in ENVIRONMENTS}
    app = create_app(stores, chosen)
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    client = httpx2.AsyncClient(transport=transport, base_url="http://api.test")
    api = Api(app, stores, client, {})
    for environment in ENVIRONMENTS:
        api.keys[environment] = await api.new_key(environment)
    try:
        secrets, answers = await _provoke(api)
        kept = [await _everything_in(store) for store in stores.values()]
        await _break(api)
        broken = [await api.call("GET", path) for path in (PROGRAMS, "/v1/audit-log", "/v1/received-events")]
        assert broken[0].status_code == 500
        assert {answer.status_code for answer in broken} <= {500, 503}
        await asyncio.sleep(FLUSH_SECONDS * 2)
    finally:
        await close_api(api)
    written = capsys.readouterr()
    log = written.err + written.out
    assert "request_failed" in log
    assert "Traceback" in log
    answered = "".join(answer.text + str(answer.headers) for answer in (*answers, *broken))
    for secret in (*secrets, *api.keys.values(), PEPPER, PASSWORD):
        assert secret not in log
        assert secret not in answered
        assert secret not in "".join(kept)


async def _provoke(api: Api) -> tuple[list[str], list[httpx2.Response]]:
    """Everything that could tell a secret: keys made, repeated, revoked and refused; errors of every kind; what operators see."""
    headers = {"Idempotency-Key": "one"}
    made = await api.post("/v1/api-keys", {"name": "K"}, headers=headers)
    secrets = [made["secret"], "sk_test_" + "q" * 22 + "wxyz"]
    answers = [
        await api.call("POST", "/v1/api-keys", {"name": "K"}, headers=headers),
        await api.call("GET", ACCOUNTS, key=secrets[1]),
        await api.call("POST", "/v1/events", payment("evt_1", "c"), key=secrets[1]),
        await api.call("GET", ACCOUNTS, key="", headers={"Authorization": f"Bearer {made['secret']}x"}),
        await api.call("POST", ACCOUNTS, {"program": 5}),
        await api.call("POST", "/v1/events", content=b"{"),
        await api.call("GET", f"{ACCOUNTS}/none"),
        await api.call("PUT", ACCOUNTS),
        await api.call("GET", f"{ACCOUNTS}?api_key={made['secret']}"),
        await api.call("DELETE", f"/v1/api-keys/{made['id']}"),
        await api.call("GET", ACCOUNTS, key=made["secret"]),
    ]
    operators = ("/v1/audit-log", "/v1/api-keys", "/metrics", "/healthz", "/readyz", "/openapi.json", "/v1/events")
    answers += [await api.call("GET", path) for path in operators]
    return secrets, answers


async def _everything_in(store: Store) -> str:
    """Every row of every table, as text."""

    async def dump(session: Session) -> str:
        tables = "select name from sqlite_schema where type = 'table'"
        if session.engine == "postgresql":
            tables = "select tablename from pg_tables where schemaname = current_schema()"
        rows = [await session.fetch(f"select * from {table}") for (table,) in await session.fetch(tables)]
        return str(rows)

    return await store.database.read(dump)


async def _break(api: Api) -> None:
    async def drop(session: Session) -> None:
        await session.execute("drop table received_events")
        await session.execute("update programs set body = 'no json'")
        await session.execute("alter table audit_log rename column actor to nobody")

    await api.stores["test"].database.write(drop)


def _commands() -> Iterator[Any]:
    yield from itertools.product((("migrate",), ("verify",), ("serve", "--port", "0")), SECRET_URLS[:1])
    yield from itertools.product((("migrate",),), SECRET_URLS[1:])
    yield from itertools.product((("migrate",),), TOLD)


@pytest.mark.parametrize(("command", "url"), list(_commands()))
def test_a_database_that_cannot_be_reached_keeps_its_password(
    tmp_path: Path, command: tuple[str, ...], url: str
) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("VINR_")}
    done = subprocess.run(
        [Path(sys.executable).with_name("vinr"), *command],
        cwd=tmp_path,
        env={**inherited, "VINR_DATABASE_URL": url, "VINR_LOG_LEVEL": "debug", "VINR_KEY_PEPPER": PEPPER},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    told = done.stdout + done.stderr
    assert done.returncode in (1, 2), told
    assert told.strip()
    for secret in ("s3cret", PEPPER, "Traceback"):
        assert secret not in told
