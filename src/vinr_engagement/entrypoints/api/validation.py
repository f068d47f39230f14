"""From pydantic's account of what is wrong to ours: every fault named, and what would be right."""

from collections.abc import Iterator
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from vinr_engagement.entrypoints.api.body import path_text
from vinr_engagement.entrypoints.api.errors import Fault
from vinr_engagement.entrypoints.api.suggest import hint, kind_of, quote

_SHOWN_FAULTS: Final = 20
_EXPECTED: Final = {
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "string_type": "must be a text",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
}
_BOUNDS: Final = {
    "greater_than_equal": ("must be at least {}", "ge"),
    "greater_than": ("must be more than {}", "gt"),
    "less_than_equal": ("must be at most {}", "le"),
    "less_than": ("must be less than {}", "lt"),
    "string_too_long": ("must have at most {} characters", "max_length"),
    "string_too_short": ("must have at least {} characters", "min_length"),
    "too_long": ("must have at most {} entries", "max_length"),
    "too_short": ("must have at least {} entries", "min_length"),
    "literal_error": ("must be one of {}", "expected"),
}


def fault_of(errors: list[ErrorDetails], model: type[BaseModel] | None) -> Fault:
    """One refusal for all that is wrong; where there are several faults, ``errors`` names each."""
    faults = [_one(error, model) for error in errors[:_SHOWN_FAULTS]]
    first = faults[0]
    if len(faults) > 1:
        first.details["errors"] = [
            {"param": fault.param, "code": fault.code, "message": fault.message} for fault in faults
        ]
    return first


def _one(error: ErrorDetails, model: type[BaseModel] | None) -> Fault:
    place = tuple(part for part in error["loc"][1:] if part != "[key]")
    param = path_text(place)
    kind = error["type"]
    if not place and kind == "missing":
        return Fault("json_invalid", "The body is empty; send a JSON object.")
    if kind == "missing":
        return Fault("parameter_missing", f"{param} is missing.", param=param)
    if kind == "extra_forbidden":
        known = known_fields(model, place[:-1])
        where = path_text(place[:-1]) or "the request"
        return Fault(
            "parameter_unknown", f"There is no {quote(str(place[-1])[:60])} in {where}.{hint(str(place[-1]), known)}",
            param=param,
        )  # fmt: skip
    return Fault("parameter_invalid", f"{param or 'The body'} {_expectation(error)}.", param=param or None)


def _expectation(error: ErrorDetails) -> str:
    kind, value = error["type"], error["input"]
    if kind in _EXPECTED:
        shown = quote(value) if isinstance(value, str | int | float | bool) else kind_of(value)
        return f"{_EXPECTED[kind]}, not {shown}"
    if kind in _BOUNDS:
        words, name = _BOUNDS[kind]
        given = "" if kind.startswith(("string", "too")) else f", not {quote(value)}"
        return words.format(error["ctx"][name]) + given
    if kind == "value_error":
        return str(error["ctx"]["error"])
    return f"is not right: {error['msg']}"


def known_fields(model: type[BaseModel] | None, place: tuple[int | str, ...]) -> list[str]:
    """The fields of the object at a place in a model, as they are spelled on the wire."""
    found: type[BaseModel] | None = model
    for part in place:
        if found is None or isinstance(part, int):
            continue
        field = next((field for name, field in found.model_fields.items() if (field.alias or name) == part), None)
        found = None if field is None else next(models_in(field.annotation), None)
    return [] if found is None else [field.alias or name for name, field in found.model_fields.items()]


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that an annotation is made of: ``Tier`` for ``list[Tier] | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (Union, UnionType, list, dict) or get_args(annotation):
        for argument in get_args(annotation):
            yield from models_in(argument)
