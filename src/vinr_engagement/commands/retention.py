"""What is kept for a time only: the first answers to idempotency keys, sessions, failed sign-ins."""

from typing import Final

from vinr_engagement import people
from vinr_engagement.foundation.clock import HOUR, MINUTE, Instant
from vinr_engagement.foundation.database import Database, Session

IDEMPOTENCY_KEYS_KEPT: Final = 24 * HOUR + MINUTE
"""The promise is 24 hours from the answer, which goes out a moment after its row is stamped."""
PURGED_AT_ONCE: Final = 1_000


async def purge_idempotency_keys(database: Database, now: Instant, limit: int = PURGED_AT_ONCE) -> int:
    """Forgets up to ``limit`` keys that were used long enough before ``now`` (real time), the oldest first; answers how many."""

    async def purge(session: Session) -> int:
        return await session.execute(
            "delete from idempotency_keys where (bucket, scope, key) in"
            " (select bucket, scope, key from idempotency_keys where created_at < $1 order by created_at limit $2)",
            now - IDEMPOTENCY_KEYS_KEPT,
            limit,
        )

    return await database.write(purge)


async def purge_sessions(database: Database, now: Instant) -> int:
    """Forgets sessions, invitations and failed sign-ins that count no more at ``now`` (real time), a number at a time."""

    async def purge(session: Session) -> int:
        return await people.queries.purge_sessions(session, now) + await people.guessing.purge(session, now)

    return await database.write(purge)
