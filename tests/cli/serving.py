"""Talking to a server that a test started."""

import json
import re
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def fetch(url: str, key: str = "", body: Any = None) -> Any:
    """The JSON of an answer, which must be 200."""
    headers = {"X-Api-Key": key, "Content-Type": "application/json"}
    request = urllib.request.Request(url, None if body is None else json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def url_in(printed: str) -> str:
    """Where a server says that it serves."""
    found = re.search(r"http://127\.0\.0\.1:\d+", printed)
    assert found
    return found[0]


def payment(identifier: str) -> dict[str, Any]:
    """A completed payment of ten pounds."""
    body = {"id": f"pay_{identifier}", "amount": 1_000, "currency": "GBP", "customer": "cust_ada"}
    return {
        "id": identifier,
        "type": "payment.completed",
        "created_at": "2026-04-01T12:00:00Z",
        "data": {"object": body},
    }


@contextmanager
def half_sent(port: int, key: str) -> Iterator[tuple[socket.socket, bytes]]:
    """A connection that has sent a part of a batch of 100 payments, and the rest of it."""
    body = json.dumps({"events": [payment(f"evt_{number}") for number in range(100)]}).encode()
    head = f"POST /v1/events/batch HTTP/1.1\r\nHost: vinr\r\nX-Api-Key: {key}\r\nContent-Type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=30) as sender:
        sender.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:1_000])
        yield sender, body[1_000:]
