"""The API as its callers have it: real HTTP messages, real stores, on both engines."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from argon2 import Parameters, Type

from tests.stores import are_there, sqlite_url
from vinr_engagement.audit import Origin
from vinr_engagement.commands import Store
from vinr_engagement.entrypoints.api import create_app
from vinr_engagement.foundation.settings import ENVIRONMENTS, Environment, Settings
from vinr_engagement.people import Passwords

Json = dict[str, Any]

CHEAP = Parameters(Type.ID, 19, 16, 32, time_cost=1, memory_cost=8, parallelism=1)
"""Passwords of tests are hashed in no time."""

SIGNED = frozenset(("connectors.receive",))
"""What is known by the provider's signature, and by the id of the provider's message."""
SIGNING_IN = frozenset(("session.create", "invitations.accept"))
OF_SESSIONS = frozenset(("session.retrieve", "session.delete", "session.change_password"))
"""What is for people who are signed in, and not for keys: tests/people tries it."""
WITHOUT_KEY = SIGNED | SIGNING_IN | OF_SESSIONS

_DOCUMENT: Json = {}
"""The OpenAPI document once it was asked for: every application of a process has the same, and takes its time to make it."""


@dataclass
class Api:
    """A running API with a key for the test store, and one for the other once it is asked for."""

    app: Any
    stores: dict[Environment, Store]
    client: httpx2.AsyncClient
    keys: dict[Environment, str]
    passwords: Passwords = field(default_factory=lambda: Passwords(CHEAP))

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
        params: Any = None,
    ) -> httpx2.Response:
        """One request with the usual key, unless another is named; ``key=""`` for none."""
        sent = {"X-Api-Key": await self.usual_key(path) if key is None else key} if key != "" else {}
        if content is not None:
            sent["Content-Type"] = "application/json"
        sent.update(headers or {})
        more: dict[str, Any] = {"content": content} if content is not None else {}
        if body is not None:
            more["json"] = body
        return await self.client.request(method, path, headers=sent, params=params, **more)

    async def document(self) -> Json:
        """What the API says of itself."""
        if not _DOCUMENT:
            _DOCUMENT.update(await self.get("/openapi.json"))
        return _DOCUMENT

    async def get(self, path: str, **more: Any) -> Json:
        """What a GET answers, which must be 200."""
        return _expected(await self.call("GET", path, **more), 200)

    async def post(self, path: str, body: Any = None, **more: Any) -> Json:
        """What a POST answers, which must be 200."""
        return _expected(await self.call("POST", path, body, **more), 200)

    async def patch(self, path: str, body: Any, **more: Any) -> Json:
        """What a PATCH answers, which must be 200."""
        return _expected(await self.call("PATCH", path, body, **more), 200)

    async def refused(self, method: str, path: str, body: Any = None, *, status: int, code: str, **more: Any) -> Json:
        """The error that a request gets, which must have this status and code."""
        answer = await self.call(method, path, body, **more)
        error: Json = _expected(answer, status)["error"]
        assert error["code"] == code, error
        assert error["message"]
        assert error["request_id"] == answer.headers["x-request-id"]
        return error

    async def key_of(self, environment: Environment) -> str:
        """The secret of the key for a store."""
        if environment not in self.keys:
            self.keys[environment] = await self.new_key(environment)
        return self.keys[environment]

    async def new_key(self, environment: Environment = "test", *scopes: str) -> str:
        """The secret of a new key of a store; with scopes a restricted one."""
        store = self.stores[environment]
        command = store.new_key("A key", "restricted" if scopes else "secret", list(scopes))
        made = await store.write_path.run(command, Origin("tests"))
        secret: str = made["secret"]
        return secret

    async def usual_key(self, path: str) -> str:
        """The test store's key; the live one's, where only that may ask."""
        return await self.key_of("live" if path.startswith("/v1/people") else "test")

    async def enrol(self, customer: str | None = None, **more: Any) -> Json:
        """A new member of the default program."""
        return await self.post("/v1/loyalty/accounts", {"program": "prog_default", "customer": customer, **more})

    async def pay(self, event: str, customer: str, amount: int = 1_000, **more: Any) -> Json:
        """The outcome of a completed payment."""
        return await self.post("/v1/events", payment(event, customer, amount, **more))


def payment(event: str, customer: str | None, amount: int = 1_000, **more: Any) -> Json:
    """A completed payment in the default program's currency."""
    body = {"id": f"pay_{event}", "amount": amount, "currency": "GBP", "customer": customer, **more}
    return {
        "id": event,
        "type": "payment.completed",
        "created_at": "2026-04-01T12:00:00Z",
        "data": {"object": {name: value for name, value in body.items() if value is not None}},
    }


def _expected(answer: httpx2.Response, status: int) -> Json:
    assert answer.status_code == status, f"{answer.status_code}: {answer.text}"
    assert answer.headers["x-request-id"]
    found: Json = answer.json()
    return found


async def open_api(
    database_url: str, rate_limit: int = 0, burst: int = 0, log_level: str = "critical", **more: Any
) -> Api:
    """An API over the two stores of a fresh install; ``more`` are further settings."""
    chosen = Settings(
        database_url=database_url,
        key_pepper="pepper",
        log_level=log_level,
        rate_limit=rate_limit,
        rate_limit_burst=burst,
        **more,
    )
    fresh = not are_there(database_url)
    stores: dict[Environment, Store] = {name: await Store.open(name, chosen, migrate=fresh) for name in ENVIRONMENTS}
    passwords = Passwords(CHEAP)
    app = create_app(stores, chosen, passwords=passwords)
    client = httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app, raise_app_exceptions=False), base_url="http://api.test", timeout=60
    )
    api = Api(app, stores, client, {}, passwords)
    await api.key_of("test")
    return api


async def close_api(api: Api) -> None:
    """Lets go of everything."""
    await api.client.aclose()
    for store in api.stores.values():
        await store.close()


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The API over two empty stores."""
    opened = await open_api(database_url)
    yield opened
    await close_api(opened)


@pytest.fixture
async def sqlite_api(tmp_path: Path) -> AsyncIterator[Api]:
    """The API on SQLite alone, for what never reaches a database."""
    opened = await open_api(sqlite_url(tmp_path))
    yield opened
    await close_api(opened)
