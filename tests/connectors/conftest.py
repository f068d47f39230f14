"""The API with both connectors set up in the test store, on both engines."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.conftest import Api, close_api, open_api
from tests.connectors.sending import SHOPIFY_SECRET, STRIPE_SECRET, set_up


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The API over two stores, the test store's connectors enabled."""
    opened = await open_api(database_url)
    await set_up(opened, "stripe", STRIPE_SECRET)
    await set_up(opened, "shopify", SHOPIFY_SECRET)
    yield opened
    await close_api(opened)


@pytest.fixture
async def sqlite_api(tmp_path: Path) -> AsyncIterator[Api]:
    """The API with nothing set up, on SQLite alone, for what never reaches a database."""
    opened = await open_api(f"sqlite:///{tmp_path / 'vinr.db'}")
    yield opened
    await close_api(opened)
