"""Guessing passwords is slow wherever it comes from, tells nothing, and keeps nobody out."""

import asyncio
import json
from typing import Any

import pytest

from tests.api.conftest import Api, close_api, open_api
from tests.people.browser import EMAIL, PASSWORD, SESSION, WRONG, Browser, add_person, later
from vinr_engagement.commands import retention
from vinr_engagement.entrypoints.worker.jobs import jobs_of
from vinr_engagement.foundation import logs
from vinr_engagement.foundation.clock import DAY, MINUTE, SECOND, real_now
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.settings import Settings
from vinr_engagement.people import INVITATION_LASTS, guessing
from vinr_engagement.people.guessing import FOR_ONE, FOR_ONE_HERE, FORGOTTEN_AFTER, HERE, KNOWN_FOR
from vinr_engagement.people.session import IDLE

pytestmark = pytest.mark.anyio


async def fails(browser: Browser, times: int, email: str = EMAIL) -> None:
    for _ in range(times):
        await browser.refused("POST", SESSION, {"email": email, "password": WRONG}, status=401, code="sign_in_failed")


async def slowed(browser: Browser, email: str = EMAIL, password: str = PASSWORD) -> int:
    """For how many seconds it is slowed down, which it must be."""
    answer = await browser.try_to_sign_in(email, password)
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "sign_in_slowed"), answer.text
    return int(answer.headers["retry-after"])


def at(api: Api, number: int) -> Browser:
    return Browser(api, address=f"198.51.{number // 250}.{number % 250}")


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (8, 240), (9, 480), (10, 900), (1_000, 900)]
)
def test_each_failure_doubles_the_wait(failures: int, seconds: int) -> None:
    assert FOR_ONE_HERE.delay(failures) == seconds * SECOND


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("unknown", "unknown"),
    ],
)
def test_of_ipv6_a_network_is_one_address(address: str, network: str) -> None:
    assert guessing.network_of(address) == network


async def test_an_email_from_one_address_is_slowed_down_more_and_more(api: Api, browser: Browser) -> None:
    await fails(browser, FOR_ONE_HERE.free)
    assert await slowed(browser) == 30
    assert await slowed(browser) in (29, 30), "what had to wait does not count"
    with later(31):
        await fails(browser, 1)
        assert await slowed(browser) == 60
    with later(31 + 61):
        await browser.sign_in()
        await fails(browser, FOR_ONE_HERE.free)
        assert await slowed(browser) == 30, "who signed in begins anew"


async def test_failures_are_forgotten_after_a_day(api: Api, browser: Browser) -> None:
    await fails(browser, FOR_ONE_HERE.free)
    with later(FORGOTTEN_AFTER / SECOND + 1):
        await fails(browser, FOR_ONE_HERE.free)
        assert await slowed(browser) == 30


async def test_many_at_once_gain_nothing(api: Api, browser: Browser) -> None:
    with later(0):  # time stands still: however long all of it takes, none of it is over
        answers = await asyncio.gather(*(browser.try_to_sign_in(EMAIL, WRONG) for _ in range(15)))
        codes = [answer.json()["error"]["code"] for answer in answers]
        assert codes.count("sign_in_failed") <= FOR_ONE_HERE.free
        assert set(codes) == {"sign_in_failed", "sign_in_slowed"}
        assert await slowed(browser)


async def test_one_who_guesses_elsewhere_keeps_nobody_out(api: Api, browser: Browser) -> None:
    await browser.sign_in()
    attackers = [at(api, number) for number in range(FOR_ONE.free)]
    for attacker in attackers:
        await fails(attacker, 1)
    assert await slowed(at(api, 100)) == 5, "from anywhere new the email is slowed down"
    await browser.sign_in()
    await fails(browser, FOR_ONE_HERE.free)
    assert await slowed(browser) == 30, "at a known address one's own failures count"
    with later(KNOWN_FOR / SECOND + 1):
        await fails(browser, 1)


async def test_one_address_that_tries_many_emails_is_slowed_down(api: Api, browser: Browser) -> None:
    for number in range(HERE.free):
        await fails(browser, 1, f"person{number}@shop.example")
    assert await slowed(browser) == 30
    await Browser(api, address="198.51.100.1").sign_in()


async def test_a_success_in_between_does_not_hide_guesses_at_others(sqlite_api: Api) -> None:
    browser = Browser(sqlite_api)
    await add_person(sqlite_api, "mallory@shop.example")
    for number in range(HERE.free):
        await fails(browser, 1, f"person{number}@shop.example")
        if number == HERE.free - 2:
            await browser.sign_in("mallory@shop.example")
    assert await slowed(browser) == 30


async def test_a_reset_forgives(api: Api, browser: Browser) -> None:
    admin = Browser(api, address="198.51.100.1")
    person = (await admin.sign_in())["person"]["id"]
    await fails(browser, FOR_ONE_HERE.free)
    assert await slowed(browser)
    invitation = (await admin.post(f"/v1/people/{person}/reset-password"))["invitation"]
    token = invitation["url_path"].partition("#")[2]
    await browser.post("/v1/invitations/accept", {"token": token, "password": "a new set of words"})
    await browser.sign_in(password="a new set of words")


async def test_whatever_is_wrong_the_answer_is_the_same(api: Api, browser: Browser) -> None:
    await add_person(api, "gone@shop.example")
    invited = {"email": "new@shop.example", "role": "viewer"}
    await browser.sign_in()
    await browser.post("/v1/people", invited)
    gone = next(each for each in (await browser.get("/v1/people"))["data"] if each["email"] == "gone@shop.example")
    await browser.call("PATCH", f"/v1/people/{gone['id']}", {"status": "disabled"})
    answers = [
        await Browser(api).try_to_sign_in(email, password)
        for email, password in (
            (EMAIL, WRONG),
            ("nobody@shop.example", PASSWORD),
            ("gone@shop.example", PASSWORD),
            ("new@shop.example", PASSWORD),
            ("no email at all", PASSWORD),
            (EMAIL, " " + PASSWORD),
        )
    ]
    told = {json.dumps({**answer.json()["error"], "request_id": ""}) for answer in answers}
    assert {answer.status_code for answer in answers} == {401}
    assert len(told) == 1, told
    assert not [answer for answer in answers if "set-cookie" in answer.headers]


async def test_an_email_that_nobody_has_costs_a_hash_too(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []
    verify = type(api.passwords._hasher).verify

    def counting(hasher: Any, kept: str, password: str) -> bool:
        verified.append(kept)
        return verify(hasher, kept, password)

    monkeypatch.setattr(type(api.passwords._hasher), "verify", counting)
    for email in (EMAIL, "nobody@shop.example"):
        await Browser(api).try_to_sign_in(email, WRONG)
    assert len(verified) == 2
    assert {kept.rpartition("$")[0].rpartition("$")[0] for kept in verified} == {"$argon2id$v=19$m=8,t=1,p=1"}


async def test_nothing_of_what_was_typed_is_kept(api: Api, browser: Browser) -> None:
    await browser.try_to_sign_in("my-secret@typed.example", "my secret password")

    async def everything(session: Session) -> str:
        return str(
            [await session.fetch(f"select * from {each}") for each in ("sign_in_attempts", "people", "audit_log")]
        )

    kept = await api.stores["live"].database.read(everything)
    assert "secret" not in kept
    assert "203.0.113" not in kept


async def test_what_counts_no_more_is_purged(api: Api, browser: Browser) -> None:
    await browser.sign_in()
    await browser.post("/v1/people", {"email": "bob@shop.example", "role": "viewer"})
    await fails(Browser(api, address="198.51.100.1"), 1, "nobody@shop.example")
    database, now = api.stores["live"].database, real_now()

    async def left(session: Session) -> list[int]:
        tables = ("sign_in_attempts", "sessions", "invitations")
        return [(await session.fetch(f"select count(*) from {each}"))[0][0] for each in tables]

    for moment, expected in (
        (now, [6, 1, 1]),
        (now + IDLE + MINUTE, [6, 0, 1]),
        (now + DAY + MINUTE, [1, 0, 1]),
        (now + INVITATION_LASTS + MINUTE, [1, 0, 0]),
        (now + KNOWN_FOR + DAY, [0, 0, 0]),
    ):
        await retention.purge_sessions(database, moment)
        assert await database.read(left) == expected
    assert "purge_sessions" in [job.name for job in jobs_of(api.stores["live"], logs.logger(Settings()))]


async def test_behind_a_trusted_proxy_the_client_counts(database_url: str) -> None:
    api = await open_api(database_url, trusted_proxies="10.0.0.0/8,192.0.2.1")
    try:
        await add_person(api)
        behind = Browser(api, address="10.1.2.3")

        async def told(forwarded: str) -> str:
            answer = await behind.try_to_sign_in(EMAIL, WRONG, X_Forwarded_For=forwarded)
            code: str = answer.json()["error"]["code"]
            return code

        for _ in range(FOR_ONE_HERE.free):
            assert await told("203.0.113.1") == "sign_in_failed"
        assert await told("203.0.113.1") == "sign_in_slowed"
        assert await told("198.51.100.9, 203.0.113.1, 10.9.9.9") == "sign_in_slowed", (
            "what the client made up is not believed"
        )
        assert await told("203.0.113.2") == "sign_in_failed"
        direct = Browser(api, address="203.0.113.1")
        answer = await direct.try_to_sign_in(EMAIL, WRONG, X_Forwarded_For="198.51.100.77")
        assert answer.json()["error"]["code"] == "sign_in_slowed", "who is no proxy says nothing of others"
    finally:
        await close_api(api)
