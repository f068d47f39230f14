"""``/v1/api-keys``: who may use the API."""

from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from pydantic import Field, model_validator

from vinr_engagement.commands import ApiKey as StoredKey
from vinr_engagement.commands import Reply, RevokeKey, key_snapshot
from vinr_engagement.commands.api_keys import API_KEYS
from vinr_engagement.entrypoints.api import limits
from vinr_engagement.entrypoints.api.answers import Caller, Errors, json_answer, perform, reply_answer
from vinr_engagement.entrypoints.api.fields import Name, Shape, Time, Wire, example
from vinr_engagement.entrypoints.api.paging import PageShape, Paging
from vinr_engagement.entrypoints.api.routing import Resource
from vinr_engagement.entrypoints.api.scopes import SCOPES
from vinr_engagement.foundation import json
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Filters, Page, page

api_keys = Resource("api_keys", "/v1/api-keys", "api_keys")

Scope = Literal[*SCOPES]  # type: ignore[valid-type]


class ApiKey(Shape):
    """A key, without its secret."""

    id: str
    object: Literal["api_key"]
    name: str
    kind: Literal["secret", "restricted"]
    hint: str = Field(description="The last letters of the secret.")
    scopes: list[str]
    created_at: Time
    revoked_at: Time | None


class CreatedKey(ApiKey):
    """A new key. `secret` is shown this once; a repeat of the request under its `Idempotency-Key` shows null."""

    secret: str | None = Field(examples=["sk_test_06evgt3m8x4k9c2p7r1wz5qjbh"])


class KeyList(Shape):
    """A page of keys, newest first."""

    object: Literal["list"]
    data: list[ApiKey]
    page: PageShape


class NewKey(Wire):
    """A key to make."""

    model_config = example(name="Checkout", kind="restricted", scopes=["accounts:read", "events:write"])

    name: Name = Field(description="What it is for.", examples=["Checkout"])
    kind: Literal["secret", "restricted"] = "secret"
    scopes: Annotated[list[Scope], Field(max_length=limits.API_KEY_SCOPES)] = Field(
        [], description="What a restricted key may do; to write includes to read.", examples=[["accounts:read"]]
    )

    @model_validator(mode="after")
    def _scopes_go_with_the_kind(self) -> "NewKey":
        if (self.kind == "restricted") is not bool(self.scopes):
            raise ValueError("needs scopes for a restricted key, and none for a secret one")
        return self


@api_keys.write("POST", "", "create", CreatedKey)
async def create_key(caller: Caller, errors: Errors, body: NewKey) -> Response:
    """Make an API key

    For the store of the key that asks. The secret is in this answer and nowhere else: only a digest of it is kept.
    """
    command = caller.store.new_key(body.name, body.kind, list(body.scopes))
    made: dict[str, Any] = {}

    def render(outcomes: list[Any]) -> tuple[Reply, bool]:
        made.update(outcomes[0] if isinstance(outcomes[0], dict) else {})
        if not made:
            return _refused(outcomes[0])
        return Reply(200, json.encode({**made, "secret": None})), True

    def _refused(refusal: Any) -> tuple[Reply, bool]:
        return Reply(409, errors.body(refusal, caller.request_id)), False

    reply = await caller.store.write_path.answer([command], caller.origin, render, caller.claim())
    return json_answer(made) if made and not reply.replayed else reply_answer(reply)


@api_keys.get("", "list", KeyList, errors=("parameter_invalid",))
async def list_keys(caller: Caller, query: Annotated[Paging, Query()]) -> Response:
    """List API keys

    Newest first, revoked ones included.
    """

    async def place(session: Session, cursor: str) -> str | None:
        return cursor if await session.find(API_KEYS, [(cursor,)]) else None

    async def read(session: Session) -> Page[StoredKey]:
        return await page(session, API_KEYS, await query.window(session, place), Filters())

    found = await caller.read(read)
    return json_answer(query.answer(found, [key_snapshot(key) for key in found.rows]))


@api_keys.write("DELETE", "/{key}", "revoke", ApiKey)
async def revoke_key(caller: Caller, errors: Errors, request: Request, key: str) -> Response:
    """Revoke an API key

    It is refused from now on; other processes follow within seconds. A repeat changes nothing.
    """
    answer = await perform(caller, errors, RevokeKey(key))
    request.app.state.gate.forget()
    return answer
