"""Who may come in: API keys and people who are signed in, what they may do, the API version, and how often."""

import time
from collections import OrderedDict
from collections.abc import Mapping
from math import ceil
from typing import Final

from vinr_engagement.commands import Store
from vinr_engagement.entrypoints.api import cookies, limits, scopes
from vinr_engagement.entrypoints.api.errors import Fault
from vinr_engagement.entrypoints.api.exchange import API_VERSION, SAFE, Exchange, Identity
from vinr_engagement.entrypoints.api.signed_in import Sessions
from vinr_engagement.entrypoints.api.suggest import quote
from vinr_engagement.foundation import json, keys
from vinr_engagement.foundation.settings import ENVIRONMENTS, Environment, Settings

_VERSION: Final = API_VERSION.encode()
_BEARER: Final = b"bearer "
_SESSION: Final = "/v1/session"
_FOR_ANYBODY: Final = frozenset((("POST", _SESSION), ("POST", "/v1/invitations/accept")))
"""How people sign in."""


class Gate:
    """Admits requests. Verified keys are remembered for :data:`limits.KEY_CACHE_SECONDS`, so that a revocation takes effect."""

    def __init__(self, stores: Mapping[Environment, Store], settings: Settings, sessions: Sessions) -> None:
        self._stores = stores
        self._sessions = sessions
        self._pepper = settings.key_pepper
        self._known: OrderedDict[str, tuple[float, Identity | None]] = OrderedDict()
        self._throttle = Throttle(settings.rate_limit, settings.rate_limit_burst) if settings.rate_limit else None

    @property
    def environments(self) -> list[Environment]:
        """The stores that are open."""
        return [name for name in ENVIRONMENTS if name in self._stores]

    async def admit(self, exchange: Exchange) -> None:
        """Sets who asks. Raises ``Fault`` for an unknown version, no key, an unknown one, or one that asks too often.

        A key goes before a cookie. To sign in nobody has to be known.
        """
        headers = exchange.headers
        version = headers.get(b"vinr-version")
        if version is not None and version != _VERSION:
            raise _unknown_version(version)
        secret = _secret_of(headers)
        identity = await self._with_cookie(exchange) if secret is None else await self._with_key(secret)
        if identity is None:
            return
        exchange.identity = identity
        if self._throttle is not None:
            exchange.rate_headers = self._throttle.take(identity.actor)

    async def still_knows(self, exchange: Exchange) -> bool:
        """Whether the key, or the session, that an admitted request came with is one still."""
        if exchange.signed_in is not None:
            return await self._sessions.find(exchange.signed_in.token) is not None
        secret = _secret_of(exchange.headers)
        return secret is not None and await self._identity_of(secret) is not None

    async def _with_key(self, secret: str) -> Identity:
        identity = await self._identity_of(secret)
        if identity is None:
            raise Fault("api_key_invalid", f"There is no API key {keys.hint_of(secret)}, or it was revoked.")
        return identity

    async def _with_cookie(self, exchange: Exchange) -> Identity | None:
        """Who a request without a key comes from; ``None`` where it may come from anybody. Raises ``Fault``."""
        exchange.personal = True
        if (exchange.method, exchange.path) in _FOR_ANYBODY:
            return None
        token = cookies.token_in(exchange.headers)
        if token is None:
            if exchange.path == _SESSION or exchange.path.startswith(f"{_SESSION}/"):
                return None
            raise Fault("api_key_missing", "Send your API key as X-Api-Key: KEY, or as Authorization: Bearer KEY.")
        found = await self._sessions.use(token)
        if found is None:
            raise Fault("session_expired", "The session is over; sign in anew.")
        if exchange.method not in SAFE:
            cookies.refuse_forged(exchange.headers, token)
        environment, store = self._chosen(exchange.headers)
        return Identity(found.person.id, environment, store, scopes.of_role(found.person.role), found)

    def _chosen(self, headers: Mapping[bytes, bytes]) -> tuple[Environment, Store]:
        """The store that somebody who is signed in asks about."""
        given = headers.get(b"vinr-environment", b"test").decode("latin-1")
        for environment, store in self._stores.items():
            if environment == given:
                return environment, store
        message = f"Vinr-Environment must be {' or '.join(self.environments)}, not {quote(given)}."
        raise Fault("environment_unknown", message, param="Vinr-Environment")

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


def _secret_of(headers: Mapping[bytes, bytes]) -> str | None:
    """The key that a request has; ``None`` without one."""
    given = headers.get(b"x-api-key")
    if given is None:
        authorization = headers.get(b"authorization", b"")
        if authorization[: len(_BEARER)].lower() == _BEARER:
            given = authorization[len(_BEARER) :]
    secret = (given or b"").strip()
    return secret[: limits.API_KEY_CHARACTERS + 1].decode("latin-1") if secret else None


def _unknown_version(version: bytes) -> Fault:
    shown = version[:40].decode("latin-1")
    return Fault(
        "version_unknown", f"There is no version {shown!r}; the newest is {API_VERSION}.", param="Vinr-Version"
    )


def require(exchange: Exchange, required: str) -> None:
    """Raises ``Fault`` (``permission_denied``) where the caller's key, or role, lacks a scope."""
    caller = exchange.caller
    if caller.scopes is not None and not scopes.granted(caller.scopes, required):
        who = f"The role {caller.signed_in.person.role}" if caller.signed_in else "This restricted key"
        message = f"{who} may not do this: it needs the scope {required}."
        raise Fault("permission_denied", message, details={"required_scope": required})


class Throttle:
    """A token bucket for each key and person: ``burst`` tokens at most, ``rate`` new ones a second, one a request. Real time."""

    def __init__(self, rate: int, burst: int) -> None:
        self._rate = rate
        self._burst = max(burst, 1)
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, actor: str) -> tuple[tuple[bytes, bytes], ...]:
        """Takes one token; answers the headers that say what is left. Raises ``Fault`` where none is."""
        now = time.monotonic()
        tokens, since = self._buckets.get(actor, (float(self._burst), now))
        tokens = min(float(self._burst), tokens + (now - since) * self._rate)
        allowed = tokens >= 1
        tokens -= allowed
        self._buckets[actor] = (tokens, now)
        headers = {
            "x-ratelimit-limit": str(self._burst),
            "x-ratelimit-remaining": str(int(tokens)),
            "x-ratelimit-reset": str(ceil((self._burst - tokens) / self._rate)),
        }
        if not allowed:
            wait = ceil((1 - tokens) / self._rate)
            message = f"This key, or person, made more requests than {self._rate} a second; send it again in {wait} s."
            raise Fault("rate_limit_exceeded", message, headers={**headers, "retry-after": str(wait)})
        return tuple((name.encode(), value.encode()) for name, value in headers.items())
