"""Who made a change: a key, a person, a part of the engine; told so that people can read it, and found by it."""

import pytest

from tests.api.conftest import Api
from tests.people.browser import PEOPLE, SESSION, Browser, add_person
from vinr_engagement.audit import Origin
from vinr_engagement.commands import UpdateProgram

pytestmark = pytest.mark.anyio

LOG = "/v1/audit-log"
PROGRAM = "/v1/loyalty/programs/prog_default"
KINDS = ("key", "person", "engine", "worker", "cli", "import", "demo")


async def changed_by_everyone(api: Api, browser: Browser) -> str:
    """Changes by a key, a person and each part of the engine; answers the person's id."""
    await browser.sign_in()
    person = str((await browser.get(SESSION))["person"]["id"])
    await api.patch(PROGRAM, {"name": "By a key"})
    await browser.call("PATCH", PROGRAM, {"name": "By a person"})
    for actor in KINDS[2:]:
        await api.stores["test"].write_path.run(UpdateProgram("prog_default", {"name": actor}), Origin(actor))
    return person


async def test_an_entry_says_who_in_words(api: Api, browser: Browser) -> None:
    person = await changed_by_everyone(api, browser)
    await browser.call("PATCH", f"{PEOPLE}/{person}", {"name": "Ada Lovelace"})
    listed = (await browser.get(f"{LOG}?action=program.updated"))["data"]
    told = {each["actor_details"]["type"]: each for each in listed}
    assert set(told) == set(KINDS)
    assert told["key"]["actor"].startswith("key_")
    assert told["key"]["actor_details"] == {"type": "key", "name": "A key", "email": None}
    assert told["person"]["actor"] == person
    assert told["person"]["actor_details"] == {"type": "person", "name": "Ada Lovelace", "email": "Ada@Shop.example"}
    assert told["engine"]["actor_details"] == {"type": "engine", "name": None, "email": None}


async def test_entries_are_found_by_who_made_them(api: Api, browser: Browser) -> None:
    person = await changed_by_everyone(api, browser)
    for kind in KINDS:
        listed = (await browser.get(f"{LOG}?actor_type={kind}&action=program.updated"))["data"]
        assert [each["actor_details"]["type"] for each in listed] == [kind]
    assert [each["actor"] for each in (await browser.get(f"{LOG}?actor={person}"))["data"]] == [person]
    assert (await browser.get(f"{LOG}?actor={person}&actor_type=key"))["data"] == []
    await browser.refused("GET", f"{LOG}?actor_type=nobody", status=400, code="parameter_invalid")


async def test_what_anybody_else_calls_itself_is_other(sqlite_api: Api) -> None:
    await add_person(sqlite_api, "second@shop.example")
    live = await sqlite_api.key_of("live")
    (entry, *_) = (await sqlite_api.get(f"{LOG}?action=person.created", key=live))["data"]
    assert (entry["actor"], entry["actor_details"]["type"]) == ("tests", "other")
