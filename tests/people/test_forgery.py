"""Other sites cannot use somebody's session, nor sign somebody in."""

import pytest

from tests.api.conftest import Api, payment
from tests.contract.rows import nothing_written
from tests.people.browser import ACCOUNTS, EMAIL, PASSWORD, SESSION, Browser

pytestmark = pytest.mark.anyio

FORGED: list[dict[str, str]] = [
    {"X_CSRF_Token": ""},
    {"X_CSRF_Token": "0" * 64},
    {"X_CSRF_Token": "é"},
    {"Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site"},
    {"Sec_Fetch_Site": "none"},
    {"Sec_Fetch_Site": "", "Origin": "https://evil.test"},
    {"Sec_Fetch_Site": "", "Origin": "https://dash.test.evil.test"},
    {"Sec_Fetch_Site": "", "Origin": "null"},
]


async def test_a_change_needs_the_csrf_token_and_our_own_page(api: Api, browser: Browser) -> None:
    await browser.sign_in()
    account = (await browser.post(ACCOUNTS, {"program": "prog_default"}))["id"]
    writes = (
        ("POST", ACCOUNTS, {"program": "prog_default"}),
        ("POST", "/v1/events", payment("evt_1", "cust_1")),
        ("POST", "/v1/events/batch", {"events": [payment("evt_1", "cust_1")]}),
        ("PATCH", f"{ACCOUNTS}/{account}", {"metadata": {"a": "b"}}),
        ("POST", f"{ACCOUNTS}/{account}/close", None),
        ("DELETE", "/v1/test-helpers/clock", None),
        ("POST", "/v1/people", {"email": "x@y.test", "role": "admin"}),
        ("POST", f"{SESSION}/password", {"current_password": PASSWORD, "new_password": "words that I chose"}),
        ("DELETE", SESSION, None),
    )
    async with nothing_written(api):
        for method, path, body in writes:
            for forged in FORGED:
                await browser.refused(method, path, body, status=403, code="csrf_refused", **forged)
    await browser.get(ACCOUNTS, X_CSRF_Token="", Sec_Fetch_Site="cross-site")  # a read, which its asker cannot see


async def test_the_token_of_another_session_is_wrong(sqlite_api: Api) -> None:
    first, second = Browser(sqlite_api), Browser(sqlite_api)
    await first.sign_in()
    await second.sign_in()
    body = {"program": "prog_default"}
    await first.refused("POST", ACCOUNTS, body, status=403, code="csrf_refused", X_CSRF_Token=second.csrf)
    await first.post(ACCOUNTS, body, Sec_Fetch_Site="", Origin="")  # the right token from what is no browser
    await first.post(ACCOUNTS, body, Sec_Fetch_Site="")  # an older browser


async def test_no_other_site_signs_somebody_in(sqlite_api: Api) -> None:
    browser = Browser(sqlite_api)
    for forged in (each for each in FORGED if "X_CSRF_Token" not in each):
        for path, body in (
            (SESSION, {"email": EMAIL, "password": PASSWORD}),
            ("/v1/invitations/accept", {"token": "x", "password": PASSWORD}),
        ):
            await browser.refused("POST", path, body, status=403, code="csrf_refused", **forged)
    form = await browser.client.post(SESSION, data={"email": EMAIL, "password": PASSWORD})
    assert (form.status_code, form.json()["error"]["code"]) == (415, "unsupported_media_type")
    plain = {"Content-Type": "text/plain"}
    text = await browser.client.post(SESSION, content=f'{{"email":"{EMAIL}","password":"{PASSWORD}"}}', headers=plain)
    assert text.status_code == 415
    assert not list(browser.client.cookies.jar)


async def test_no_answer_lets_other_origins_read(sqlite_api: Api) -> None:
    browser = Browser(sqlite_api)
    await browser.sign_in()
    for method in ("GET", "OPTIONS"):
        answer = await browser.call(method, ACCOUNTS, Origin="https://evil.test", Sec_Fetch_Site="cross-site")
        assert not [name for name in answer.headers if name.startswith("access-control-")]
