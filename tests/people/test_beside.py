"""Several at once: processes that share people, requests that race, and streams that outlast a session."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest

from tests.api.conftest import Api, close_api, open_api
from tests.api.streaming import STREAM, Listener, streaming
from tests.people.browser import ACCOUNTS, EMAIL, PASSWORD, PEOPLE, SESSION, WRONG, Browser, add_person
from vinr_engagement.entrypoints.api import limits
from vinr_engagement.people.guessing import FREE_FOR_ONE_HERE

pytestmark = pytest.mark.anyio


@pytest.fixture
async def other(api: Api, database_url: str) -> AsyncIterator[Api]:
    """Another process on the same database."""
    opened = await open_api(database_url)
    yield opened
    await close_api(opened)


async def test_a_session_is_good_in_every_process_until_it_ends_in_one(
    api: Api, other: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "KEY_CACHE_SECONDS", 0)
    here, there = Browser(api), Browser(other)
    await here.sign_in()
    cookie = f"__Host-vinr_session={here.token}"
    await there.get(ACCOUNTS, Cookie=cookie)
    assert (await here.call("DELETE", SESSION)).status_code == 200
    await there.refused("GET", ACCOUNTS, status=401, code="session_expired", Cookie=cookie)


async def test_failures_count_together_in_all_processes(api: Api, other: Api) -> None:
    browsers = [Browser(each) for each in (api, other)]
    for number in range(FREE_FOR_ONE_HERE):
        answer = await browsers[number % 2].try_to_sign_in(EMAIL, WRONG)
        assert answer.json()["error"]["code"] == "sign_in_failed"
    for browser in browsers:
        assert (await browser.try_to_sign_in(EMAIL, PASSWORD)).status_code == 429


async def test_of_two_admins_who_disable_each_other_one_stays(api: Api, other: Api) -> None:
    second = await add_person(api, "second@shop.example")
    one, two = Browser(api), Browser(other)
    first = (await one.sign_in())["person"]["id"]
    await two.sign_in("second@shop.example")
    answers = await asyncio.gather(
        one.call("PATCH", f"{PEOPLE}/{second}", {"status": "disabled"}),
        two.call("PATCH", f"{PEOPLE}/{first}", {"status": "disabled"}),
    )
    refused = [answer for answer in answers if answer.status_code != 200]
    assert len(refused) == 1
    assert refused[0].json()["error"]["code"] in ("last_admin", "session_expired")


async def test_of_many_who_accept_an_invitation_one_is_let_in(api: Api, other: Api) -> None:
    live = await api.key_of("live")
    invited = await api.post(PEOPLE, {"email": "bob@shop.example", "role": "editor"}, key=live)
    token = invited["invitation"]["url_path"].partition("#")[2]
    answers = await asyncio.gather(
        *(
            Browser((api, other)[number % 2]).call(
                "POST", "/v1/invitations/accept", {"token": token, "password": f"words of number {number}"}
            )
            for number in range(6)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [404] * 5
    assert {each["email"] for each in (await api.get(PEOPLE, key=live))["data"]} == {EMAIL, "bob@shop.example"}


async def test_of_many_who_add_the_same_email_one_succeeds(api: Api, other: Api) -> None:
    keys = [await each.key_of("live") for each in (api, other)]
    answers = await asyncio.gather(
        *(
            (api, other)[number % 2].call(
                "POST",
                PEOPLE,
                {"email": ("bob", "Bob", "BOB")[number % 3] + "@shop.example", "role": "viewer"},
                key=keys[number % 2],
            )
            for number in range(6)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5


async def test_the_stream_of_a_session_that_ended_ends(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KEY_CACHE_SECONDS", 0.05)
    async with streaming(database_url) as served:
        await add_person(served.api)
        browser = Browser(served.api, served.url)
        await browser.sign_in()
        headers = {"Cookie": f"vinr_session={browser.token}", "Vinr-Environment": "test"}
        async with (
            httpx2.AsyncClient(base_url=served.url, headers=headers, timeout=60) as client,
            client.stream("GET", STREAM) as answer,
        ):
            assert answer.headers.get_list("cache-control") == ["no-store"]
            listener = Listener(answer)
            await listener.block()
            await served.announce("cust_1")
            assert await listener.customers(1) == ["cust_1"]
            assert (await browser.call("DELETE", SESSION)).status_code == 200
            assert await listener.block() is None
