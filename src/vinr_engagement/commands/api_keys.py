"""API keys: made, listed and revoked; only a digest of each is kept."""

from typing import Any, ClassVar

import msgspec

from vinr_engagement import audit
from vinr_engagement.commands.context import Context, Decision, no_such
from vinr_engagement.foundation import ids, json
from vinr_engagement.foundation.clock import format_instant, real_now
from vinr_engagement.foundation.database import Table


class ApiKey(msgspec.Struct):
    """A key. ``scopes`` is a JSON list such as ``["accounts:read"]``; a secret key has all. ``hint`` is its last letters."""

    id: str
    name: str
    kind: str
    hash: str
    hint: str
    scopes: str
    created_at: int
    revoked_at: int | None


API_KEYS = Table("api_keys", ApiKey, ("id",))


class CreateKey(Decision):
    """A new key; its secret is answered once, and never again."""

    alone: ClassVar[bool] = True

    def __init__(self, name: str, kind: str, scopes: list[str], secret: str, secret_hash: str) -> None:
        self.name = name
        self.kind = kind
        self.scopes = scopes
        self.secret = secret
        self.secret_hash = secret_hash

    def decide(self, context: Context) -> dict[str, Any]:
        row = ApiKey(
            id=ids.new_id("key"),
            name=self.name,
            kind=self.kind,
            hash=self.secret_hash,
            hint=self.secret[-4:],
            scopes=json.text(self.scopes),
            created_at=real_now(),
            revoked_at=None,
        )
        context.state.insert(row)
        snapshot = key_snapshot(row)
        audit.note(context.state, context.origin, "api_key.created", row.id, None, snapshot, context.now)
        return {**snapshot, "secret": self.secret}


class RevokeKey(Decision):
    """Makes a key worthless; a repeat changes nothing."""

    alone: ClassVar[bool] = True

    def __init__(self, key: str) -> None:
        self.key = key

    def decide(self, context: Context) -> dict[str, Any]:
        row = context.state.find(API_KEYS, (self.key,))
        if row is None:
            raise no_such("API key", self.key)
        if row.revoked_at is None:
            before = key_snapshot(row)
            context.state.change(row).revoked_at = real_now()
            audit.note(context.state, context.origin, "api_key.revoked", row.id, before, key_snapshot(row), context.now)
        return key_snapshot(row)


def key_snapshot(row: ApiKey) -> dict[str, Any]:
    """The key as the API shows it, without its secret."""
    return {
        "id": row.id,
        "object": "api_key",
        "name": row.name,
        "kind": row.kind,
        "hint": row.hint,
        "scopes": json.decode(row.scopes),
        "created_at": format_instant(row.created_at),
        "revoked_at": None if row.revoked_at is None else format_instant(row.revoked_at),
    }
