"""Signing in and out: the cookie, what a session reaches, and when it ends."""

import re

import pytest

from tests.api.conftest import Api, payment
from tests.people.browser import ACCOUNTS, EMAIL, PASSWORD, SESSION, Browser, add_person, later
from vinr_engagement.audit import Origin
from vinr_engagement.commands import ChangePassword, ResetPassword, SignIn
from vinr_engagement.entrypoints.api import limits
from vinr_engagement.foundation.clock import HOUR, SECOND
from vinr_engagement.foundation.database import Session
from vinr_engagement.people.session import IDLE, LASTS, SEEN_EXACTLY

pytestmark = pytest.mark.anyio

NEW_PASSWORD = "another few words here"


async def rows(api: Api, sql: str) -> list[tuple[object, ...]]:
    async def read(session: Session) -> list[tuple[object, ...]]:
        return await session.fetch(sql)

    return await api.stores["live"].database.read(read)


async def test_a_password_opens_a_session_and_signing_out_ends_it(api: Api, browser: Browser) -> None:
    await browser.refused("GET", SESSION, status=401, code="session_missing")
    answer = await browser.try_to_sign_in(EMAIL.lower(), PASSWORD)
    cookie = answer.headers["set-cookie"]
    token = re.fullmatch(
        r"__Host-vinr_session=([\w-]{43}); Max-Age=604800; Path=/; HttpOnly; SameSite=Strict; Secure", cookie
    )
    assert token, cookie
    assert answer.headers["cache-control"] == "no-store"
    session = answer.json()
    assert session == await browser.get(SESSION)
    assert session["person"]["email"] == EMAIL
    assert session["person"]["last_sign_in_at"]
    assert session["environments"] == ["test", "live"]
    assert "people:write" in session["scopes"]
    assert token[1] not in answer.text
    ((kept,),) = await rows(api, "select hash from sessions")
    assert token[1] not in str(kept)

    browser.csrf = session["csrf_token"]
    gone = await browser.call("DELETE", SESSION)
    assert gone.json() == {"object": "session", "deleted": True}
    assert "Max-Age=0" in gone.headers["set-cookie"]
    await browser.refused("GET", ACCOUNTS, status=401, code="session_expired", Cookie=f"__Host-vinr_session={token[1]}")
    await browser.refused("GET", ACCOUNTS, status=401, code="api_key_missing")


async def test_a_session_reaches_what_a_key_reaches_in_either_store(api: Api, browser: Browser) -> None:
    await browser.sign_in()
    person = (await browser.get(SESSION))["person"]["id"]
    answer = await browser.call("POST", ACCOUNTS, {"program": "prog_default", "customer": "cust_1"})
    account = answer.json()["id"]
    assert answer.headers["cache-control"] == "no-store"
    event = await browser.call("POST", "/v1/events", payment("evt_1", "cust_1"))
    assert (event.status_code, event.headers["cache-control"]) == (200, "no-store")
    glance = await browser.call("GET", f"{ACCOUNTS}/{account}")
    assert (glance.json()["balance"], glance.headers["cache-control"]) == (10, "no-store")
    await browser.refused("GET", f"{ACCOUNTS}/{account}", status=404, code="resource_missing", Vinr_Environment="live")
    await browser.post(ACCOUNTS, {"program": "prog_default"}, Vinr_Environment="live")
    assert (await browser.get(f"{ACCOUNTS}?limit=1", Vinr_Environment="live"))["page"]["total_estimate"] == 1
    error = await browser.refused("GET", ACCOUNTS, status=400, code="environment_unknown", Vinr_Environment="both")
    assert error["param"] == "Vinr-Environment"
    await browser.call("PATCH", "/v1/loyalty/programs/prog_default", {"name": "Club"})
    (entry,) = (await browser.get("/v1/audit-log?action=program.updated"))["data"]
    assert (entry["actor"], entry["after"]["name"]) == (person, "Club")


async def test_a_key_goes_before_a_cookie(api: Api, browser: Browser) -> None:
    await browser.sign_in()
    live = await api.key_of("live")
    program = {"name": "By key"}
    made = await browser.post("/v1/loyalty/programs", program, X_Api_Key=live, X_CSRF_Token="", Sec_Fetch_Site="")
    (entry,) = (await api.get(f"/v1/audit-log?resource={made['id']}", key=live))["data"]
    assert entry["actor"].startswith("key_")
    await browser.refused("GET", ACCOUNTS, status=401, code="api_key_invalid", X_Api_Key="sk_test_none")
    await browser.refused("GET", SESSION, status=401, code="session_missing", X_Api_Key=live)
    await browser.get(ACCOUNTS, Authorization="Basic b3BlcmF0b3I6cHJveHk=")  # a proxy's own, which says nothing to us


async def test_every_sign_in_has_a_token_of_its_own(api: Api) -> None:
    first, second = Browser(api), Browser(api)
    one, other = await first.sign_in(), await second.sign_in()
    assert one["csrf_token"] != other["csrf_token"]
    planted = "A" * 43
    third = Browser(api)
    third.client.cookies.set("__Host-vinr_session", planted)
    answer = await third.try_to_sign_in(EMAIL, PASSWORD)
    assert planted not in answer.headers["set-cookie"]


async def test_a_session_ends_unused_and_ends_anyway(
    api: Api, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "KEY_CACHE_SECONDS", 0)
    await browser.sign_in()
    idle, lasts = IDLE / SECOND, LASTS / SECOND
    with later(idle - 60):
        await browser.get(ACCOUNTS)
    with later(2 * idle - 180):
        await browser.get(ACCOUNTS)
    with later(3 * idle):
        await browser.refused("GET", ACCOUNTS, status=401, code="session_expired")
    await browser.sign_in()
    for hours in range(11, int(LASTS / HOUR), 11):
        with later(hours * 3_600):
            await browser.get(SESSION)
    with later(lasts + 1):
        kept = f"__Host-vinr_session={browser.token}"  # which a browser has forgotten by now
        await Browser(api).refused("GET", SESSION, status=401, code="session_expired", Cookie=kept)


async def test_use_is_noted_to_the_minute_only(api: Api, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KEY_CACHE_SECONDS", 0)
    await browser.sign_in()
    seen = "select last_seen_at - created_at from sessions"
    with later(SEEN_EXACTLY / SECOND - 20):
        await browser.get(ACCOUNTS)
    assert await rows(api, seen) == [(0,)]
    with later(SEEN_EXACTLY / SECOND + 20):
        await browser.get(ACCOUNTS)
    ((moved,),) = await rows(api, seen)
    assert isinstance(moved, int)
    assert moved > SEEN_EXACTLY


async def test_another_password_ends_all_other_sessions(api: Api, browser: Browser) -> None:
    other = Browser(api)
    await browser.sign_in()
    await other.sign_in()
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    wrong = {**change, "current_password": "not this one at all"}
    error = await browser.refused("POST", f"{SESSION}/password", wrong, status=422, code="password_incorrect")
    assert error["param"] == "current_password"
    short = {**change, "new_password": "short"}
    await browser.refused("POST", f"{SESSION}/password", short, status=422, code="password_refused")
    await browser.post(f"{SESSION}/password", change)
    await browser.get(ACCOUNTS)
    await other.refused("GET", ACCOUNTS, status=401, code="session_expired")
    assert (await other.try_to_sign_in(EMAIL, PASSWORD)).status_code == 401
    await other.sign_in(password=NEW_PASSWORD)


async def test_another_role_and_being_disabled_sign_out_at_once(api: Api, browser: Browser) -> None:
    await browser.sign_in()
    for changes, then in (({"role": "viewer"}, 200), ({"status": "disabled"}, 401)):
        editor = Browser(api)
        if not (await rows(api, "select 1 from people where email_key = 'edit@shop.example'")):
            await add_person(api, "edit@shop.example", "editor")
        person = (await editor.sign_in("edit@shop.example"))["person"]["id"]
        assert (await browser.call("PATCH", f"/v1/people/{person}", changes)).status_code == 200
        await editor.refused("GET", ACCOUNTS, status=401, code="session_expired")
        assert (await editor.try_to_sign_in("edit@shop.example", PASSWORD)).status_code == then


async def test_what_ends_elsewhere_ends_here_within_seconds(
    api: Api, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "KEY_CACHE_SECONDS", 0)
    await browser.sign_in()
    await api.stores["live"].database.write(lambda session: session.execute("delete from sessions"))
    await browser.refused("GET", ACCOUNTS, status=401, code="session_expired")


async def test_what_was_found_right_a_moment_ago_is_looked_at_again(api: Api, browser: Browser) -> None:
    """Between the check of a password and its effect an admin may have been quicker."""
    person = (await browser.sign_in())["person"]["id"]
    path, origin = api.stores["live"].write_path, Origin("tests")
    ((kept, session),) = await rows(api, "select password, hash from people, sessions")
    assert await path.run(ChangePassword(person, "another hash", "no session"), origin) is None
    assert await path.run(SignIn(person, "an old hash", None, "one"), origin) is None
    assert await path.run(SignIn("per_none", str(kept), None, "two"), origin) is None
    await path.run(ResetPassword(person, "nobody's"), origin)
    assert await path.run(SignIn(person, str(kept), None, "three"), origin) is None
    assert await path.run(ChangePassword(person, "another hash", str(session)), origin) is None
    assert await rows(api, "select password from people") == [(None,)]
    assert await rows(api, "select count(*) from sessions") == [(0,)]


async def test_on_ones_own_machine_the_cookie_needs_no_tls(sqlite_api: Api) -> None:
    for url in ("http://127.0.0.1:8000", "http://localhost:8000"):
        local = Browser(sqlite_api, url)
        answer = await local.try_to_sign_in(EMAIL, PASSWORD)
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("vinr_session=")
        assert cookie.endswith("; HttpOnly; SameSite=Strict")
        await local.get(SESSION)
        token = cookie.partition("=")[2].partition(";")[0]
        elsewhere = Browser(sqlite_api)  # where a neighbouring host could have set it
        await elsewhere.refused("GET", ACCOUNTS, status=401, code="api_key_missing", Cookie=f"vinr_session={token}")


async def test_a_password_is_not_taken_in_the_clear(sqlite_api: Api) -> None:
    plain = Browser(sqlite_api, "http://dash.test")
    for path, body in (
        (SESSION, {"email": EMAIL, "password": PASSWORD}),
        ("/v1/invitations/accept", {"token": "x", "password": PASSWORD}),
    ):
        await plain.refused("POST", path, body, status=403, code="https_required")


async def test_cookies_that_are_none(sqlite_api: Api) -> None:
    browser = Browser(sqlite_api)
    for value in ("", "x", "A" * 43, "A" * 5_000, "é" * 43, "'; drop table sessions; --"):
        answer = await browser.call("GET", ACCOUNTS, Cookie=f"a=b; __Host-vinr_session={value}; c")
        assert answer.status_code == 401, value
    await browser.refused("GET", ACCOUNTS, status=401, code="api_key_missing", Cookie="; ;=;__Host-other=1")


async def test_of_two_cookies_the_first_counts(sqlite_api: Api) -> None:
    browser = Browser(sqlite_api)
    await browser.sign_in()
    name, other = "__Host-vinr_session", Browser(sqlite_api)
    assert (await other.call("GET", ACCOUNTS, Cookie=f"{name}={browser.token}; {name}=x")).status_code == 200
    assert (await other.call("GET", ACCOUNTS, Cookie=f"{name}=x; {name}={browser.token}")).status_code == 401
