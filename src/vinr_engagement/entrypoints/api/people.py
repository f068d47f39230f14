"""``/v1/people``: who may sign in. An installation has its people once, whichever store is asked about."""

from typing import Annotated, Any

from fastapi import Query, Request, Response

from vinr_engagement import people as kept
from vinr_engagement.commands import AddPerson, Reply, ResetPassword, Store, UpdatePerson
from vinr_engagement.commands.context import Command
from vinr_engagement.entrypoints.api.answers import Caller, Errors, found_or_missing, json_answer, reply_answer
from vinr_engagement.entrypoints.api.errors import ErrorWriter, Fault, is_kept, status_of
from vinr_engagement.entrypoints.api.exchange import Exchange
from vinr_engagement.entrypoints.api.person_shapes import (
    InvitedPerson,
    ListPeople,
    NewPerson,
    Person,
    PersonChanges,
    PersonList,
)
from vinr_engagement.entrypoints.api.routing import Resource
from vinr_engagement.foundation import json
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Page
from vinr_engagement.foundation.errors import Refusal, Unavailable
from vinr_engagement.people import PersonRow
from vinr_engagement.people import queries as people_queries

people = Resource("people", "/v1/people", "people")


@people.write("POST", "", "create", InvitedPerson, errors=("live_mode_only", "person_already_exists"))
async def invite_person(request: Request, caller: Caller, errors: Errors, body: NewPerson) -> Response:
    """Invite a person

    Hand the invitation to them: whoever opens it first chooses the password. It is in this answer and nowhere else.
    """
    store, token = _home(request, caller), kept.session.new_token()
    digest = kept.session.hash_token(token, store.settings.key_pepper)
    command = AddPerson(body.email, body.name, body.role, invitation=digest)
    return await _told_once(store, caller, errors, command, token)


@people.get("", "list", PersonList, errors=("live_mode_only", "parameter_invalid"))
async def list_people(request: Request, caller: Caller, query: Annotated[ListPeople, Query()]) -> Response:
    """List people

    Newest first, disabled ones included.
    """

    async def place(session: Session, cursor: str) -> str | None:
        return cursor if await people_queries.get_person(session, cursor) else None

    async def read(session: Session) -> Page[PersonRow]:
        return await people_queries.list_people(session, await query.window(session, place), role=query.role)

    page = await _home(request, caller).database.read(read)
    return json_answer(query.answer(page, [kept.person_snapshot(row) for row in page.rows]))


@people.get("/{person}", "retrieve", Person, errors=("live_mode_only",))
async def get_person(request: Request, caller: Caller, person: str) -> Response:
    """Retrieve a person"""
    found = await _home(request, caller).database.read(lambda session: people_queries.get_person(session, person))
    return json_answer(kept.person_snapshot(found_or_missing(found, "person", person)))


@people.write("PATCH", "/{person}", "update", Person, errors=("live_mode_only", "last_admin"))
async def update_person(request: Request, caller: Caller, errors: Errors, person: str, body: PersonChanges) -> Response:
    """Change a person

    Another role, or being disabled, signs them out: here at once, in other processes within seconds.
    """
    command = UpdatePerson(person, body.model_dump(exclude_unset=True))
    answer = await _perform(_home(request, caller), caller, errors, command, None)
    request.app.state.sessions.forget()
    return answer


@people.write(
    "POST", "/{person}/reset-password", "reset_password", InvitedPerson, errors=("live_mode_only", "person_disabled")
)
async def reset_password(request: Request, caller: Caller, errors: Errors, person: str) -> Response:
    """Reset a person's password

    The old one is worthless at once, and the person signed out. Hand the new invitation to them, and to nobody else.
    """
    store, token = _home(request, caller), kept.session.new_token()
    pepper = store.settings.key_pepper
    found = await store.database.read(lambda session: people_queries.get_person(session, person))
    email = found_or_missing(found, "person", person).email
    command = ResetPassword(
        person, kept.guessing.hash_email(email, pepper), invitation=kept.session.hash_token(token, pepper)
    )
    answer = await _told_once(store, caller, errors, command, token)
    request.app.state.sessions.forget()
    return answer


def _home(request: Request, caller: Exchange) -> Store:
    """The store that has the people. Raises ``Fault`` (``live_mode_only``) for a key of the other one."""
    if caller.signed_in is None and caller.caller.environment != "live":
        message = "People may reach the live store, so keys of the test store manage none; use a live key."
        raise Fault("live_mode_only", message)
    live: Store | None = request.app.state.stores.get("live")
    if live is None:
        raise Unavailable("people are kept in the live store, which is not open")
    return live


async def _told_once(store: Store, caller: Exchange, errors: ErrorWriter, command: Command, token: str) -> Response:
    return await _perform(store, caller, errors, command, f"/dashboard/invitation#{token}")


async def _perform(
    store: Store, caller: Exchange, errors: ErrorWriter, command: Command, url_path: str | None
) -> Response:
    """Runs a command, at most once for the request's idempotency key. What is kept for repeats does not have the token."""
    made: dict[str, Any] = {}

    def render(outcomes: list[Any]) -> tuple[Reply, bool]:
        (outcome,) = outcomes
        if isinstance(outcome, Refusal):
            caller.outcome = outcome.code
            return Reply(status_of(outcome), errors.body(outcome, caller.request_id)), is_kept(outcome)
        if url_path is None:
            return Reply(200, json.encode(outcome)), True
        made.update({**outcome, "invitation": {"url_path": url_path, **outcome["invitation"]}})
        return Reply(200, json.encode({**made, "invitation": {**made["invitation"], "url_path": None}})), True

    reply = await store.write_path.answer([command], caller.origin, render, caller.claim())
    return json_answer(made) if made and not reply.replayed else reply_answer(reply)
