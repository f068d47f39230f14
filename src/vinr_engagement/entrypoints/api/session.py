"""``/v1/session`` and ``/v1/invitations/accept``: how people sign in. What they may do then is as with an API key."""

from typing import Annotated, Any, Final

from fastapi import Depends, Request, Response

from vinr_engagement import __version__, people
from vinr_engagement.entrypoints.api import cookies, scopes
from vinr_engagement.entrypoints.api.answers import Caller, json_answer
from vinr_engagement.entrypoints.api.client_address import Addresses
from vinr_engagement.entrypoints.api.errors import Fault
from vinr_engagement.entrypoints.api.exchange import Exchange
from vinr_engagement.entrypoints.api.gate import Gate
from vinr_engagement.entrypoints.api.person_shapes import Acceptance, Credentials, PasswordChange, Session, SignedOut
from vinr_engagement.entrypoints.api.reception import Reception
from vinr_engagement.entrypoints.api.routing import Resource
from vinr_engagement.entrypoints.api.signed_in import SignedIn
from vinr_engagement.foundation.clock import format_instant

session = Resource("session", "/v1/session", None)
invitations = Resource("session", "/v1/invitations", None, named="invitations")

_OPEN_CODES: Final = ("csrf_refused", "https_required", "sign_in_busy")
_SIGNED_IN_CODES: Final = ("session_missing", "session_expired", "csrf_refused", "environment_unknown")


class Desk:
    """What signing in needs of the application."""

    def __init__(self, reception: Reception, gate: Gate, addresses: Addresses) -> None:
        self.reception = reception
        self.gate = gate
        self._addresses = addresses

    def address(self, request: Request, caller: Exchange) -> str:
        """Where a request comes from."""
        return self._addresses.client(request.scope, caller.headers)


async def _desk_of(request: Request) -> Desk:
    found: Desk = request.app.state.desk
    return found


AtDesk = Annotated[Desk, Depends(_desk_of)]


@session.write("POST", "", "create", Session, errors=(*_OPEN_CODES, "sign_in_failed", "sign_in_slowed"))
async def sign_in(request: Request, caller: Caller, desk: AtDesk, body: Credentials) -> Response:
    """Sign in

    Sets the cookie of a new session. Whatever is wrong, the answer is the same.
    """
    _only_our_page(caller)
    found = await desk.reception.sign_in(body.email, body.password, desk.address(request, caller), caller.request_id)
    return _welcome(caller, desk, found)


@invitations.write(
    "POST", "/accept", "accept", Session, errors=(*_OPEN_CODES, "invitation_unknown", "password_refused")
)
async def accept_invitation(request: Request, caller: Caller, desk: AtDesk, body: Acceptance) -> Response:
    """Accept an invitation

    Gives the person their password, once, and signs them in.
    """
    _only_our_page(caller)
    address = desk.address(request, caller)
    found = await desk.reception.accept(body.token, body.password, body.name, address, caller.request_id)
    return _welcome(caller, desk, found)


@session.get("", "retrieve", Session, errors=(*_SIGNED_IN_CODES, "people_missing"))
async def get_session(caller: Caller, desk: AtDesk) -> Response:
    """Retrieve the session

    Who is signed in, what they may do, and the CSRF token.
    """
    if caller.signed_in is None and not await desk.reception.somebody():
        message = "Nobody can sign in yet. Make the first person: vinr people add EMAIL --role admin"
        raise Fault("people_missing", message)
    return json_answer(_shown(desk, _signed_in(caller)))


@session.write("DELETE", "", "delete", SignedOut, errors=_SIGNED_IN_CODES)
async def sign_out(caller: Caller, desk: AtDesk) -> Response:
    """Sign out

    Ends the session, and takes its cookie away.
    """
    await desk.reception.sign_out(_signed_in(caller), caller.request_id)
    answer = json_answer({"object": "session", "deleted": True})
    answer.headers["set-cookie"] = cookies.clearing(caller.headers)
    return answer


@session.write(
    "POST",
    "/password",
    "change_password",
    Session,
    errors=(*_SIGNED_IN_CODES, *("password_incorrect", "password_refused", "sign_in_slowed", "sign_in_busy")),
)
async def change_password(request: Request, caller: Caller, desk: AtDesk, body: PasswordChange) -> Response:
    """Change one's password

    All other sessions of the person end.
    """
    found, address = _signed_in(caller), desk.address(request, caller)
    await desk.reception.change_password(found, body.current_password, body.new_password, address, caller.request_id)
    return json_answer(_shown(desk, found))


def _only_our_page(caller: Exchange) -> None:
    """Nobody may be signed in, as somebody else perhaps, by a page that is not ours. Raises ``Fault``."""
    cookies.refuse_other_sites(caller.headers)
    cookies.refuse_without_tls(caller.headers)


def _signed_in(caller: Exchange) -> SignedIn:
    if caller.signed_in is None:
        raise Fault("session_missing", "Nobody is signed in; this is for people, not for API keys.")
    return caller.signed_in


def _welcome(caller: Exchange, desk: Desk, found: SignedIn) -> Response:
    answer = json_answer(_shown(desk, found))
    answer.headers["set-cookie"] = cookies.setting(caller.headers, found.token)
    caller.outcome = "signed_in"
    return answer


def _shown(desk: Desk, found: SignedIn) -> dict[str, Any]:
    return {
        "object": "session",
        "person": people.person_snapshot(found.person),
        "scopes": sorted(scopes.of_role(found.person.role)),
        "environments": desk.gate.environments,
        "csrf_token": people.session.csrf_token(found.token),
        "expires_at": format_instant(found.session.expires_at),
        "version": __version__,
    }
