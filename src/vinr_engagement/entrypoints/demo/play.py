"""Playing events through the API's own intake: real requests to the real application, without a network between."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from starlette.types import ASGIApp, Message, Scope

from vinr_engagement.entrypoints.demo.year import Event
from vinr_engagement.foundation import json

EVENTS_A_REQUEST: Final = 500
_PATH: Final = "/v1/events/batch"


class Refused(Exception):
    """The API did not take what it was sent."""


async def play(app: ASGIApp, key: str, events: Sequence[Event], advance: Callable[[int], None]) -> None:
    """Posts the events in their order, a batch after the other; ``advance`` is told how many each one had.

    Raises ``Refused`` at the first event that is not taken.
    """
    for start in range(0, len(events), EVENTS_A_REQUEST):
        batch = events[start : start + EVENTS_A_REQUEST]
        status, body = await post(app, _PATH, key, {"events": batch})
        if status != 200:
            raise Refused(f"{_PATH} answered {status}: {body}")
        for event, answer in zip(batch, body["data"], strict=True):
            if answer["status"] != 200:
                raise Refused(f"event {event['id']} was refused: {answer['error']['message']}")
        advance(len(batch))


async def post(app: ASGIApp, path: str, key: str, body: Any) -> tuple[int, Any]:
    """Sends one request with a JSON body; answers the status and the JSON of the answer."""
    sent, received = json.encode(body), bytearray()
    status = 0

    async def receive() -> Message:
        return {"type": "http.request", "body": sent, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            received.extend(message.get("body", b""))

    await app(_scope(path, key, len(sent)), receive, send)
    return status, json.decode(bytes(received))


def _scope(path: str, key: str, length: int) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [
            (b"host", b"demo"),
            (b"content-type", b"application/json"),
            (b"content-length", str(length).encode()),
            (b"x-api-key", key.encode()),
        ],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 80),
    }
