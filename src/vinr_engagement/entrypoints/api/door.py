"""The outermost callable: admits a request, hands it to the event intake or to FastAPI, and answers what goes wrong."""

import re
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vinr_engagement.entrypoints.api.body import Disconnected
from vinr_engagement.entrypoints.api.errors import ErrorWriter, Fault, as_refusal
from vinr_engagement.entrypoints.api.exchange import API_VERSION, Exchange
from vinr_engagement.entrypoints.api.gate import Gate
from vinr_engagement.entrypoints.api.observe import Observer

EXCHANGE: Final = "vinr.exchange"
STOPPING: Final = "vinr.stopping"
"""In the state of the lifespan: what to call when the server is told to stop, before it waits for answers to end."""
_JSON: Final = (b"content-type", b"application/json")
_VERSION: Final = (b"vinr-version", API_VERSION.encode())
_NOT_KEPT: Final = (b"cache-control", b"no-store")
_REPLAYED: Final = (b"idempotent-replayed", b"true")
CLIENT_CLOSED: Final = 499
_PLAIN_ID: Final = re.compile("[a-z]{2,10}_[0-9a-z]{1,100}")
_OPERATION: Final = frozenset(("/healthz", "/readyz", "/metrics", "/openapi.json"))

Hot = Callable[[Exchange, Receive], Awaitable[tuple[int, bytes, bool]]]
"""A route outside FastAPI: answers a status, a JSON body, and whether that is a first answer again."""


class Door:
    """The ASGI application."""

    def __init__(self, api: ASGIApp, gate: Gate, observer: Observer, writer: ErrorWriter) -> None:
        self._api = api
        self._gate = gate
        self._observer = observer
        self._writer = writer
        self._hot: dict[str, Hot] = {}
        self._glances: list[tuple[str, str, Hot]] = []
        self._open: dict[str, tuple[Callable[[str], bool], Hot]] = {}
        self._stopping: Callable[[], None] = lambda: None

    def add_hot(self, path: str, route: Hot) -> None:
        """Has POSTs to exactly this path answered by ``route``."""
        self._hot[path] = route

    def add_glance(self, path: str, named: str, route: Hot) -> None:
        """Has GETs of ids under this path, without a query, answered by ``route``, which is ``named`` so in logs."""
        self._glances.append((path, named, route))

    def add_open(self, named: str, is_here: Callable[[str], bool], route: Hot) -> None:
        """Has POSTs to the paths of this route answered without an API key: ``route`` finds out by itself who asks."""
        self._open[named] = (is_here, route)

    def when_stopping(self, end: Callable[[], None]) -> None:
        """Has ``end`` called when the server is told to stop: it ends what would go on for ever."""
        self._stopping = end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            scope.get("state", {})[STOPPING] = self._stopping
            await self._api(scope, receive, send)
            self._observer.flush()
            return
        exchange = Exchange(scope)
        try:
            await self._answer(exchange, scope, receive, send)
        except Disconnected:
            exchange.status = CLIENT_CLOSED
        except Exception as error:  # noqa: BLE001 (the last resort: whatever it is, the caller gets an answer)
            await self._refuse(exchange, error, send)
        finally:
            self._observer.answered(exchange)

    async def _answer(self, exchange: Exchange, scope: Scope, receive: Receive, send: Send) -> None:
        hot = self._hot_route(exchange, scope)
        if hot is not None:
            if exchange.route not in self._open:
                await self._gate.admit(exchange)
            status, body, replayed = await hot(exchange, receive)
            await _send(exchange, send, status, body, (_REPLAYED,) if replayed else ())
            return
        if "\0" in exchange.path:
            raise Fault("path_unknown", "There is nothing at this path: it contains the character U+0000.")
        if exchange.path in _OPERATION:
            exchange.route = exchange.path
        if exchange.path.startswith("/v1/") or exchange.path == "/v1":
            await self._gate.admit(exchange)
        scope[EXCHANGE] = exchange
        await self._api(scope, receive, _with_headers(exchange, send))

    def _hot_route(self, exchange: Exchange, scope: Scope) -> Hot | None:
        path = exchange.path
        if exchange.method == "POST" and path in self._hot:
            exchange.route = path
            return self._hot[path]
        if exchange.method == "POST":
            for named, (is_here, route) in self._open.items():
                if is_here(path):
                    exchange.route = named
                    return route
        if exchange.method == "GET" and not scope["query_string"]:
            for under, named, route in self._glances:
                rest = path.removeprefix(under)
                if rest != path and _PLAIN_ID.fullmatch(rest):
                    exchange.route = named
                    return route
        return None

    async def _refuse(self, exchange: Exchange, error: Exception, send: Send) -> None:
        if exchange.status:  # The answer had begun: nothing can be taken back.
            if exchange.outcome is None:
                self._observer.failed(exchange, error)
            return
        status, body, headers = refused(exchange, error, self._writer, self._observer)
        await _send(
            exchange, send, status, body, tuple((name.encode(), text.encode()) for name, text in headers.items())
        )


def refused(
    exchange: Exchange, error: BaseException, writer: ErrorWriter, observer: Observer
) -> tuple[int, bytes, dict[str, str]]:
    """Status, body and headers of the answer to a request that failed; what is our own fault is logged with its cause."""
    refusal = as_refusal(error)
    status, body, headers = writer.answer(refusal, exchange.request_id)
    if status >= 500:
        observer.failed(exchange, error)
    exchange.outcome = refusal.code
    return status, body, headers


async def _send(
    exchange: Exchange, send: Send, status: int, body: bytes, more: tuple[tuple[bytes, bytes], ...] = ()
) -> None:
    exchange.status = status
    headers = [
        _JSON,
        _VERSION,
        (b"content-length", b"%d" % len(body)),
        (b"x-request-id", exchange.request_id.encode()),
        *(() if status == 429 else exchange.rate_headers),
        *((_NOT_KEPT,) if exchange.personal else ()),
        *more,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _with_headers(exchange: Exchange, send: Send) -> Send:
    """What every answer of FastAPI carries besides its own headers."""

    async def decorated(message: Message) -> None:
        if message["type"] == "http.response.start":
            exchange.status = message["status"]
            extra = [_VERSION, (b"x-request-id", exchange.request_id.encode()), *exchange.rate_headers]
            own = [*message.get("headers", ())]
            if exchange.personal:
                own = [*(each for each in own if each[0] != _NOT_KEPT[0]), _NOT_KEPT]
            message = {**message, "headers": [*own, *extra]}
        await send(message)

    return decorated
