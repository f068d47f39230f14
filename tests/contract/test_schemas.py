"""The document describes every object down to its last field, so that types can be made from it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import Json, close_api, open_api
from tests.stores import sqlite_url
from vinr_engagement.entrypoints.api.meanings import OF_ONE

pytestmark = pytest.mark.anyio

OPEN = {
    "Customer/properties/metadata",  # as the shop sent it
    "ReceivedEvent/properties/body",  # as the shop sent it
    "EventInData/properties/object",  # any event of any shop
    "EventData/properties/previous/anyOf/0",  # some of the fields of the object, whichever changed
}
"""Objects whose fields are somebody else's."""
UNTYPED = {f"EventIn/properties/{name}" for name in ("object", "api_version", "livemode")} | {
    "EventInData/properties/previous_attributes"
}
"""Taken from senders that have them, and not looked at."""


async def document_of(folder: Path) -> Json:
    api = await open_api(sqlite_url(folder))
    try:
        return await api.document()
    finally:
        await close_api(api)


def schemas_in(node: Any, place: str = "") -> Iterator[tuple[str, Json]]:
    """Every schema below a schema, with its place."""
    if not isinstance(node, dict):
        return
    yield place, node
    for name in ("properties", "$defs"):
        for key, found in node.get(name, {}).items():
            yield from schemas_in(found, f"{place}/{name}/{key}")
    for name in ("anyOf", "oneOf", "allOf"):
        for number, found in enumerate(node.get(name, ())):
            yield from schemas_in(found, f"{place}/{name}/{number}")
    for name in ("items", "additionalProperties"):
        yield from schemas_in(node.get(name), f"{place}/{name}")


async def every_schema(folder: Path) -> list[tuple[str, Json]]:
    components = (await document_of(folder))["components"]["schemas"]
    return [found for name, schema in components.items() for found in schemas_in(schema, name)]


def kinds(schema: Json) -> set[str]:
    told = schema.get("type", [])
    return {told} if isinstance(told, str) else set(told)


async def test_no_object_is_without_fields_and_no_list_without_entries(tmp_path: Path) -> None:
    found = await every_schema(tmp_path)
    loose = {
        place
        for place, schema in found
        if "object" in kinds(schema)
        and "properties" not in schema
        and "allOf" not in schema
        and not isinstance(schema.get("additionalProperties"), dict)
    }
    assert loose == OPEN
    assert [place for place, schema in found if "array" in kinds(schema) and "items" not in schema] == []


async def test_every_field_has_a_type(tmp_path: Path) -> None:
    telling = {"type", "$ref", "anyOf", "oneOf", "allOf", "enum", "const"}
    assert {place for place, schema in await every_schema(tmp_path) if not telling & set(schema)} == UNTYPED


async def test_every_schema_and_every_field_says_what_it_means(tmp_path: Path) -> None:
    components = (await document_of(tmp_path))["components"]["schemas"]
    fields = {
        f"{name}.{field}": found for name, schema in components.items() for field, found in schema["properties"].items()
    }
    silent = {place for place, found in fields.items() if not found.get("description") and "$ref" not in found}
    assert silent == set(), "say what they mean at the field, or in entrypoints/api/meanings.py"
    assert {name for name, schema in components.items() if not schema.get("description")} == {"Error"}
    assert set(OF_ONE) <= set(fields), "meanings of fields that are no more"


async def test_what_is_said_of_an_answer_is_about_fields_that_are_there(tmp_path: Path) -> None:
    for place, schema in await every_schema(tmp_path):
        assert set(schema.get("required", ())) <= set(schema.get("properties", {})), place
        if "discriminator" in schema:
            assert set(schema["discriminator"]["mapping"].values()) == {each["$ref"] for each in schema["oneOf"]}, place


async def test_every_operation_describes_every_answer(tmp_path: Path) -> None:
    for path, operations in (await document_of(tmp_path))["paths"].items():
        for method, operation in operations.items():
            for status, response in operation["responses"].items():
                about = f"{method} {path} {status}"
                assert response["content"], about
                assert all(content["schema"] for content in response["content"].values()), about
                assert {"X-Request-Id", "Vinr-Version"} <= set(response["headers"]), about
