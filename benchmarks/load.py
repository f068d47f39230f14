"""A lean load: keep-alive connections that each send the next prepared request as soon as the last was answered."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

CONNECTIONS = 64
HOST = "127.0.0.1"


@dataclass
class Measured:
    """What a load saw. ``seconds`` is the wall time, ``latencies`` each request's seconds."""

    requests: int = 0
    failures: int = 0
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """Seconds that this share of the requests took at most."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


class _Connection(asyncio.Protocol):
    def __init__(self, requests: Iterator[bytes], measured: Measured, done: "asyncio.Future[None]") -> None:
        self._requests = requests
        self._measured = measured
        self._done = done
        self._answer = b""
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._answer = self._answer + data if self._answer else data
        head, separator, body = self._answer.partition(b"\r\n\r\n")
        if not separator or len(body) < _length(head):
            return
        self._measured.requests += 1
        self._measured.latencies.append(time.perf_counter() - self._sent_at)
        if not head.startswith(b"HTTP/1.1 200"):
            self._measured.failures += 1
        self._answer = b""
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._measured.failures += 1
            self._done.set_result(None)

    def _send(self) -> None:
        assert self._transport is not None
        request = next(self._requests, None)
        if request is None:
            if not self._done.done():
                self._done.set_result(None)
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def run(port: int, requests: list[bytes], connections: int = CONNECTIONS) -> Measured:
    """Sends all requests over keep-alive connections to this machine; bounded by their number."""
    loop = asyncio.get_running_loop()
    measured = Measured()
    waiting = iter(requests)
    dones: list[asyncio.Future[None]] = []
    started = time.perf_counter()
    for _ in range(min(connections, len(requests))):
        done: asyncio.Future[None] = loop.create_future()
        dones.append(done)
        await loop.create_connection(lambda done=done: _Connection(waiting, measured, done), HOST, port)  # type: ignore[misc]
    await asyncio.gather(*dones)
    measured.seconds = time.perf_counter() - started
    return measured


def request(method: str, path: str, key: str, body: bytes = b"") -> bytes:
    """One prepared HTTP/1.1 request."""
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nX-Api-Key: {key}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
