"""Stripe: signed with ``Stripe-Signature``; amounts in its own minor units; invoices before and after the version *basil*.

A payment is a payment intent, or a charge that has none. Which event means what is in ``docs/guides/connectors.md``, which a
test compares with the table at the end.
"""

import hmac
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final, NamedTuple

from vinr_engagement.entrypoints.connectors.provider import Headers, Json, Message, Options, Provider, unsigned
from vinr_engagement.entrypoints.connectors.reading import (
    currency_of,
    id_of,
    in_minor_units,
    metadata_of,
    moment_of,
    needed,
    object_of,
    objects_of,
    plain,
    text_of,
    told,
)
from vinr_engagement.foundation import money
from vinr_engagement.foundation.clock import MINUTE, SECOND, Instant
from vinr_engagement.foundation.errors import Invalid

TOLERANCE: Final[Instant] = 5 * MINUTE
"""How old a signature may be."""
DECIMALS: Final = {"ISK": 2, "UGX": 2, "MGA": 0}
"""Decimals of Stripe's amounts where they are not those of ISO 4217."""

_HEADER: Final = "stripe-signature"
_SCHEME: Final = "v1"
_STARTED: Final = frozenset(("active", "trialing"))
_GIVEN_UP: Final = frozenset(("duplicate", "fraudulent", "requested_by_customer", "failed_invoice"))


def verify(raw: bytes, headers: Headers, secret: str, now: Instant) -> bool:
    """One of the ``v1`` signatures is the HMAC-SHA256 of ``t.body``, and ``t`` is at most :data:`TOLERANCE` ago."""
    moment, signatures = _read_signature(headers.get(_HEADER, ""))
    expected = hmac.digest(secret.encode(), b"%d." % moment + raw, "sha256").hex().encode()
    if not any(hmac.compare_digest(expected, signature.encode("latin-1")) for signature in signatures):
        return False
    if moment * SECOND < now - TOLERANCE:
        raise unsigned(f"The signature is of {moment}: more than {TOLERANCE // SECOND} seconds ago.")
    return True


def _read_signature(header: str) -> tuple[int, list[str]]:
    parts = [part.split("=", 2) for part in header.split(",")]
    try:
        times = [part[1] for part in parts if part[0] == "t"]
        return int(times[0]), [part[1] for part in parts if part[0] == _SCHEME]
    except (IndexError, ValueError):
        raise unsigned("Stripe-Signature is missing, or is not like t=1775044800,v1=5257a8….") from None


def identify(body: Json, _: Headers) -> Message:
    """The id and type of the event."""
    livemode = body.get("livemode")
    identifier, kind = needed(text_of(body.get("id")), "id"), needed(text_of(body.get("type")), "type")
    return Message(identifier, kind, livemode if isinstance(livemode, bool) else None)


class _Told(NamedTuple):
    """What an event is about, and how to read it."""

    object: Json
    previous: Json
    options: Options

    @property
    def metadata(self) -> Json:
        return metadata_of(self.object.get("metadata"))

    @property
    def customer(self) -> str | None:
        return self.options.customer(id_of(self.object.get("customer")), self.metadata)

    @property
    def payment(self) -> str | None:
        """The payment that a charge, a refund or a dispute belongs to."""
        own = self.object.get("id") if self.object.get("object") == "charge" else None
        return id_of(self.object.get("payment_intent")) or id_of(self.object.get("charge")) or id_of(own)

    @property
    def currency(self) -> str:
        return currency_of(self.object.get("currency"), "data.object.currency")

    def amount(self, name: str) -> int:
        """A field in minor units of ISO 4217."""
        return _minor(self.object.get(name), self.currency, f"data.object.{name}")


def translate(body: Json, _: Headers, options: Options) -> list[Json]:
    """One event, under the id of Stripe's own."""
    data = object_of(body.get("data"))
    about = _Told(object_of(data.get("object")), object_of(data.get("previous_attributes")), options)
    kind = str(body.get("type"))
    meaning = _MEANINGS.get(kind)
    found = None if meaning is None else meaning(about)
    event_type, subject = (f"stripe.{kind}", _kept(about)) if found is None else found
    created = body.get("created")
    when = {"created": created} if isinstance(created, int) else {"created_at": moment_of(created)}
    livemode = {"livemode": body["livemode"]} if isinstance(body.get("livemode"), bool) else {}
    return [{"id": body.get("id"), "type": event_type, **when, **livemode, "data": {"object": subject}}]


Meaning = tuple[str, Json] | None
"""A type and what it is about; ``None`` for what means nothing to the engine."""


def _kept(about: _Told) -> Json:
    """The object as Stripe sent it; a customer is an id, so that rules know whose it is."""
    subject: Json = plain(about.object)
    subject.pop("customer", None)
    return subject if about.customer is None else {**subject, "customer": about.customer}


def _intent_succeeded(about: _Told) -> Meaning:
    name = "amount_received" if "amount_received" in about.object else "amount"
    return "payment.completed", _payment(about, about.amount(name))


def _charge_succeeded(about: _Told) -> Meaning:
    if about.object.get("payment_intent") is not None or about.object.get("captured") is False:
        return None  # the intent tells of it; what is only authorised is no payment yet
    return "payment.completed", _payment(about, _captured(about))


def _captured(about: _Told) -> int:
    return about.amount("amount_captured" if "amount_captured" in about.object else "amount")


def _payment(about: _Told, amount: int) -> Json:
    found = about.object
    return told(
        id=id_of(found),
        amount=amount,
        currency=about.currency,
        customer=about.customer,
        metadata=about.metadata,
        description=text_of(found.get("description")),
        invoice=id_of(found.get("invoice")),
        payment_method_types=found.get("payment_method_types"),
    )


def _charge_refunded(about: _Told) -> Meaning:
    """Stripe counts what was authorised and never captured as refunded, too."""
    never_captured = about.amount("amount") - _captured(about)
    refunded = max(0, about.amount("amount_refunded") - never_captured)
    return "payment.refunded", told(id=about.payment, amount_refunded=refunded, metadata=about.metadata)


def _refund(about: _Told) -> Meaning:
    if about.object.get("status") != "succeeded" or about.payment is None:
        return None
    return "refund.completed", told(
        id=id_of(about.object),
        payment=about.payment,
        amount=about.amount("amount"),
        currency=about.currency,
        reason=text_of(about.object.get("reason")),
        metadata=about.metadata,
    )


def _dispute_closed(about: _Told) -> Meaning:
    return "dispute.resolved", told(
        id=id_of(about.object),
        payment=about.payment,
        status=text_of(about.object.get("status")),
        amount=about.amount("amount"),
        currency=about.currency,
        reason=text_of(about.object.get("reason")),
    )


def _intent_canceled(about: _Told) -> Meaning:
    reason = text_of(about.object.get("cancellation_reason"))
    ended = "payment.failed" if reason in _GIVEN_UP else "payment.expired"
    return ended, told(
        id=id_of(about.object), customer=about.customer, metadata=about.metadata, cancellation_reason=reason
    )


def _session_expired(about: _Told) -> Meaning:
    """A session makes its payment intent when it is paid: an expired one mostly has none."""
    identifier = id_of(about.object.get("payment_intent")) or id_of(about.object)
    return "payment.expired", told(id=identifier, customer=about.customer, metadata=about.metadata)


def _subscription_created(about: _Told) -> Meaning:
    """A subscription has begun once it is paid or tried; one that waits for its first payment has not."""
    return _subscription(about) if about.object.get("status") in _STARTED else None


def _subscription_updated(about: _Told) -> Meaning:
    return _subscription_created(about) if about.previous.get("status") == "incomplete" else None


def _subscription(about: _Told) -> Meaning:
    found = about.object
    items = objects_of(object_of(found.get("items")).get("data"))
    price = object_of(items[0].get("price") or items[0].get("plan")) if items else object_of(found.get("plan"))
    recurring = object_of(price.get("recurring")) or price
    return "subscription.created", told(
        id=id_of(found),
        customer=about.customer,
        status=text_of(found.get("status")),
        interval=text_of(recurring.get("interval")),
        interval_count=recurring.get("interval_count"),
        price=id_of(price),
        product=id_of(price.get("product")),
        quantity=items[0].get("quantity") if items else found.get("quantity"),
        metadata=about.metadata,
    )


def _invoice_paid(about: _Told) -> Meaning:
    """An invoice that was paid by one payment, which it names, or outside of Stripe.

    From *basil* on Stripe's message does not say by which payment: the money is then told of by that payment alone.
    """
    found, payments = about.object, _payments_of(about.object)
    outside = not payments and found.get("paid_out_of_band") is True
    amount = about.amount("amount_paid")
    if amount == 0 or (len(payments) != 1 and not outside):
        return None
    metadata = {**_subscription_metadata(found), **about.metadata}
    return "invoice.paid", told(
        id=id_of(found),
        amount=amount,
        currency=about.currency,
        customer=about.options.customer(id_of(found.get("customer")), metadata),
        payment=payments[0] if payments else None,
        metadata=metadata,
        billing_reason=text_of(found.get("billing_reason")),
        line_items=[_line(line, about.currency) for line in objects_of(object_of(found.get("lines")).get("data"))],
    )


def _payments_of(invoice: Json) -> list[str]:
    """What paid it: named by itself, or in the list that newer versions have."""
    named = id_of(invoice.get("payment_intent")) or id_of(invoice.get("charge"))
    if named is not None:
        return [named]
    listed = objects_of(object_of(invoice.get("payments")).get("data"))
    paid = [object_of(entry.get("payment")) for entry in listed if entry.get("status") == "paid"]
    found = [id_of(entry.get("payment_intent")) or id_of(entry.get("charge")) for entry in paid]
    return [identifier for identifier in found if identifier is not None]


def _subscription_metadata(invoice: Json) -> Json:
    older = object_of(invoice.get("subscription_details"))
    newer = object_of(object_of(invoice.get("parent")).get("subscription_details"))
    return metadata_of((newer or older).get("metadata"))


def _line(line: Json, currency: str) -> Json:
    newer = object_of(object_of(line.get("pricing")).get("price_details"))
    older = object_of(line.get("price"))
    return told(
        id=id_of(line),
        description=text_of(line.get("description")),
        price=id_of(newer.get("price")) or id_of(older),
        product=id_of(newer.get("product")) or id_of(older.get("product")),
        quantity=line.get("quantity"),
        amount=_line_amount(line.get("amount"), currency),
    )


def _line_amount(amount: Any, currency: str) -> int | None:
    """Of a line that costs something: credits for what was paid before are negative."""
    return _minor(amount, currency, "lines.amount") if isinstance(amount, int) and amount >= 0 else None


def _customer_changed(event_type: str) -> Callable[[_Told], Meaning]:
    def meaning(about: _Told) -> Meaning:
        found = about.object
        subject: Json = {"id": about.options.customer(id_of(found), about.metadata)}
        subject |= {name: plain(found[name]) for name in ("email", "name") if name in found}
        address = object_of(found.get("address")) or object_of(object_of(found.get("shipping")).get("address"))
        return event_type, subject | told(country=text_of(address.get("country")), metadata=about.metadata)

    return meaning


def _customer_deleted(about: _Told) -> Meaning:
    return "customer.deleted", told(id=about.options.customer(id_of(about.object), about.metadata))


def _minor(amount: Any, currency: str, param: str) -> int:
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise Invalid("parameter_invalid", f"{param} must be a whole number of Stripe's minor units.", param=param)
    decimals = DECIMALS.get(currency, money.exponent(currency))
    return in_minor_units(Fraction(amount, 10**decimals), currency, param)


_MEANINGS: Final[dict[str, Callable[[_Told], Meaning]]] = {
    "payment_intent.succeeded": _intent_succeeded,
    "payment_intent.canceled": _intent_canceled,
    "charge.succeeded": _charge_succeeded,
    "charge.captured": _charge_succeeded,
    "charge.refunded": _charge_refunded,
    "charge.refund.updated": _refund,
    "refund.created": _refund,
    "refund.updated": _refund,
    "charge.dispute.closed": _dispute_closed,
    "checkout.session.expired": _session_expired,
    "customer.subscription.created": _subscription_created,
    "customer.subscription.updated": _subscription_updated,
    "invoice.paid": _invoice_paid,
    "customer.created": _customer_changed("customer.created"),
    "customer.updated": _customer_changed("customer.updated"),
    "customer.deleted": _customer_deleted,
}

STRIPE: Final = Provider("stripe", "Stripe", says_livemode=True, verify=verify, identify=identify, translate=translate)
