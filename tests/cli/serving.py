"""Talking to a server that a test started."""

import json
import re
import urllib.request
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
