"""Webhooks of providers: ``POST /v1/connectors/{provider}``. No API key comes with them: the provider's signature is the key.

Which store a message is for is said by the secret that signed it. A message with a right signature that the engine refuses is
answered with 200, since sending it again would change nothing; only what a repeat may mend is answered otherwise.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from starlette.types import Receive

from vinr_engagement.commands import EventOutcome, ReceiveEvent, Store, parse_event
from vinr_engagement.commands.connectors import Connector, NoteReceipt, all_connectors, shared_secret
from vinr_engagement.entrypoints.api import limits
from vinr_engagement.entrypoints.api.body import decode_body, read_body
from vinr_engagement.entrypoints.api.errors import Fault
from vinr_engagement.entrypoints.api.exchange import Exchange, Identity
from vinr_engagement.entrypoints.api.observe import Observer
from vinr_engagement.entrypoints.api.suggest import kind_of
from vinr_engagement.entrypoints.connectors import PROVIDERS, Message, Options, Provider, decode
from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import SECOND, Instant, format_instant, real_now
from vinr_engagement.foundation.errors import Refusal
from vinr_engagement.foundation.settings import Environment

CONNECTORS: Final = "/v1/connectors/"
CONNECTOR: Final = "/v1/connectors/{provider}"


def is_connector(path: str) -> bool:
    """Whether a path has a name under :data:`CONNECTORS`, be it a provider's or not."""
    name = path.removeprefix(CONNECTORS)
    return name not in (path, "") and "/" not in name


def provider_named(name: str) -> Provider:
    """A provider. Raises ``Fault`` (``resource_missing``)."""
    found = PROVIDERS.get(name)
    if found is None:
        message = f"There is no connector {name[:255]!r}; there are {' and '.join(PROVIDERS)}."
        raise Fault("resource_missing", message, resource=name[:255])
    return found


class _Known(msgspec.Struct, frozen=True):
    """A store's settings for a provider."""

    environment: Environment
    connector: Connector


class ConnectorIntake:
    """Takes webhooks in. Settings are remembered for :data:`limits.KEY_CACHE_SECONDS`, as API keys are."""

    def __init__(self, stores: Mapping[Environment, Store], observer: Observer) -> None:
        self._stores = stores
        self._observer = observer
        self._known: tuple[Instant, dict[str, list[_Known]]] = (0, {})
        self._noted: dict[tuple[Environment, str], Instant] = {}

    def forget(self) -> None:
        """Looks all settings up anew: some were changed here."""
        self._known = (0, {})

    async def receive(self, exchange: Exchange, receive: Receive) -> tuple[int, bytes, bool]:
        """One message, answered with what became of it."""
        provider = provider_named(exchange.path.removeprefix(CONNECTORS))
        known = await self._set_up(provider)
        raw = await read_body(receive, exchange.headers, limits.CONNECTOR_BODY_BYTES)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in exchange.headers.items()}
        signed = _signed(provider, known, raw, headers)
        body = _object_in(raw)
        message = provider.identify(body, headers)
        chosen = _choose(provider, signed, message)
        self._let_in(exchange, chosen)
        taken = await self._take(exchange, _events_of(provider, body, headers, chosen.connector))
        await self._note(exchange, chosen, message, taken)
        return 200, json.encode(_receipt(chosen, message, taken)), False

    async def _set_up(self, provider: Provider) -> list[_Known]:
        """The stores with settings for a provider. Raises ``Fault`` where there is none: then no body is read."""
        found = (await self._settings(real_now())).get(provider.name)
        if not found:
            raise Fault("signature_invalid", f"The {provider.name} connector has no signing secret: set it up first.")
        return found

    async def _settings(self, now: Instant) -> dict[str, list[_Known]]:
        until, known = self._known
        if now < until:
            return known
        found: dict[str, list[_Known]] = {}
        for environment, store in self._stores.items():
            for row in await store.database.read(all_connectors):
                found.setdefault(row.provider, []).append(_Known(environment, row))
        self._known = (now + limits.KEY_CACHE_SECONDS * SECOND, found)
        return found

    def _let_in(self, exchange: Exchange, chosen: _Known) -> None:
        store, name = self._stores[chosen.environment], chosen.connector.provider
        exchange.identity = Identity(f"connector:{name}", chosen.environment, store, frozenset())

    async def _take(self, exchange: Exchange, events: "list[dict[str, Any] | Refusal]") -> list[dict[str, Any]]:
        """What became of each event."""
        asked = [_command_of(event) for event in events]
        commands = [each for each in asked if isinstance(each, ReceiveEvent)]
        answers = iter(await exchange.store.write_path.run_each(commands, exchange.origin))
        outcomes = [next(answers) if isinstance(each, ReceiveEvent) else each for each in asked]
        taken = [_taken(event, outcome) for event, outcome in zip(events, outcomes, strict=True)]
        for each in taken:
            exchange.outcome = each["code"] or each["status"]
            self._observer.event(exchange.outcome)
        return taken

    async def _note(self, exchange: Exchange, chosen: _Known, message: Message, taken: list[dict[str, Any]]) -> None:
        """Remembers refusals, and once a minute that the provider was heard of: a commit for each message would cost more."""
        now, place = real_now(), (chosen.environment, chosen.connector.provider)
        refused = [_refusal(message, each, now) for each in taken if each["status"] == "refused"]
        if refused or now - self._noted.get(place, 0) >= limits.RECEIPT_SECONDS * SECOND:
            await exchange.store.write_path.run(NoteReceipt(place[1], now, refused), exchange.origin)
            self._noted[place] = now


def _signed(provider: Provider, known: list[_Known], raw: bytes, headers: Mapping[str, str]) -> list[_Known]:
    """The stores with a secret that signed it. Raises ``Refusal`` where there is none."""
    now = real_now()
    found = [each for each in known if any(provider.verify(raw, headers, key, now) for key in each.connector.secrets)]
    if not found:
        raise Fault("signature_invalid", f"No signing secret of the {provider.name} connector signed this body.")
    enabled = [each for each in found if each.connector.enabled]
    if not enabled:
        raise Fault("connector_disabled", f"The {provider.name} connector that this is signed for is disabled.")
    return enabled


def _object_in(raw: bytes) -> dict[str, Any]:
    body = decode_body(raw, decode)
    if not isinstance(body, dict):
        raise Fault("parameter_invalid", f"The body must be an object, not {kind_of(body)}.")
    return body


def _choose(provider: Provider, signed: list[_Known], message: Message) -> _Known:
    """The store that a message is for. Raises ``Conflict`` where both have the secret and the message does not say."""
    if len(signed) == 1:
        return signed[0]
    if message.livemode is None:
        raise shared_secret(provider.name)
    meant = "live" if message.livemode else "test"
    return next(each for each in signed if each.environment == meant)


def _events_of(
    provider: Provider, body: dict[str, Any], headers: Mapping[str, str], connector: Connector
) -> "list[dict[str, Any] | Refusal]":
    try:
        return [*provider.translate(body, headers, Options(**json.decode(connector.options)))]
    except Refusal as refusal:
        return [refusal]


def _command_of(event: "dict[str, Any] | Refusal") -> "ReceiveEvent | Refusal":
    if isinstance(event, Refusal):
        return event
    try:
        return ReceiveEvent(parse_event(event))
    except Refusal as refusal:
        return refusal


def _taken(event: "dict[str, Any] | Refusal", outcome: "EventOutcome | Refusal") -> dict[str, Any]:
    """What became of one event, without what it brought: the answer goes to the provider, who shows it in its logs."""
    named = {"id": None, "type": None} if isinstance(event, Refusal) else {"id": event["id"], "type": event["type"]}
    if isinstance(outcome, Refusal):
        return {**named, "status": "refused", "reason": None, "code": outcome.code, "message": outcome.message}
    return {**named, "status": outcome.status, "reason": outcome.reason, "code": None, "message": None}


def _receipt(chosen: _Known, message: Message, taken: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "object": "connector_receipt",
        "connector": chosen.connector.provider,
        "id": message.id,
        "type": message.type,
        "environment": chosen.environment,
        "events": taken,
    }


def _refusal(message: Message, taken: dict[str, Any], now: Instant) -> dict[str, Any]:
    told = {"id": message.id, "type": message.type, "code": taken["code"], "message": taken["message"]}
    return {**told, "received_at": format_instant(now)}
