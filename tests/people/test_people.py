"""People are invited, changed and disabled; who may do it, and what is told of it."""

from typing import Any

import pytest

from tests.api.conftest import Api
from tests.contract.rows import nothing_written
from tests.people.browser import EMAIL, PASSWORD, PEOPLE, SESSION, Browser, add_person, later, somebody
from vinr_engagement.people import INVITATION_LASTS

pytestmark = pytest.mark.anyio

BOB = {"email": "bob@shop.example", "name": "Bob", "role": "editor"}
WORDS = "words that bob chose"
ACCEPT = "/v1/invitations/accept"
TRANSACTIONS = "/v1/loyalty/transactions"


def token_of(invited: dict[str, Any]) -> str:
    path, _, token = invited["invitation"]["url_path"].partition("#")
    assert path == "/dashboard/invitation"
    found: str = token
    return found


async def test_an_invitation_is_accepted_once(api: Api, browser: Browser) -> None:
    admin = (await browser.sign_in())["person"]["id"]
    invited = await browser.post(PEOPLE, BOB)
    assert (invited["status"], invited["role"], invited["name"]) == ("invited", "editor", "Bob")
    bob, token = Browser(api), token_of(invited)
    short = {"token": token, "password": "short"}
    await bob.refused("POST", ACCEPT, short, status=422, code="password_refused")
    session = await bob.post(ACCEPT, {"token": token, "password": WORDS, "name": "Bob B."})
    assert (session["person"]["name"], session["person"]["status"]) == ("Bob B.", "active")
    assert session == await bob.get(SESSION)
    again = {"token": token, "password": "words of somebody else"}
    await Browser(api).refused("POST", ACCEPT, again, status=404, code="invitation_unknown")
    await Browser(api).sign_in("BOB@shop.example", WORDS)
    entries = (await browser.get(f"/v1/audit-log?resource={invited['id']}", Vinr_Environment="live"))["data"]
    assert [(each["action"], each["actor"]) for each in entries] == [
        ("person.invitation_accepted", invited["id"]),
        ("person.created", admin),
    ]
    assert token not in str(entries)


async def test_an_invitation_ends_by_time_by_another_and_by_being_disabled(api: Api, browser: Browser) -> None:
    await browser.sign_in()
    invited = await browser.post(PEOPLE, BOB)
    one = f"{PEOPLE}/{invited['id']}"
    other = await browser.post(f"{one}/reset-password")
    for token in (token_of(invited), "A" * 43, "x"):
        body = {"token": token, "password": WORDS}
        await Browser(api).refused("POST", ACCEPT, body, status=404, code="invitation_unknown")
    accept = {"token": token_of(other), "password": WORDS}
    with later(INVITATION_LASTS / 1_000_000 + 1):
        await Browser(api).refused("POST", ACCEPT, accept, status=404, code="invitation_unknown")
    await browser.call("PATCH", one, {"status": "disabled"})
    await browser.call("PATCH", one, {"status": "active"})
    await Browser(api).refused("POST", ACCEPT, accept, status=404, code="invitation_unknown")


async def test_a_reset_withdraws_the_password_and_ends_sessions(api: Api, browser: Browser) -> None:
    await browser.sign_in()
    editor = await somebody(api, "editor")
    person = (await editor.get(SESSION))["person"]["id"]
    reset = await browser.post(f"{PEOPLE}/{person}/reset-password")
    assert reset["status"] == "invited"
    await editor.refused("GET", SESSION, status=401, code="session_expired")
    assert (await editor.try_to_sign_in("editor@shop.example", PASSWORD)).status_code == 401
    await editor.post(ACCEPT, {"token": token_of(reset), "password": WORDS})
    await browser.call("PATCH", f"{PEOPLE}/{person}", {"status": "disabled"})
    await browser.refused("POST", f"{PEOPLE}/{person}/reset-password", status=409, code="person_disabled")


async def test_an_email_is_one_persons_in_any_case(api: Api, browser: Browser) -> None:
    mine = (await browser.sign_in())["person"]["id"]
    for email in (EMAIL, EMAIL.upper(), f" {EMAIL.lower()} "):
        error = await browser.refused(
            "POST", PEOPLE, {"email": email, "role": "viewer"}, status=409, code="person_already_exists"
        )
        assert error["resource"] == mine
    for email in ("ada", "@shop.example", "ada@", "a da@shop.example", "a@b@c", "a\u202eb@shop.example"):
        error = await browser.refused(
            "POST", PEOPLE, {"email": email, "role": "viewer"}, status=400, code="parameter_invalid"
        )
        assert error["param"] == "email"


async def test_the_last_admin_stays(api: Api, browser: Browser) -> None:
    mine = (await browser.sign_in())["person"]["id"]
    await browser.post(PEOPLE, {"email": "later@shop.example", "role": "admin"})  # who has no password yet
    for changes in ({"role": "editor"}, {"status": "disabled"}, {"role": "viewer", "status": "disabled"}):
        error = await browser.refused("PATCH", f"{PEOPLE}/{mine}", changes, status=409, code="last_admin")
        assert error["resource"] == mine
    second = await add_person(api, "second@shop.example")
    assert (await browser.call("PATCH", f"{PEOPLE}/{second}", {"name": "Second"})).json()["name"] == "Second"
    assert (await browser.call("PATCH", f"{PEOPLE}/{mine}", {"role": "viewer"})).json()["role"] == "viewer"
    await browser.sign_in()
    await browser.refused("GET", "/v1/nowhere", status=404, code="path_unknown")
    error = await browser.refused("POST", PEOPLE, BOB, status=403, code="permission_denied")
    assert error["required_scope"] == "people:write"
    assert "role viewer" in error["message"]


async def test_people_are_listed_newest_first(api: Api, browser: Browser) -> None:
    await browser.sign_in()
    for number in range(3):
        await add_person(api, f"p{number}@shop.example", "viewer")
    page = await browser.get(f"{PEOPLE}?limit=2")
    rest = await browser.get(f"{PEOPLE}?limit=2&starting_after={page['page']['next_cursor']}")
    emails = [each["email"] for each in page["data"] + rest["data"]]
    assert emails == ["p2@shop.example", "p1@shop.example", "p0@shop.example", EMAIL]
    assert [each["email"] for each in (await browser.get(f"{PEOPLE}?role=admin"))["data"]] == [EMAIL]
    one = await browser.get(f"{PEOPLE}/{page['data'][0]['id']}")
    assert one == page["data"][0]
    assert set(one) == {"id", "object", "email", "name", "role", "status", "last_sign_in_at", "created_at"}


async def test_live_keys_manage_people_and_test_keys_do_not(api: Api) -> None:
    live, limited = await api.key_of("live"), await api.new_key("live", "people:read")
    invited = await api.post(PEOPLE, BOB, key=live)
    one = f"{PEOPLE}/{invited['id']}"
    await api.patch(one, {"role": "viewer"}, key=live)
    assert (await api.get(one, key=limited))["role"] == "viewer"
    await api.refused("PATCH", one, {"role": "admin"}, status=403, code="permission_denied", key=limited)
    async with nothing_written(api):
        for method, path, body in (
            ("GET", PEOPLE, None),
            ("POST", PEOPLE, {**BOB, "email": "x@y.example"}),
            ("GET", one, None),
            ("PATCH", one, {"role": "admin"}),
            ("POST", f"{one}/reset-password", None),
        ):
            error = await api.refused(method, path, body, status=403, code="live_mode_only", key=api.keys["test"])
            assert "live key" in error["message"]


async def test_an_invitation_is_never_kept_for_a_repeat(api: Api) -> None:
    headers, live = {"Idempotency-Key": "one"}, await api.key_of("live")
    first = await api.post(PEOPLE, BOB, key=live, headers=headers)
    again = await api.call("POST", PEOPLE, BOB, key=live, headers=headers)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == {**first, "invitation": {**first["invitation"], "url_path": None}}


async def test_the_first_person_is_asked_for(database_url: str) -> None:
    from tests.api.conftest import close_api, open_api

    api = await open_api(database_url)
    try:
        browser = Browser(api)
        error = await browser.refused("GET", SESSION, status=401, code="people_missing")
        assert "vinr people add" in error["message"]
        assert (await browser.try_to_sign_in(EMAIL, PASSWORD)).json()["error"]["code"] == "sign_in_failed"
        await add_person(api)
        await browser.refused("GET", SESSION, status=401, code="session_missing")
        await browser.sign_in()
    finally:
        await close_api(api)


async def test_what_people_do_to_members_is_noted_under_their_name(api: Api) -> None:
    """Each change that their command announced, by its event; nothing of what time did, or an API key, or a refusal."""
    edith = await somebody(api, "editor")
    account = (await edith.post("/v1/loyalty/accounts", {"program": "prog_default", "customer": "cust_noted"}))["id"]
    row = await edith.post(TRANSACTIONS, {"account": account, "amount": 40, "reason": "a private reason"})
    await edith.refused(
        "POST", TRANSACTIONS, {"account": account, "amount": -90}, status=422, code="insufficient_points"
    )
    await api.post(TRANSACTIONS, {"account": account, "amount": 1})
    await edith.post(f"/v1/loyalty/accounts/{account}/close", {})
    entries = (await edith.get(f"/v1/audit-log?resource={account}"))["data"]
    person = (await edith.get("/v1/session"))["person"]["id"]
    assert [(each["action"], each["actor"], each["before"], each["after"]["subject"]) for each in entries] == [
        ("loyalty.account.closed", person, None, account),
        ("loyalty.points.adjusted", person, None, row["id"]),
        ("loyalty.account.created", person, None, account),
    ]
    told = await api.get(f"/v1/events/{entries[1]['after']['event']}")
    assert (told["type"], told["data"]["object"]["id"]) == ("loyalty.points.adjusted", row["id"])
    assert "private" not in str(entries)


async def test_what_time_does_is_nobodys(sqlite_api: Api) -> None:
    edith = await somebody(sqlite_api, "editor")
    await sqlite_api.post("/v1/test-helpers/clock", {"now": "2026-04-01T12:00:00Z"})
    account = (await sqlite_api.post("/v1/loyalty/accounts", {"program": "prog_default", "customer": "cust_late"}))[
        "id"
    ]
    soon = {"account": account, "amount": 5, "expires_at": "2026-04-02T12:00:00Z"}
    await sqlite_api.post(TRANSACTIONS, soon)
    await sqlite_api.post("/v1/test-helpers/clock", {"now": "2026-04-03T12:00:00Z"})
    await edith.post(TRANSACTIONS, {"account": account, "amount": 7})
    assert (await sqlite_api.get(f"/v1/loyalty/accounts/{account}"))["balance"] == 7
    entries = (await edith.get(f"/v1/audit-log?resource={account}"))["data"]
    assert [each["action"] for each in entries] == ["loyalty.points.adjusted"]
