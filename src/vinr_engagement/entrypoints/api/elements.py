"""Batches: a list in, one answer for each element out, in its order, each with its own status."""

from collections.abc import Sequence
from typing import Any

import msgspec

from vinr_engagement.commands import EventOutcome, Reply
from vinr_engagement.entrypoints.api import limits
from vinr_engagement.entrypoints.api.errors import ErrorWriter, Fault, status_of
from vinr_engagement.entrypoints.api.suggest import kind_of, unknown_field
from vinr_engagement.foundation import json
from vinr_engagement.foundation.errors import Refusal


def batch_elements(body: Any, field: str) -> list[Any]:
    """The elements of ``{field: […]}``. Raises ``Fault`` for anything else, and for none or too many."""
    if not isinstance(body, dict):
        raise Fault("parameter_invalid", f"The body must be an object with {field}, not {kind_of(body)}.")
    for name in body:
        if name != field:
            raise unknown_field(name, name, [field], "the body")
    if field not in body:
        raise Fault("parameter_missing", f"{field} is missing: a list of 1 to {limits.BATCH_ELEMENTS}.", param=field)
    elements = body[field]
    if not isinstance(elements, list):
        raise Fault("parameter_invalid", f"{field} must be a list, not {kind_of(elements)}.", param=field)
    if not 1 <= len(elements) <= limits.BATCH_ELEMENTS:
        message = f"{field} must have 1 to {limits.BATCH_ELEMENTS} elements, not {len(elements)}."
        raise Fault("parameter_invalid", message, param=field)
    return elements


def batch_data(batch: str) -> dict[str, Any]:
    """The answers to a batch, as the OpenAPI document describes them; their schemas are ``batch_elements_of`` it."""
    names = (f"{batch}Done", f"{batch}Refused")
    return {
        "type": "array",
        "description": "In the order of the request.",
        "items": {"oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in names]},
    }


def batch_elements_of(batch: str, result: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schemas of an element that took effect, with this result, and of one that was refused."""
    done = {"type": "integer", "const": 200, "description": "Its HTTP status, had it been sent alone."}
    refused = {"type": "integer", "minimum": 400, "maximum": 599, "description": done["description"]}
    return (
        _element_schema(f"{batch}Done", "result", result, done, "It took effect."),
        _element_schema(f"{batch}Refused", "error", "ErrorObject", refused, "It was refused, alone."),
    )


def _element_schema(title: str, name: str, schema: str, status: dict[str, Any], description: str) -> dict[str, Any]:
    return {
        "title": title,
        "type": "object",
        "description": description,
        "required": ["status", name],
        "additionalProperties": False,
        "properties": {"status": status, name: {"$ref": f"#/components/schemas/{schema}"}},
    }


def batch_reply(
    kind: str, elements: Sequence[Any], outcomes: Sequence[Any], writer: ErrorWriter, request_id: str
) -> tuple[Reply, list[Any]]:
    """The answer to a batch, and what came of each element: ``outcomes`` are those of the elements that were commands.

    One refusal alone, for a different number of commands, is that of the request as a whole.
    """
    if len(outcomes) == 1 and isinstance(outcomes[0], Refusal) and outcomes[0].code == "idempotency_key_reused":
        return Reply(status_of(outcomes[0]), writer.body(outcomes[0], request_id)), [outcomes[0]]
    rest = iter(outcomes)
    answered = [element if isinstance(element, Refusal) else next(rest) for element in elements]
    data = [_element(outcome, writer, request_id) for outcome in answered]
    return Reply(200, json.encode({"object": kind, "data": data})), answered


def _element(outcome: Any, writer: ErrorWriter, request_id: str) -> dict[str, Any]:
    if isinstance(outcome, Refusal):
        return {"status": status_of(outcome), "error": writer.error(outcome, request_id)}
    return {"status": 200, "result": msgspec.Raw(outcome.encoded) if isinstance(outcome, EventOutcome) else outcome}
