"""A browser as the API sees one: it keeps cookies, says where its pages come from, and sends the CSRF token."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import time_machine

from tests.api.conftest import Api, Json
from vinr_engagement.audit import Origin
from vinr_engagement.commands import AddPerson
from vinr_engagement.people import Role

EMAIL = "Ada@Shop.example"
PASSWORD = "four words in a row"
WRONG = "words that are not it"
ACCOUNTS = "/v1/loyalty/accounts"
SESSION = "/v1/session"
PEOPLE = "/v1/people"


class Browser:
    """Pages of ``url``, at an address of its own."""

    def __init__(self, api: Api, url: str = "https://dash.test", address: str = "203.0.113.7") -> None:
        transport = httpx2.ASGITransport(app=api.app, raise_app_exceptions=False, client=(address, 50_000))
        self.client = httpx2.AsyncClient(transport=transport, base_url=url, timeout=60)
        self.url = url
        self.csrf = ""

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        """One request of our own page; headers replace those that the page sends, and empty ones are left out."""
        sent = {"Sec-Fetch-Site": "same-origin", "Origin": self.url, "X-CSRF-Token": self.csrf}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        given = [(name.encode(), value.encode("latin-1")) for name, value in sent.items() if value]
        return await self.client.request(method, path, headers=given, json=body)

    @property
    def token(self) -> str:
        """What the session's cookie holds."""
        (cookie,) = self.client.cookies.jar
        return cookie.value or ""

    async def get(self, path: str, **headers: str) -> Json:
        """What a GET answers, which must be 200."""
        return expected(await self.call("GET", path, **headers))

    async def post(self, path: str, body: Any = None, **headers: str) -> Json:
        """What a POST answers, which must be 200."""
        return expected(await self.call("POST", path, body, **headers))

    async def refused(
        self, method: str, path: str, body: Any = None, *, status: int, code: str, **headers: str
    ) -> Json:
        """The error that a request gets, which must have this status and code."""
        answer = await self.call(method, path, body, **headers)
        error: Json = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (status, code), error
        return error

    async def try_to_sign_in(self, email: str, password: str, **headers: str) -> httpx2.Response:
        """What signing in answers."""
        return await self.call("POST", SESSION, {"email": email, "password": password}, **headers)

    async def sign_in(self, email: str = EMAIL, password: str = PASSWORD) -> Json:
        """The session of a sign-in, which must succeed."""
        found = expected(await self.try_to_sign_in(email, password))
        self.csrf = found["csrf_token"]
        return found


def expected(answer: httpx2.Response) -> Json:
    """The body of an answer, which must be 200."""
    assert answer.status_code == 200, f"{answer.status_code}: {answer.text}"
    found: Json = answer.json()
    return found


async def add_person(api: Api, email: str = EMAIL, role: Role = "admin", password: str = PASSWORD) -> str:
    """The id of a new person with a password."""
    command = AddPerson(email, None, role, password=api.passwords.hash_now(password))
    made: Json = await api.stores["live"].write_path.run(command, Origin("tests"))
    identifier: str = made["id"]
    return identifier


async def somebody(api: Api, role: Role) -> Browser:
    """A browser in which somebody in this role is signed in."""
    await add_person(api, f"{role}@shop.example", role)
    browser = Browser(api)
    await browser.sign_in(f"{role}@shop.example")
    return browser


@contextmanager
def later(seconds: float) -> Iterator[None]:
    """Meanwhile it is so many seconds later."""
    with time_machine.travel(time.time() + seconds, tick=False):
        yield
