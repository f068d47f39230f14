"""The OpenAPI 3.1 document: FastAPI's, with the event intake, keys, headers and errors described in it."""

import asyncio
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from vinr_engagement.entrypoints.api.connector_intake import CONNECTOR
from vinr_engagement.entrypoints.api.connector_shapes import ConnectorReceipt
from vinr_engagement.entrypoints.api.exchange import API_VERSION
from vinr_engagement.entrypoints.api.intake import EVENT_BATCH, EVENTS
from vinr_engagement.entrypoints.api.meanings import describe
from vinr_engagement.entrypoints.api.openapi_parts import HEADERS, IDEMPOTENCY_KEY, SCHEMAS, headers_of, path_id
from vinr_engagement.entrypoints.api.routing import ANY, BATCH, CODES_OF, SCOPE, WRITING, error_responses
from vinr_engagement.foundation import json

_EVENT_CODES: Final = (
    *ANY,
    *WRITING,
    *("event_conflict", "payment_conflict", "refund_conflict", "event_in_future", "refund_exceeds_payment"),
    *("points_out_of_range", "credit_out_of_range"),
)
_WEBHOOK_CODES: Final = (
    *("signature_invalid", "connector_disabled", "signing_secret_in_use", "resource_missing", "body_too_large"),
    *(
        "json_invalid",
        "json_too_deep",
        "parameter_missing",
        "parameter_invalid",
        "internal_error",
        "service_unavailable",
    ),
)
_DESCRIPTION: Final = f"""
The open-source loyalty engine. Send events, read balances, adjust, issue and spend store credit, merge, configure.

Authenticate with `X-Api-Key: KEY` or `Authorization: Bearer KEY`; the key's prefix picks the test or the live store.
Every answer carries `X-Request-Id` and `Vinr-Version` (now `{API_VERSION}`). Every POST, PATCH and DELETE takes an
`Idempotency-Key`. Each endpoint lists in `x-error-codes` exactly the errors that it gives, and in `x-required-scope` what a
restricted key needs for it.
"""
_TAGS: Final = {
    "accounts": "Members: the link between one customer and one program.",
    "transactions": "The ledger, and adjustments to it.",
    "credit": "Store credit: money owed to members, in wallets.",
    "programs": "Programs and their policies.",
    "earning_rules": "When members earn, and how much.",
    "rewards": "What points buy.",
    "redemptions": "Members' points for rewards.",
    "referrals": "Members who bring members.",
    "segments": "Named groups of members.",
    "campaigns": "For a time and an audience, more points than usual.",
    "analytics": "What happened in a program, and what it owes, exact to the point.",
    "customers": "The buyers that events told of.",
    "events": "Events in, and events out.",
    "received_events": "What was sent here, and what came of it.",
    "webhook_endpoints": "Where events go, and what was delivered.",
    "connectors": "Webhooks of payment providers and shops, as events.",
    "reports": "Exports as files: the ledger, redemptions, what is owed.",
    "audit_log": "Who changed which configuration when.",
    "api_keys": "Who may use the API.",
    "test_helpers": "The clock of the test store.",
    "operations": "For whoever runs the server; without a key.",
}


def serve(api: FastAPI) -> None:
    """Serves the document at ``/openapi.json``; it is made when first asked for, and nobody else waits meanwhile."""
    made: dict[str, bytes] = {}

    async def answer(_: Request) -> Response:
        if not made:
            made["document"] = json.encode(await asyncio.to_thread(document, api))
        return Response(made["document"], media_type="application/json")

    api.router.routes.append(Route("/openapi.json", answer, methods=["GET"], include_in_schema=False))


def document(api: FastAPI) -> dict[str, Any]:
    """The whole document."""
    found: dict[str, Any] = get_openapi(
        title=api.title,
        version=api.version,
        summary="Points, tiers, rewards and referrals on one exact ledger.",
        description=_DESCRIPTION.strip(),
        routes=api.routes,
        tags=[{"name": name, "description": description} for name, description in _TAGS.items()],
    )
    components = found["components"]
    components["schemas"] |= SCHEMAS | _webhook_schemas()
    components["headers"] = HEADERS
    components["securitySchemes"] = {
        "apiKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
        "bearer": {"type": "http", "scheme": "bearer"},
    }
    found["security"] = [{"apiKey": []}, {"bearer": []}]
    _add_intake(found["paths"])
    found["paths"][CONNECTOR]["post"] = _webhook_operation()
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            _finish(path, method, operation)
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)
    describe(components["schemas"])
    return found


def _add_intake(paths: dict[str, Any]) -> None:
    paths.setdefault(EVENTS, {})["post"] = _intake_operation(
        "create",
        "Send an event",
        "Answers at once with what came of it: for each program the member, the transactions written, and for every rule "
        "whether it matched and if not why not. A repeat answers `duplicate` with the first outcome.",
        "EventIn",
        "EventOutcome",
        _EVENT_CODES,
    )
    paths[EVENT_BATCH] = {
        "post": _intake_operation(
            "create_batch",
            "Send many events",
            "Up to 1,000, processed in array order; each succeeds or fails by itself, with an answer and a status of its own.",
            "EventBatchIn",
            "EventBatch",
            (*ANY, *WRITING),
        )
        | {BATCH: True}
    }


def _intake_operation(
    name: str, summary: str, description: str, body: str, answer: str, codes: tuple[str, ...]
) -> dict[str, Any]:
    answered, asked = (
        {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}} for name in (answer, body)
    )
    return {
        "tags": ["events"],
        "summary": summary,
        "description": description,
        "operationId": f"events.{name}",
        SCOPE: "events:write",
        CODES_OF: sorted(set(codes)),
        "requestBody": {"required": True, "content": asked},
        "responses": {
            "200": {"description": "What came of it.", "content": answered},
            **{str(status): response for status, response in error_responses(codes).items()},
        },
    }


def _webhook_schemas() -> dict[str, Any]:
    """Those that no route of FastAPI's names."""
    made = ConnectorReceipt.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**made.pop("$defs"), "ConnectorReceipt": made}


def _webhook_operation() -> dict[str, Any]:
    receipt = {"application/json": {"schema": {"$ref": "#/components/schemas/ConnectorReceipt"}}}
    return {
        "tags": ["connectors"],
        "summary": "Take a provider's webhook",
        "description": "For Stripe, Shopify and so on to call. No API key: the provider's signature is checked. What the engine "
        "refuses is answered with 200 as well, and says why, since sending it again would change nothing.",
        "operationId": "connectors.receive",
        "security": [],
        CODES_OF: sorted(_WEBHOOK_CODES),
        "parameters": [{"name": "provider", "in": "path", "required": True, "schema": path_id(CONNECTOR, "provider")}],
        "requestBody": {
            "required": True,
            "description": "As the provider sends it.",
            "content": {"application/json": {"schema": {"type": "object", "additionalProperties": True}}},
        },
        "responses": {
            "200": {"description": "What became of it.", "content": receipt},
            **{str(status): response for status, response in error_responses(_WEBHOOK_CODES).items()},
        },
    }


def _finish(path: str, method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    unprocessable = responses.get("422", {}).get("content", {}).get("application/json", {}).get("schema", {})
    if unprocessable.get("$ref", "").endswith("/HTTPValidationError"):
        del responses["422"]
    for parameter in operation.get("parameters", ()):
        if parameter["name"] == "expand[]":
            parameter["explode"] = True
        if parameter["in"] == "path":
            parameter["schema"] = path_id(path, parameter["name"])
    keyed = SCOPE in operation
    if method != "get" and keyed:
        operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
    for status, response in responses.items():
        response["headers"] = headers_of(status, keyed=keyed, writes=method != "get" and keyed)
