"""Adding, changing and ending people; each change is in the audit log.

An installation has its people once: these are for the write path of the live store alone. Hashes of passwords come in, since
to make one takes time.
"""

from typing import Any, ClassVar

from vinr_engagement import audit, people
from vinr_engagement.commands.context import Context, Decision, Statement, no_such
from vinr_engagement.foundation import ids
from vinr_engagement.foundation.clock import format_instant
from vinr_engagement.foundation.errors import Conflict, NotFound
from vinr_engagement.people import InvitationRow, PersonRow, Role, SessionRow

_END_SESSIONS = "delete from sessions where person = $1"
_END_OTHERS = "delete from sessions where person = $1 and hash <> $2"
_FORGET_INVITATION = "delete from invitations where person = $1"
_FORGIVE = "delete from sign_in_attempts where email = $1"


class AddPerson(Decision):
    """A new person: with the hash of a password, or of the token of an invitation, with which to choose one.

    Raises ``Invalid``, and ``Conflict`` (``person_already_exists``) where the email is somebody's.
    """

    alone: ClassVar[bool] = True

    def __init__(
        self, email: str, name: str | None, role: Role, *, password: str | None = None, invitation: str | None = None
    ) -> None:
        self.email = email
        self.name = name
        self.role = role
        self.password = password
        self.invitation = invitation

    def decide(self, context: Context) -> dict[str, Any]:
        email = people.check_email(self.email)
        row = PersonRow(
            id=ids.new_id("per"),
            email=email,
            email_key=people.email_key(email),
            name=self.name,
            role=self.role,
            password=self.password,
            disabled_at=None,
            last_sign_in_at=None,
            created_at=context.now,
            updated_at=context.now,
        )
        _refuse_taken(context, row)
        context.state.insert(row)
        _note(context, "person.created", None, row)
        invitation = _invitation(context, row, self.invitation)
        if invitation is not None:
            context.state.insert(invitation)
        return _with_invitation(row, invitation)


def _refuse_taken(context: Context, row: PersonRow) -> None:
    for other in context.state.select(people.PEOPLE_BY_EMAIL, (row.email_key,)):
        message = f"{row.email} is the email of {other.id}."
        raise Conflict("person_already_exists", message, param="email", resource=other.id)


class UpdatePerson(Decision):
    """Replaces the fields given of ``{name, role, status}``. A new role, or being disabled, ends the person's sessions.

    Raises ``NotFound``, and ``Conflict`` (``last_admin``) where nobody would be left who may manage people.
    """

    alone: ClassVar[bool] = True

    def __init__(self, person: str, changes: dict[str, Any]) -> None:
        self.person = person
        self.changes = changes

    def decide(self, context: Context) -> dict[str, Any]:
        row = _found(context, self.person)
        before, was_admin, role = people.person_snapshot(row), _is_active_admin(row), row.role
        disabled = row.disabled_at is not None
        context.state.change(row)
        row.name = self.changes.get("name", row.name)
        row.role = self.changes.get("role", row.role)
        wanted = self.changes.get("status")
        if wanted is not None and (wanted == "disabled") is not disabled:
            row.disabled_at = context.now if wanted == "disabled" else None
        if was_admin and not _is_active_admin(row):
            _refuse_without_admin(context, row)
        if row.role != role or (row.disabled_at is not None and not disabled):
            context.statements.append(Statement(_END_SESSIONS, (row.id,)))
        if row.disabled_at is not None:
            context.statements.append(Statement(_FORGET_INVITATION, (row.id,)))
        return _changed(context, "person.updated", before, row)


def _is_active_admin(row: PersonRow) -> bool:
    return row.role == "admin" and people.status_of(row) == "active"


def _refuse_without_admin(context: Context, row: PersonRow) -> None:
    admins = context.state.select(people.PEOPLE_BY_ROLE, ("admin",))
    if not any(_is_active_admin(other) for other in admins if other.id != row.id):
        message = f"{row.email} is the last admin who can sign in; make somebody else an admin first."
        raise Conflict("last_admin", message, resource=row.id)


class ResetPassword(Decision):
    """Makes a person's password worthless, ends their sessions, and forgives failed sign-ins.

    With the hash of a token there is a new invitation to choose another password; with that of a password, it is the new one.
    Raises ``NotFound``, and ``Conflict`` (``person_disabled``).
    """

    alone: ClassVar[bool] = True

    def __init__(
        self, person: str, email_hash: str, *, password: str | None = None, invitation: str | None = None
    ) -> None:
        self.person = person
        self.email_hash = email_hash
        self.password = password
        self.invitation = invitation

    def decide(self, context: Context) -> dict[str, Any]:
        row = _found(context, self.person)
        if row.disabled_at is not None:
            raise Conflict("person_disabled", f"{row.email} is disabled; make them active first.", resource=row.id)
        before = people.person_snapshot(row)
        held = context.state.find(people.INVITATIONS, (row.id,))
        if held is not None and self.invitation is None:
            context.state.delete(held)
        context.state.change(row).password = self.password
        for sql, argument in ((_END_SESSIONS, row.id), (_FORGIVE, self.email_hash)):
            context.statements.append(Statement(sql, (argument,)))
        _changed(context, "person.password_reset", before, row)
        invitation = _invitation(context, row, self.invitation)
        if invitation is not None:
            context.state.replace(invitation)
        return _with_invitation(row, invitation)


class AcceptInvitation(Decision):
    """Gives whoever was invited the password of their choice, and signs them in. Raises ``NotFound`` (``invitation_unknown``)."""

    alone: ClassVar[bool] = True

    def __init__(self, invitation: str, password: str, name: str | None, session: str) -> None:
        self.invitation = invitation
        self.password = password
        self.name = name
        self.session = session

    def decide(self, context: Context) -> tuple[PersonRow, SessionRow]:
        held = context.state.select(people.INVITATIONS_BY_HASH, (self.invitation,))
        if not held or held[0].expires_at <= context.now:
            raise invitation_unknown()
        row = context.state.find(people.PEOPLE, (held[0].person,))
        if row is None or row.disabled_at is not None:
            raise invitation_unknown()
        before = people.person_snapshot(row)
        context.state.delete(held[0])
        context.state.change(row).password = self.password
        row.name = self.name or row.name
        row.last_sign_in_at = context.now
        session = context.state.insert(people.session.new_session(row.id, self.session, context.now))
        _changed(context, "person.invitation_accepted", before, row)
        return row, session


class ChangePassword(Decision):
    """Another password for somebody who is signed in; their other sessions end. Answers ``None`` where theirs has ended."""

    alone: ClassVar[bool] = True

    def __init__(self, person: str, password: str, session: str) -> None:
        self.person = person
        self.password = password
        self.session = session

    def decide(self, context: Context) -> dict[str, Any] | None:
        row = _found(context, self.person)
        if context.state.find(people.SESSIONS, (self.session,)) is None:
            return None
        before = people.person_snapshot(row)
        context.state.change(row).password = self.password
        context.statements.append(Statement(_END_OTHERS, (row.id, self.session)))
        return _changed(context, "person.password_changed", before, row)


class SignIn(Decision):
    """A session for somebody whose password was found right; ``password`` is the hash that it was compared with, ``fresh`` one
    to keep in its place. Answers ``None`` where the person may not sign in any more.
    """

    def __init__(self, person: str, password: str, fresh: str | None, session: str) -> None:
        self.person = person
        self.password = password
        self.fresh = fresh
        self.session = session

    def decide(self, context: Context) -> tuple[PersonRow, SessionRow] | None:
        row = context.state.find(people.PEOPLE, (self.person,))
        if row is None or row.disabled_at is not None or row.password != self.password:
            return None
        context.state.change(row).last_sign_in_at = context.now
        row.password = self.fresh or row.password
        return row, context.state.insert(people.session.new_session(row.id, self.session, context.now))


class SignOut(Decision):
    """Ends a session; one that is over stays so."""

    def __init__(self, session: str) -> None:
        self.session = session

    def decide(self, context: Context) -> SessionRow | None:
        row = context.state.find(people.SESSIONS, (self.session,))
        if row is not None:
            context.state.delete(row)
        return row


def invitation_unknown() -> NotFound:
    """The refusal of a token that is no invitation, or no longer one."""
    return NotFound(
        "invitation_unknown", "This invitation was used, was replaced by another, or is over: ask for a new one."
    )


def _invitation(context: Context, row: PersonRow, token_hash: str | None) -> InvitationRow | None:
    return None if token_hash is None else people.new_invitation(row.id, token_hash, context.now)


def _with_invitation(row: PersonRow, invitation: InvitationRow | None) -> dict[str, Any]:
    """The person, and of the invitation when it ends; whoever made its token adds that."""
    told = None if invitation is None else {"expires_at": format_instant(invitation.expires_at)}
    return {**people.person_snapshot(row), "invitation": told}


def _found(context: Context, identifier: str) -> PersonRow:
    row = context.state.find(people.PEOPLE, (identifier,))
    if row is None:
        raise no_such("person", identifier)
    return row


def _changed(context: Context, action: str, before: dict[str, Any], row: PersonRow) -> dict[str, Any]:
    row.updated_at = context.now
    _note(context, action, before, row)
    return people.person_snapshot(row)


def _note(context: Context, action: str, before: Any, row: PersonRow) -> None:
    after = people.person_snapshot(row)
    audit.note(context.state, context.origin, action, row.id, before, after, context.now)
