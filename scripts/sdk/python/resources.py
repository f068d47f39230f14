"""``vinr/resources/``: a module for every resource, with a method for every operation, for both clients."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from scripts.sdk.description import Description, Field, Method, Parameter, Reference, Resource
from scripts.sdk.python.models import conversion
from scripts.sdk.python.text import (
    answer_type,
    argument_name,
    class_name,
    docstring,
    header,
    python_name,
    request_type,
    tidy,
)

Colour = Literal["", "Async"]
COLOURS: tuple[Colour, ...] = ("", "Async")

_IMPORTS = """
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from vinr._core.decode import having, one, told_by
from vinr._core.exchange import Call, Endpoint
from vinr._core.options import OMIT, Omit
from vinr._core.resource import AsyncResource, AsyncRunner, Resource, Runner
from vinr._core.wire import commas
from vinr.pages import page_of

if TYPE_CHECKING:
    from vinr import params, types
    from vinr._core.options import RequestOptions
    from vinr.pages import AsyncPage, AsyncPager, Page, PageData
    from vinr.streams import AsyncStream, Stream
"""
_SHOWING = {"limit": 1, "starting_after": 2, "ending_before": 3, "expand": 4}
OPTIONS = "options: RequestOptions | None = None"


class Argument(NamedTuple):
    """A parameter of a generated method: what it is called there and on the wire, and how it is declared."""

    name: str
    wire: str
    declared: str
    description: str
    required: bool


def modules(description: Description) -> Mapping[str, str]:
    """Every module, by its path in the package."""
    return {_path_of(resource): _module(resource, description) for resource in description.root.everything()}


def _path_of(resource: Resource) -> str:
    place = "/".join(["resources", *(part for part in resource.path.split(".") if part)])
    return f"{place}/__init__.py" if resource.children else f"{place}.py"


def _module(resource: Resource, description: Description) -> str:
    summary = f"``{resource.path}``: {tidy(resource.description)}" if resource.path else "The resources of the API."
    parts = [header(summary), _IMPORTS, *_imports_of_children(resource)]
    if not resource.path:
        parts.append(f'__all__ = ["API_VERSION", "AsyncTree", "Tree"]\n\nAPI_VERSION = "{description.api_version}"\n')
    parts.extend(_endpoint(method, description) for method in resource.every)
    parts.extend(_class(resource, description, colour) for colour in COLOURS)
    return "\n".join(parts)


def _imports_of_children(resource: Resource) -> Iterator[str]:
    for child in resource.children:
        yield (
            f"if TYPE_CHECKING:\n    {_import_of(child)}"
            if child is resource.children[0]
            else f"    {_import_of(child)}"
        )


def _import_of(child: Resource, colours: Iterable[Colour] = COLOURS) -> str:
    names = ", ".join(f"{colour}{class_name(child.path)}" for colour in colours)
    return f"from vinr.resources.{child.path} import {names}"


def _constant(method: Method) -> str:
    return f"_{method.name.upper()}"


def _endpoint(method: Method, description: Description) -> str:
    if method.downloads:
        return f'{_constant(method)}: Endpoint[bytes] = Endpoint("{method.verb}", "{method.path}", bytes, is_file=True)'
    read = conversion(method.item or Reference(method.answer), description.schemas)
    read = f"page_of({read})" if _has_pages(method) else read
    return f'{_constant(method)}: Endpoint[{_read_type(method)}] = Endpoint("{method.verb}", "{method.path}", {read})'


def _has_pages(method: Method) -> bool:
    return method.item is not None and not method.streams


def _read_type(method: Method) -> str:
    if method.streams or method.item is None:
        return f"types.{method.answer}"
    return f"PageData[{answer_type(method.item, 'types.')}]"


def _class(resource: Resource, description: Description, colour: Colour) -> str:
    if resource.path:
        name, base, meaning = class_name(resource.path), f"{colour}Resource", resource.description
    else:
        name, base, meaning = "Tree", f"{colour}Runner", "What a client has: every resource of the API."
    parts = [
        f"\nclass {colour}{name}({base}):\n",
        docstring(meaning or "A part of the API.", 4),
        *(_child(child, colour, "self._client" if resource.path else "self") for child in resource.children),
        *(_method(method, description, colour) for method in resource.every),
    ]
    return "\n".join(parts)


def _child(child: Resource, colour: Colour, client: str) -> str:
    name = f"{colour}{class_name(child.path)}"
    return (
        f"    @cached_property\n    def {child.name}(self) -> {name}:\n{docstring(child.description, 8)}"
        f"        {_import_of(child, [colour])}\n\n        return {name}({client})\n"
    )


def _method(method: Method, description: Description, colour: Colour) -> str:
    run = "_stream" if method.streams else "_page" if _has_pages(method) else "_run"
    coroutine = colour == "Async" and run == "_run"
    return (
        f"    {'async ' if coroutine else ''}def {python_name(method.name)}({_signature(method, description)})"
        f" -> {_returned(method, colour)}:\n"
        f"{docstring(_told(method, description), 8)}"
        f"        return {'await ' if coroutine else ''}self._client.{run}"
        f"({_call(method, description)})\n"
    )


def _returned(method: Method, colour: Colour) -> str:
    if method.streams:
        return f"{colour}Stream[types.{method.answer}]"
    if method.downloads:
        return "bytes"
    if method.item is None:
        return f"types.{method.answer}"
    return f"{'AsyncPager' if colour else 'Page'}[{answer_type(method.item, 'types.')}]"


def _signature(method: Method, description: Description) -> str:
    in_path = [f"{argument_name(parameter.name)}: str" for parameter in method.at("path")]
    named = [argument.declared for argument in arguments(method, description)]
    return ", ".join(["self", *in_path, "*", *named, OPTIONS])


def arguments(method: Method, description: Description) -> list[Argument]:
    """The named arguments of a method: those that are needed first, then what it is about, then which part to show."""
    body = [] if method.body is None else [_of_field(field) for field in description.schemas[method.body].fields]
    query = [_of_parameter(parameter) for parameter in method.at("query")]
    found = sorted([*body, *query], key=lambda argument: (not argument.required, _SHOWING.get(argument.name, 0)))
    names = ["options", *(argument.name for argument in found), *(parameter.name for parameter in method.at("path"))]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ValueError(f"{method.operation} has two parameters named {twice[0]}")
    return found


def _of_field(field: Field) -> Argument:
    told = request_type(field.type, "params.")
    declared = f"{argument_name(field.name)}: {told if field.required else f'{_or_omitted(told)} = OMIT'}"
    return Argument(argument_name(field.name), field.name, declared, field.description, field.required)


def _or_omitted(told: str) -> str:
    return f"{told.removesuffix(' | None')} | Omit | None" if told.endswith(" | None") else f"{told} | Omit"


def _of_parameter(parameter: Parameter) -> Argument:
    told = request_type(parameter.type, "params.")
    wire = parameter.name if parameter.style in ("repeated", "brackets") else parameter.wire
    declared = f"{argument_name(parameter.name)}: {told}" + ("" if parameter.required else " | None = None")
    return Argument(argument_name(parameter.name), wire, declared, parameter.description, parameter.required)


def _call(method: Method, description: Description) -> str:
    fields = {field.name for field in description.schemas[method.body].fields} if method.body is not None else set()
    named = arguments(method, description)
    parts = [
        f"Call({_constant(method)}",
        *_mapping("path", [(parameter.name, argument_name(parameter.name)) for parameter in method.at("path")]),
        *_mapping("query", [(each.wire, _sent(each, method)) for each in named if each.wire not in fields]),
        *([] if method.body is None else _body([(each.wire, each.name) for each in named if each.wire in fields])),
        "options=options)",
    ]
    return ", ".join(parts)


def _sent(argument: Argument, method: Method) -> str:
    joined = {parameter.wire for parameter in method.parameters if parameter.style == "commas"}
    return f"commas({argument.name})" if argument.wire in joined else argument.name


def _mapping(name: str, entries: list[tuple[str, str]]) -> list[str]:
    listed = ", ".join(f'"{wire}": {argument}' for wire, argument in entries)
    return [f"{name}={{{listed}}}"] if entries else []


def _body(entries: list[tuple[str, str]]) -> list[str]:
    return _mapping("body", entries) or ["body={}"]


def _told(method: Method, description: Description) -> str:
    """What a method's docstring says: what it does, what each argument is, and how it may be refused."""
    parts = [f"{method.summary}."]
    if method.description.rstrip(".") != method.summary.rstrip("."):
        parts.append(" ".join(method.description.split()))
    described = [argument for argument in arguments(method, description) if argument.description]
    parts.extend(f"`{argument.name}`: {argument.description}" for argument in described)
    own = sorted(set(method.errors) - description.common_errors)
    if own:
        parts.append(f"Refused with {', '.join(f'`{code}`' for code in own)}.")
    return "\n\n".join(parts)
