"""Types of the TypeScript SDK: what goes in has names in camelCase, what comes out is as on the wire."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import wrap
from typing import Final

from scripts.sdk.description import (
    ANYTHING,
    AnyOf,
    Description,
    Field,
    ListOf,
    MapOf,
    Method,
    Parameter,
    Primitive,
    Reference,
    Resource,
    Schema,
    Type,
    Values,
    references,
)
from scripts.sdk.schemas import Unreadable

LONGEST_LINE: Final = 120
_PRIMITIVES: Final = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
    "time": "string",
    "decimal": "number | string",
    "anything": "unknown",
}
_PLAIN_NAME: Final = re.compile(r"[A-Za-z_$][\w$]*")


def camel(name: str) -> str:
    """``lifetime_points`` as ``lifetimePoints``."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def pascal(*names: str) -> str:
    """``earning_rules`` and ``list`` as ``EarningRulesList``."""
    return "".join(part.capitalize() for name in names for part in re.split(r"[_.]", name))


def comment(text: str, indent: str = "") -> list[str]:
    """A doc comment; none for no text."""
    told = text.strip().replace("*/", "* /")
    if not told:
        return []
    if "\n" not in told and len(indent) + len(told) + 7 <= LONGEST_LINE:
        return [f"{indent}/** {told} */"]
    width = LONGEST_LINE - len(indent) - 3
    lines = [line for part in told.split("\n") for line in (wrap(part, width, break_long_words=False) or [""])]
    return [f"{indent}/**", *(f"{indent} * {line}".rstrip() for line in lines), f"{indent} */"]


def own_path(resource: Resource) -> str:
    """The path of a resource without what nearly all begin with."""
    return resource.path.removeprefix("loyalty.")


def query_name(resource: Resource, method: Method) -> str:
    """The name of the interface of the parameters of a query."""
    return pascal(own_path(resource), method.name, "params")


def answers(description: Description) -> str:
    """What the API answers with, and the codes and types of its errors."""
    side = Side(description, goes_in=False)
    lines = _union("ErrorCode", "What `code` of an error may be.", description.error_codes)
    lines += _union("ErrorType", "What `type` of an error may be.", description.error_types)
    lines += ["/** What `type` of an event may be. */", 'export type EventType = Event["type"];', ""]
    for name in sorted(description.outputs):
        lines += side.interface(description.schemas[name])
    return "\n".join(lines)


def _union(name: str, told: str, values: tuple[str, ...]) -> list[str]:
    listed = "".join(f"\n  | {json.dumps(value)}" for value in values)
    return [*comment(told), f"export type {name} ={listed};", ""]


def params(description: Description) -> str:
    """What calls take: bodies, what is in them, and parameters of queries."""
    side = Side(description, goes_in=True)
    lines = [line for name in sorted(description.inputs) for line in side.interface(description.schemas[name])]
    for resource, method in description.every:
        if method.at("query"):
            lines += side.query(query_name(resource, method), method)
    return "\n".join(lines)


@dataclass(frozen=True)
class Side:
    """How types are written: of what goes in, or of what comes out."""

    description: Description
    goes_in: bool

    def name(self, schema: str) -> str:
        """The name of an interface. What goes in and what comes out may differ, so they never share one."""
        shared = self.goes_in and schema in self.description.outputs
        return f"{schema}Params" if shared else schema

    def type(self, found: Type) -> str:
        """A type as it is written."""
        match found:
            case Primitive("time") if self.goes_in:
                return "string | Date"
            case Primitive(kind):
                return _PRIMITIVES[kind]
            case Values(values):
                return " | ".join(json.dumps(value, ensure_ascii=False) for value in values)
            case Reference(name):
                return self.name(name)
            case ListOf(item):
                return self._list_of(self.type(item))
            case MapOf(value):
                return f"Record<string, {self.type(value)}>"
            case AnyOf(members):
                return " | ".join(dict.fromkeys(self.type(member) for member in members))

    def _list_of(self, item: str) -> str:
        inner = f"({item})" if " | " in item else item
        return f"readonly {inner}[]" if self.goes_in else f"{inner}[]"

    def interface(self, schema: Schema) -> list[str]:
        """An object's interface."""
        base = self.description.schemas[schema.extends] if schema.extends and not self.goes_in else None
        inherited = {field.name for field in base.fields} if base else set()
        head = f"export interface {self.name(schema.name)}" + (f" extends {self.name(base.name)}" if base else "")
        own = [field for field in schema.fields if field.name not in inherited]
        return [*comment(schema.description), f"{head} {{", *self._fields(own), "}", ""]

    def _fields(self, fields: Iterable[Field]) -> Iterator[str]:
        for field in fields:
            yield from comment(field.description, "  ")
            yield self.field(field.name, field.type, required=field.required)

    def field(self, name: str, found: Type, *, required: bool) -> str:
        """A line of an interface. Where something may be left out, undefined means the same."""
        written = camel(name) if self.goes_in else name
        key = written if _PLAIN_NAME.fullmatch(written) else json.dumps(written)
        optional = "" if required else "?"
        undefined = " | undefined" if self.goes_in and not required else ""
        return f"  {key}{optional}: {self.type(found)}{undefined};"

    def query(self, name: str, method: Method) -> list[str]:
        """The interface of the parameters of a query."""
        lines = [f"/** {method.summary}: parameters. */", f"export interface {name} {{"]
        for parameter in method.at("query"):
            lines += comment(parameter.description, "  ")
            lines.append(self.field(parameter.name, _as_given(parameter), required=parameter.required))
        return [*lines, "}", ""]


def _as_given(parameter: Parameter) -> Type:
    if parameter.style == "repeated" and not isinstance(parameter.type, ListOf):
        return ListOf(parameter.type)
    return parameter.type


def has_two_spellings(description: Description, types: Iterable[tuple[str, Type]]) -> bool:
    """Whether camelCase and snake_case differ for any of these fields, or of those within."""
    seen: set[str] = set()
    waiting = list(types)
    while waiting:
        name, found = waiting.pop()
        if "_" in name:
            return True
        for schema in set(references(found)) - seen:
            seen.add(schema)
            waiting.extend((field.name, field.type) for field in description.schemas[schema].fields)
    return False


def verbatim(description: Description, schema: str) -> list[str]:
    """The places in a body whose keys belong to the caller: metadata, maps by currency, the data of an event.

    Raises ``Unreadable`` for a schema that holds itself.
    """
    return sorted(set(_verbatim(description, description.schemas[schema], "", (schema,))))


def _verbatim(description: Description, schema: Schema, place: str, above: tuple[str, ...]) -> Iterator[str]:
    for field in schema.fields:
        path = f"{place}{field.name}"
        if _belongs_to_the_caller(description, field.type):
            yield path
            continue
        for name in references(field.type):
            if name in above:
                raise Unreadable(f"{name} holds itself in {path}: places in it have no end.")
            yield from _verbatim(description, description.schemas[name], f"{path}.", (*above, name))


def _belongs_to_the_caller(description: Description, found: Type) -> bool:
    """Whether it is a map or anything at all, or an object that holds nothing else."""
    match found:
        case MapOf() | Primitive("anything"):
            return True
        case ListOf(item):
            return _belongs_to_the_caller(description, item)
        case AnyOf(members):
            return any(_belongs_to_the_caller(description, member) for member in members if member != ANYTHING)
        case Reference(name):
            fields = description.schemas[name].fields
            return bool(fields) and all(isinstance(field.type, MapOf) for field in fields)
        case _:
            return False
