"""Fields of bodies, answers and queries, read from JSON Schema."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Schema = dict[str, Any]

_REF: Final = "#/components/schemas/"
_SAFE_INTEGER: Final = (1 << 53) - 1
_TOLD: Final = 60
"""Defaults and examples that are longer say less than they take up."""


@dataclass(frozen=True)
class Field:
    """One field. ``type`` names the API's own objects by their kind; ``variants`` are the shapes that are told in place."""

    name: str
    type: str
    required: bool
    description: str
    facts: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    variants: tuple["Variant", ...] = ()


@dataclass(frozen=True)
class Variant:
    """One of the shapes that a field may have."""

    title: str
    description: str
    fields: tuple[Field, ...]


class Schemas:
    """The document's schemas. Those with a constant ``object`` are the API's objects: told once, and linked to."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self._schemas = schemas
        self._kinds = {name: kind for name, schema in schemas.items() if (kind := kind_of(schema)) is not None}

    def named(self, name: str) -> Schema:
        """A schema by its name."""
        return self._schemas[name]

    def names_of(self, kind: str) -> list[str]:
        """The schemas that describe a kind of object."""
        return [name for name, each in self._kinds.items() if each == kind]

    def kinds(self) -> Iterable[str]:
        """Every kind of object."""
        return dict.fromkeys(self._kinds.values())

    def resolved(self, schema: Schema) -> tuple[str, Schema]:
        """What a reference leads to, with its name, and what stands beside the reference over it."""
        reference = schema.get("$ref")
        if reference is None:
            return "", schema
        name = reference.removeprefix(_REF)
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return name, {**self._schemas[name], **beside}

    def fields(self, schema: Schema, inside: tuple[str, ...] = ()) -> tuple[Field, ...]:
        """The fields of an object."""
        name, found = self.resolved(schema)
        needed = set(found.get("required", ()))
        trail = (*inside, name) if name else inside
        return tuple(
            self.field(each, described, required=each in needed, inside=trail)
            for each, described in found.get("properties", {}).items()
        )

    def field(self, name: str, schema: Schema, *, required: bool, inside: tuple[str, ...] = ()) -> Field:
        """One field. ``inside`` names the schemas that it stands in, so that none is told within itself."""
        ways = list(self.ways(schema))
        _, found = self.resolved(schema)
        description = schema.get("description") or _first(
            way.get("description") for _, way in ways if not _is_kind(way)
        )
        return Field(
            name,
            " or ".join(dict.fromkeys(self._type(each, way) for each, way in ways)),
            required,
            description or "",
            tuple(dict.fromkeys(_facts(found, [way for _, way in ways]))),
            tuple(_values(ways)),
            tuple(self._variants(ways, inside)),
        )

    def ways(self, schema: Schema) -> Iterator[tuple[str, Schema]]:
        """What a value may be: the alternatives, each with the name of its schema."""
        name, found = self.resolved(schema)
        alternatives = found.get("anyOf") or found.get("oneOf")
        if not alternatives and len(found.get("allOf", ())) == 1:
            alternatives = found["allOf"]
        if alternatives:
            for each in alternatives:
                yield from self.ways(each)
        elif isinstance(found.get("type"), list):
            for each in found["type"]:
                yield name, {**found, "type": each}
        else:
            yield name, found

    def _type(self, name: str, way: Schema) -> str:
        if kind_of(way) is not None and name:
            return kind_of(way) or ""
        if way.get("type") == "array":
            items = " or ".join(dict.fromkeys(self._type(*each) for each in self.ways(way.get("items", {}))))
            return f"array of {items}" if items != "any" else "array"
        if way.get("format") == "date-time":
            return "time"
        if "const" in way or "enum" in way:
            return "string"
        return str(way.get("type", "any"))

    def _variants(self, ways: list[tuple[str, Schema]], inside: tuple[str, ...]) -> Iterator[Variant]:
        for name, way in ways:
            if way.get("type") == "array":
                yield from self._variants(list(self.ways(way.get("items", {}))), inside)
            elif kind_of(way) is None and name not in inside:
                yield from self._variant(name, way, inside)

    def _variant(self, name: str, way: Schema, inside: tuple[str, ...]) -> Iterator[Variant]:
        trail = (*inside, name) if name else inside
        if way.get("properties"):
            yield Variant(_title(way), way.get("description", ""), self.fields(way, trail))
        elif isinstance(way.get("additionalProperties"), dict) and way["additionalProperties"].get("$ref"):
            yield Variant("", "", self.fields(way["additionalProperties"], trail))


def kind_of(schema: Schema) -> str | None:
    """The kind of object that a schema describes, if it does; lists are none."""
    constant = schema.get("properties", {}).get("object", {}).get("const")
    return None if constant is None or constant.endswith(("list", "_batch")) else str(constant)


def _is_kind(way: Schema) -> bool:
    return kind_of(way) is not None or way.get("type") == "null"


def _title(way: Schema) -> str:
    """The value by which a shape is told from the others."""
    return str(way["properties"].get("type", {}).get("const", ""))


def _first(found: Iterable[str | None]) -> str | None:
    return next((each for each in found if each), None)


def _values(ways: list[tuple[str, Schema]]) -> Iterator[str]:
    for _, way in ways:
        inner = way.get("items", {}) if way.get("type") == "array" else way
        listed = [inner["const"]] if "const" in inner else inner.get("enum", ())
        yield from (str(value) for value in listed)


def _facts(schema: Schema, ways: list[Schema]) -> Iterator[str]:
    for way in (schema, *ways):
        yield from _bounds(way)
    if "default" in schema and len(str(schema["default"])) <= _TOLD and schema["default"] not in (None, "", {}, []):
        yield f"default `{_json(schema['default'])}`"


def _bounds(way: Schema) -> Iterator[str]:
    low, high = _told(way.get("minimum")), _told(way.get("maximum"))
    if low and high:
        yield f"{low} to {high}"
    elif low or high:
        yield f"at least {low}" if low else f"at most {high}"
    for least, most, unit in (
        ("minLength", "maxLength", "characters"),
        ("minItems", "maxItems", "entries"),
        ("minProperties", "maxProperties", "keys"),
    ):
        if most in way:
            yield f"{way[least]} to {way[most]:,} {unit}" if way.get(least) else f"at most {way[most]:,} {unit}"


def _told(bound: float | None) -> str:
    """A bound of numbers; those of all whole numbers are none."""
    return "" if bound is None or abs(bound) >= _SAFE_INTEGER else f"{bound:,.10g}"


def _json(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
