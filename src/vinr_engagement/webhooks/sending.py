"""One attempt over HTTP: to a checked address, within five seconds, without redirects, proxies or cookies."""

import asyncio
import ssl
import time
from collections.abc import Iterable
from contextlib import aclosing
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, cast
from urllib.parse import urlsplit

import httpcore2

from vinr_engagement import __version__
from vinr_engagement.foundation.clock import SECOND, Instant, instant_of
from vinr_engagement.webhooks.deliveries import RESPONSE_BYTES, Outcome
from vinr_engagement.webhooks.resolving import AddressRefused, open_addresses

ATTEMPT_SECONDS: Final = 5.0
"""For all of an attempt: the name, the connection, the request and the answer."""
CONNECTIONS: Final = 16
"""To one endpoint at a time, from the one process that works on it."""
IDLE_SECONDS: Final = 20.0
READ_BYTES: Final = 65_536
"""An answer that is longer is not read on; its connection is closed."""
_LONGEST_DETAIL: Final = 300
_WAIT: Final = frozenset((429, 503))


class _CheckedNetwork(httpcore2.AsyncNetworkBackend):
    """Connects to the address that was checked itself: nobody asks for the name a second time."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._network = cast(httpcore2.AsyncNetworkBackend, httpcore2.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        fault: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in await open_addresses(host, port, allow_private=self._allow_private):
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                fault = error
        raise fault


class Sender:
    """Sends to one URL, over connections that it keeps; close it in the end."""

    def __init__(self, url: str, *, allow_private: bool, tls: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self.url = url
        self._url = httpcore2.URL(scheme=parts.scheme, host=host, port=port, target=target)
        self._headers = {
            "Host": parts.netloc.rpartition("@")[2],
            "Content-Type": "application/json",
            "Accept": "*/*",
            "User-Agent": f"VINR-Engagement/{__version__}",
        }
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=tls or (httpcore2.default_ssl_context() if parts.scheme == "https" else None),
            max_connections=CONNECTIONS,
            max_keepalive_connections=CONNECTIONS,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=_CheckedNetwork(allow_private=allow_private),
        )

    async def send(self, body: bytes, headers: dict[str, str], at: Instant) -> Outcome:
        """What came of sending this now, which is ``at`` in real time. Never raises but when it is cancelled."""
        started = time.perf_counter()
        found: dict[str, Any]
        try:
            async with asyncio.timeout(ATTEMPT_SECONDS):
                found = await self._exchange(body, {**self._headers, **headers}, at)
        except (TimeoutError, httpcore2.TimeoutException):
            found = {"error": "timeout", "detail": f"no complete answer within {ATTEMPT_SECONDS:g} seconds"}
        except AddressRefused as error:
            found = {"error": "address_refused", "detail": _cut(str(error))}
        except Exception as error:  # noqa: BLE001 (whatever is wrong with a receiver, the others are delivered to)
            found = {"error": "connection_failed", "detail": _cut(f"{type(error).__name__}: {error}")}
        return Outcome(at=at, duration_ms=round((time.perf_counter() - started) * 1_000), **found)

    async def _exchange(self, body: bytes, headers: dict[str, str], at: Instant) -> dict[str, Any]:
        async with self._pool.stream("POST", self._url, headers=list(headers.items()), content=body) as response:
            answer = await _read(response)
        found: dict[str, Any] = {"http_status": response.status, "response": answer}
        if 200 <= response.status < 300:
            return found
        kind = "redirected" if 300 <= response.status < 400 else "http_error"
        retry_after = _retry_after(response.headers, at) if response.status in _WAIT else None
        return {**found, "error": kind, "detail": f"HTTP {response.status}", "retry_after": retry_after}

    async def aclose(self) -> None:
        """Lets go of the connections."""
        await self._pool.aclose()


async def _read(response: httpcore2.Response) -> str:
    """The beginning of an answer, as text; all of it is read where it is short, so that the connection can be used again."""
    kept, size = bytearray(), 0
    async with aclosing(response.aiter_stream()) as chunks:
        async for chunk in chunks:
            kept += chunk[: RESPONSE_BYTES - len(kept)]
            size += len(chunk)
            if size > READ_BYTES:
                break
    return kept.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _retry_after(headers: list[tuple[bytes, bytes]], now: Instant) -> Instant | None:
    """The pause that an answer asks for, in seconds or as a date; ``None`` for none that can be understood."""
    told = next((value.decode("latin-1").strip() for name, value in headers if name.lower() == b"retry-after"), "")
    if told.isascii() and told.isdecimal():
        return min(int(told[:9]), 10**8) * SECOND
    try:
        moment = parsedate_to_datetime(told)
        return max(0, instant_of(_aware(moment)) - now)
    except (ValueError, TypeError, OverflowError):
        return None


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _cut(text: str) -> str:
    return text.replace("\0", "")[:_LONGEST_DETAIL]
