"""Words for faults: the nearest known name, and what a value is."""

import re
from collections.abc import Collection
from difflib import get_close_matches
from typing import Any, Final

from vinr_engagement.entrypoints.api.errors import Fault
from vinr_engagement.foundation import json

_HUMP: Final = re.compile(r"(?<=[a-z0-9])([A-Z])")
_KINDS: Final = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a text",
    dict: "an object",
    list: "a list",
}
_LISTED: Final = 24


def kind_of(value: Any) -> str:
    """What a JSON value is."""
    return "null" if value is None else _KINDS.get(type(value), "something else")


def quote(value: Any) -> str:
    """A value as JSON, cut at 60 characters."""
    text = json.text(value)
    return text if len(text) <= 60 else text[:59] + "…"


def nearest(name: str, known: Collection[str]) -> str | None:
    """The known name that was meant; a camelCase spelling is recognised."""
    snake = _HUMP.sub(r"_\1", name[:100]).lower()
    if snake in known:
        return snake
    close = get_close_matches(snake, known, n=1, cutoff=0.6)
    return close[0] if close else None


def hint(name: str, known: Collection[str]) -> str:
    """`` Did you mean "program"?``, or the known names where nothing is near."""
    meant = nearest(name, known)
    if meant is not None:
        return f' Did you mean "{meant}"?'
    if not known:
        return ""
    return f" Known are {', '.join(sorted(known))}." if len(known) <= _LISTED else ""


def unknown_field(name: str, param: str, known: Collection[str], where: str) -> Fault:
    """The refusal of a field that does not exist."""
    return Fault("parameter_unknown", f"There is no {quote(name)} in {where}.{hint(name, known)}", param=param[:200])
