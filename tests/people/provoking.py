"""Each error about people and their sessions, provoked."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx2

from tests.api.conftest import Api
from tests.people.browser import ACCOUNTS, EMAIL, PASSWORD, PEOPLE, SESSION, Browser, add_person, somebody
from vinr_engagement.people.guessing import FREE_FOR_ONE_HERE
from vinr_engagement.people.hashing import AT_ONCE, WAITING

Provocation = Callable[[Api], Awaitable[httpx2.Response]]
VIEWER = {"email": "viewer@shop.example", "role": "viewer"}


def unknown(method: str, path: str, body: Any = None, **headers: str) -> Provocation:
    """In a browser in which nobody is signed in, where somebody could be."""

    async def provoke(api: Api) -> httpx2.Response:
        await add_person(api)
        return await Browser(api).call(method, path, body, **headers)

    return provoke


def as_admin(method: str, path: str, body: Any = None, **headers: str) -> Provocation:
    """In a browser in which an admin is signed in; ``{self}`` in the path is they."""

    async def provoke(api: Api) -> httpx2.Response:
        browser = await somebody(api, "admin")
        mine = (await browser.get(SESSION))["person"]["id"]
        return await browser.call(method, path.replace("{self}", mine), body, **headers)

    return provoke


async def people_missing(api: Api) -> httpx2.Response:
    return await Browser(api).call("GET", SESSION)


async def https_required(api: Api) -> httpx2.Response:
    return await Browser(api, "http://dash.test").try_to_sign_in(EMAIL, PASSWORD)


async def sign_in_slowed(api: Api) -> httpx2.Response:
    browser = Browser(api)
    for _ in range(FREE_FOR_ONE_HERE):
        await browser.try_to_sign_in(EMAIL, "words that are not it")
    return await browser.try_to_sign_in(EMAIL, PASSWORD)


async def sign_in_busy(api: Api) -> httpx2.Response:
    api.passwords._taken = AT_ONCE + WAITING
    return await Browser(api).try_to_sign_in(EMAIL, PASSWORD)


async def live_mode_only(api: Api) -> httpx2.Response:
    return await api.call("GET", PEOPLE, key=api.keys["test"])


async def person_already_exists(api: Api) -> httpx2.Response:
    live = await api.key_of("live")
    await api.post(PEOPLE, VIEWER, key=live)
    return await api.call("POST", PEOPLE, VIEWER, key=live)


async def person_disabled(api: Api) -> httpx2.Response:
    live = await api.key_of("live")
    one = f"{PEOPLE}/{(await api.post(PEOPLE, VIEWER, key=live))['id']}"
    await api.patch(one, {"status": "disabled"}, key=live)
    return await api.call("POST", f"{one}/reset-password", key=live)


CHOICE = {"current_password": PASSWORD, "new_password": "words chosen anew"}
ABOUT_PEOPLE: dict[str, Provocation] = {
    "environment_unknown": as_admin("GET", ACCOUNTS, Vinr_Environment="staging"),
    "session_missing": unknown("GET", SESSION),
    "session_expired": unknown("GET", ACCOUNTS, Cookie=f"__Host-vinr_session={'A' * 43}"),
    "people_missing": people_missing,
    "csrf_refused": as_admin("POST", ACCOUNTS, {"program": "prog_default"}, X_CSRF_Token=""),
    "https_required": https_required,
    "sign_in_failed": unknown("POST", SESSION, {"email": EMAIL, "password": "words that are not it"}),
    "sign_in_slowed": sign_in_slowed,
    "sign_in_busy": sign_in_busy,
    "live_mode_only": live_mode_only,
    "invitation_unknown": unknown("POST", "/v1/invitations/accept", {"token": "A" * 43, "password": PASSWORD}),
    "last_admin": as_admin("PATCH", f"{PEOPLE}/{{self}}", {"role": "viewer"}),
    "person_already_exists": person_already_exists,
    "person_disabled": person_disabled,
    "password_incorrect": as_admin("POST", f"{SESSION}/password", {**CHOICE, "current_password": "not this one"}),
    "password_refused": as_admin("POST", f"{SESSION}/password", {**CHOICE, "new_password": "short"}),
}
