"""The pages of the reference: an overview, all objects, and one for each resource."""

import json
from collections.abc import Iterator
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from vinr_engagement.entrypoints.docs.code import Block, block_of
from vinr_engagement.entrypoints.docs.contents import Entry, Group
from vinr_engagement.entrypoints.docs.pages import Page
from vinr_engagement.entrypoints.docs.place import Place
from vinr_engagement.entrypoints.docs.prose import Article, Heading, Prose, Section
from vinr_engagement.entrypoints.docs.reference import samples
from vinr_engagement.entrypoints.docs.reference.api import PATH, Api, Operation, Resource, anchor_of
from vinr_engagement.entrypoints.docs.written import resolver, with_links

_OVERVIEW = Entry(PATH, "Overview", "How requests and answers look, and every endpoint.")
_OBJECTS = Entry(f"{PATH}/objects", "All objects", "Every kind of object that the API answers.")


def group(api: Api) -> Group:
    """The part of the contents that the reference is."""
    return Group("API reference", (_OVERVIEW, _OBJECTS, *(_entry(resource) for resource in api.resources)))


def _entry(resource: Resource) -> Entry:
    return Entry(resource.path, resource.name, resource.description)


class Pages:
    """Makes the pages of the reference."""

    def __init__(self, api: Api, templates: Environment, prose: Prose, place: Place) -> None:
        self._api = api
        self._templates = templates
        self._plain = templates.overlay(trim_blocks=False, lstrip_blocks=False)
        self._prose = prose
        self._place = place
        known: dict[str, Any] = templates.globals
        known |= {
            "api": api,
            "anchor_of": anchor_of,
            "line": prose.line,
            "paragraphs": prose.paragraphs,
            "samples": sample_blocks,
            "shown": shown_block,
            "sample_texts": sample_texts,
        }

    def all(self) -> Iterator[Page]:
        """Every page, in the order of the contents."""
        yield self._from_text(_OVERVIEW, "text/api.md")
        yield self._from_text(_OBJECTS, "text/objects.md")
        for resource in self._api.resources:
            yield self._of(resource)

    def _from_text(self, entry: Entry, template: str) -> Page:
        def text() -> str:
            return self._templates.get_template(template).render()

        return Page(
            entry.path,
            entry.label,
            entry.description,
            "written",
            "api",
            lambda: with_links(text(), "", self._place),
            lambda: self._prose.article(text(), resolver("", self._place)),
        )

    def _of(self, resource: Resource) -> Page:
        def text() -> str:
            made = self._plain.get_template("text/resource.md").render(resource=resource)
            return with_links(made, "", self._place)

        def article() -> Article:
            return Article(
                Markup(), resource.name, resource.description, tuple(_outline(resource)), tuple(_sections(resource))
            )

        return Page(resource.path, resource.name, resource.description, "resource", "api", text, article)


def sample_texts(operation: Operation) -> list[tuple[str, str]]:
    """The example request in each language that it can be made in, with what stands after the fence."""
    makers = (("sh curl", samples.curl), ("python", samples.python), ("ts", samples.typescript))
    return [(language, make(operation.request)) for language, make in makers[: 3 if operation.has_method else 1]]


def sample_blocks(operation: Operation) -> list[Block]:
    """The same in colours."""
    return [block_of(language, text) for language, text in sample_texts(operation)]


def shown_block(answer: Any) -> Block:
    """A recorded answer in colours."""
    return block_of("json answer", json.dumps(answer, indent=2, ensure_ascii=False))


def _outline(resource: Resource) -> Iterator[Heading]:
    for described in resource.objects:
        yield Heading(2, anchor_of(described.kind), f"The {described.kind} object")
    for operation in resource.operations:
        yield Heading(2, operation.anchor, operation.summary)


def _sections(resource: Resource) -> Iterator[Section]:
    yield Section("", "", resource.description)
    for described in resource.objects:
        names = " ".join(f"{field.name} {field.description}" for field in described.fields)
        yield Section(
            anchor_of(described.kind),
            f"The {described.kind} object",
            f"{described.description} {names}".replace("`", ""),
        )
    for operation in resource.operations:
        names = " ".join(field.name for field in (*operation.query, *operation.body))
        told = f"{operation.method} {operation.path} {operation.description} {names}"
        yield Section(operation.anchor, operation.summary, told.replace("`", ""))
