"""Sessions: a random token in a cookie, of which the database has a hash alone."""

import hmac
from base64 import urlsafe_b64encode
from typing import Final

from vinr_engagement.foundation import ids, keys
from vinr_engagement.foundation.clock import DAY, HOUR, MINUTE, Instant
from vinr_engagement.people.tables import SessionRow

IDLE: Final[Instant] = 12 * HOUR
"""A session that nobody used for so long is over."""
LASTS: Final[Instant] = 7 * DAY
"""No session is older."""
SEEN_EXACTLY: Final[Instant] = MINUTE
"""How exactly it is kept when a session was last used."""
TOKEN_BYTES: Final = 32
TOKEN_CHARACTERS: Final = 43


def new_token() -> str:
    """256 random bits as text: for a session, or for an invitation."""
    return urlsafe_b64encode(ids.random_bytes(TOKEN_BYTES)).rstrip(b"=").decode()


def hash_token(token: str, pepper: str) -> str:
    """What is stored of a token, as of an API key."""
    return keys.hash_key(token, pepper)


def csrf_token(token: str) -> str:
    """What only a page that may read the session knows: it goes with every request that changes something."""
    return hmac.digest(token.encode(), b"csrf", "sha256").hex()


def new_session(person: str, token_hash: str, now: Instant) -> SessionRow:
    """A session that begins now."""
    return SessionRow(token_hash, person, now, now, now + LASTS)


def is_over(session: SessionRow, now: Instant) -> bool:
    """Whether it is too old, or was not used for too long."""
    return now >= session.expires_at or now >= session.last_seen_at + IDLE
