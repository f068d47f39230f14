"""Guessing passwords is made slow, and nobody is locked out by it.

Sign-ins that fail are counted for one email from one address, for one email from anywhere, and for one address whatever the
email. An attempt is counted before it is made and taken back where it succeeds, so that many at once gain nothing. From an
address at which somebody signed in before, only their own failures there count: who guesses elsewhere cannot keep them out.
"""

import ipaddress
from collections.abc import Mapping
from typing import Final, NamedTuple

from vinr_engagement.foundation import keys
from vinr_engagement.foundation.clock import DAY, MINUTE, SECOND, Instant
from vinr_engagement.foundation.database import Session
from vinr_engagement.people.person import email_key
from vinr_engagement.people.tables import ATTEMPTS, AttemptsRow


class Slowdown(NamedTuple):
    """After ``free`` failures in a row the next attempt has to wait for ``first``, then twice as long, up to ``longest``."""

    free: int
    first: Instant
    longest: Instant

    def delay(self, failures: int) -> Instant:
        """How long to wait after so many failures in a row."""
        beyond = failures - self.free
        return 0 if beyond < 0 else min(self.longest, self.first << min(beyond, 32))


FREE_FOR_ONE_HERE: Final = 5
FREE_FOR_ONE: Final = 20
FREE_HERE: Final = 50
FOR_ONE_HERE: Final = Slowdown(FREE_FOR_ONE_HERE, 30 * SECOND, 15 * MINUTE)
FOR_ONE: Final = Slowdown(FREE_FOR_ONE, 5 * SECOND, MINUTE)
HERE: Final = Slowdown(FREE_HERE, 30 * SECOND, 15 * MINUTE)
FORGOTTEN_AFTER: Final[Instant] = DAY
"""Failures are forgotten once none was added for so long."""
KNOWN_FOR: Final[Instant] = 30 * DAY
"""An address at which somebody signed in is known as theirs for so long."""
PURGED_AT_ONCE: Final = 1_000

Place = tuple[str, str]


class Guesser(NamedTuple):
    """Whose sign-in is tried from where: the three places at which failures are counted. Emails and addresses are hashed."""

    for_one_here: Place
    for_one: Place
    here: Place

    @property
    def places(self) -> tuple[Place, ...]:
        """In the order in which they are locked."""
        return tuple(sorted(self))

    def slowdown(self, place: Place) -> Slowdown:
        """How failures count there."""
        return {self.for_one_here: FOR_ONE_HERE, self.for_one: FOR_ONE, self.here: HERE}[place]


def guesser(email: str, address: str, pepper: str) -> Guesser:
    """Whoever tries this email from this address."""
    whose, where = hash_email(email, pepper), keys.hash_key(network_of(address), pepper)
    return Guesser((whose, where), (whose, ""), ("", where))


def hash_email(email: str, pepper: str) -> str:
    """What an email that was tried is counted under: people type passwords there too, so it is kept for nobody to read."""
    return keys.hash_key(email_key(email), pepper)


def network_of(address: str) -> str:
    """What counts as one address: of IPv6 the network of 64 bits, which one machine has to itself."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((found.packed[:8] + bytes(8), 64)))
    return str(found)


def wait(who: Guesser, held: Mapping[Place, AttemptsRow], now: Instant) -> Instant:
    """How long to wait until an attempt is looked at; 0 for not at all."""
    counted = _counted(who, held, now)
    return max((max(0, held[place].next_at - now) for place in counted if place in held), default=0)


def _counted(who: Guesser, held: Mapping[Place, AttemptsRow], now: Instant) -> tuple[Place, ...]:
    """Where a failure counts: at an address that is known as the person's own there alone."""
    own = held.get(who.for_one_here)
    return (who.for_one_here,) if own is not None and own.known_until > now else who.places


async def look(session: Session, who: Guesser, now: Instant) -> Instant:
    """How long to wait; without counting anything."""
    return wait(who, await _held(session, who, lock=False), now)


async def begin(session: Session, who: Guesser, now: Instant) -> Instant:
    """Counts an attempt as one that fails, unless it has to wait; answers how long."""
    for place in who.places:
        await session.execute(
            "insert into sign_in_attempts (email, address, failures, last_at, next_at, known_until)"
            " values ($1, $2, 0, $3, 0, 0) on conflict (email, address) do nothing",
            *place,
            now,
        )
    held = await _held(session, who, lock=True)
    left = wait(who, held, now)
    for place in () if left else _counted(who, held, now):
        row = held[place]
        failures = 1 if now - row.last_at >= FORGOTTEN_AFTER else row.failures + 1
        await _put(session, place, failures, now, now + who.slowdown(place).delay(failures))
    return left


async def succeeded(session: Session, who: Guesser, now: Instant) -> None:
    """Takes back what :func:`begin` counted, and knows the address from now on."""
    held = await _held(session, who, lock=True)
    for place in _counted(who, held, now):
        row = held[place]
        failures = 0 if place == who.for_one_here else max(0, row.failures - 1)
        await _put(session, place, failures, row.last_at, row.last_at + who.slowdown(place).delay(failures))
    await session.execute(
        "update sign_in_attempts set known_until = $3 where email = $1 and address = $2", *who.for_one_here, now + KNOWN_FOR
    )  # fmt: skip


async def forgive(session: Session, email_hash: str) -> None:
    """Forgets the failures for an email, wherever they were, and the addresses that were known."""
    await session.execute("delete from sign_in_attempts where email = $1", email_hash)


async def purge(session: Session, now: Instant) -> int:
    """Forgets, up to a number, what counts no more; answers how much."""
    return await session.execute(
        "delete from sign_in_attempts where (email, address) in (select email, address from sign_in_attempts"
        " where last_at < $1 and known_until < $2 order by last_at limit $3)",
        now - FORGOTTEN_AFTER,
        now,
        PURGED_AT_ONCE,
    )


async def _held(session: Session, who: Guesser, *, lock: bool) -> dict[Place, AttemptsRow]:
    ending = " order by email, address" + (" for update" if lock and session.engine == "postgresql" else "")
    rows = await session.rows(
        ATTEMPTS,
        "(email = $1 and address = $2) or (email = $1 and address = '') or (email = '' and address = $2)" + ending,
        *who.for_one_here,
    )
    return {(row.email, row.address): row for row in rows}


async def _put(session: Session, place: Place, failures: int, last_at: Instant, next_at: Instant) -> None:
    await session.execute(
        "update sign_in_attempts set failures = $3, last_at = $4, next_at = $5 where email = $1 and address = $2",
        *place,
        failures,
        last_at,
        next_at,
    )
