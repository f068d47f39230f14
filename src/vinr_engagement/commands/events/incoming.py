"""The envelope of an event, and the objects that its known types carry, checked by hand: this is the hot path."""

import difflib
from typing import Any

import msgspec

from vinr_engagement.foundation import json, money
from vinr_engagement.foundation.clock import MINUTE, SECOND, Instant, parse_instant
from vinr_engagement.foundation.errors import Invalid

MAX_EVENT_AHEAD: Instant = 5 * MINUTE
"""How far ahead of the clock an event may be."""
MAX_ID_LENGTH = 255
MAX_TYPE_LENGTH = 100
LARGEST_INTEGER = (1 << 53) - 1
LATEST_UNIX_TIME = 4_102_444_800

_KNOWN = ("id", "type", "created_at", "created", "data", "object", "api_version", "livemode")
_MOST_PARTS = 100
_INTERNAL = ("loyalty.", "referral.", "redemption.", "credit.", "campaign.", "webhook_endpoint.")


class EventIn(msgspec.Struct):
    """One event. ``object`` is ``data.object``; ``raw`` the event as it was sent."""

    id: str
    type: str
    occurred_at: Instant
    object: dict[str, Any]
    raw: dict[str, Any]


class PaymentObject(msgspec.Struct):
    """What a payment or an invoice says. ``amount`` is in minor units."""

    id: str
    amount: int
    currency: str
    customer: str | None
    payment: str | None = None


class RefundObject(msgspec.Struct):
    """A refund or a dispute; a dispute without ``amount`` is about the whole payment."""

    id: str
    payment: str
    amount: int | None
    currency: str | None


def parse_event(raw: Any) -> EventIn:
    """The envelope, checked. Raises ``Invalid`` naming the field, and what would be right."""
    if not isinstance(raw, dict):
        raise Invalid("parameter_invalid", "An event must be a JSON object with id, type, created_at and data.object.")
    for name in raw:
        if name not in _KNOWN:
            raise _unknown(name)
    identifier = _text(raw, "id", "id", MAX_ID_LENGTH)
    event_type = _text(raw, "type", "type", MAX_TYPE_LENGTH)
    if "." not in event_type or not all(event_type.split(".")) or not event_type.isascii() or " " in event_type:
        raise _invalid("type", f"must be a dotted name such as payment.completed, not {event_type[:60]!r}")
    if event_type.startswith(_INTERNAL) and event_type != "referral.converted":
        raise _invalid("type", f"{event_type[:60]!r} is one that only the engine itself may send")
    data = raw.get("data")
    if not isinstance(data, dict) or not isinstance(data.get("object"), dict):
        raise _missing("data.object") if not data else _invalid("data.object", "must be a JSON object")
    if len(data) > 1 and (
        extra := next((name for name in data if name not in ("object", "previous_attributes")), None)
    ):
        raise _unknown(f"data.{extra}"[:80])
    return EventIn(identifier, event_type, _occurred_at(raw), data["object"], raw)


def _occurred_at(raw: dict[str, Any]) -> Instant:
    moment = raw.get("created_at")
    if moment is not None:
        if not isinstance(moment, str):
            raise _invalid("created_at", "must be a time such as 2026-04-01T12:00:00Z, as text")
        try:
            return parse_instant(moment)
        except ValueError as error:
            raise _invalid("created_at", str(error)) from None
    created = raw.get("created")
    if created is None:
        raise Invalid(
            "parameter_missing",
            "created_at is missing: when the event happened, such as 2026-04-01T12:00:00Z.",
            param="created_at",
        )
    if type(created) is not int or not 0 <= created < LATEST_UNIX_TIME:
        raise _invalid("created", "must be Unix time in whole seconds")
    return created * SECOND


def payment_of(body: dict[str, Any]) -> PaymentObject:
    """The object of ``payment.completed`` or ``invoice.paid``."""
    payment = body.get("payment")
    return PaymentObject(
        identifier_of(body, "id"),
        _amount(body, "amount"),
        _currency(body),
        customer_of(body),
        None if payment is None else identifier_of(body, "payment"),
    )


def refund_of(body: dict[str, Any]) -> RefundObject:
    """The object of ``refund.completed``."""
    currency = None if body.get("currency") is None else _currency(body)
    return RefundObject(identifier_of(body, "id"), identifier_of(body, "payment"), _amount(body, "amount"), currency)


def dispute_of(body: dict[str, Any]) -> RefundObject:
    """The object of ``dispute.resolved``."""
    currency = None if body.get("currency") is None else _currency(body)
    amount = None if body.get("amount") is None else _amount(body, "amount")
    return RefundObject(identifier_of(body, "id"), identifier_of(body, "payment"), amount, currency)


def amount_refunded_of(body: dict[str, Any]) -> int:
    """The cumulative amount of ``payment.refunded``."""
    return _amount(body, "amount_refunded")


def customer_of(body: dict[str, Any]) -> str | None:
    """The customer that an object names, if any."""
    customer = body.get("customer")
    return None if customer is None else identifier_of(body, "customer")


def identifier_of(body: dict[str, Any], name: str) -> str:
    """An id in the object."""
    return _text(body, name, f"data.object.{name}", MAX_ID_LENGTH)


def named_account(body: dict[str, Any]) -> str | None:
    """The account in ``metadata.loyalty_account``, if any."""
    metadata = body.get("metadata")
    account = metadata.get("loyalty_account") if isinstance(metadata, dict) else None
    return account if isinstance(account, str) and 0 < len(account) <= MAX_ID_LENGTH else None


def redemptions_named(body: dict[str, Any]) -> list[tuple[str, str]]:
    """``("id", …)`` of ``metadata.redemption`` and ``("code", …)`` of ``metadata.discount_code``; either may list several."""
    metadata = body.get("metadata")
    if not isinstance(metadata, dict):
        return []
    return [*_listed(metadata, "redemption", "id"), *_listed(metadata, "discount_code", "code")]


def _listed(metadata: dict[str, Any], name: str, kind: str) -> list[tuple[str, str]]:
    text = metadata.get(name)
    if not isinstance(text, str):
        return []
    return [(kind, stripped) for part in text.split(",", _MOST_PARTS) if (stripped := part.strip())]


def _amount(body: dict[str, Any], name: str) -> int:
    amount = body.get(name)
    if type(amount) is int and 0 <= amount <= LARGEST_INTEGER:
        return amount
    param = f"data.object.{name}"
    if amount is None:
        raise _missing(param)
    raise _invalid(
        param, f"must be a whole number of minor units from 0 to {LARGEST_INTEGER}, not {json.text(amount)[:40]}"
    )


def _currency(body: dict[str, Any]) -> str:
    currency = body.get("currency")
    if type(currency) is not str:
        raise _missing("data.object.currency") if currency is None else _invalid("data.object.currency", "must be text")
    if money.is_currency(currency):
        return currency
    try:
        money.exponent(currency)
    except ValueError as error:
        raise _invalid("data.object.currency", str(error)) from None
    return currency


def _text(body: dict[str, Any], name: str, param: str, longest: int) -> str:
    value = body.get(name)
    if type(value) is str and 0 < len(value) <= longest and "\x00" not in value:
        return value
    if value is None:
        raise _missing(param)
    raise _invalid(param, f"must be text of 1 to {longest} characters")


def _missing(param: str) -> Invalid:
    return Invalid("parameter_missing", f"{param} is missing.", param=param)


def _invalid(param: str, message: str) -> Invalid:
    return Invalid("parameter_invalid", f"{param} {message}.", param=param)


def _unknown(name: str) -> Invalid:
    snake_case = "".join("_" + letter.lower() if letter.isupper() else letter for letter in name[:80])
    close = difflib.get_close_matches(snake_case, _KNOWN, n=1, cutoff=0.5)
    hint = f" Did you mean {close[0]}?" if close else f" An event has {', '.join(_KNOWN[:5])}."
    return Invalid("parameter_unknown", f"There is no field {name[:80]!r} in an event.{hint}", param=name[:80])
