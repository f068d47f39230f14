"""A client's connection, as uvicorn serves it, but for two things that it leaves to whoever serves streams."""

from asyncio import TimerHandle
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

PATIENCE_SECONDS: Final = 60.0
"""A client that takes nothing of its answer for so long is let go."""
LAST_SECONDS: Final = 1.0
"""When the server stops, a stream has so long to hand over what it has said already."""


class Connection(HttpToolsProtocol):
    """Ends streams when the server stops, and lets a client go that takes nothing."""

    _giving_up: TimerHandle | None = None

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
