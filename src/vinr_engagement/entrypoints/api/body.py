"""Reading the body of a request: its size, its media type, its JSON, and what no JSON of ours may contain."""

import json as standard_json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import msgspec
from starlette.types import Receive

from vinr_engagement.entrypoints.api import limits
from vinr_engagement.entrypoints.api.errors import Fault
from vinr_engagement.foundation import json

_SHAPE: Final = bytes.maketrans(b"123456789E", b"000000000e")
"""Makes digits alike, so that long numbers are found by plain search: many times as fast as a pattern."""
_LARGE_NUMBERS: Final = (b"0" * 16, b"0e0", b"0e+0")
_NUL: Final = b"\\u0000"
_LARGEST: Final = limits.LARGEST_INTEGER
_PLAIN_NAME: Final = re.compile(r"[\w-]+")


class Disconnected(Exception):
    """The client went away before its request was complete."""


async def read_body(receive: Receive, headers: Mapping[bytes, bytes], most: int) -> bytes:
    """The whole body. Raises ``Fault`` (``body_too_large``) beyond ``most`` bytes, before reading on."""
    declared = headers.get(b"content-length")
    if declared is not None and declared.isdigit() and int(declared) > most:
        raise _too_large(most)
    message = await receive()
    if message["type"] != "http.request":
        raise Disconnected
    chunk: bytes = message.get("body", b"")
    if not message.get("more_body", False):
        if len(chunk) > most:
            raise _too_large(most)
        return chunk
    return await _read_on(receive, chunk, most)


async def _read_on(receive: Receive, first: bytes, most: int) -> bytes:
    chunks, size, more = [first], len(first), True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise Disconnected
        chunk = message.get("body", b"")
        chunks.append(chunk)
        size += len(chunk)
        if size > most:
            raise _too_large(most)
        more = message.get("more_body", False)
    return b"".join(chunks)


def _too_large(most: int) -> Fault:
    return Fault(
        "body_too_large", f"The body is larger than {most} bytes ({most >> 20} MiB), the most that is taken here."
    )


def parse_body(raw: bytes, headers: Mapping[bytes, bytes]) -> Any:
    """The JSON value of a body. Raises ``Fault`` for another media type, for malformed JSON (saying where), for nesting
    beyond the limit, for integers beyond ±2^53, and for the character U+0000.
    """
    content_type = headers.get(b"content-type", b"")
    if content_type != b"application/json":
        _check_media_type(content_type)
    value = decode_body(raw, json.decode)
    if raw.count(b"{") + raw.count(b"[") > limits.NESTING or _NUL in raw or _may_have_large_numbers(raw):
        _inspect(value)
    return value


def decode_body(raw: bytes, decode: Callable[[bytes], Any]) -> Any:
    """The JSON value of a body, by this decoder of msgspec. Raises ``Fault`` for malformed JSON, saying where."""
    try:
        return decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _malformed(raw, error) from None


def _may_have_large_numbers(raw: bytes) -> bool:
    shape = raw.translate(_SHAPE)
    return any(number in shape for number in _LARGE_NUMBERS)


def _check_media_type(content_type: bytes) -> None:
    essence, _, parameters = content_type.decode("latin-1").lower().partition(";")
    charset = parameters.strip().removeprefix("charset=").strip('"')
    if essence.strip() != "application/json" or (parameters.strip().startswith("charset=") and charset != "utf-8"):
        given = f"not {content_type.decode('latin-1')[:100]!r}" if content_type else "and there is none"
        raise Fault("unsupported_media_type", f"Content-Type must be application/json, {given}.", param="Content-Type")


def _malformed(raw: bytes, error: Exception) -> Fault:
    if isinstance(error, RecursionError):
        return _too_deep(None)
    if not raw.strip():
        return Fault("json_invalid", "The body is empty; send a JSON object.")
    try:
        text = raw.decode()
    except UnicodeDecodeError as fault:
        return Fault("json_invalid", f"The body is not UTF-8: byte {fault.start} cannot be read.")
    try:
        standard_json.loads(text, parse_constant=_refuse_constant)
    except standard_json.JSONDecodeError as fault:
        return Fault("json_invalid", f"The body is not JSON: {fault.msg} at line {fault.lineno}, column {fault.colno}.")
    except RecursionError:
        return _too_deep(None)
    except ValueError as fault:
        return Fault("json_invalid", f"The body is not JSON: {fault}")
    return Fault("json_invalid", f"The body is not JSON: {error}.")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON value; leave the field out, or send null.")


def _too_deep(path: str | None) -> Fault:
    return Fault("json_too_deep", f"The body nests deeper than {limits.NESTING} levels.", param=path)


def _inspect(value: Any) -> None:
    """Refuses what the limits forbid, level by level. A body may hold millions of values: a place is found on a fault only."""
    levels: list[list[Any]] = [[[value]]]
    while levels[-1]:
        if len(levels) > limits.NESTING + 1:
            raise _too_deep(path_text(_place_of(levels[-1][0], levels[:-1])[:8]))
        below: list[Any] = []
        for container in levels[-1]:
            if type(container) is dict and "\0" in "".join(container):
                raise _nul(path_text(_place_of(container, levels[:-1])))
            for child in container.values() if type(container) is dict else container:
                kind = type(child)
                if kind is dict or kind is list:
                    below.append(child)
                elif kind is str:
                    if "\0" in child:
                        raise _nul(path_text(_place_of(child, levels)))
                elif kind is not bool and child is not None and not -_LARGEST <= child <= _LARGEST:
                    raise _too_large_a_number(path_text(_place_of(child, levels)))
        levels.append(below)


def _place_of(found: Any, levels: list[list[Any]]) -> tuple[str | int, ...]:
    """The path to a value that a container of the last level holds; the first level only holds the body."""
    path: list[str | int] = []
    for level in reversed(levels[1:]):
        found, name = next(
            (container, name) for container in level for name, child in _children(container) if child is found
        )
        path.append(name)
    return tuple(reversed(path))


def _children(container: Any) -> Iterable[tuple[str | int, Any]]:
    return container.items() if type(container) is dict else enumerate(container)


def _too_large_a_number(path: str) -> Fault:
    message = f"{path or 'A number'} must lie between −2^53 and 2^53, so that every JSON reader understands it."
    return Fault("parameter_invalid", message, param=path or None)


def _nul(path: str) -> Fault:
    return Fault(
        "parameter_invalid",
        f"{path or 'The body'} contains the character U+0000, which no text may.",
        param=path or None,
    )


def path_text(path: tuple[str | int, ...]) -> str:
    """A place in a body for people: ``data.line_items[2].sku``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = part if _PLAIN_NAME.fullmatch(part) else part[:60]
            text += f".{name}" if text else name
    return text[:200]
