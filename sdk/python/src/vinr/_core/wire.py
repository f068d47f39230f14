"""How parameters are written: into a path, a query and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import quote, urlencode

from vinr._core.options import Omit
from vinr.model import Model


def path_of(template: str, values: Mapping[str, object]) -> str:
    """The path with its ids. Raises ``TypeError`` and ``ValueError`` for what is no id, before it could name another path."""
    return template.format_map({name: _segment(name, value) for name, value in values.items()})


def _segment(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be an id, as text, not {type(value).__name__}.")
    if value in ("", ".", ".."):
        raise ValueError(f"{name} must be an id, not {value!r}.")
    return quote(value, safe="")


def query_of(parameters: Mapping[str, object]) -> str:
    """The query, with what was given. Lists are repeated, objects go out as ``name[field]``."""
    return urlencode([pair for name, value in parameters.items() for pair in _pairs(name, value)])


def _pairs(name: str, value: object) -> Iterator[tuple[str, str]]:
    if value is None or isinstance(value, Omit):
        return
    if isinstance(value, Mapping):
        for field, inner in value.items():
            yield from _pairs(f"{name}[{field}]", inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            yield from _pairs(f"{name}[]", inner)
    else:
        yield name, _text(value)


def commas(values: Sequence[str] | None) -> str | None:
    """A list in one text; a text stays as it is."""
    return values if values is None or isinstance(values, str) else ",".join(values)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(plain(value)) if isinstance(value, datetime | Decimal) else str(value)


def body_of(fields: Mapping[str, object]) -> bytes:
    """JSON with the fields that were given. Raises ``TypeError`` and ``ValueError`` for what JSON cannot hold."""
    given = {name: value for name, value in fields.items() if not isinstance(value, Omit)}
    return json.dumps(given, default=plain, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode()


def plain(value: object) -> object:
    """A value as JSON has it: times in UTC, exact decimals as text."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no timezone: which moment it is depends on the machine. Give it one.")
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Model):
        return value.to_dict()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence):
        return list(value)
    raise TypeError(f"{type(value).__name__} is nothing that the API knows.")
