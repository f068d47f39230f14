"""Who may sign in, with what password and in which role; their sessions, and how guessing is made slow."""

from vinr_engagement.people import guessing, password, queries, session
from vinr_engagement.people.hashing import Busy, Passwords, Verdict
from vinr_engagement.people.person import (
    INVITATION_LASTS,
    LONGEST_EMAIL,
    LONGEST_NAME,
    ROLES,
    Role,
    Status,
    check_email,
    email_key,
    new_invitation,
    person_snapshot,
    status_of,
)
from vinr_engagement.people.tables import (
    INVITATIONS,
    INVITATIONS_BY_HASH,
    PEOPLE,
    PEOPLE_BY_EMAIL,
    PEOPLE_BY_ROLE,
    SESSIONS,
    InvitationRow,
    PersonRow,
    SessionRow,
)

__all__ = [
    "INVITATIONS",
    "INVITATIONS_BY_HASH",
    "INVITATION_LASTS",
    "LONGEST_EMAIL",
    "LONGEST_NAME",
    "PEOPLE",
    "PEOPLE_BY_EMAIL",
    "PEOPLE_BY_ROLE",
    "ROLES",
    "SESSIONS",
    "Busy",
    "InvitationRow",
    "Passwords",
    "PersonRow",
    "Role",
    "SessionRow",
    "Status",
    "Verdict",
    "check_email",
    "email_key",
    "guessing",
    "new_invitation",
    "password",
    "person_snapshot",
    "queries",
    "session",
    "status_of",
]
