"""What the example requests were answered: recorded from a real server, held against one by the tests."""

import re
from functools import cache
from pathlib import Path
from typing import Any, Final

from vinr_engagement.foundation import json

PLACE: Final = Path(__file__).with_name("answers.json")
MOST_LISTED: Final = 2
"""Of longer lists no more is shown."""
_SECRET: Final = re.compile(r"\b((?:sk|rk)_(?:test|live)_|whsec_|invitation#)[\w+/=-]+")


@cache
def recorded() -> dict[str, Any]:
    """The answers by the id of their operation."""
    found: dict[str, Any] = json.decode(PLACE.read_bytes()) if PLACE.exists() else {}
    return found


def shortened(value: Any) -> Any:
    """An answer as it is shown: lists cut, secrets left out."""
    if isinstance(value, dict):
        return {name: shortened(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shortened(each) for each in value[:MOST_LISTED]]
    return _SECRET.sub(r"\1…", value) if isinstance(value, str) else value


def alike(one: Any, other: Any) -> bool:
    """Whether two answers have the same fields, as far as both go: not the same values."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return not one or not other or alike(one[0], other[0])
    return one is None or other is None or type(one) is type(other)
