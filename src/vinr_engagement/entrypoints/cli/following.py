"""Following a server's stream of events: connecting, and going on from the last place when the connection is lost."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import Any, Final

import httpx2

from vinr_engagement.entrypoints.cli.faults import CommandFailed

PATH: Final = "/v1/events/stream"
SILENCE_SECONDS: Final = 45.0
"""A server says something every 15 seconds; one that is silent for so long is gone."""
SHORTEST_PAUSE_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 10.0
_TIMEOUT: Final = httpx2.Timeout(10.0, read=SILENCE_SECONDS)
_MENDED_BY_TIME: Final = frozenset((429, 500, 502, 503, 504))

Event = httpx2.ServerSentEvent


class _Lost(Exception):
    """The connection ended, or there was none; ``str`` says why."""


class Follower:
    """Follows one stream. ``say`` is told in a line whenever the connection comes or goes."""

    def __init__(self, base_url: str, api_key: str, query: Mapping[str, str], say: Callable[[str], None]) -> None:
        self._base_url = base_url.rstrip("/")
        self._headers = {"x-api-key": api_key, "accept": "text/event-stream"}
        self._query = dict(query)
        self._say = say
        self._place: str | None = None
        self._connected = False
        self._failures = 0

    async def events(self) -> AsyncGenerator[Event, None]:
        """Every event from now on, for ever. Raises ``CommandFailed`` for a server out of reach and for what it refuses."""
        async with httpx2.AsyncClient(timeout=_TIMEOUT) as client:
            while True:
                try:
                    async with aclosing(self._connection(client)) as arriving:
                        async for event in arriving:
                            yield event
                    lost = "the server ended the stream"
                except _Lost as error:
                    lost = str(error)
                await self._pause(lost)

    async def _connection(self, client: httpx2.AsyncClient) -> AsyncGenerator[Event, None]:
        """The events of one connection; keeps the last place. Raises ``_Lost``."""
        headers = self._headers if self._place is None else {**self._headers, "last-event-id": self._place}
        try:
            async with client.stream("GET", self._base_url + PATH, params=self._query, headers=headers) as answer:
                await self._check(answer)
                async for event in httpx2.EventSource(answer):
                    self._place, self._failures = event.id or self._place, 0
                    if event.data:
                        yield event
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
            raise CommandFailed(f"--base-url {self._base_url!r} is no URL of a server: {error}.") from error
        except httpx2.TransportError as error:
            raise self._unreachable(error) from error

    async def _check(self, answer: httpx2.Response) -> None:
        if answer.status_code == 200:
            self._say(f"{'Connected again' if self._connected else 'Connected'} to {self._base_url}.")
            self._connected = True
            return
        message = _message_of(answer.status_code, await answer.aread())
        if answer.status_code == 410:
            self._place = None
            raise _Lost(f"{message} Going on from now")
        if self._connected and answer.status_code in _MENDED_BY_TIME:
            raise _Lost(f"the server answered {answer.status_code}")
        raise CommandFailed(message)

    def _unreachable(self, error: httpx2.TransportError) -> Exception:
        reason = str(error) or type(error).__name__
        if self._connected:
            return _Lost(reason)
        return CommandFailed(f"Cannot reach {self._base_url}: {reason}. Is `vinr serve` running there? See --base-url.")

    async def _pause(self, lost: str) -> None:
        seconds = min(LONGEST_PAUSE_SECONDS, SHORTEST_PAUSE_SECONDS * 2**self._failures)
        self._failures = min(self._failures + 1, 10)
        self._say(f"Disconnected: {lost}. Trying again in {seconds:g} s.")
        await asyncio.sleep(seconds)


def _message_of(status: int, body: bytes) -> str:
    """What the server says is wrong; only its status, where it is no server of ours."""
    from vinr_engagement.foundation import json

    try:
        error: Any = json.decode(body)["error"]
        return f"{error['message']} ({error['code']})"
    except (ValueError, LookupError, TypeError):
        return f"The server answered {status}: is it a server of VINR Engagement? See --base-url."
