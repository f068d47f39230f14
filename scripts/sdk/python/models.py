"""``vinr/types.py``: what answers are made of."""

from collections.abc import Iterator

from scripts.sdk.description import AnyOf, Description, Field, ListOf, MapOf, Primitive, Reference, Schema, Type
from scripts.sdk.python.text import answer_type, docstring, header, python_name

_IMPORTS = """
from datetime import datetime
from typing import Any, Literal

from vinr._core.decode import each, having, many, one, time, told_by
from vinr.model import Model
"""


def module(description: Description) -> str:
    """The whole module."""
    listed = list(_bases_first(description))
    exported = sorted([*(schema.name for schema in listed), "ErrorCode", "EventType"])
    parts = [
        header("What the API answers with."),
        _IMPORTS,
        f"__all__ = [{', '.join(repr(name) for name in exported)}]\n",
        _names("EventType", description.event_types, "What an outgoing event may tell of."),
        _names("ErrorCode", description.error_codes, "What an error's code may be; later versions may know more."),
        *(_class(schema, description.schemas) for schema in listed),
    ]
    return "\n".join(parts)


def _names(name: str, values: tuple[str, ...], meaning: str) -> str:
    return f'{name} = Literal[{", ".join(repr(value) for value in values)}]\n"""{meaning}"""\n'


def _bases_first(description: Description) -> Iterator[Schema]:
    done: set[str] = set()

    def visit(name: str) -> Iterator[Schema]:
        schema = description.schemas[name]
        if name not in done:
            done.add(name)
            if schema.extends is not None:
                yield from visit(schema.extends)
            yield schema

    for name in sorted(description.outputs):
        yield from visit(name)


def _class(schema: Schema, known: dict[str, Schema]) -> str:
    base = None if schema.extends is None else known[schema.extends]
    inherited = {field.name for field in base.fields} if base is not None else set()
    own = [field for field in schema.fields if field.name not in inherited]
    parts = [
        f"\nclass {schema.name}({'Model' if base is None else base.name}):\n",
        docstring(schema.description or "An object of the API.", 4) + "\n",
        *(_field(field) for field in own),
        *_tables(own, base, known),
    ]
    return "".join(parts)


def _field(field: Field) -> str:
    told = answer_type(field.type)
    if not field.required:
        told = told if field.nullable else f"{told} | None"
        told += " = None"
    return f"    {python_name(field.name)}: {told}\n{docstring(field.description, 4)}"


def _tables(own: list[Field], base: Schema | None, known: dict[str, Schema]) -> Iterator[str]:
    """How fields that are not plain are read, and which go by another name."""
    found = {python_name(field.name): conversion(field.type, known) for field in own}
    entries = [f'"{name}": {text}' for name, text in found.items() if text is not None]
    renamed = [f'"{field.name}": "{python_name(field.name)}"' for field in own if python_name(field.name) != field.name]
    for table, listed in (("_conversions", entries), ("_renamed", renamed)):
        if listed:
            start = [] if base is None else [f"**{base.name}.{table}"]
            yield f"\n    {table} = {{{', '.join([*start, *listed])}}}\n"


def conversion(found: Type, known: dict[str, Schema]) -> str | None:
    """The expression that makes what reads a value; ``None`` for what stays as it is."""
    match found:
        case Primitive("time"):
            return "time"
        case Reference(name):
            return f'one("{name}")'
        case ListOf(inner) | MapOf(inner):
            read = conversion(inner, known)
            return None if read is None else f"{'many' if isinstance(found, ListOf) else 'each'}({read})"
        case AnyOf():
            return _of_several(found, known)
        case _:
            return None


def _of_several(found: AnyOf, known: dict[str, Schema]) -> str | None:
    objects = [known[member.name] for member in found.members if isinstance(member, Reference)]
    others = [conversion(member, known) for member in found.members if not isinstance(member, Reference)]
    read = [text for text in others if text is not None]
    if len(objects) > 1:
        read.append(_told_apart(objects, found.discriminator))
    elif objects:
        read.append(f'one("{objects[0].name}")')
    if len(read) > 1:
        raise TypeError(f"{found} cannot be told apart")
    return read[0] if read else None


def _told_apart(objects: list[Schema], discriminator: str | None) -> str:
    for field in [discriminator] if discriminator else ("object", "type"):
        told = [(value, schema.name) for schema in objects for value in schema.values(field)]
        if all(schema.values(field) for schema in objects) and len(dict(told)) == len(told):
            return f"told_by({field!r}, {', '.join(f'{value}={name!r}' for value, name in told)})"
    needed = [(schema.name, tuple(field.name for field in schema.fields if field.required)) for schema in objects]
    strictest_first = sorted(needed, key=lambda each: -len(each[1]))
    return f"having({', '.join(repr(each) for each in strictest_first)})"
