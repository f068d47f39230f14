"""An example request of each operation, made from the examples that the document gives."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from vinr_engagement.entrypoints.docs.reference.fields import Schema, Schemas


@dataclass(frozen=True)
class Request:
    """What to send: ``path`` with its parameters filled in by ``arguments``."""

    operation: str
    method: str
    template: str
    arguments: dict[str, str]
    query: dict[str, Any]
    body: dict[str, Any] | None
    keyed: bool
    is_stream: bool = False

    @property
    def path(self) -> str:
        """The path to ask for."""
        found = self.template
        for name, value in self.arguments.items():
            found = found.replace(f"{{{name}}}", value)
        return found


def request_of(schemas: Schemas, method: str, path: str, raw: dict[str, Any]) -> Request:
    """The example request of an operation."""
    parameters = raw.get("parameters", [])
    body = raw.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    return Request(
        raw["operationId"],
        method,
        path.replace(":path}", "}"),
        {each["name"]: str(_given(each)) for each in parameters if each["in"] == "path"},
        {each["name"]: _given(each) for each in parameters if each["in"] == "query" and _is_given(each)},
        None if body is None else example_of(schemas, body) or None,
        bool(raw.get("x-required-scope")),
        "text/event-stream" in raw["responses"]["200"].get("content", {}),
    )


def _is_given(parameter: dict[str, Any]) -> bool:
    return bool(parameter["schema"].get("examples") or parameter.get("example") or parameter.get("required"))


def _given(parameter: dict[str, Any]) -> Any:
    schema: Schema = parameter["schema"]
    found = parameter.get("example") or next(iter(schema.get("examples", ())), None)
    if found is None:
        found = next((each["examples"][0] for each in schema.get("anyOf", ()) if each.get("examples")), None)
    return f"{{{parameter['name']}}}" if found is None else found


def example_of(schemas: Schemas, schema: Schema) -> Any:
    """A value that a schema takes: its own example, or one made of its fields'."""
    _, found = schemas.resolved(schema)
    if found.get("examples"):
        return _in_order(schemas, schema, found["examples"][0])
    if "const" in found:
        return found["const"]
    alternatives = [each for each in found.get("anyOf") or found.get("oneOf") or () if each.get("type") != "null"]
    if alternatives:
        return example_of(schemas, alternatives[0])
    if found.get("type") == "array":
        return [example_of(schemas, found["items"])]
    if "properties" in found:
        return dict(_telling(schemas, found))
    return found.get("default")


def _in_order(schemas: Schemas, schema: Schema, value: Any) -> Any:
    """An example with its fields in the order in which the schema has them."""
    shapes = [way for _, way in schemas.ways(schema)]
    if isinstance(value, list):
        items = next((way["items"] for way in shapes if "items" in way), {})
        return [_in_order(schemas, items, each) for each in value]
    if not isinstance(value, dict):
        return value
    known: Schema = next((way["properties"] for way in shapes if value.keys() <= way.get("properties", {}).keys()), {})
    names = [*(name for name in known if name in value), *(name for name in value if name not in known)]
    return {name: _in_order(schemas, known.get(name, {}), value[name]) for name in names}


def _telling(schemas: Schemas, schema: Schema) -> Iterator[tuple[str, Any]]:
    """The fields that are needed, and those that have an example."""
    for name, each in schema["properties"].items():
        if name in schema.get("required", ()) or each.get("examples"):
            yield name, example_of(schemas, each)
