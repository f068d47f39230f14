"""Which passwords are taken, and how they are kept."""

import asyncio
import threading
from typing import Any

import pytest
from argon2 import Parameters, Type, extract_parameters

from tests.api.conftest import CHEAP, Api
from tests.people.browser import EMAIL, PASSWORD, Browser, add_person
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.errors import Unprocessable
from vinr_engagement.people import Busy, Passwords, password
from vinr_engagement.people.hashing import AT_ONCE, PARAMETERS, WAITING

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "given",
    [
        "four words in a row",
        "   spaces count   ",
        "päßwörter sind gut",
        "密码密码很长很长很长很长",
        "no-Upper-or-d1gits-needed",
        "x" * 250 + "abcdef",
        "👍🏽 thumbs and others",
    ],
)
def test_what_is_long_is_good(given: str) -> None:
    assert password.check(given, "ada@shop.example") == password.normalise(given)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("eleven char", "12 to 256"),
        ("x" * 251 + "abcdef", "12 to 256"),
        ("Ada@Shop.Example", "email"),
        ("ada@shop.example", "email"),
        ("Password1234", "first that are tried"),
        ("passwordpassword", "first that are tried"),
        ("aaaaaaaaaaaaaaaa", "first that are tried"),
        ("abababababab", "first that are tried"),
        ("123456789012", "first that are tried"),
        ("qwertyuiopas", "first that are tried"),
        ("zyxwvutsrqponm", "first that are tried"),
    ],
)
def test_what_is_short_or_everybodys_is_refused(given: str, told: str) -> None:
    with pytest.raises(Unprocessable, match=told) as refused:
        password.check(given, "ada@shop.example")
    assert refused.value.code == "password_refused"
    assert given not in refused.value.message


def test_length_is_counted_as_it_is_read() -> None:
    assert password.normalise("e\u0301") == "é"
    with pytest.raises(Unprocessable):
        password.check("e\u0301abcdefghij", "ada@shop.example")


def test_it_is_as_dear_as_is_recommended() -> None:
    """OWASP's password storage cheat sheet asks for Argon2id with 19 MiB and two passes, at least."""
    kept = extract_parameters(Passwords().hash_now(PASSWORD))
    assert kept == PARAMETERS
    assert kept.type is Type.ID
    assert kept.memory_cost >= 19_456
    assert kept.time_cost >= 2


async def test_what_keyboards_put_together_differently_is_one_password(api: Api) -> None:
    await add_person(api, "zoe@shop.example", password=password.normalise("Zoe\u0308s little words"))
    for typed in ("Zoe\u0308s little words", "Zo\u00ebs little words"):
        await Browser(api).sign_in("zoe@shop.example", typed)


async def test_a_hash_with_other_parameters_is_made_anew_at_sign_in(api: Api, browser: Browser) -> None:
    old = Passwords(Parameters(Type.ID, 19, 16, 32, time_cost=2, memory_cost=16, parallelism=1))

    async def weaken(session: Session) -> int:
        return await session.execute("update people set password = $1", old.hash_now(PASSWORD))

    async def kept(session: Session) -> Any:
        ((found,),) = await session.fetch("select password from people")
        return found

    database = api.stores["live"].database
    await database.write(weaken)
    await browser.sign_in()
    fresh = await database.read(kept)
    assert extract_parameters(fresh) == CHEAP
    await browser.sign_in()
    assert await database.read(kept) == fresh


async def test_so_many_are_hashed_at_once_and_no_more() -> None:
    passwords, go, begun = Passwords(CHEAP), threading.Event(), threading.Semaphore(0)
    running: list[str] = []

    def slow(given: str) -> str:
        running.append(given)
        begun.release()
        assert go.wait(30)
        return given

    passwords.hash_now = slow  # type: ignore[method-assign]
    waiting = [asyncio.create_task(passwords.hash(f"{number}")) for number in range(AT_ONCE + WAITING)]
    for _ in range(AT_ONCE):
        assert await asyncio.to_thread(begun.acquire, timeout=30)
    with pytest.raises(Busy):
        await passwords.hash("one more")
    assert len(running) == AT_ONCE
    go.set()
    assert await asyncio.gather(*waiting) == [f"{number}" for number in range(AT_ONCE + WAITING)]
    assert await passwords.hash("later") == "later"


async def test_a_full_house_says_when_to_come_again(api: Api, browser: Browser) -> None:
    api.passwords._taken = AT_ONCE + WAITING
    answer = await browser.try_to_sign_in(EMAIL, PASSWORD)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "sign_in_busy")
    assert int(answer.headers["retry-after"]) >= 1
    api.passwords._taken = 0
    await browser.sign_in()
