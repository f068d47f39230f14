"""Who may come in: API keys, their scopes, the API version, and how often."""

import time
from collections import OrderedDict
from collections.abc import Mapping
from math import ceil
from typing import Final

from vinr_engagement.commands import Store
from vinr_engagement.entrypoints.api import limits, scopes
from vinr_engagement.entrypoints.api.errors import Fault
from vinr_engagement.entrypoints.api.exchange import API_VERSION, Exchange, Identity
from vinr_engagement.foundation import json, keys
from vinr_engagement.foundation.settings import Environment, Settings

_VERSION: Final = API_VERSION.encode()
_BEARER: Final = b"bearer "


class Gate:
    """Admits requests. Verified keys are remembered for :data:`limits.KEY_CACHE_SECONDS`, so that a revocation takes effect."""

    def __init__(self, stores: Mapping[Environment, Store], settings: Settings) -> None:
        self._stores = stores
        self._pepper = settings.key_pepper
        self._known: OrderedDict[str, tuple[float, Identity | None]] = OrderedDict()
        self._throttle = Throttle(settings.rate_limit, settings.rate_limit_burst) if settings.rate_limit else None

    async def admit(self, exchange: Exchange) -> None:
        """Sets who asks. Raises ``Fault`` for an unknown version, no key, an unknown one, or one that asks too often."""
        headers = exchange.headers
        version = headers.get(b"vinr-version")
        if version is not None and version != _VERSION:
            raise _unknown_version(version)
        secret = _secret_of(headers)
        identity = await self._identity_of(secret)
        if identity is None:
            raise Fault("api_key_invalid", f"There is no API key {keys.hint_of(secret)}, or it was revoked.")
        exchange.identity = identity
        if self._throttle is not None:
            exchange.rate_headers = self._throttle.take(identity.key_id)

    async def still_knows(self, exchange: Exchange) -> bool:
        """Whether the key that an admitted request came with is one still."""
        return await self._identity_of(_secret_of(exchange.headers)) is not None

    async def _identity_of(self, secret: str) -> Identity | None:
        secret_hash = keys.hash_key(secret, self._pepper)
        remembered = self._known.get(secret_hash)
        if remembered is not None and remembered[0] > time.monotonic():
            return remembered[1]
        return await self._look_up(secret, secret_hash)

    async def _look_up(self, secret: str, secret_hash: str) -> Identity | None:
        until = time.monotonic() + limits.KEY_CACHE_SECONDS  # From before it is read: it may be revoked right after.
        environment = keys.environment_of(secret)
        store = None if environment is None else self._stores.get(environment)
        found = None if store is None else await store.api_key(secret_hash)
        identity = None
        if found is not None and found.revoked_at is None and environment is not None and store is not None:
            granted = None if found.kind == "secret" else frozenset(json.decode(found.scopes))
            identity = Identity(found.id, environment, store, granted)
        self._remember(secret_hash, identity, until)
        return identity

    def _remember(self, secret_hash: str, identity: Identity | None, until: float) -> None:
        self._known[secret_hash] = (until, identity)
        self._known.move_to_end(secret_hash)
        while len(self._known) > limits.KEY_CACHE_ENTRIES:
            self._known.popitem(last=False)

    def forget(self) -> None:
        """Looks every key up anew: one was revoked here."""
        self._known.clear()


def _secret_of(headers: Mapping[bytes, bytes]) -> str:
    given = headers.get(b"x-api-key")
    if given is None:
        authorization = headers.get(b"authorization", b"")
        if authorization[: len(_BEARER)].lower() == _BEARER:
            given = authorization[len(_BEARER) :]
    secret = (given or b"").strip()
    if not secret:
        raise Fault("api_key_missing", "Send your API key as X-Api-Key: KEY, or as Authorization: Bearer KEY.")
    return secret[: limits.API_KEY_CHARACTERS + 1].decode("latin-1")


def _unknown_version(version: bytes) -> Fault:
    shown = version[:40].decode("latin-1")
    return Fault(
        "version_unknown", f"There is no version {shown!r}; the newest is {API_VERSION}.", param="Vinr-Version"
    )


def require(exchange: Exchange, required: str) -> None:
    """Raises ``Fault`` (``permission_denied``) where the caller's key lacks a scope."""
    granted = exchange.caller.scopes
    if granted is not None and not scopes.granted(granted, required):
        message = f"This restricted key may not do this: it needs the scope {required}."
        raise Fault("permission_denied", message, details={"required_scope": required})


class Throttle:
    """A token bucket for each key: ``burst`` tokens at most, ``rate`` new ones a second, one a request. Real time."""

    def __init__(self, rate: int, burst: int) -> None:
        self._rate = rate
        self._burst = max(burst, 1)
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, key_id: str) -> tuple[tuple[bytes, bytes], ...]:
        """Takes one token; answers the headers that say what is left. Raises ``Fault`` where none is."""
        now = time.monotonic()
        tokens, since = self._buckets.get(key_id, (float(self._burst), now))
        tokens = min(float(self._burst), tokens + (now - since) * self._rate)
        allowed = tokens >= 1
        tokens -= allowed
        self._buckets[key_id] = (tokens, now)
        headers = {
            "x-ratelimit-limit": str(self._burst),
            "x-ratelimit-remaining": str(int(tokens)),
            "x-ratelimit-reset": str(ceil((self._burst - tokens) / self._rate)),
        }
        if not allowed:
            wait = ceil((1 - tokens) / self._rate)
            message = f"This key made more requests than {self._rate} a second; send it again in {wait} s."
            raise Fault("rate_limit_exceeded", message, headers={**headers, "retry-after": str(wait)})
        return tuple((name.encode(), value.encode()) for name, value in headers.items())
