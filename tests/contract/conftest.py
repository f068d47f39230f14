"""The API over two fresh stores, on both engines."""

from collections.abc import AsyncIterator

import pytest

from tests.api.conftest import Api, close_api, open_api


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The API over two empty stores."""
    opened = await open_api(database_url)
    yield opened
    await close_api(opened)
