"""One request and who makes it: what every handler is given, and how its answer is made."""

import itertools
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from starlette.types import Scope

from vinr_engagement.audit import Origin
from vinr_engagement.commands import Claim, Store
from vinr_engagement.entrypoints.api import limits
from vinr_engagement.entrypoints.api.errors import Fault
from vinr_engagement.entrypoints.api.signed_in import SignedIn
from vinr_engagement.foundation import ids, json
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.settings import Environment

API_VERSION: Final = "2026-04-01"
SAFE: Final = frozenset(("GET", "HEAD", "OPTIONS"))
"""Methods of requests that change nothing."""

Result = TypeVar("Result")

_SANE_REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9._:/+=@-]{1,%d}" % limits.REQUEST_ID_CHARACTERS)
_PROCESS: Final = ids.new_secret("req_")[:20]
_numbers = itertools.count(1)


class Identity:
    """Who asks: a verified API key, or somebody who is signed in. ``actor`` is the key's id, or the person's.

    ``scopes`` is ``None`` for a key that may do everything.
    """

    __slots__ = ("actor", "environment", "scopes", "signed_in", "store")

    def __init__(
        self,
        actor: str,
        environment: Environment,
        store: Store,
        scopes: frozenset[str] | None,
        signed_in: SignedIn | None = None,
    ) -> None:
        self.actor = actor
        self.environment = environment
        self.store = store
        self.scopes = scopes
        self.signed_in = signed_in


class Exchange:
    """One request, from the door to its line in the log.

    ``lasting``: its answer goes on for as long as the caller likes. ``personal``: it is for one person, and nobody keeps it.
    """

    __slots__ = (
        "body", "headers", "identity", "lasting", "method", "outcome", "path", "personal", "rate_headers", "request_id", "route",
        "started", "status",
    )  # fmt: skip

    def __init__(self, scope: Scope) -> None:
        self.started = time.perf_counter()
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.request_id = _request_id(self.headers.get(b"x-request-id"))
        self.identity: Identity | None = None
        self.rate_headers: tuple[tuple[bytes, bytes], ...] = ()
        self.route = "unmatched"
        self.status = 0
        self.outcome: str | None = None
        self.lasting = False
        self.personal = False
        self.body: Any = None

    @property
    def caller(self) -> Identity:
        """Who asks; every path under ``/v1`` has one, but those to sign in."""
        assert self.identity is not None
        return self.identity

    @property
    def signed_in(self) -> SignedIn | None:
        """The person who asks; ``None`` for a key, and where nobody is known."""
        return None if self.identity is None else self.identity.signed_in

    @property
    def store(self) -> Store:
        """The store that the key is for, or that the person asks about."""
        return self.caller.store

    @property
    def origin(self) -> Origin:
        """Where commands of this request come from."""
        return Origin(self.caller.actor, self.request_id, self.signed_in is not None and self.method not in SAFE)

    def claim(self) -> Claim | None:
        """The request's idempotency key, for the body that was read. Raises ``Fault`` for one that is no key."""
        given = self.headers.get(b"idempotency-key")
        if given is None:
            return None
        key = given.decode("latin-1")
        if not 1 <= len(key) <= limits.IDEMPOTENCY_KEY_CHARACTERS or not (key.isascii() and key.isprintable()):
            message = f"Idempotency-Key must be 1 to {limits.IDEMPOTENCY_KEY_CHARACTERS} printable ASCII characters."
            raise Fault("parameter_invalid", message, param="Idempotency-Key")
        return Claim(f"{self.method} {self.path}", key, json.fingerprint(json.canonical(self.body)))

    async def read(self, work: Callable[[Session], Awaitable[Result]]) -> Result:
        """Runs work that only reads, on one consistent snapshot of the caller's store."""
        return await self.store.database.read(work)


def _request_id(given: bytes | None) -> str:
    """The caller's own id where it is a sane one, else a new one."""
    if given is not None and _SANE_REQUEST_ID.fullmatch(given):
        return given.decode()
    return f"{_PROCESS}{next(_numbers):x}"
