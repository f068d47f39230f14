"""The API over two fresh stores, on both engines, with somebody who may sign in."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.conftest import Api, close_api, open_api
from tests.people.browser import Browser, add_person
from tests.stores import sqlite_url


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """With an admin whose password is known."""
    opened = await open_api(database_url)
    await add_person(opened)
    yield opened
    await close_api(opened)


@pytest.fixture
async def sqlite_api(tmp_path: Path) -> AsyncIterator[Api]:
    """The same on SQLite alone, for what is refused before a database hears of it."""
    opened = await open_api(sqlite_url(tmp_path))
    await add_person(opened)
    yield opened
    await close_api(opened)


@pytest.fixture
def browser(api: Api) -> Browser:
    """A browser in which nobody is signed in."""
    return Browser(api)
