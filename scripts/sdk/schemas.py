"""Reads JSON Schema as the API's document uses it into types."""

from typing import Any, Final

from scripts.sdk.description import (
    ANYTHING,
    NULL,
    AnyOf,
    Field,
    ListOf,
    MapOf,
    Primitive,
    Reference,
    Schema,
    Type,
    Values,
)

Json = dict[str, Any]

_PREFIX: Final = "#/components/schemas/"
_KINDS: Final = {
    name: Primitive(name)  # type: ignore[arg-type]
    for name in ("string", "integer", "number", "boolean", "null")
}
_DECIMAL: Final = {"number", "string"}


class Unreadable(Exception):
    """The document has something that no SDK would have a type for; the message says where."""


def read_schemas(components: Json) -> dict[str, Schema]:
    """Every object among the components, by its name."""
    found = {name: _object(name, schema) for name, schema in components.items() if "properties" in schema}
    return {name: _extending(schema, found) for name, schema in sorted(found.items())}


def _object(name: str, schema: Json) -> Schema:
    required = set(schema.get("required", ()))
    fields = tuple(
        Field(
            field,
            read_type(found, f"{name}.{field}"),
            field in required,
            found.get("description", ""),
            tuple(found.get("examples", ())),
        )
        for field, found in schema["properties"].items()
        if _has_type(found)  # what has none is taken from senders that have it, and not looked at
    )
    return Schema(name, schema.get("description", ""), fields)


def _has_type(schema: Json) -> bool:
    return bool({"type", "$ref", "anyOf", "oneOf", "allOf", "enum", "const"} & set(schema))


def _extending(schema: Schema, known: dict[str, Schema]) -> Schema:
    """The schema, with the largest one that it has all of: an account as of a moment is an account."""
    kind = schema.constant("object")
    bases = [base for base in known.values() if kind is not None and base.constant("object") == kind]
    fitting = [base for base in bases if len(base.fields) < len(schema.fields) and _holds(schema, base)]
    if not fitting or kind == "list":
        return schema
    largest = max(fitting, key=lambda base: len(base.fields))
    return Schema(schema.name, schema.description, schema.fields, largest.name)


def _holds(schema: Schema, base: Schema) -> bool:
    own = {field.name: (field.type, field.required) for field in schema.fields}
    return all(own.get(field.name) == (field.type, field.required) for field in base.fields)


def read_type(schema: Json, place: str) -> Type:
    """The type of a schema. Raises ``Unreadable``."""
    if "$ref" in schema:
        return Reference(schema["$ref"].removeprefix(_PREFIX))
    if "allOf" in schema and len(schema["allOf"]) == 1:
        return read_type(schema["allOf"][0], place)
    for several in ("anyOf", "oneOf"):
        if several in schema:
            members = [read_type(member, place) for member in schema[several]]
            return union(members, schema.get("discriminator", {}).get("propertyName"))
    if "const" in schema:
        return Values((schema["const"],))
    if "enum" in schema:
        return _enumeration(schema["enum"])
    return _of_kinds(schema, place)


def _enumeration(values: list[Any]) -> Type:
    told = Values(tuple(value for value in values if value is not None))
    return union([told, NULL]) if None in values else told


def _of_kinds(schema: Json, place: str) -> Type:
    kinds = schema.get("type")
    listed = [kinds] if isinstance(kinds, str) else list(kinds or ())
    if not listed:
        return ANYTHING
    if set(listed) - {"null"} == _DECIMAL:
        return union([Primitive("decimal"), *([NULL] if "null" in listed else [])])
    return union([_of_kind(kind, schema, place) for kind in listed])


def _of_kind(kind: str, schema: Json, place: str) -> Type:
    if kind == "array":
        return ListOf(read_type(schema["items"], f"{place}[]") if schema.get("items") else ANYTHING)
    if kind == "object":
        return _map(schema, place)
    if kind == "string" and schema.get("format") == "date-time":
        return Primitive("time")
    return _KINDS[kind]


def _map(schema: Json, place: str) -> Type:
    if "properties" in schema:
        raise Unreadable(f"{place} has an object without a name: make it a schema of its own.")
    values = schema.get("additionalProperties", True)
    return MapOf(read_type(values, f"{place}{{}}") if isinstance(values, dict) and values else ANYTHING)


def union(members: list[Type], discriminator: str | None = None) -> Type:
    """Any of these, flat and without repeats; null comes last."""
    flat: list[Type] = []
    for member in members:
        inner = member.members if isinstance(member, AnyOf) else (member,)
        if isinstance(member, AnyOf) and member.discriminator is not None:
            discriminator = member.discriminator
        flat.extend(each for each in inner if each not in flat)
    ordered = [each for each in flat if each != NULL] + [each for each in flat if each == NULL]
    return ordered[0] if len(ordered) == 1 else AnyOf(tuple(ordered), discriminator)
