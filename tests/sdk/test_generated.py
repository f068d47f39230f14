"""Both SDKs are what the API says: what is committed is what `make sdk` makes."""

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.sdk.description import MARK, AnyOf, Description, ListOf, MapOf, Primitive, Reference, Type
from scripts.sdk.generated import FOLDERS, Files, generated, stale, write
from scripts.sdk.reading import read
from scripts.sdk.schemas import Unreadable, read_schemas, read_type


@pytest.fixture(scope="module")
def made() -> Files:
    """Every generated file, as it would be made now."""
    return generated()


@pytest.fixture(scope="module")
def document(made: Files) -> dict[str, Any]:
    """What the API says of itself."""
    found: dict[str, Any] = json.loads(made["sdk/openapi.json"])
    return found


@pytest.fixture(scope="module")
def description(document: dict[str, Any]) -> Description:
    """The API as the SDKs have it."""
    return read(document)


def test_what_is_committed_is_what_the_api_says(made: Files) -> None:
    changed = stale(made)
    assert not changed, (
        f"The API has changed since these were made; run `make sdk` and commit them: {', '.join(changed)}"
    )


def test_a_file_that_is_missing_altered_or_made_no_longer_is_told(made: Files) -> None:
    gone = next(path for path in made if path.startswith(FOLDERS[0]))
    kept = {path: content for path, content in made.items() if path != gone}
    kept |= {"sdk/openapi.json": "{}", "sdk/new.py": ""}
    assert stale(kept) == sorted([gone, "sdk/openapi.json", "sdk/new.py"])


def test_what_is_stale_is_written_and_what_is_made_no_longer_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scripts.sdk.document.ROOT", tmp_path)
    first = {"sdk/openapi.json": "{}", f"{FOLDERS[0]}/vinr/old.py": f'"""{MARK}"""', f"{FOLDERS[0]}/vinr/kept.py": MARK}
    (tmp_path / FOLDERS[0]).mkdir(parents=True)
    by_hand = tmp_path / FOLDERS[0] / "client.py"
    by_hand.write_text("# by hand")
    write(first, stale(first))
    assert stale(first) == []
    second = {path: content for path, content in first.items() if "old" not in path} | {"sdk/openapi.json": "{ }"}
    assert stale(second) == ["sdk/openapi.json", f"{FOLDERS[0]}/vinr/old.py"]
    write(second, stale(second))
    assert stale(second) == []
    assert not (tmp_path / FOLDERS[0] / "vinr" / "old.py").exists()
    assert by_hand.exists()


def test_every_operation_with_a_key_is_a_method_once(description: Description, document: dict[str, Any]) -> None:
    operations = [
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
        if "security" not in operation and "x-alias-of" not in operation
    ]
    assert sorted(method.operation for _, method in description.every) == sorted(operations)
    assert len(operations) > 60


def test_what_does_not_end_is_a_stream_of_events(description: Description) -> None:
    ((resource, method),) = description.streams
    assert (resource.path, method.name, method.streams, method.item) == ("events", "stream", True, Reference("Event"))
    assert {parameter.name: parameter.style for parameter in method.parameters} == {
        "types": "commas",
        "account": "plain",
        "last_event_id": "plain",
    }
    assert not any(method.streams for _, method in description.methods)


@pytest.mark.parametrize(
    "name",
    [
        *(f"loyalty.accounts.{name}" for name in ("create", "list", "retrieve", "update", "close", "reopen", "merge")),
        *("loyalty.accounts.erase", "loyalty.accounts.export", "loyalty.accounts.retrieve_wallet"),
        *("loyalty.transactions.create", "loyalty.transactions.create_batch", "loyalty.transactions.list"),
        *("loyalty.credit.issue", "loyalty.credit.spend", "loyalty.credit.transactions.list"),
        *(f"loyalty.redemptions.{name}" for name in ("create", "apply", "fulfill", "release")),
        *("loyalty.earning_rules.preview", "events.create", "events.create_batch", "events.list", "api_keys.create"),
        *("test_helpers.clock.set", "test_helpers.clock.advance", "received_events.list", "audit_log.list"),
    ],
)
def test_names_that_people_know(description: Description, name: str) -> None:
    assert name in {f"{resource.path}.{method.name}" for resource, method in description.methods}


def test_every_method_and_resource_says_what_it_is(description: Description) -> None:
    for resource in description.root.everything():
        assert resource.description or resource.name == "" or "." in resource.path, resource.path
    for resource, method in description.methods:
        assert method.summary, method.operation
        assert method.scope, method.operation
        assert method.deprecated is False, resource.path


def test_only_what_is_the_shops_own_has_no_type(description: Description) -> None:
    loose = {
        f"{schema.name}.{field.name}"
        for schema in description.schemas.values()
        for field in schema.fields
        if Primitive("anything") in parts(field.type)
    }
    assert loose == {"Customer.metadata", "EventData.previous", "EventInData.object", "ReceivedEvent.body"}


def parts(found: Type) -> list[Type]:
    """A type and the types that it is made of."""
    match found:
        case ListOf(inner) | MapOf(inner):
            return [found, *parts(inner)]
        case AnyOf(members):
            return [found, *(part for member in members for part in parts(member))]
        case _:
            return [found]


def test_what_has_more_fields_of_the_same_kind_extends(description: Description) -> None:
    extending = {schema.name: schema.extends for schema in description.schemas.values() if schema.extends}
    assert extending["AccountAsOf"] == extending["MergedAccount"] == "LoyaltyAccount"
    assert extending["CreatedKey"] == "ApiKey"
    assert "AccountList" not in extending


def test_what_no_sdk_could_name_is_refused() -> None:
    with pytest.raises(Unreadable, match=r"Thing.part has an object without a name"):
        read_schemas({"Thing": {"properties": {"part": {"type": "object", "properties": {"a": {"type": "string"}}}}}})


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": ["string", "null"]}, AnyOf((Primitive("string"), Primitive("null")))),
        ({"type": ["number", "string"]}, Primitive("decimal")),
        ({"type": "string", "format": "date-time"}, Primitive("time")),
        ({"anyOf": [{"type": "null"}, {"type": "integer"}]}, AnyOf((Primitive("integer"), Primitive("null")))),
        ({"type": "object", "additionalProperties": {"type": "string"}}, MapOf(Primitive("string"))),
        ({"type": "array", "items": {"type": ["number", "string"]}}, ListOf(Primitive("decimal"))),
    ],
)
def test_types_are_read_as_they_are_written(schema: dict[str, object], expected: Type) -> None:
    assert read_type(schema, "here") == expected
