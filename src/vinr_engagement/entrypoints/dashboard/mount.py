"""The dashboard before an application: its page and its files are answered here, all else is passed on."""

import asyncio
from pathlib import Path
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from vinr_engagement.entrypoints.dashboard.bundle import Bundle
from vinr_engagement.entrypoints.pages import refuse_method, send, send_file

HOME: Final = "/dashboard"
STATIC: Final = f"{HOME}/static/"
_FOLDER: Final = Path(__file__).parent / "static"


class Dashboard:
    """An application with the dashboard at ``/dashboard`` before it; ``/`` leads there. Files are read with the first request."""

    def __init__(self, app: ASGIApp, folder: Path = _FOLDER) -> None:
        self._app = app
        self._folder = folder
        self._bundle: Bundle | None = None
        self._reading = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send_message: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http" or not is_ours(scope["path"]):
            await self._app(scope, receive, send_message)
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
