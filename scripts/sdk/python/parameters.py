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
    if any(keyword.iskeyword(field.name) for field in schema.fields):
        fields = ", ".join(f'"{field.name}": "{_annotation(field)}"' for field in schema.fields)
        return f'\n{schema.name} = TypedDict("{schema.name}", {{{fields}}})\n{docstring(schema.description, 0)}'
    parts = [
        f"\nclass {schema.name}(TypedDict):\n",
        docstring(schema.description or "An object that requests have.", 4) + "\n",
        *(f"    {field.name}: {_annotation(field)}\n{docstring(field.description, 4)}" for field in schema.fields),
    ]
    return "".join(parts)


def _annotation(field: Field) -> str:
    told = request_type(field.type)
    return told if field.required else f"NotRequired[{told}]"
