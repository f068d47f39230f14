"""Signing in is as the OpenAPI document says, whatever is sent; and what it writes to the log tells no secret."""

import asyncio
import json
from typing import Any

import pytest

from tests.api.conftest import OF_SESSIONS, SIGNING_IN, Api, Json, close_api, open_api
from tests.api.test_metrics import metrics_of
from tests.contract.hostile import BEYOND, JSON, MALFORMED, leaves, replaced, wrong_for
from tests.contract.rows import nothing_written
from tests.people.browser import ACCOUNTS, EMAIL, PASSWORD, PEOPLE, SESSION, WRONG, Browser, add_person, expected
from vinr_engagement.entrypoints.api.observe import FLUSH_SECONDS
from vinr_engagement.foundation.settings import from_environment
from vinr_engagement.people.guessing import FREE_FOR_ONE_HERE

pytestmark = pytest.mark.anyio

BODIES: dict[str, Json] = {
    "session.create": {"email": EMAIL, "password": PASSWORD},
    "invitations.accept": {"token": "A" * 43, "password": "words of my own", "name": "Ada"},
    "session.change_password": {"current_password": PASSWORD, "new_password": "words of my own"},
}


async def operations(api: Api) -> dict[str, tuple[str, str, Json]]:
    paths = (await api.document())["paths"]
    return {
        operation["operationId"]: (method.upper(), path, operation)
        for path, found in paths.items()
        for method, operation in found.items()
        if operation["operationId"] in SIGNING_IN | OF_SESSIONS
    }


async def fields_of(api: Api, name: str) -> set[str]:
    schemas = (await api.document())["components"]["schemas"]
    assert set(schemas[name]["required"]) == set(schemas[name]["properties"])
    return set(schemas[name]["properties"])


async def test_answers_have_the_documented_fields(sqlite_api: Api) -> None:
    live, browser = await sqlite_api.key_of("live"), Browser(sqlite_api)
    invited = await sqlite_api.post(PEOPLE, {"email": "bob@shop.example", "role": "editor"}, key=live)
    assert set(invited) == await fields_of(sqlite_api, "InvitedPerson")
    assert set(invited["invitation"]) == await fields_of(sqlite_api, "Invitation")
    accepted = {"token": invited["invitation"]["url_path"].partition("#")[2], "password": PASSWORD}
    change = {"current_password": PASSWORD, "new_password": "words of my own"}
    shown = [await browser.post("/v1/invitations/accept", accepted), await browser.sign_in("bob@shop.example")]
    shown += [await browser.get(SESSION), await browser.post(f"{SESSION}/password", change)]
    for session in shown:
        assert set(session) == await fields_of(sqlite_api, "Session")
        assert set(session["person"]) == await fields_of(sqlite_api, "Person")
    gone = expected(await browser.call("DELETE", SESSION))
    assert set(gone) == await fields_of(sqlite_api, "SignedOut")
    (entry,) = (await sqlite_api.get("/v1/audit-log?action=person.created&limit=1", key=live))["data"]
    assert set(entry["actor_details"]) == await fields_of(sqlite_api, "Actor")


async def test_whatever_is_sent_is_refused_as_documented(sqlite_api: Api) -> None:
    found, browser = await operations(sqlite_api), Browser(sqlite_api)
    await browser.sign_in()
    headers = {"X-CSRF-Token": browser.csrf, **JSON}
    async with nothing_written(sqlite_api):
        for name, body in BODIES.items():
            method, path, operation = found[name]
            for content in _wrong(body):
                answer = await browser.client.request(method, path, content=content, headers=headers)
                error = answer.json()["error"]
                assert 400 <= answer.status_code < 500, f"{name}: {content[:100]!r}: {answer.text}"
                assert error["code"] in operation["x-error-codes"], f"{name}: {content[:100]!r}: {answer.text}"
                assert error["code"] not in ("sign_in_failed", "invitation_unknown", "password_incorrect"), content[
                    :100
                ]


def _wrong(body: Json) -> list[bytes]:
    """Bodies that are no JSON, beyond the limits, of other types, with a field too many, and with one too few."""
    bodies: list[Any] = [replaced(body, path, wrong) for path, value in leaves(body) for wrong in wrong_for(value)]
    bodies += [{**body, name: 1} for name in ("emial", "", "__proto__")]
    bodies += [{name: value for name, value in body.items() if name != each} for each in body if each != "name"]
    bodies += [replaced(body, (name,), "x" * 300) for name in body]
    return [
        *MALFORMED.values(),
        *(content for content, _ in BEYOND.values()),
        *(json.dumps(each).encode() for each in bodies),
    ]


async def test_the_log_and_the_metrics_tell_of_sign_ins(database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    api = await open_api(database_url, log_level="info")
    try:
        person, browser = await add_person(api), Browser(api)
        await browser.sign_in()
        for email in (EMAIL, "my-pass-word@typed.example", *[EMAIL] * FREE_FOR_ONE_HERE):
            await browser.try_to_sign_in(email, WRONG)
        await browser.get(ACCOUNTS)
        found = await metrics_of(api)
        await asyncio.sleep(2 * FLUSH_SECONDS)
    finally:
        await close_api(api)
    assert {
        outcome: found[f'vinr_sign_ins_total{{outcome="{outcome}"}}'] for outcome in ("succeeded", "failed", "slowed")
    } == {
        "succeeded": 1,
        "failed": FREE_FOR_ONE_HERE + 1,
        "slowed": 1,
    }
    log = capsys.readouterr().err
    lines = [json.loads(line) for line in log.splitlines()]
    failed = [line for line in lines if line["event"] == "sign_in_failed"]
    assert [line["person"] for line in failed[:2]] == [person, None]
    assert {line["address"] for line in failed} == {"203.0.113.7"}
    assert [line["person"] for line in lines if line["event"] == "sign_in_succeeded"] == [person]
    asked = [line for line in lines if line["event"] == "request" and line["route"] == ACCOUNTS]
    assert [line["person"] for line in asked] == [person]
    for secret in (PASSWORD, WRONG, "my-pass-word", browser.token, browser.csrf):
        assert secret not in log


async def test_the_rate_limit_is_each_persons_own(database_url: str) -> None:
    api = await open_api(database_url, rate_limit=1, burst=3)
    try:
        for email in (EMAIL, "second@shop.example"):
            await add_person(api, email)
            browser = Browser(api)
            await browser.sign_in(email)
            answers = [await browser.call("GET", ACCOUNTS) for _ in range(4)]
            assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
            assert answers[0].headers["x-ratelimit-limit"] == "3"
    finally:
        await close_api(api)


@pytest.mark.parametrize("listed", ["10.0.0.7/8", "proxy", "10.0.0.0/8 10.0.0.1", "10.0.0.256"])
def test_proxies_that_are_none_are_named(listed: str) -> None:
    with pytest.raises(ValueError, match="VINR_TRUSTED_PROXIES"):
        from_environment({"VINR_TRUSTED_PROXIES": listed})
