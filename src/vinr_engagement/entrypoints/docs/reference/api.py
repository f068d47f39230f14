"""The API as its document tells it: resources, operations, objects."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from vinr_engagement.entrypoints.docs.reference import answers
from vinr_engagement.entrypoints.docs.reference.fields import Field, Schema, Schemas, kind_of
from vinr_engagement.entrypoints.docs.reference.requests import Request, request_of

PATH: Final = "/docs/reference/api"
_ERRORS: Final = "/docs/reference/errors"
_MADE_ID: Final = re.compile(r"([a-z]+)_0[0-9a-z]{20,}$")


@dataclass(frozen=True)
class Answer:
    """What an operation answers: an object, a list of some, or ``fields`` that are told in place.

    ``fields`` beside an object are those that it has here alone.
    """

    description: str
    kind: str = ""
    listed: bool = False
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True)
class Error:
    """An error that an operation gives."""

    code: str
    status: str
    meaning: str

    @property
    def path(self) -> str:
        """Where the reference of errors has it."""
        return f"{_ERRORS}#{self.code}"


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked for."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    scope: str
    errors: tuple[Error, ...]
    path_fields: tuple[Field, ...]
    query: tuple[Field, ...]
    body: tuple[Field, ...]
    answer: Answer
    request: Request
    has_method: bool
    shown: Any

    @property
    def is_for_readers(self) -> bool:
        """Whether a reader may ask for it: what needs no key is for others, who sign what they send, or sign in."""
        return bool(self.scope) or not self.path.startswith("/v1/")

    @property
    def verb(self) -> str:
        """What it does with its resource."""
        return self.id.rpartition(".")[2]

    @property
    def anchor(self) -> str:
        """Its place on the page of its resource."""
        return self.id.partition(".")[2].replace(".", "-").replace("_", "-")


@dataclass(frozen=True)
class Described:
    """A kind of object: its fields, and the resource on whose page they are."""

    kind: str
    description: str
    prefix: str
    fields: tuple[Field, ...]
    resource: str
    shown: Any

    @property
    def path(self) -> str:
        """Where it is told."""
        return f"{PATH}/{self.resource}#{anchor_of(self.kind)}"


@dataclass(frozen=True)
class Resource:
    """The operations on one kind of thing, and the objects that they answer."""

    tag: str
    description: str
    operations: tuple[Operation, ...]
    objects: tuple[Described, ...]

    @property
    def name(self) -> str:
        """As people call it."""
        return self.tag.replace("_", " ").capitalize().replace("Api ", "API ")

    @property
    def slug(self) -> str:
        """Its place under the reference."""
        return self.tag.replace("_", "-")

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"{PATH}/{self.slug}"


def anchor_of(kind: str) -> str:
    """The place of an object on its page."""
    return f"the-{kind.replace('_', '-')}-object"


class Api:
    """The whole document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self.schemas = Schemas(document["components"]["schemas"])

    @property
    def description(self) -> str:
        """What the document says of the API as a whole."""
        return str(self._document["info"]["description"])

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """All of them, in the document's order."""
        return tuple(
            Resource(
                tag["name"], tag["description"], self.operations[tag["name"]], tuple(self._objects_of(tag["name"]))
            )
            for tag in self._document["tags"]
            if tag["name"] in self.operations
        )

    @cached_property
    def operations(self) -> dict[str, tuple[Operation, ...]]:
        """The operations by the tag of their resource."""
        found = dict[str, list[Operation]]()
        for path, methods in self._document["paths"].items():
            for method, raw in methods.items():
                found.setdefault(raw["tags"][0], []).append(self._operation(method.upper(), path, raw))
        return {tag: tuple(sorted(each, key=_customary)) for tag, each in found.items()}

    @cached_property
    def objects(self) -> dict[str, Described]:
        """Every kind of object that some operation answers or another object holds."""
        return {kind: self._described(kind) for kind in self.schemas.kinds() if kind in self._homes}

    def _objects_of(self, tag: str) -> Iterator[Described]:
        slug = tag.replace("_", "-")
        return (each for each in self.objects.values() if each.resource == slug)

    @cached_property
    def _homes(self) -> dict[str, str]:
        """The page of each kind of object: of what retrieves it, or else of what answers it first."""
        ranked = dict[str, tuple[int, str]]()
        for tag, operations in self.operations.items():
            for operation in operations:
                kind = operation.answer.kind
                rank = 0 if operation.verb == "retrieve" else 1 if operation.answer.listed else 2
                if kind and (kind not in ranked or rank < ranked[kind][0]):
                    ranked[kind] = (rank, tag.replace("_", "-"))
        return {kind: slug for kind, (_, slug) in ranked.items()}

    def _described(self, kind: str) -> Described:
        schema = self._base(kind)
        fields, shown = self.schemas.fields(schema), self._shown(kind)
        told = schema["properties"].get("id", {}).get("examples", [""])[0]
        made = _MADE_ID.match((shown or {}).get("id", ""))
        prefix = told.partition("_")[0] or (made[1] if made else "")
        return Described(kind, schema.get("description", ""), prefix, fields, self._homes[kind], shown)

    def _shown(self, kind: str) -> Any:
        """One of its kind, from an answer that was recorded: alone, or else in a list."""
        found = [each for listed in self.operations.values() for each in listed if each.answer.kind == kind]
        for operation in sorted(found, key=lambda each: (each.answer.listed, each.verb != "retrieve")):
            if operation.shown is not None:
                return next(iter(operation.shown["data"]), None) if operation.answer.listed else operation.shown
        return None

    def _base(self, kind: str) -> Schema:
        """Of all schemas of a kind, the one of its name, or else the one without additions."""
        found = {name: self.schemas.named(name) for name in self.schemas.names_of(kind)}
        own = kind.replace("_", "")
        return found[min(found, key=lambda name: (name.lower() != own, len(found[name]["properties"])))]

    def _operation(self, method: str, path: str, raw: dict[str, Any]) -> Operation:
        parameters = raw.get("parameters", [])
        body = raw.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        return Operation(
            raw["operationId"],
            method,
            path.replace(":path}", "}"),
            raw["summary"],
            "" if raw.get("description", "").rstrip(".") == raw["summary"] else raw.get("description", ""),
            raw.get("x-required-scope", ""),
            tuple(self._errors(raw)),
            tuple(self._parameters(parameters, "path")),
            tuple(self._parameters(parameters, "query")),
            () if body is None else self.schemas.fields(_only(body)),
            self._answer(raw["responses"]["200"]),
            request_of(self.schemas, method, path, raw),
            _has_method(raw),
            answers.recorded().get(raw["operationId"]),
        )

    def _parameters(self, parameters: list[dict[str, Any]], place: str) -> Iterator[Field]:
        for each in parameters:
            if each["in"] == place:
                schema = {"description": each.get("description", ""), **each["schema"]}
                yield self.schemas.field(each["name"], schema, required=each.get("required", False))

    def _errors(self, raw: dict[str, Any]) -> Iterator[Error]:
        for status, answer in raw["responses"].items():
            told = answer["description"]
            for code in raw["x-error-codes"]:
                _, found, after = told.partition(f"`{code}`: ")
                if status != "200" and found:
                    yield Error(code, status, after.partition(" `")[0] if ". `" in after else after)

    def _answer(self, response: dict[str, Any]) -> Answer:
        schema = response.get("content", {}).get("application/json", {}).get("schema")
        if schema is None:
            return Answer(response["description"])
        _, found = self.schemas.resolved(schema)
        kind = kind_of(found)
        if kind is not None:
            return self._of_kind(kind, found)
        listed = kind_of(self.schemas.resolved(found.get("properties", {}).get("data", {}).get("items", {}))[1])
        if listed is not None:
            return Answer(found.get("description", ""), listed, listed=True)
        return Answer(found.get("description", ""), fields=self.schemas.fields(found))

    def _of_kind(self, kind: str, schema: Schema) -> Answer:
        known = self._base(kind)["properties"]
        more = tuple(each for each in self.schemas.fields(schema) if each.name not in known)
        return Answer(schema.get("description", ""), kind, fields=more)


def _has_method(raw: dict[str, Any]) -> bool:
    """Whether the SDKs have a method for it: not for operators' endpoints, aliases and streams."""
    answers_json = "application/json" in raw["responses"]["200"].get("content", {})
    return answers_json and "x-required-scope" in raw and "x-alias-of" not in raw


def _only(schema: Schema) -> Schema:
    """The body itself, where it may be left out."""
    ways = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    return ways[0] if len(ways) == 1 else schema


_CUSTOMARY: Final = ("create", "retrieve", "update", "list", "delete")


def _customary(operation: Operation) -> tuple[int, bool]:
    """What most come for goes first; those of other kinds keep the document's order."""
    order = _CUSTOMARY.index(operation.verb) if operation.verb in _CUSTOMARY else len(_CUSTOMARY)
    return order, not operation.has_method
