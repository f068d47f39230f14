"""The rows of this room. An installation has them once, in its live store; all times are real time."""

import msgspec

from vinr_engagement.foundation.database import Query, Table


class PersonRow(msgspec.Struct, gc=False):
    """Somebody who may sign in. ``email_key`` is what their email is found by; ``password`` is its Argon2 hash, or ``None``
    until they choose one.
    """

    id: str
    email: str
    email_key: str
    name: str | None
    role: str
    password: str | None
    disabled_at: int | None
    last_sign_in_at: int | None
    created_at: int
    updated_at: int


class InvitationRow(msgspec.Struct, gc=False):
    """The right to choose a password, once, for whoever holds the token of which this is the hash. A person has at most one."""

    person: str
    hash: str
    created_at: int
    expires_at: int


class SessionRow(msgspec.Struct, gc=False):
    """One sign-in, by the hash of its token."""

    hash: str
    person: str
    created_at: int
    last_seen_at: int
    expires_at: int


class AttemptsRow(msgspec.Struct, gc=False):
    """Sign-ins that failed in a row, for one email (``address`` empty), from one address (``email`` empty), or both; hashed.

    The next one is looked at from ``next_at`` on. Up to ``known_until`` the address is known as the person's own.
    """

    email: str
    address: str
    failures: int
    last_at: int
    next_at: int
    known_until: int


PEOPLE = Table("people", PersonRow, ("id",), locked=True)
PEOPLE_BY_EMAIL = Query(PEOPLE, ("email_key",))
PEOPLE_BY_ROLE = Query(PEOPLE, ("role",))
INVITATIONS = Table("invitations", InvitationRow, ("person",), locked=True)
INVITATIONS_BY_HASH = Query(INVITATIONS, ("hash",))
SESSIONS = Table("sessions", SessionRow, ("hash",))
ATTEMPTS = Table("sign_in_attempts", AttemptsRow, ("email", "address"))
