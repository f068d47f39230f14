"""The dashboard before an application: its page and its files are answered here, all else is passed on."""

import asyncio
from pathlib import Path
from typing import Final

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from vinr_engagement.entrypoints.dashboard.bundle import Bundle
from vinr_engagement.entrypoints.pages import refuse_method, send, send_file

HOME: Final = "/dashboard"
STATIC: Final = f"{HOME}/static/"
_FOLDER: Final = Path(__file__).parent / "static"
_WORTH_PACKING: Final = 1_400
_PACKED_HOW_WELL: Final = 4
_SECRETS: Final = ("/v1/session", "/v1/invitations")


class Dashboard:
    """An application with the dashboard at ``/dashboard`` before it; ``/`` leads there. Files are read with the first request."""

    def __init__(self, app: ASGIApp, folder: Path = _FOLDER) -> None:
        self._app = app
        self._packing = GZipMiddleware(app, minimum_size=_WORTH_PACKING, compresslevel=_PACKED_HOW_WELL)
        self._folder = folder
        self._bundle: Bundle | None = None
        self._reading = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send_message: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send_message)
        elif not is_ours(scope["path"]):
            app = self._packing if asks_for_data(scope) else self._app
            await app(scope, receive, send_message)
        elif scope["method"] not in ("GET", "HEAD"):
            await refuse_method(send_message)
        elif scope["path"] == "/":
            await send(send_message, 307, b"", {"location": HOME, "cache-control": "no-store"})
        else:
            bundle = self._bundle or await self._read()
            await send_file(scope, send_message, bundle.file(scope["path"].removeprefix(HOME)))

    async def _read(self) -> Bundle:
        async with self._reading:
            if self._bundle is None:
                self._bundle = await asyncio.to_thread(Bundle.read, self._folder, STATIC)
        return self._bundle


def is_ours(path: str) -> bool:
    """Whether a path belongs to the dashboard."""
    return path in ("/", HOME) or path.startswith(f"{HOME}/")


def asks_for_data(scope: Scope) -> bool:
    """Whether the page asks the API for data, which is packed for it: lists shrink to a tenth.

    Answers with a secret of the session are not: from the size of what is packed with it, a secret can be guessed.
    """
    if scope["method"] != "GET" or not scope["path"].startswith("/v1/") or scope["path"].startswith(_SECRETS):
        return False
    headers = dict(scope["headers"])
    return headers.get(b"accept") == b"application/json" and b"cookie" in headers
