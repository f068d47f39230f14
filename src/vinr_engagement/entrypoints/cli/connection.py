"""A client's connection, as uvicorn serves it, but for three things: how an answer is written, and two that it leaves to
whoever serves streams.
"""

from asyncio import AbstractEventLoop, BaseTransport, TimerHandle, Transport
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

PATIENCE_SECONDS: Final = 60.0
"""A client that takes nothing of its answer for so long is let go."""
LAST_SECONDS: Final = 1.0
"""When the server stops, a stream has so long to hand over what it has said already."""


class Together:
    """A transport that sends together what is written together: uvicorn writes an answer's head and its body one after the
    other, and each alone would be a system call, a packet, and a client that wakes up for half an answer.

    What is written alone goes out in the same turn of the event loop. All else is the transport's own.
    """

    def __init__(self, transport: Transport, loop: AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held = b""

    def write(self, data: bytes) -> None:
        """Sends what is held with this; where nothing is, holds this for what may follow at once."""
        if self._held:
            held, self._held = self._held, b""
            self._transport.write(held + data)
        elif data:
            self._held = data
            self._loop.call_soon(self._send)

    def close(self) -> None:
        """Sends what is held, then closes."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        if self._held:
            held, self._held = self._held, b""
            self._transport.write(held)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Connection(HttpToolsProtocol):
    """Writes an answer at once, ends streams when the server stops, and lets a client go that takes nothing."""

    _giving_up: TimerHandle | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        """A client came."""
        super().connection_made(Together(transport, self.loop))  # type: ignore[arg-type]

    def shutdown(self) -> None:
        """Told of every connection when the server begins to stop."""
        from vinr_engagement.entrypoints.api.door import EXCHANGE, STOPPING

        super().shutdown()
        self.app_state[STOPPING]()
        exchange: Any = self.scope and self.scope.get(EXCHANGE)
        if exchange is not None and exchange.lasting:
            self.loop.call_later(LAST_SECONDS, self.transport.abort)

    def pause_writing(self) -> None:
        """The client is behind."""
        super().pause_writing()
        self._giving_up = self.loop.call_later(PATIENCE_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """The client takes what there is."""
        super().resume_writing()
        self._forget()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        super().connection_lost(exc)
        self._forget()

    def _forget(self) -> None:
        if self._giving_up is not None:
            self._giving_up.cancel()
            self._giving_up = None
