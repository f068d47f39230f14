"""A lean load: one epoll loop over keep-alive connections, prepared requests, next to no reading of the answers.

:func:`run` keeps every connection busy, :func:`steady` sends at a fixed rate. Both are bounded by their requests, and count
as a failure whatever was not answered with 200.
"""

import gc
import select
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

CONNECTIONS = 64
HOST = "127.0.0.1"
SILENCE_SECONDS = 60.0
"""A server that answers nothing for so long has failed."""
_READ_BYTES = 1 << 18
_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length: "


class LoadFailed(Exception):
    """The server went away, or fell silent."""


@dataclass
class Measured:
    """What a load saw. ``seconds`` is the wall time, ``latencies`` each answer's seconds, ``cpu`` the loop's own seconds.

    ``sent_at`` is, for a steady load, when each answered request was planned to be sent, in seconds from the start.
    """

    requests: int = 0
    failures: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    latencies: list[float] = field(default_factory=list)
    sent_at: list[float] = field(default_factory=list)
    wrong: bytes = b""
    """The first answer that was not as expected."""

    def percentile(self, share: float) -> float:
        """Seconds that this share of the requests took at most."""
        return percentile(self.latencies, share)


def percentile(values: Sequence[float], share: float) -> float:
    """What this share of the values is at most; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


class _Connection:
    __slots__ = ("answer", "needed", "sent_at", "socket", "unsent")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.answer = b""
        self.needed = 0
        self.unsent = b""
        self.sent_at = 0.0


class _Loop:
    """The connections, what they wait for, and what was measured."""

    def __init__(self, port: int, connections: int, expected: bytes) -> None:
        self.measured = Measured()
        self._expected = expected
        self._poll = select.epoll()
        self._by_file = {}
        for _ in range(connections):
            connection = _Connection(port)
            self._by_file[connection.socket.fileno()] = connection
            self._poll.register(connection.socket.fileno(), select.EPOLLIN)
        self.idle = deque(self._by_file.values())
        self._heard_at = time.monotonic()

    def send(self, connection: _Connection, request: bytes, at: float) -> None:
        """Sends a request on an idle connection; what the socket does not take follows when it does."""
        connection.sent_at = at
        sent = connection.socket.send(request)
        if sent < len(request):
            connection.unsent = request[sent:]
            self._poll.modify(connection.socket.fileno(), select.EPOLLIN | select.EPOLLOUT)

    def answered(self, timeout: float) -> list[_Connection]:
        """Connections whose answer is complete by now, waiting for the first one at most so long."""
        ready = []
        found = self._poll.poll(timeout)
        if found:
            self._heard_at = time.monotonic()
        elif time.monotonic() - self._heard_at > SILENCE_SECONDS:
            raise LoadFailed(f"no answer for {SILENCE_SECONDS:.0f} s after {self.measured.requests} requests")
        for file, events in found:
            connection = self._by_file[file]
            if events & select.EPOLLOUT:
                self._send_more(connection)
            if events & ~select.EPOLLOUT and self._read(connection):
                ready.append(connection)
        return ready

    def _send_more(self, connection: _Connection) -> None:
        sent = connection.socket.send(connection.unsent)
        connection.unsent = connection.unsent[sent:]
        if not connection.unsent:
            self._poll.modify(connection.socket.fileno(), select.EPOLLIN)

    def _read(self, connection: _Connection) -> bool:
        try:
            data = connection.socket.recv(_READ_BYTES)
        except OSError as error:
            raise LoadFailed(f"a connection broke: {error}") from error
        if not data:
            raise LoadFailed("the server closed a connection")
        answer = connection.answer + data if connection.answer else data
        needed = connection.needed or _total_length(answer)
        if not needed or len(answer) < needed:
            connection.answer, connection.needed = answer, needed
            return False
        measured = self.measured
        measured.requests += 1
        if not answer.startswith(b"HTTP/1.1 200") or self._expected not in answer:
            measured.failures += 1
            measured.wrong = measured.wrong or answer[:2_000]
        connection.answer, connection.needed = b"", 0
        return True

    def let_go(self, connection: _Connection) -> None:
        """Closes a connection that has nothing more to do: kept open, the server would, once it has idled for long enough."""
        del self._by_file[connection.socket.fileno()]
        self._poll.unregister(connection.socket.fileno())
        connection.socket.close()

    def close(self) -> None:
        """Lets go of every connection."""
        for connection in self._by_file.values():
            connection.socket.close()
        self._poll.close()


def _total_length(answer: bytes) -> int:
    """Bytes of head and body together; 0 while the head is incomplete."""
    end = answer.find(_END_OF_HEAD)
    if end < 0:
        return 0
    at = answer.find(_LENGTH, 0, end)
    if at < 0:
        raise LoadFailed(f"an answer without content-length: {answer[:end]!r}")
    at += len(_LENGTH)
    return end + len(_END_OF_HEAD) + int(answer[at : answer.find(b"\r", at)])


@contextmanager
def _timed(measured: Measured) -> Iterator[None]:
    """Wall time and CPU of the block, without the garbage collector in between."""
    gc.disable()
    cpu, started = time.process_time(), time.perf_counter()
    try:
        yield
    finally:
        measured.seconds = time.perf_counter() - started
        measured.cpu = time.process_time() - cpu
        gc.enable()


def run(port: int, requests: Sequence[bytes], connections: int = CONNECTIONS, expected: bytes = b"") -> Measured:
    """Sends all requests, each connection its next one as soon as its last was answered.

    An answer is a failure unless it is 200 and holds ``expected``. Raises ``LoadFailed`` if the server goes away.
    """
    loop = _Loop(port, min(connections, len(requests)), expected)
    measured, waiting, now = loop.measured, iter(requests), time.perf_counter
    latencies, send = measured.latencies, loop.send
    try:
        with _timed(measured):
            for connection in loop.idle:
                send(connection, next(waiting), now())
            while measured.requests < len(requests):
                answered = loop.answered(1.0)
                at = now()
                for connection in answered:
                    latencies.append(at - connection.sent_at)
                    request = next(waiting, None)
                    if request is None:
                        loop.let_go(connection)
                    else:
                        send(connection, request, at)
    finally:
        loop.close()
    return measured


def steady(
    port: int,
    requests: Iterator[bytes],
    rate: float,
    seconds: float,
    stop: Callable[[], bool] = lambda: False,
    connections: int = CONNECTIONS,
) -> Measured:
    """Sends ``rate`` requests a second for so long (or until ``stop``), whether or not the former ones were answered.

    Each latency counts from the planned time, so a stall is seen by every request that it holds up.
    """
    loop = _Loop(port, connections, b"")
    measured, idle, now = loop.measured, loop.idle, time.perf_counter
    last, sent = int(rate * seconds), 0
    try:
        with _timed(measured):
            started = now()
            while sent < last or len(idle) < connections:
                if stop():
                    last = sent
                at = now()
                while idle and sent < last and started + sent / rate <= at:
                    loop.send(idle.popleft(), next(requests), started + sent / rate)
                    sent += 1
                planned = started + sent / rate - now()
                answered = loop.answered(max(0.0, min(0.1, planned)) if idle and sent < last else 0.1)
                at = now()
                for connection in answered:
                    measured.latencies.append(at - connection.sent_at)
                    measured.sent_at.append(connection.sent_at - started)
                    idle.append(connection)
    finally:
        loop.close()
    return measured


def request(method: str, path: str, key: str, body: bytes = b"") -> bytes:
    """One prepared HTTP/1.1 request."""
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nX-Api-Key: {key}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
