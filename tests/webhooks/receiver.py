"""A receiver of webhooks on this machine: a real HTTP server that remembers what came and answers as it is told."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

REASONS = {200: "OK", 204: "No Content", 302: "Found", 410: "Gone", 429: "Too Many Requests", 500: "No", 503: "Later"}


@dataclass
class Delivery:
    """One request as it came; header names in lower case. ``at`` and ``until`` are seconds of one clock."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float
    until: float = 0.0

    @property
    def event(self) -> Any:
        """The event in it."""
        return json.loads(self.body)

    @property
    def id(self) -> str:
        """The event's id."""
        return self.headers["webhook-id"]


@dataclass
class Answer:
    """What is answered, after so many seconds; ``raw`` in place of all of it."""

    status: int = 200
    body: bytes = b"ok"
    headers: dict[str, str] = field(default_factory=dict)
    after: float = 0.0
    raw: bytes | None = None

    def bytes(self) -> bytes:
        """As it goes out."""
        if self.raw is not None:
            return self.raw
        lines = [f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'X')}", f"Content-Length: {len(self.body)}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


class Receiver:
    """Listens on a port of its own; ``answer`` says what each delivery gets."""

    def __init__(self) -> None:
        self.port = 0
        self.came: list[Delivery] = []
        self.answer: Callable[[Delivery], Answer] = lambda _: Answer()
        self.connections = 0
        self.at_once = 0
        self.most_at_once = 0
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hooks"

    @property
    def ids(self) -> list[str]:
        """The ids of the events that came, in order."""
        return [delivery.id for delivery in self.came]

    def numbers(self, account: str) -> list[int]:
        """The sequence numbers of an account's events as they came."""
        return [each.event["account_sequence"] for each in self.came if each.event["account"] == account]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, with as many requests as it brings."""
        self.connections += 1
        self._open.add(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                delivery = await _read(reader)
                await self._take(delivery, writer)
        writer.close()
        self._open.discard(writer)

    async def _take(self, delivery: Delivery, writer: asyncio.StreamWriter) -> None:
        self.came.append(delivery)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        answer = self.answer(delivery)
        try:
            if answer.after:
                await asyncio.sleep(answer.after)
            writer.write(answer.bytes())
            await writer.drain()
        finally:
            self.at_once -= 1
            delivery.until = time.monotonic()

    def hang_up(self) -> None:
        """Ends every connection."""
        for writer in list(self._open):
            writer.transport.abort()


async def _read(reader: asyncio.StreamReader) -> Delivery:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Delivery(first.split(" ")[1], headers, body, time.monotonic())


@asynccontextmanager
async def receiving(port: int = 0) -> AsyncIterator[Receiver]:
    """A receiver for as long as the block runs."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", port)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        receiver.hang_up()
        await server.wait_closed()
