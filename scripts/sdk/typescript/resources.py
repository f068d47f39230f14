"""Resources of the TypeScript SDK: a class for each, a method for each operation."""

import json
from collections.abc import Iterator
from typing import Final

from scripts.sdk.description import Description, Method, Reference, Resource, Type
from scripts.sdk.typescript.types import (
    LONGEST_LINE,
    Side,
    camel,
    comment,
    has_two_spellings,
    own_path,
    pascal,
    query_name,
    verbatim,
)

_ROOT: Final = "Resources"


def module(description: Description) -> str:
    """A class for each resource, with a method for each operation."""
    lines = [line for resource in _deepest_first(description.root) for line in _class(description, resource)]
    body = "\n".join(lines)
    every = description.every
    answers = {_answer_type(method) for _, method in every if not method.downloads}
    inputs = {name for resource, method in every for name in _input_names(description, resource, method)}
    streams = bool(description.streams)
    imports = [
        *(['import type { EitherCase } from "../casing.js";'] if "EitherCase<" in body else []),
        f'import type {{ RequestOptions{", StreamOptions" * streams} }} from "../options.js";',
        'import type { PagePromise } from "../paging.js";',
        *(['import type { EventStream } from "../streaming.js";'] if streams else []),
        'import type { Transport } from "../transport.js";',
        'import { path } from "../urls.js";',
        _import(inputs, "./params.js"),
        _import(answers, "./types.js"),
        "",
    ]
    return "\n".join([*imports, body])


def _class_name(resource: Resource) -> str:
    return pascal(own_path(resource)) or _ROOT


def _import(names: set[str], source: str) -> str:
    listed = "".join(f"  {name},\n" for name in sorted(names))
    return f'import type {{\n{listed}}} from "{source}";'


def _deepest_first(resource: Resource) -> Iterator[Resource]:
    for child in resource.children:
        yield from _deepest_first(child)
    yield resource


def _class(description: Description, resource: Resource) -> list[str]:
    methods = resource.every
    lines = [
        *comment(resource.description or "Everything that the API has."),
        f"export class {_class_name(resource)} {{",
    ]
    if methods:
        lines.append("  readonly #transport: Transport;")
    for child in resource.children:
        lines += comment(child.description, "  ")
        lines.append(f"  readonly {camel(child.name)}: {_class_name(child)};")
    lines += ["", "  constructor(transport: Transport) {"]
    if methods:
        lines.append("    this.#transport = transport;")
    lines += [f"    this.{camel(child.name)} = new {_class_name(child)}(transport);" for child in resource.children]
    lines.append("  }")
    for method in methods:
        lines += ["", *_method(description, resource, method)]
    return [*lines, "}", ""]


def _method(description: Description, resource: Resource, method: Method) -> list[str]:
    ids = [camel(parameter.name) for parameter in method.at("path")]
    arguments = [f"{name}: string" for name in ids]
    params = _params_argument(description, resource, method)
    arguments += [
        *([params] if params else []),
        f"options?: {'StreamOptions' if method.streams else 'RequestOptions'}",
    ]
    answer = f"{_holder(method)}<{'Uint8Array' if method.downloads else _answer_type(method)}>"
    return [
        *comment(_told(method), "  "),
        *_signature(f"  {camel(method.name)}(", arguments, f"): {answer} {{"),
        f"    {_call(description, method)}",
        "  }",
    ]


def _holder(method: Method) -> str:
    """What holds what a method answers."""
    if method.streams:
        return "EventStream"
    return "PagePromise" if method.item else "Promise"


def _told(method: Method) -> str:
    told = method.summary + "."
    if method.description not in ("", method.summary):
        told += "\n\n" + method.description
    return told + ("\n\n@deprecated" if method.deprecated else "")


def _signature(start: str, arguments: list[str], end: str) -> list[str]:
    line = start + ", ".join(arguments) + end
    if len(line) <= LONGEST_LINE:
        return [line]
    return [start, *(f"    {argument}," for argument in arguments), f"  {end}"]


def _params_argument(description: Description, resource: Resource, method: Method) -> str | None:
    names = _input_names(description, resource, method)
    if not names:
        return None
    (name,) = names
    fields = _fields(description, method)
    written = f"EitherCase<{name}>" if has_two_spellings(description, [field[:2] for field in fields]) else name
    return f"params: {written}" if any(required for _, _, required in fields) else f"params: {written} = {{}}"


def _input_names(description: Description, resource: Resource, method: Method) -> set[str]:
    """The interface of what a method takes besides ids; no method takes both a body and a query."""
    assert not (method.body and method.at("query")), method.operation
    if method.body:
        return {Side(description, goes_in=True).name(method.body)}
    return {query_name(resource, method)} if method.at("query") else set()


def _fields(description: Description, method: Method) -> list[tuple[str, Type, bool]]:
    if method.body:
        return [(field.name, field.type, field.required) for field in description.schemas[method.body].fields]
    return [(each.name, each.type, each.required) for each in method.at("query")]


def _answer_type(method: Method) -> str:
    if method.item is None:
        return method.answer
    assert isinstance(method.item, Reference), method.operation
    return method.item.name


def _call(description: Description, method: Method) -> str:
    place = _path(method)
    params = "params" if method.at("query") else "{}"
    if method.streams:
        listed = json.dumps([each.wire for each in method.at("query") if each.style == "commas"])
        return f"return this.#transport.stream({place}, {params}, {listed}, options);"
    if method.downloads:
        return f"return this.#transport.download({place}, options);"
    if method.item:
        return f"return this.#transport.list({place}, {params}, options);"
    sent = "{}"
    if method.body:
        kept = verbatim(description, method.body)
        sent = f"{{ body: params, verbatim: {json.dumps(kept)} }}" if kept else "{ body: params }"
    elif method.at("query"):
        sent = "{ query: params }"
    return f'return this.#transport.call("{method.verb}", {place}, {sent}, options);'


def _path(method: Method) -> str:
    """The path of a request, its ids filled in."""
    place = method.path
    for parameter in method.at("path"):
        place = place.replace("{" + parameter.wire + "}", "${" + camel(parameter.name) + "}")
        place = place.replace("{" + parameter.wire + ":path}", "${" + camel(parameter.name) + "}")
    return f"path`{place}`"
