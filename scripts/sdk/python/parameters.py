"""``vinr/params.py``: the objects in requests."""

import keyword

from scripts.sdk.description import Description, Field, Schema
from scripts.sdk.python.text import docstring, header, request_type

_IMPORTS = """
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal, NotRequired, TypedDict
"""
_ALIASES = '''
Moment = datetime | str
"""A moment: with its timezone, or as text in RFC 3339."""
Exact = int | float | str | Decimal
"""A number, taken exactly as it is written: 1.25, "1.25" and ``Decimal("1.25")`` are the same."""
'''


def module(description: Description) -> str:
    """The whole module."""
    listed = [description.schemas[name] for name in sorted(description.inputs)]
    exported = sorted(["Exact", "Moment", *(schema.name for schema in listed)])
    parts = [
        header("What the API takes: the bodies of requests, and the objects in them."),
        _IMPORTS,
        f"__all__ = [{', '.join(repr(name) for name in exported)}]\n",
        _ALIASES,
        *(_typed_dict(schema) for schema in listed),
    ]
    return "\n".join(parts)


def _typed_dict(schema: Schema) -> str:
    """A class; fields whose names Python keeps for itself are in a base, which no class statement could have."""
    kept = [field for field in schema.fields if keyword.iskeyword(field.name)]
    base = f"_{schema.name}Keywords" if kept else "TypedDict"
    listed = ", ".join(f'"{field.name}": "{_annotation(field)}"' for field in kept)
    parts = [
        f'\n{base} = TypedDict("{base}", {{{listed}}})\n\n' if kept else "",
        f"\nclass {schema.name}({base}):\n",
        docstring(schema.description or "An object that requests have.", 4) + "\n",
        *(_field(field) for field in schema.fields if field not in kept),
    ]
    return "".join(parts)


def _field(field: Field) -> str:
    return f"    {field.name}: {_annotation(field)}\n{docstring(field.description, 4)}"


def _annotation(field: Field) -> str:
    told = request_type(field.type)
    return told if field.required else f"NotRequired[{told}]"
