"""A person: their email, their role, and the state that they are in."""

import unicodedata
from typing import Any, Final, Literal, get_args

from vinr_engagement.foundation.clock import DAY, Instant, format_instant
from vinr_engagement.foundation.errors import Invalid
from vinr_engagement.people.tables import InvitationRow, PersonRow

Role = Literal["viewer", "editor", "admin"]
Status = Literal["invited", "active", "disabled"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)

LONGEST_EMAIL: Final = 254
"""RFC 5321, section 4.5.3.1.3, less the angle brackets."""
LONGEST_NAME: Final = 200
INVITATION_LASTS: Final[Instant] = 7 * DAY


def email_key(email: str) -> str:
    """What an email is found by: the same for those that differ in case or in how their letters are put together."""
    return unicodedata.normalize("NFKC", email.strip()).casefold()


def check_email(email: str) -> str:
    """The email, without spaces around it. Raises ``Invalid``; whether it reaches anybody is not tried."""
    found = email.strip()
    local, _, domain = found.rpartition("@")
    plain = found.isprintable() and not any(letter.isspace() for letter in found)
    if not (local and domain and plain and len(found) <= LONGEST_EMAIL) or "@" in local:
        raise Invalid("parameter_invalid", "email must be an address such as ada@shop.example.", param="email")
    return found


def status_of(person: PersonRow) -> Status:
    """``invited`` until a password is chosen; ``disabled`` goes before everything."""
    if person.disabled_at is not None:
        return "disabled"
    return "invited" if person.password is None else "active"


def person_snapshot(person: PersonRow) -> dict[str, Any]:
    """The person as the API and the audit log show them."""
    signed_in = person.last_sign_in_at
    return {
        "id": person.id,
        "object": "person",
        "email": person.email,
        "name": person.name,
        "role": person.role,
        "status": status_of(person),
        "last_sign_in_at": None if signed_in is None else format_instant(signed_in),
        "created_at": format_instant(person.created_at),
    }


def new_invitation(person: str, token_hash: str, now: Instant) -> InvitationRow:
    """The right to choose a password, for :data:`INVITATION_LASTS`."""
    return InvitationRow(person, token_hash, now, now + INVITATION_LASTS)
