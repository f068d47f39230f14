"""The site before an application: pages are answered here, all else is passed on."""

import asyncio
import re
from collections.abc import Callable
from typing import Any, Final, Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vinr_engagement.entrypoints.docs.place import Place
from vinr_engagement.entrypoints.pages import File, refuse_method, send_file
from vinr_engagement.entrypoints.pages import send as answer
from vinr_engagement.foundation import json

HOME: Final = "/docs"
SITEMAP: Final = "/sitemap.xml"
_AT_THE_ROOT: Final = frozenset(("/llms.txt", "/llms-full.txt", SITEMAP, "/docs.md"))
_HOST: Final = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}")


class Files(Protocol):
    """What a mounted site answers by: see ``Site``."""

    place: Place

    def kept(self, address: str) -> File | None: ...
    def get(self, address: str) -> File | None: ...
    def missing(self) -> File: ...
    def sitemap(self, place: Place) -> File: ...


class Docs:
    """An application with the documentation at ``/docs`` before it.

    ``open_site`` is called with the API's own document when a page is first asked for.
    """

    def __init__(self, app: ASGIApp, open_site: Callable[[dict[str, Any]], Files]) -> None:
        self._app = app
        self._open = open_site
        self._site: Files | None = None
        self._opening = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http" or not is_ours(scope["path"]):
            await self._app(scope, receive, send)
            return
        if scope["method"] not in ("GET", "HEAD"):
            await refuse_method(send)
            return
        await self._answer(scope, send)

    async def _answer(self, scope: Scope, send: Send) -> None:
        path = scope["path"]
        if path != "/" and path.endswith("/"):
            await answer(send, 308, b"", {"location": path.rstrip("/")})
            return
        headers = dict(scope["headers"])
        site = self._site or await self._opened(scope)
        file = await _found(site, _preferred(path, headers), scope)
        await send_file(scope, send, file or await asyncio.to_thread(site.missing), varies=True)

    async def _opened(self, scope: Scope) -> Files:
        async with self._opening:
            if self._site is None:
                document = await ask(self._app, "/openapi.json", scope)
                self._site = await asyncio.to_thread(self._open, document)
        return self._site


def is_ours(path: str) -> bool:
    """Whether a path belongs to the site."""
    return path.startswith("/docs/") or path == HOME or path in _AT_THE_ROOT


async def _found(site: Files, path: str, scope: Scope) -> File | None:
    """What is there; what has to be made first is made in a thread, so that other requests do not wait for it."""
    if path == SITEMAP:
        return await asyncio.to_thread(site.sitemap, site.place if site.place.origin else _place_of(scope))
    return site.kept(path) or await asyncio.to_thread(site.get, path)


def _place_of(scope: Scope) -> Place:
    """Where the request found the site."""
    host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    return Place(f"{scope['scheme']}://{host}") if _HOST.fullmatch(host) else Place()


def _preferred(path: str, headers: dict[bytes, bytes]) -> str:
    """The Markdown of a page, where that is what was asked for."""
    accepted = headers.get(b"accept", b"")
    wants_markdown = b"text/markdown" in accepted and b"text/html" not in accepted
    is_page = path.startswith(HOME) and "." not in path.rpartition("/")[2]
    return f"{path}.md" if wants_markdown and is_page else path


async def ask(app: ASGIApp, path: str, scope: Scope | None = None) -> dict[str, Any]:
    """What an application answers in JSON to a GET, without a network between."""
    received = bytearray()

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def take(message: Message) -> None:
        received.extend(message.get("body", b""))

    asked = {
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [],
        "root_path": "",
    }
    known = scope or {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http"}
    await app({**known, **asked}, receive, take)
    found: dict[str, Any] = json.decode(bytes(received))
    return found
