"""``vinr people``: the first person, and the way back in."""

import time
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner, Result

from tests.cli.serving import url_in
from vinr_engagement.entrypoints.cli import main

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WORDS = "four words in a row"
ADA, BOB = "ada@shop.example", "bob@shop.example"


class People:
    """``vinr people`` in this process, against one database."""

    def __init__(self, database_url: str) -> None:
        self._runner = CliRunner(env={"VINR_DATABASE_URL": database_url})

    def __call__(self, *arguments: str, typed: str = "") -> Result:
        return self._runner.invoke(main, ["people", *arguments], input=typed)

    def succeeds(self, *arguments: str, typed: str = "") -> str:
        """What is printed by what must not fail."""
        done = self(*arguments, typed=typed)
        assert done.exit_code == 0, done.output
        return done.stdout

    def fails(self, *arguments: str, code: int, typed: str = "") -> str:
        """The one line of a complaint."""
        done = self(*arguments, typed=typed)
        assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (code, "", 1), done.output
        return done.stderr

    def rows(self) -> list[list[str]]:
        """Who is listed."""
        return [line.split("\t") for line in self.succeeds("list").splitlines()]


@pytest.fixture
def people(database_url: str) -> People:
    return People(database_url)


def test_people_are_added_reset_and_disabled(people: People) -> None:
    assert people.rows() == []
    added = people("add", ADA, "--role", "admin", "--name", "Ada", "--password-stdin", typed=f"{WORDS}\n")
    assert (added.exit_code, added.stdout) == (0, "")
    assert WORDS not in added.stderr
    invited = people.succeeds("add", BOB, "--role", "editor")
    assert invited.startswith("/dashboard/invitation#")
    assert invited.count("\n") == 1, "the path alone, for scripts"
    assert [row[1:6] for row in people.rows()] == [
        [ADA, "Ada", "admin", "active", ""],
        [BOB, "", "editor", "invited", ""],
    ]
    again = people.succeeds("reset", BOB.upper(), "--invite")
    assert again.startswith("/dashboard/invitation#")
    assert again != invited
    assert people.succeeds("disable", BOB) == people.succeeds("disable", BOB) == f"{BOB} is disabled.\n"
    assert "is disabled" in people.fails("reset", BOB, code=1)
    assert people.succeeds("enable", BOB) == f"{BOB} is invited.\n"
    assert "last admin" in people.fails("disable", ADA, code=1)


@ON_SQLITE
def test_what_cannot_be_is_said_in_one_line(people: People) -> None:
    for typed in ("short\n", "", f"{ADA}\n"):
        assert "password must" in people.fails("add", ADA, "--password-stdin", code=2, typed=typed)
    assert people.rows() == []
    assert "do not go together" in people.fails("add", ADA, "--password-stdin", "--invite", code=2)
    assert "address such as" in people.fails("add", "ada", code=1)
    people.succeeds("add", ADA)
    assert "is the email of per_" in people.fails("add", ADA.upper(), code=1)
    assert "'nobody@shop.example'" in people.fails("reset", "nobody@shop.example", code=1)


@ON_SQLITE
def test_who_was_added_signs_in_and_is_out_once_reset_elsewhere(vinr: Any, start: Callable[..., Any]) -> None:
    """With a password as carefully hashed as ever, on a real socket; the command runs in another process."""
    people = People(vinr.database_url)
    running = start(vinr, "serve", "--port", "0")
    url = url_in(running.wait_for("API key yet"))
    with httpx2.Client(base_url=url, timeout=60) as page:
        assert page.get("/v1/session").json()["error"]["code"] == "people_missing"
        people.succeeds("add", ADA, "--role", "admin", "--password-stdin", typed=f"{WORDS}\n")
        answer = page.post("/v1/session", json={"email": ADA, "password": WORDS}, headers={"Origin": url})
        assert answer.status_code == 200, answer.text
        assert answer.headers["set-cookie"].startswith("vinr_session=")
        page.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        assert page.post("/v1/api-keys", json={"name": "By Ada"}).status_code == 200
        people.succeeds("reset", ADA)
        assert _refused_with(page) == "session_expired"
    assert running.stop() == 0
    log = running.stderr.read_text()
    assert '"event": "sign_in_succeeded"' in log
    assert WORDS not in log


def _refused_with(page: httpx2.Client) -> str:
    """The code, once this server has heard of it: within seconds."""
    ends = time.monotonic() + 30
    while (answer := page.get("/v1/loyalty/programs")).status_code == 200:
        assert time.monotonic() < ends
        time.sleep(0.1)
    code: str = answer.json()["error"]["code"]
    return code
