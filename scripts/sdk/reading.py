"""Reads the OpenAPI document into a description."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final, Literal

from scripts.sdk.description import (
    LOYALTY,
    NULL,
    AnyOf,
    Description,
    Field,
    ListOf,
    Method,
    Parameter,
    Primitive,
    Reference,
    Resource,
    Schema,
    Style,
    Type,
    Values,
)
from scripts.sdk.schemas import Unreadable, read_schemas, read_type, union

Json = dict[str, Any]

TIME_RANGE: Final = "TimeRange"
_BRACKETS: Final = re.compile(r"(\w+)\[(\w*)\]")
_JSON: Final = "application/json"
_EVENTS: Final = "text/event-stream"
_KNOWN: Final = frozenset((_JSON, _EVENTS))
_TOLD_IN_STREAMS: Final = "Event"
_NO_ANSWER: Final = Reference("")
_LOYALTY_MEANING: Final = "Members, points, rewards, referrals and campaigns."


def read(document: Json) -> Description:
    """The description of an API. Raises ``Unreadable`` for what no SDK could have a type or a name for."""
    schemas = read_schemas(document["components"]["schemas"])
    methods: dict[str, list[Method]] = defaultdict(list)
    for path, verb, operation in _operations(document["paths"]):
        *resource, name = operation["operationId"].split(".")
        dotted = ".".join(["loyalty"] * path.startswith(LOYALTY) + resource)
        methods[dotted].append(_method(name, path, verb, operation, schemas))
    told = {tag["name"]: tag["description"] for tag in document.get("tags", ())}
    return Description(
        document["info"]["version"],
        document["components"]["headers"]["Vinr-Version"]["schema"]["const"],
        _tree("", "", methods, told),
        schemas,
        _values_of(schemas["ErrorObject"], "type"),
        _values_of(schemas["ErrorObject"], "code"),
        _values_of(schemas["Event"], "type"),
    )


def _values_of(schema: Schema, name: str) -> tuple[str, ...]:
    field = schema.field(name)
    assert field is not None
    assert isinstance(field.type, Values)
    return tuple(str(value) for value in field.type.values)


def _operations(paths: Json) -> Iterator[tuple[str, str, Json]]:
    for path, operations in paths.items():
        for verb, operation in operations.items():
            known = _answers_with(operation) & _KNOWN or _is_file(operation)
            if "security" not in operation and "x-alias-of" not in operation and known:
                yield path, verb.upper(), operation


def _answers_with(operation: Json) -> set[str]:
    return set(operation["responses"].get("200", {}).get("content", {}))


def _is_file(operation: Json) -> bool:
    kinds = operation["responses"].get("200", {}).get("content", {}).values()
    return bool(kinds) and all(kind.get("schema", {}).get("format") == "binary" for kind in kinds)


def _tree(name: str, path: str, methods: dict[str, list[Method]], told: dict[str, str]) -> Resource:
    start = f"{path}." if path else ""
    below = {
        dotted[len(start) :].partition(".")[0] for dotted in methods if dotted.startswith(start) and dotted != path
    }
    children = tuple(_tree(child, f"{start}{child}", methods, told) for child in sorted(below))
    found = sorted(methods.get(path, ()), key=lambda method: method.operation)
    own = tuple(method for method in found if not method.streams and not method.downloads)
    streams = tuple(method for method in found if method.streams)
    downloads = tuple(method for method in found if method.downloads)
    meaning = _LOYALTY_MEANING if path == "loyalty" else told.get(name, "")
    return Resource(name, path, meaning, own, children, streams, downloads)


def _method(name: str, path: str, verb: str, operation: Json, schemas: dict[str, Schema]) -> Method:
    place = operation["operationId"]
    streams, downloads = _EVENTS in _answers_with(operation), _is_file(operation)
    answer = _NO_ANSWER if downloads else Reference(_TOLD_IN_STREAMS) if streams else _answer(operation, place)
    body = read_type(_content(operation["requestBody"]), place) if "requestBody" in operation else None
    return Method(
        name,
        place,
        verb,
        path,
        tuple(_parameters(operation.get("parameters", ()), path, schemas, place)),
        _body_name(body, place),
        answer.name,
        answer if streams else None if downloads else _item(schemas[answer.name]),
        operation["summary"],
        operation["description"],
        tuple(operation["x-error-codes"]),
        operation.get("x-required-scope"),
        operation.get("deprecated", False),
        streams,
        downloads,
    )


def _answer(operation: Json, place: str) -> Reference:
    answer = read_type(_content(operation["responses"]["200"]), place)
    if not isinstance(answer, Reference):
        raise Unreadable(f"{place} answers with something that has no name.")
    return answer


def _content(described: Json) -> Json:
    found: Json = described["content"][_JSON]["schema"]
    return found


def _body_name(body: Type | None, place: str) -> str | None:
    """The schema of the body; one that may be left out is the same."""
    if isinstance(body, AnyOf):
        body = next(member for member in body.members if isinstance(member, Reference))
    if body is not None and not isinstance(body, Reference):
        raise Unreadable(f"{place} takes a body that has no name.")
    return None if body is None else body.name


def _item(answer: Schema) -> Type | None:
    data = answer.field("data")
    if answer.constant("object") != "list" or data is None:
        return None
    assert isinstance(data.type, ListOf)
    return data.type.item


def _parameters(listed: Iterable[Json], path: str, schemas: dict[str, Schema], place: str) -> Iterator[Parameter]:
    spans: dict[str, list[Json]] = defaultdict(list)
    in_path = re.findall(r"\{(\w+)", path)
    found = [each for each in listed if each["in"] in ("path", "query")]
    for each in sorted(found, key=lambda each: in_path.index(each["name"]) if each["in"] == "path" else len(in_path)):
        name, wire = each["name"], _BRACKETS.fullmatch(each["name"])
        if wire is not None and wire[2]:
            spans[wire[1]].append(each)
        else:
            given = read_type(each["schema"], f"{place}.{name}")
            if "x-separator" in each["schema"]:
                yield _parameter(each, name, "commas", ListOf(Primitive("string")))
            else:
                yield _parameter(each, wire[1] if wire else name, "repeated" if wire else "plain", given)
    for name, ends in spans.items():
        schemas.setdefault(TIME_RANGE, _time_range(ends, place))
        told = {**ends[0], "name": name, "required": False, "description": f"A span of `{name}`."}
        yield _parameter(told, name, "brackets", Reference(TIME_RANGE))


def _parameter(told: Json, name: str, style: Style, found: Type) -> Parameter:
    where: Literal["path", "query"] = told["in"]
    described = told.get("description") or told["schema"].get("description", "")
    given = union([member for member in found.members if member != NULL]) if isinstance(found, AnyOf) else found
    return Parameter(name, told["name"], where, style, given, told.get("required", False), described)


def _time_range(ends: list[Json], place: str) -> Schema:
    fields = []
    for end in ends:
        wire = _BRACKETS.fullmatch(end["name"])
        assert wire is not None
        fields.append(Field(wire[2], read_type(end["schema"], place), False, end.get("description", "")))
    return Schema(TIME_RANGE, "A span of time; each end may be left open.", tuple(fields))
