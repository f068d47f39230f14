"""Reading people and their sessions."""

from collections.abc import Sequence

from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Filters, Page, Window, page
from vinr_engagement.people.person import email_key
from vinr_engagement.people.session import IDLE, SEEN_EXACTLY
from vinr_engagement.people.tables import INVITATIONS, PEOPLE, SESSIONS, InvitationRow, PersonRow, SessionRow

PURGED_AT_ONCE = 1_000


async def get_person(session: Session, identifier: str) -> PersonRow | None:
    """One person by their id."""
    found = await session.find(PEOPLE, [(identifier,)])
    return found[0] if found else None


async def get_people(session: Session, identifiers: Sequence[str]) -> list[PersonRow]:
    """Those of these ids that are there."""
    return await session.find(PEOPLE, [(each,) for each in identifiers]) if identifiers else []


async def find_person(session: Session, email: str) -> PersonRow | None:
    """One person by their email, in any case."""
    found = await session.rows(PEOPLE, "email_key = $1", email_key(email))
    return found[0] if found else None


async def all_people(session: Session) -> list[PersonRow]:
    """Everyone, in the order in which they came."""
    return await session.rows(PEOPLE, "true order by id")


async def list_people(session: Session, window: Window, *, role: str | None = None) -> Page[PersonRow]:
    """A page of people, newest first."""
    return await page(session, PEOPLE, window, Filters().equal("role", role))


async def anybody(session: Session) -> bool:
    """Whether there is a person at all."""
    return bool(await session.fetch("select 1 from people limit 1"))


async def get_invitation(session: Session, token_hash: str) -> tuple[InvitationRow, PersonRow] | None:
    """The invitation with this token, and whom it is for."""
    found = await session.rows(INVITATIONS, "hash = $1", token_hash)
    person = await get_person(session, found[0].person) if found else None
    return None if person is None else (found[0], person)


async def get_session(session: Session, token_hash: str) -> tuple[SessionRow, PersonRow] | None:
    """The session with this token, and whose it is."""
    found = await session.find(SESSIONS, [(token_hash,)])
    person = await get_person(session, found[0].person) if found else None
    return None if person is None else (found[0], person)


async def note_seen(session: Session, token_hash: str, now: Instant) -> int:
    """Keeps that a session was used, to the minute."""
    return await session.execute(
        "update sessions set last_seen_at = $2 where hash = $1 and last_seen_at <= $3", token_hash, now, now - SEEN_EXACTLY
    )  # fmt: skip


async def purge_sessions(session: Session, now: Instant) -> int:
    """Forgets, up to a number, sessions and invitations that are over; answers how many."""
    ended = await session.execute(
        "delete from sessions where hash in"
        " (select hash from sessions where expires_at <= $1 or last_seen_at <= $2 order by expires_at limit $3)",
        now,
        now - IDLE,
        PURGED_AT_ONCE,
    )
    return ended + await session.execute("delete from invitations where expires_at <= $1", now)
