"""Leases: of several processes beside each other, one at a time holds a name.

The time is that of the process that asks, so two machines may both believe that they hold a lease for as long as their
clocks differ: what is done under one must bear being done twice.
"""

from vinr_engagement.foundation.clock import SECOND, Instant
from vinr_engagement.foundation.database import Database, Session

LEASE = 30 * SECOND
"""How long a lease lasts unless it is renewed."""
CLOCKS_APART = 60 * SECOND
"""A lease that ends later than clocks so far apart could make it was given by a clock that jumped: it is not believed."""


async def hold(database: Database, name: str, holder: str, now: Instant) -> bool:
    """Takes a lease that is free, over or not to be believed, or renews one's own, until ``now`` + ``LEASE``.

    Answers whether it is held.
    """

    async def take(session: Session) -> int:
        return await session.execute(
            "insert into leases (name, holder, until) values ($1, $2, $3)"
            " on conflict (name) do update set holder = excluded.holder, until = excluded.until"
            " where leases.holder = excluded.holder or leases.until <= $4 or leases.until >= $5",
            name,
            holder,
            now + LEASE,
            now,
            now + LEASE + CLOCKS_APART,
        )

    return await database.write(take) == 1


async def release(database: Database, name: str, holder: str) -> None:
    """Gives a lease up, so that another need not wait for its end; one that is not held stays as it is."""

    async def give(session: Session) -> int:
        return await session.execute("delete from leases where name = $1 and holder = $2", name, holder)

    await database.write(give)
