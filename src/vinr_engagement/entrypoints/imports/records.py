"""Records: what a line (or the rows of one member) says, or why it cannot be read. Both formats give the same."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from vinr_engagement.entrypoints.imports.source import Source, too_long
from vinr_engagement.foundation import json
from vinr_engagement.foundation.errors import Invalid, Refusal

NESTING = 32
LARGEST_INTEGER = (1 << 53) - 1
_REFUSED = {"line", "error", "data"}


@dataclass(slots=True)
class Record:
    """One thing to import. ``line`` and ``position`` are where it ends, ``first`` the line where it begins.

    ``original`` goes to the file of refused lines: a JSON value, or the rows of a CSV file.
    """

    first: int
    line: int
    position: int
    value: Any
    original: Any
    refusal: Refusal | None = None


def ndjson_records(source: Source) -> Iterator[Record]:
    """A record for each line that is not blank; one that was refused before is taken out of its wrapping."""
    for raw in source.lines():
        text = raw.strip()
        if source.line == 1:
            text = text.removeprefix(b"\xef\xbb\xbf")
        if text:
            yield _ndjson_record(text, source, too_long(raw))


def _ndjson_record(text: bytes, source: Source, refusal: Refusal | None) -> Record:
    place = (source.line, source.line, source.position)
    if refusal is not None:
        return Record(*place, None, text.decode(errors="backslashreplace"), refusal)
    try:
        value = _unwrapped(_decoded(text))
    except Refusal as refused:
        return Record(*place, None, text.decode(errors="backslashreplace"), refused)
    return Record(*place, value, value, _unfit(value) if _is_suspicious(text) else None)


def _decoded(text: bytes | str) -> Any:
    try:
        return json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Invalid("json_invalid", f"The line is not JSON: {error}") from None


def _unwrapped(value: Any) -> Any:
    """What was refused before, where it comes back as it was written then, mended."""
    if isinstance(value, dict) and value.keys() == _REFUSED:
        value = value["data"]
        return _unwrapped(_decoded(value)) if isinstance(value, str) else value
    return value


def _is_suspicious(text: bytes) -> bool:
    """Whether a line may break a limit; nearly none may, so that the others are not walked."""
    return text.count(b"{") + text.count(b"[") > NESTING or b"\\u0000" in text or _LONG_NUMBER.search(text) is not None


_LONG_NUMBER = re.compile(rb"\d{16}|\d[eE][+-]?\d")


def _unfit(value: Any) -> Refusal | None:
    """The refusal of what the engine cannot hold: too deep, numbers beyond ±2^53, the character U+0000."""
    waiting = [(value, 1)]
    while waiting:
        found, depth = waiting.pop()
        if depth > NESTING:
            return Invalid("json_too_deep", f"The line nests deeper than {NESTING} levels.")
        if isinstance(found, dict):
            waiting.extend((child, depth + 1) for child in found.values())
            waiting.extend((name, depth) for name in found)
        elif isinstance(found, list):
            waiting.extend((child, depth + 1) for child in found)
        elif isinstance(found, str) and "\0" in found:
            return Invalid("parameter_invalid", "A text contains the character U+0000, which none may.")
        elif isinstance(found, int | float) and abs(found) > LARGEST_INTEGER:
            return Invalid("parameter_invalid", "Numbers must lie between −2^53 and 2^53.")
    return None
