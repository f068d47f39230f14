"""The API's own door: real requests to the real application, without a network between."""

from typing import Any

from starlette.types import ASGIApp, Message, Scope

from vinr_engagement.foundation import json


class Refused(Exception):
    """The API did not take what it was sent."""


class Door:
    """An application, and a key to it."""

    def __init__(self, app: ASGIApp, key: str) -> None:
        self._app = app
        self._key = key

    async def send(self, method: str, path: str, body: Any) -> Any:
        """Sends one request with a JSON body; answers the JSON of the answer. Raises ``Refused`` unless it is a success."""
        sent, received = json.encode(body), bytearray()
        status = 0

        async def receive() -> Message:
            return {"type": "http.request", "body": sent, "more_body": False}

        async def answer_with(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                received.extend(message.get("body", b""))

        await self._app(self._scope(method, path, len(sent)), receive, answer_with)
        answer = json.decode(bytes(received))
        if not 200 <= status < 300:
            raise Refused(f"{method} {path} answered {status}: {answer}")
        return answer

    def _scope(self, method: str, path: str, length: int) -> Scope:
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [
                (b"host", b"demo"),
                (b"content-type", b"application/json"),
                (b"content-length", str(length).encode()),
                (b"x-api-key", self._key.encode()),
            ],
            "client": ("127.0.0.1", 0),
            "server": ("127.0.0.1", 80),
        }
