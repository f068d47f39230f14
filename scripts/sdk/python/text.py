"""How the parts of the description read in Python: names, annotations, docstrings."""

import keyword
import textwrap
from typing import Final

from scripts.sdk.description import MARK, AnyOf, ListOf, MapOf, Primitive, Reference, Type, Values

WIDTH: Final = 113
"""Characters in a line of a docstring, its indentation included: with its quotes it still fits."""
_OUT: Final = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
    "time": "datetime",
    "decimal": "int | float | str",
    "anything": "Any",
}
_IN: Final = {**_OUT, "time": "Moment", "decimal": "Exact", "anything": "object"}


def header(summary: str) -> str:
    """The first lines of a generated module."""
    return f'"""{summary}\n\n{MARK} from sdk/openapi.json: change the API instead.\n"""\n\nfrom __future__ import annotations\n'


def python_name(name: str) -> str:
    """A name that Python lets a field or a parameter have."""
    return f"{name}_" if keyword.iskeyword(name) else name


def class_name(path: str) -> str:
    """The class of a resource: ``loyalty.credit.transactions`` is ``CreditTransactions``."""
    parts = path.removeprefix("loyalty.").split(".")
    return "".join(word.capitalize() for part in parts for word in part.split("_"))


def answer_type(found: Type, home: str = "") -> str:
    """The annotation of what an answer has; classes are in ``home``."""
    match found:
        case ListOf(inner):
            return f"list[{answer_type(inner, home)}]"
        case MapOf(inner):
            return f"dict[str, {answer_type(inner, home)}]"
        case AnyOf(members):
            return _union([answer_type(member, home) for member in members])
        case _:
            return _plain(found, home, _OUT)


def request_type(found: Type, home: str = "") -> str:
    """The annotation of what a request takes; classes are in ``home``."""
    match found:
        case ListOf(inner):
            return f"Sequence[{request_type(inner, home)}]"
        case MapOf(inner):
            return f"Mapping[str, {request_type(inner, home)}]"
        case AnyOf(members):
            return _union([request_type(member, home) for member in members])
        case Primitive("time" | "decimal" as kind):
            return f"{home}{_IN[kind]}"
        case _:
            return _plain(found, home, _IN)


def _plain(found: Type, home: str, names: dict[str, str]) -> str:
    match found:
        case Primitive(kind):
            return names[kind]
        case Values(values):
            return f"Literal[{', '.join(repr(value) for value in values)}]"
        case Reference(name):
            return f"{home}{name}"
        case _:
            raise TypeError(f"{found} is no plain type")


def _union(parts: list[str]) -> str:
    every = [part for text in parts for part in ([text] if "[" in text else text.split(" | "))]
    unique = list(dict.fromkeys(every))
    if "Any" in unique or "object" in unique:
        return "Any" if "Any" in unique else "object"
    return " | ".join(unique)


def docstring(text: str, indent: int) -> str:
    """A docstring, wrapped, with its indentation; nothing for no text."""
    lines = [line for paragraph in tidy(text).split("\n\n") for line in [*_wrapped(paragraph, indent), ""]][:-1]
    if lines in ([], [""]):
        return ""
    quoted = [f'"""{lines[0]}', *lines[1:], '"""'] if len(lines) > 1 else [f'"""{lines[0]}"""']
    return "".join(f"{' ' * indent}{line}".rstrip() + "\n" for line in quoted)


def _wrapped(paragraph: str, indent: int) -> list[str]:
    return textwrap.wrap(paragraph, WIDTH - indent, break_long_words=False, break_on_hyphens=False)


def tidy(text: str) -> str:
    """Prose as docstrings have it."""
    told = text.strip().replace("\\", "\\\\").replace('"""', "'''").replace("`", "``")
    return told[:-1] + '\\"' if told.endswith('"') else told
