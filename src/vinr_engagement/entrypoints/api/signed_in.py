"""Who a session's cookie stands for."""

import time
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

from vinr_engagement import people
from vinr_engagement.commands import Store
from vinr_engagement.entrypoints.api import limits
from vinr_engagement.foundation.clock import Instant, real_now
from vinr_engagement.foundation.errors import Contention, Unavailable
from vinr_engagement.foundation.settings import Environment, Settings
from vinr_engagement.people import PersonRow, SessionRow


class SignedIn(NamedTuple):
    """Somebody, their session, and its token."""

    person: PersonRow
    session: SessionRow
    token: str


class Sessions:
    """Looks sessions up, and remembers them for :data:`limits.KEY_CACHE_SECONDS`, as the gate does keys."""

    def __init__(self, stores: Mapping[Environment, Store], settings: Settings) -> None:
        self._stores = stores
        self._pepper = settings.key_pepper
        self._known: OrderedDict[str, tuple[float, SignedIn | None]] = OrderedDict()

    async def find(self, token: str) -> SignedIn | None:
        """Who is signed in with this token; ``None`` where nobody is, or no longer."""
        digest, now = self.digest(token), real_now()
        remembered = self._known.get(digest)
        found = remembered[1] if remembered and remembered[0] > time.monotonic() else await self._look_up(token, digest)
        return None if found is None or people.session.is_over(found.session, now) else found

    async def use(self, token: str) -> SignedIn | None:
        """As :meth:`find`, and keeps that the session is in use: to the minute, so that hardly any request has to write."""
        found, now = await self.find(token), real_now()
        if found is not None and now - found.session.last_seen_at >= people.session.SEEN_EXACTLY:
            found.session.last_seen_at = now
            await self._note_seen(found.session.hash, now)
        return found

    def digest(self, token: str) -> str:
        """What is stored of a token."""
        return people.session.hash_token(token, self._pepper)

    def forget(self) -> None:
        """Looks every session up anew: one ended here."""
        self._known.clear()

    async def _look_up(self, token: str, digest: str) -> SignedIn | None:
        until = time.monotonic() + limits.KEY_CACHE_SECONDS  # From before it is read: it may end right after.
        live = self._stores.get("live")
        row = None
        if token and live is not None:
            row = await live.database.read(lambda session: people.queries.get_session(session, digest))
        found = None
        if row is not None and people.status_of(row[1]) == "active":
            found = SignedIn(row[1], row[0], token)
        self._remember(digest, found, until)
        return found

    def _remember(self, digest: str, found: SignedIn | None, until: float) -> None:
        self._known[digest] = (until, found)
        self._known.move_to_end(digest)
        while len(self._known) > limits.KEY_CACHE_ENTRIES:
            self._known.popitem(last=False)

    async def _note_seen(self, digest: str, now: Instant) -> None:
        with suppress(Contention, Unavailable):  # It is noted with the next request then.
            await self._stores["live"].database.write(lambda session: people.queries.note_seen(session, digest, now))
