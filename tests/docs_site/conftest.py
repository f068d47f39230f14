"""The documentation as it is served, without a database: no page needs one."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from tests.docs_site.reading import Seen, seen
from vinr_engagement.entrypoints.api import create_app
from vinr_engagement.entrypoints.cli.docs import documented
from vinr_engagement.entrypoints.docs.site import Site
from vinr_engagement.foundation.settings import Settings

ORIGIN = "https://docs.shop.example"
SETTINGS = Settings(docs_url=f"{ORIGIN}/docs", log_level="critical")


@dataclass
class Served:
    """A server with the documentation before the API, and what was read of it."""

    app: Any
    _read: dict[str, httpx2.Response] = field(default_factory=dict)
    _seen: dict[str, Seen] = field(default_factory=dict)

    def ask(self, path: str, *, method: str = "GET", **headers: str) -> httpx2.Response:
        """What one request is answered."""
        return asyncio.run(self._ask(method, path, headers))

    async def _ask(self, method: str, path: str, headers: dict[str, str]) -> httpx2.Response:
        transport = httpx2.ASGITransport(app=self.app)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with httpx2.AsyncClient(transport=transport, base_url="http://docs.test") as client:
            return await client.request(method, path, headers=named)

    def read(self, path: str) -> httpx2.Response:
        """What a GET is answered, asked for once."""
        if path not in self._read:
            self._read[path] = self.ask(path)
        return self._read[path]

    def page(self, path: str) -> Seen:
        """A page, which must be there."""
        if path not in self._seen:
            answer = self.read(path)
            assert answer.status_code == 200, path
            self._seen[path] = seen(answer.text)
        return self._seen[path]


@pytest.fixture(scope="session")
def served() -> Served:
    """The documentation, on a server that knows its own name."""
    return Served(documented(create_app({}, SETTINGS), SETTINGS))


@pytest.fixture(scope="session")
def document(served: Served) -> dict[str, Any]:
    """The API's own document."""
    found: dict[str, Any] = served.read("/openapi.json").json()
    return found


@pytest.fixture(scope="session")
def site(document: dict[str, Any]) -> Site:
    """The site without a server, to know what is in it."""
    return Site(document)
