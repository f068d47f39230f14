"""How JSON becomes objects: for each field that is not plain, a function from what was sent.

Whatever a newer server sends that this version does not expect stays as it is, or becomes a plain ``Model``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Any

from vinr.model import Model

Convert = Callable[[Any], Any]


def class_named(name: str) -> type[Model]:
    """A class of ``vinr.types``; they are loaded with the first answer."""
    found: type[Model] = getattr(import_module("vinr.types"), name)
    return found


def time(value: Any) -> Any:
    """A moment, with its timezone."""
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return value


def one(name: str) -> Convert:
    """An object of this class; an id, where the object was not expanded, stays one."""

    def convert(value: Any) -> Any:
        return class_named(name)(value) if isinstance(value, dict) else value

    return convert


def many(convert: Convert) -> Convert:
    """A list of such."""

    def convert_all(value: Any) -> Any:
        return [convert(entry) for entry in value] if isinstance(value, list) else value

    return convert_all


def each(convert: Convert) -> Convert:
    """An object whose values are such."""

    def convert_values(value: Any) -> Any:
        return {key: convert(entry) for key, entry in value.items()} if isinstance(value, dict) else value

    return convert_values


def told_by(field: str, **names: str) -> Convert:
    """An object of the class that one of its fields tells."""

    def convert(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        name = names.get(str(value.get(field)))
        return Model(value) if name is None else class_named(name)(value)

    return convert


def having(*known: tuple[str, tuple[str, ...]]) -> Convert:
    """An object of the first of these classes whose fields, those that it must have, are all there."""

    def convert(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        fitting = (name for name, needed in known if all(field in value for field in needed))
        name = next(fitting, None)
        return Model(value) if name is None else class_named(name)(value)

    return convert
