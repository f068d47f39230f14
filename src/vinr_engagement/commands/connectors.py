"""Connectors: by which secrets a provider's webhooks are known, how they are read, and what came of the last ones.

A signing secret has to be readable, since it signs: it is kept as it is, and never shown again.
"""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Final

import msgspec

from vinr_engagement import audit
from vinr_engagement.commands.context import Context, Decision
from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import Instant, format_instant
from vinr_engagement.foundation.database import Need, Session, Table
from vinr_engagement.foundation.errors import Conflict, Invalid

REFUSED_KEPT: Final = 20
"""So many refused events of a provider are remembered, the last ones."""
SECRETS: Final = 2
"""So many signing secrets a connector may have: the one, and the next while they are exchanged."""
_HINT: Final = 4
OPTIONS = ("customer_prefix", "customer_metadata")
"""How messages are read."""


class Connector(msgspec.Struct):
    """The settings for one provider. ``signing_secrets`` and ``options`` are JSON."""

    provider: str
    enabled: bool
    signing_secrets: str
    options: str
    created_at: int
    updated_at: int

    @property
    def secrets(self) -> list[str]:
        """The signing secrets."""
        found: list[str] = json.decode(self.signing_secrets)
        return found


class Receipts(msgspec.Struct):
    """When a provider was last heard of, to the minute, and its last events that were refused, as JSON, newest first."""

    provider: str
    last_received_at: int
    refused: str


CONNECTORS: Final = Table("connectors", Connector, ("provider",))
RECEIPTS: Final = Table("connector_receipts", Receipts, ("provider",), locked=True)


class UpdateConnector(Decision):
    """Changes the settings for a provider; those not named stay.

    ``taken`` are secrets that this provider may not have here, since its messages could not be told from the other store's.
    """

    alone: ClassVar[bool] = True

    def __init__(self, provider: str, changes: dict[str, Any], taken: frozenset[str]) -> None:
        self.provider = provider
        self.changes = changes
        self.taken = taken

    def decide(self, context: Context) -> dict[str, Any]:
        held = context.state.find(CONNECTORS, (self.provider,))
        receipts = context.state.find(RECEIPTS, (self.provider,))
        row = self._changed(held, context.now)
        self._check(row)
        before = None if held is None else connector_snapshot(self.provider, held)
        snapshot = connector_snapshot(self.provider, row)
        context.state.replace(row)
        audit.note(context.state, context.origin, "connector.updated", self.provider, before, snapshot, context.now)
        return {**snapshot, **receipts_snapshot(receipts)}

    def _changed(self, held: Connector | None, now: Instant) -> Connector:
        changes, row = self.changes, held or Connector(self.provider, False, "[]", "{}", now, now)
        secrets = row.signing_secrets
        if "signing_secrets" in changes:
            secrets = json.text(list(dict.fromkeys(changes["signing_secrets"])))
        options = {**json.decode(row.options), **{name: changes[name] for name in OPTIONS if name in changes}}
        enabled = changes.get("enabled", row.enabled)
        return Connector(self.provider, enabled, secrets, json.text(options), row.created_at, now)

    def _check(self, row: Connector) -> None:
        if row.enabled and not row.secrets:
            raise Invalid(
                "parameter_invalid",
                "signing_secrets: a connector needs one to be enabled; nothing could be verified without.",
                param="signing_secrets",
            )
        if self.taken.intersection(row.secrets):
            raise shared_secret(self.provider)


class NoteReceipt(Decision):
    """Remembers that a provider was heard of, and which of its events were refused."""

    def __init__(self, provider: str, at: Instant, refused: list[dict[str, Any]]) -> None:
        self.provider = provider
        self.at = at
        self.refused = refused

    def needs(self, context: Context) -> Iterator[Iterable[Need]]:
        yield [(RECEIPTS, (self.provider,))]

    def decide(self, context: Context) -> None:
        row = context.state.find(RECEIPTS, (self.provider,))
        if row is None:
            row = context.state.insert(Receipts(self.provider, self.at, "[]"))
        context.state.change(row).last_received_at = max(row.last_received_at, self.at)
        row.refused = json.text([*self.refused, *json.decode(row.refused)][:REFUSED_KEPT])


def shared_secret(provider: str) -> Conflict:
    """The refusal of a secret that is configured in both stores, where messages do not say which is meant."""
    return Conflict(
        "signing_secret_in_use",
        f"The other store's {provider} connector has this signing secret, and {provider} does not say which store it means.",
        param="signing_secrets",
    )


async def all_connectors(session: Session) -> list[Connector]:
    """The settings of every provider that has some."""
    return await session.rows(CONNECTORS, "true order by provider")


async def all_receipts(session: Session) -> dict[str, Receipts]:
    """What came of the last messages, by provider."""
    return {row.provider: row for row in await session.rows(RECEIPTS, "true")}


def connector_snapshot(provider: str, row: Connector | None) -> dict[str, Any]:
    """The settings as the API shows them, secrets as hints; those of a provider that has none yet, too."""
    options: dict[str, Any] = {} if row is None else json.decode(row.options)
    return {
        "id": provider,
        "object": "connector",
        "enabled": row is not None and bool(row.enabled),  # SQLite has numbers
        "signing_secrets": [] if row is None else [f"…{secret[-_HINT:]}" for secret in row.secrets],
        "customer_prefix": options.get("customer_prefix", ""),
        "customer_metadata": options.get("customer_metadata"),
        "created_at": None if row is None else format_instant(row.created_at),
        "updated_at": None if row is None else format_instant(row.updated_at),
    }


def receipts_snapshot(row: Receipts | None) -> dict[str, Any]:
    """What came of the last messages, as the API shows it."""
    return {
        "last_received_at": None if row is None else format_instant(row.last_received_at),
        "refused": [] if row is None else json.decode(row.refused),
    }
