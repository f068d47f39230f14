"""Idempotency keys: the first answer to a request that carried one is the answer to all that repeat it."""

from dataclasses import dataclass

import msgspec

from vinr_engagement.foundation import ids
from vinr_engagement.foundation.database import Table
from vinr_engagement.foundation.errors import Conflict


class IdempotencyKey(msgspec.Struct):
    """The first answer to a request that carried a key."""

    bucket: int
    scope: str
    key: str
    fingerprint: str
    status: int
    body: str
    created_at: int


IDEMPOTENCY_KEYS = Table("idempotency_keys", IdempotencyKey, ("bucket", "scope", "key"))


@dataclass(slots=True, frozen=True)
class Claim:
    """A request's idempotency key, its scope (method and path), and a fingerprint of what was asked."""

    scope: str
    key: str
    fingerprint: str

    @property
    def row_key(self) -> tuple[int, str, str]:
        """Where the first answer is kept."""
        return (ids.bucket_of(self.key), self.scope, self.key)


def key_reused(claim: Claim) -> Conflict:
    """The refusal of a key that came with another request before."""
    return Conflict(
        "idempotency_key_reused",
        f"Idempotency-Key {claim.key!r} was used for a different request to {claim.scope}; use a new key for a new request.",
    )
