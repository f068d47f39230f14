"""The parts of the OpenAPI document that no model describes: events as they come in, errors, headers."""

from typing import Any, Final

from vinr_engagement.commands.events.incoming import LATEST_UNIX_TIME, MAX_ID_LENGTH, MAX_TYPE_LENGTH
from vinr_engagement.entrypoints.api import limits
from vinr_engagement.entrypoints.api.elements import batch_data, batch_elements_of
from vinr_engagement.entrypoints.api.errors import CODES
from vinr_engagement.entrypoints.api.exchange import API_VERSION
from vinr_engagement.entrypoints.api.rule_shapes import NAMED
from vinr_engagement.entrypoints.api.scopes import SCOPES

Schema = dict[str, Any]

_EVENT_EXAMPLE: Final = {
    "id": "evt_shop_1001",
    "type": "payment.completed",
    "created_at": "2026-04-01T12:00:00Z",
    "data": {"object": {"id": "pay_1001", "amount": 4999, "currency": "GBP", "customer": "cust_abc123"}},
}
_REFUND_EXAMPLE: Final = {
    "id": "evt_shop_1002",
    "type": "refund.completed",
    "created_at": "2026-04-02T09:00:00Z",
    "data": {"object": {"id": "re_1001", "payment": "pay_1001", "amount": 2000}},
}
_IGNORED: Final = {"description": "Taken, and not looked at."}
_EVENT_IN: Final[Schema] = {
    "title": "EventIn",
    "type": "object",
    "description": "A fact that happened in the shop.",
    "required": ["id", "type", "data"],
    "additionalProperties": False,
    "properties": {
        "id": {
            "type": "string",
            "minLength": 1,
            "maxLength": MAX_ID_LENGTH,
            "description": "Yours; takes effect once.",
        },
        "type": {
            "type": "string",
            "maxLength": MAX_TYPE_LENGTH,
            "pattern": r"^[!-\-/-~]+(\.[!-\-/-~]+)+$",
            "description": "A dotted name.",
            "examples": ["payment.completed"],
        },
        "created_at": {"type": ["string", "null"], "format": "date-time", "description": "When it happened."},
        "created": {
            "type": ["integer", "null"],
            "minimum": 0,
            "exclusiveMaximum": LATEST_UNIX_TIME,
            "description": "The same as Unix time in seconds; one of the two is needed.",
        },
        "data": {"$ref": "#/components/schemas/EventInData", "description": "What it is about."},
        "object": _IGNORED,
        "api_version": _IGNORED,
        "livemode": _IGNORED,
    },
    "examples": [_EVENT_EXAMPLE],
}
_EVENT_IN_DATA: Final[Schema] = {
    "title": "EventInData",
    "type": "object",
    "description": "What a fact is about.",
    "required": ["object"],
    "additionalProperties": False,
    "properties": {
        "object": {
            "type": "object",
            "additionalProperties": True,
            "description": "The payment, refund, customer… that it is about.",
        },
        "previous_attributes": _IGNORED,
    },
}
_EVENT_BATCH_IN: Final[Schema] = {
    "title": "EventBatchIn",
    "type": "object",
    "description": "Up to 1,000 events; each succeeds or fails by itself.",
    "required": ["events"],
    "additionalProperties": False,
    "properties": {
        "events": {
            "type": "array",
            "minItems": 1,
            "maxItems": limits.BATCH_ELEMENTS,
            "items": {"$ref": "#/components/schemas/EventIn"},
        }
    },
    "examples": [{"events": [_EVENT_EXAMPLE, _REFUND_EXAMPLE]}],
}
_EVENT_BATCH: Final[Schema] = {
    "title": "EventBatch",
    "type": "object",
    "description": "One answer for each event, in the order of the request.",
    "required": ["object", "data"],
    "properties": {"object": {"type": "string", "const": "event_batch"}, "data": batch_data("EventBatch")},
}
_CODE: Final = {"type": "string", "enum": sorted(CODES)}
_PARAM: Final = {"type": ["string", "null"], "description": "The field at fault."}
_MESSAGE: Final = {"type": "string", "description": "What was wrong, where, and what would be right."}
_ERROR_TYPES: Final = (
    *("invalid_request_error", "authentication_error", "permission_error", "rate_limit_error", "api_error"),
)
_ERROR_FAULT: Final[Schema] = {
    "title": "ErrorFault",
    "type": "object",
    "description": "One fault of several.",
    "required": ["param", "code", "message"],
    "properties": {"param": _PARAM, "code": _CODE, "message": _MESSAGE},
}
_ERROR_OBJECT: Final[Schema] = {
    "title": "ErrorObject",
    "type": "object",
    "description": "Why a request was refused.",
    "required": ["type", "code", "message", "param", "doc_url", "request_id"],
    "properties": {
        "type": {"type": "string", "enum": list(_ERROR_TYPES)},
        "code": _CODE,
        "message": _MESSAGE,
        "param": _PARAM,
        "resource": {"type": "string", "description": "An object that helps to recover."},
        "errors": {
            "type": "array",
            "items": {"$ref": "#/components/schemas/ErrorFault"},
            "description": "Every fault, where there are several.",
        },
        "required_scope": {"type": "string", "enum": list(SCOPES), "description": "With `permission_denied`."},
        "balance": {"type": "integer", "description": "With `insufficient_points` and `insufficient_credit`."},
        "required": {"type": "integer", "description": "With `insufficient_points` and `insufficient_credit`."},
        "status": {"type": "string", "description": "With `redemption_not_pending`: the state that it is in."},
        "remaining": {"type": "integer", "description": "With `reward_out_of_stock`."},
        "per_member_limit": {"type": "integer", "description": "With `redemption_limit_reached`."},
        "used": {"type": "integer", "description": "With `redemption_limit_reached`: how many the member has had."},
        "amount": {"type": ["integer", "null"], "description": "With `refund_exceeds_payment`: of the payment."},
        "refunded": {"type": "integer", "description": "With `refund_exceeds_payment`: before this refund."},
        "doc_url": {"type": "string"},
        "request_id": {"type": "string"},
    },
}
_ERROR: Final[Schema] = {
    "title": "Error",
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"$ref": "#/components/schemas/ErrorObject"}},
}
SCHEMAS: Final[dict[str, Schema]] = {
    schema["title"]: schema
    for schema in (
        *(_EVENT_IN, _EVENT_IN_DATA, _EVENT_BATCH_IN, _EVENT_BATCH, _ERROR, _ERROR_OBJECT, _ERROR_FAULT),
        *batch_elements_of("EventBatch", "EventOutcome"),
        *batch_elements_of("TransactionBatch", "PointsTransaction"),
        *NAMED.values(),
    )
}

_COUNT: Final = {"type": "integer", "minimum": 0}
HEADERS: Final[dict[str, Schema]] = {
    "X-Request-Id": {
        "required": True,
        "description": "Names the request; the caller's own where it sent one.",
        "schema": {"type": "string", "minLength": 1, "maxLength": limits.REQUEST_ID_CHARACTERS},
    },
    "Vinr-Version": {
        "required": True,
        "description": "The version of the API that answered.",
        "schema": {"type": "string", "const": API_VERSION},
    },
    "Idempotent-Replayed": {
        "description": "There where this is the first answer again.",
        "schema": {"type": "string", "const": "true"},
    },
    "Retry-After": {
        "required": True,
        "description": "When to send the request again, in seconds.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "X-RateLimit-Limit": {"description": "The burst, where there is a rate limit.", "schema": _COUNT},
    "X-RateLimit-Remaining": {"description": "What is left of it.", "schema": _COUNT},
    "X-RateLimit-Reset": {"description": "Seconds until it is whole again.", "schema": _COUNT},
}
_RATE: Final = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
IDEMPOTENCY_KEY: Final[Schema] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Makes a repeat of this request take effect at most once; kept for at least 24 hours.",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": limits.IDEMPOTENCY_KEY_CHARACTERS,
        "pattern": r"^[ -~]*$",
    },
}
_PATH_ID: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": limits.ID_CHARACTERS}
_EXAMPLE_IDS: Final = {
    "account": "loy_06evgt3m8x4k9c2p7r1wz5qjbh",
    "campaign": "camp_06evgt2f0k4x9c2p7r1wz5qjbh",
    "customer": "cust_abc123",
    "delivery": "whd_06evgt4q1m8x4k9c2p7r1wz5qj",
    "endpoint": "we_06evgt2f0k4x9c2p7r1wz5qjbh",
    "event": "evt_06evgt4q1m8x4k9c2p7r1wz5qj",
    "key": "key_06evgt2f0k4x9c2p7r1wz5qjbh",
    "person": "per_06evgt2f0k4x9c2p7r1wz5qjbh",
    "program": "prog_default",
    "report": "rpt_06evgt2f0k4x9c2p7r1wz5qjbh",
    "provider": "stripe",
    "redemption": "rdm_06evgt4q1m8x4k9c2p7r1wz5qj",
    "referral": "ref_06evgt3m8x4k9c2p7r1wz5qjbh",
    "reward": "rwd_06evgt4q1m8x4k9c2p7r1wz5qj",
    "rule": "rule_06evgt2f0k4x9c2p7r1wz5qjbh",
    "segment": "seg_06evgt2f0k4x9c2p7r1wz5qjbh",
    "transaction": "ptx_06evgt4q1m8x4k9c2p7r1wz5qj",
    "/v1/events/{event}/replay": "evt_shop_1001",
    "/v1/loyalty/credit/transactions/{transaction}": "ptx_06evgt4v7c8x4k9c2p7r1wz5qk",
    "/v1/received-events/{event}": "evt_shop_1001",
}
"""By the parameter's name, or by the whole path where that says more."""


def path_id(path: str, name: str) -> Schema:
    """The schema of an id in a path."""
    example = _EXAMPLE_IDS.get(path) or _EXAMPLE_IDS.get(name)
    return _PATH_ID if example is None else {**_PATH_ID, "examples": [example]}


def headers_of(status: str, *, keyed: bool, writes: bool) -> dict[str, Schema]:
    """The headers of an answer: ``keyed`` where it was asked for with a key."""
    names = ["X-Request-Id", "Vinr-Version"]
    if keyed and status != "401":
        names += _RATE
    if writes and status in ("200", "409", "422"):
        names.append("Idempotent-Replayed")
    if keyed and status in ("429", "503"):
        names.append("Retry-After")
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
