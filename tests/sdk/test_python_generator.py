"""What the Python SDK's generator makes of things that the API does not have yet."""

from typing import Any

import pytest

from scripts.sdk.description import (
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
    Values,
)
from scripts.sdk.python import files, models, parameters, resources
from scripts.sdk.python.text import answer_type, docstring, request_type
from scripts.sdk.reading import read
from scripts.sdk.schemas import Unreadable

STRING, INTEGER = Primitive("string"), Primitive("integer")


def schema(name: str, *fields: Field) -> Schema:
    return Schema(name, f"A {name}.", fields)


def field(name: str, found: Any = STRING, *, required: bool = True) -> Field:
    return Field(name, found, required, "")


def described(method: Method, *schemas: Schema) -> Description:
    things = Resource("things", "things", "Things.", (method,), ())
    known = {each.name: each for each in (*schemas, schema("Event"), schema("ErrorObject"))}
    return Description("1", "2026-04-01", Resource("", "", "", (), (things,)), known, ("a",), ("b",), ("c.d",))


def method(*listed: Parameter, body: str | None = None) -> Method:
    return Method(
        "move", "things.move", "POST", "/v1/things", listed, body, "Thing", None, "Move", "Move.", (), "a", False
    )


def test_names_that_python_keeps_for_itself() -> None:
    moving = schema("Moving", field("from"), field("to", required=False))
    found = described(method(body="Moving"), moving, schema("Thing", field("class"), field("in", Primitive("time"))))
    made = {path.rpartition("/")[2]: content for path, content in files(found).items()}
    assert 'Moving = TypedDict("Moving", {"from": "str", "to": "NotRequired[str]"})' in made["params.py"]
    assert "self, *, from_: str, to: str | Omit = OMIT, options" in made["things.py"]
    assert 'body={"from": from_, "to": to}' in made["things.py"]
    assert '_renamed = {"class": "class_", "in": "in_"}' in made["types.py"]
    assert '_conversions = {"in_": time}' in made["types.py"]


def test_two_parameters_of_a_name_are_refused() -> None:
    in_path = Parameter("id", "id", "path", "plain", STRING, True, "")
    found = described(method(in_path, body="Moving"), schema("Moving", field("id")), schema("Thing", field("id")))
    with pytest.raises(ValueError, match=r"things\.move has two parameters named id"):
        resources.modules(found)


def test_a_body_without_fields_is_sent_all_the_same() -> None:
    made = resources.modules(described(method(body="Moving"), schema("Moving"), schema("Thing", field("id"))))
    assert "body={}" in made["resources/things.py"]


def test_objects_are_told_apart_by_a_field_or_by_what_they_must_have() -> None:
    known = {
        "Cat": schema("Cat", field("type", Values(("cat", "kitten"))), field("lives", INTEGER)),
        "Dog": schema("Dog", field("type", Values(("dog",))), field("tricks", INTEGER, required=False)),
        "Bird": schema("Bird", field("wings", INTEGER)),
    }
    pets = [Reference(name) for name in known]
    assert models.conversion(AnyOf((pets[0], pets[1])), known) == "told_by('type', cat='Cat', kitten='Cat', dog='Dog')"
    assert models.conversion(AnyOf((pets[1], pets[0], pets[2])), known) == (
        "having(('Cat', ('type', 'lives')), ('Dog', ('type',)), ('Bird', ('wings',)))"
    )
    assert models.conversion(MapOf(pets[0]), known) == 'each(one("Cat"))'
    assert models.conversion(AnyOf((STRING, pets[0])), known) == 'one("Cat")'
    with pytest.raises(TypeError, match="cannot be told apart"):
        models.conversion(AnyOf((Primitive("time"), pets[0])), known)


def test_annotations() -> None:
    found = AnyOf((ListOf(STRING), MapOf(Primitive("decimal")), Primitive("null")))
    assert answer_type(found) == "list[str] | dict[str, int | float | str] | None"
    assert request_type(found, "params.") == "Sequence[str] | Mapping[str, params.Exact] | None"
    assert answer_type(AnyOf((STRING, Primitive("anything")))) == "Any"
    assert request_type(AnyOf((STRING, Primitive("anything")))) == "object"


def test_docstrings_fit_and_close() -> None:
    assert docstring("", 4) == ""
    assert docstring("One `line`.", 4) == '    """One ``line``."""\n'
    assert docstring('He said "no"', 0) == '"""He said "no\\""""\n'
    long = docstring("word " * 60 + "\n\nAnd more.", 8)
    assert max(len(line) for line in long.splitlines()) <= 120
    assert long.endswith('\n\n        And more.\n        """\n')


def test_typed_dicts_say_what_may_be_left_out() -> None:
    moving = schema("Moving", field("to"), field("at", Primitive("time"), required=False))
    made = parameters.module(described(method(body="Moving"), moving, schema("Thing", field("id"))))
    assert "class Moving(TypedDict):" in made
    assert "    to: str\n" in made
    assert "    at: NotRequired[Moment]\n" in made


def document(**operation: Any) -> dict[str, Any]:
    """An API with one operation."""
    enumeration = {"type": "string", "enum": ["a", "b"]}
    answers = {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}
    told = {
        "operationId": "things.move",
        "summary": "Move",
        "description": "Move.",
        "x-error-codes": [],
        "responses": answers,
    }
    schemas = {
        "ErrorObject": {"properties": {"type": enumeration, "code": enumeration}},
        "Event": {"properties": {"type": enumeration}},
        "Thing": {"properties": {"id": {"type": "string"}}},
    }
    headers = {"Vinr-Version": {"schema": {"const": "2026-04-01"}}}
    return {
        "info": {"version": "1"},
        "components": {"schemas": schemas, "headers": headers},
        "paths": {"/v1/things": {"post": {**told, **operation}}},
    }


def content(schema: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def test_what_has_no_name_is_refused() -> None:
    assert [each.operation for _, each in read(document()).methods] == ["things.move"]
    with pytest.raises(Unreadable, match="answers with something that has no name"):
        read(document(responses={"200": content({"type": "string"})}))
    with pytest.raises(Unreadable, match="takes a body that has no name"):
        read(document(requestBody=content({"type": "array", "items": {"type": "string"}})))


@pytest.mark.parametrize("left_out", [{"security": []}, {"x-alias-of": "things.shift"}, {"responses": {"204": {}}}])
def test_what_no_sdk_has_is_left_out(left_out: dict[str, Any]) -> None:
    assert read(document(**left_out)).methods == []
