"""Shopify: signed with ``X-Shopify-Hmac-Sha256`` over the body alone; amounts as decimal texts; named by headers.

An order that was paid is a payment with the order's id, in the shop's currency. Since nothing but the body is signed, what a
message means is taken from its body wherever the body says it. Which topic means what is in ``docs/guides/connectors.md``,
which a test compares with the table at the end.
"""

import base64
import hmac
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, Final, NamedTuple

from vinr_engagement.entrypoints.connectors.provider import Headers, Json, Message, Options, Provider, unsigned
from vinr_engagement.entrypoints.connectors.reading import (
    currency_of,
    decimal_of,
    id_of,
    in_minor_units,
    moment_of,
    needed,
    object_of,
    objects_of,
    plain,
    text_of,
    told,
)
from vinr_engagement.foundation.clock import Instant

_SIGNATURE: Final = "x-shopify-hmac-sha256"
_TOPIC: Final = "x-shopify-topic"
_IDS: Final = ("x-shopify-webhook-id", "x-shopify-event-id")
_TRIGGERED: Final = "x-shopify-triggered-at"
_PAID: Final = frozenset(("paid", "partially_refunded", "refunded"))
_GIVEN_UP: Final = frozenset(("fraud", "declined"))
_LOST: Final = frozenset(("lost", "accepted"))


def verify(raw: bytes, headers: Headers, secret: str, _: Instant) -> bool:
    """The header is the HMAC-SHA256 of the body in base64. Shopify signs no time: an old message is known by its id."""
    given = headers.get(_SIGNATURE, "").strip()
    if not given:
        raise unsigned("X-Shopify-Hmac-Sha256 is missing.")
    expected = base64.b64encode(hmac.digest(secret.encode(), raw, "sha256"))
    return hmac.compare_digest(expected, given.encode("latin-1"))


def identify(_: Json, headers: Headers) -> Message:
    """The id and the topic, which are in the headers."""
    topic = needed(text_of(headers.get(_TOPIC)), "X-Shopify-Topic")
    identifier = next((found for name in _IDS if (found := headers.get(name))), None)
    return Message(needed(identifier, "X-Shopify-Webhook-Id"), topic, None)


class _Told(NamedTuple):
    """What a message is about, and how to read it."""

    object: Json
    options: Options

    @property
    def metadata(self) -> Json:
        """An order's notes, and the codes that were used with it."""
        found: Json = {}
        for note in objects_of(self.object.get("note_attributes")):
            found[text_of(note.get("name")) or ""] = plain(str(note.get("value", "")))
        found.pop("", None)
        codes = [
            found.get("discount_code"),
            *(used.get("code") for used in objects_of(self.object.get("discount_codes"))),
        ]
        every = ",".join(code for each in codes if (code := text_of(each)))
        return {**found, "discount_code": every} if every else found

    @property
    def customer(self) -> str | None:
        identifier = id_of(self.object.get("customer")) or id_of(self.object.get("customer_id"))
        return self.options.customer(identifier, self.metadata)

    @property
    def currency(self) -> str:
        return currency_of(self.object.get("currency"), "currency")


def translate(body: Json, headers: Headers, options: Options) -> list[Json]:
    """One event, under the id of Shopify's message."""
    message = identify(body, headers)
    topic, about = message.type.lower(), _Told(body, options)
    meaning = _MEANINGS.get(topic)
    found = None if meaning is None else meaning(about)
    event_type, subject = (f"shopify.{topic.replace('/', '.')}", _kept(about, topic)) if found is None else found
    moment = moment_of(*(body.get(name) for name in _TIMES.get(topic, ())), headers.get(_TRIGGERED))
    return [{"id": message.id, "type": event_type, "created_at": moment, "data": {"object": subject}}]


Meaning = tuple[str, Json] | None
"""A type and what it is about; ``None`` for what means nothing to the engine."""


def _kept(about: _Told, topic: str) -> Json:
    """The object as Shopify sent it; a customer is an id, so that rules know whose it is, and erasing finds it."""
    subject: Json = plain(about.object)
    subject.pop("customer", None)
    own = id_of(about.object) if topic.startswith("customers/") else None
    customer = about.customer or (None if own is None else about.options.customer(own, {}))
    return subject if customer is None else {**subject, "customer": customer}


def _order_paid(about: _Told) -> Meaning:
    order = about.object
    if order.get("financial_status") not in _PAID:
        return None
    amount = in_minor_units(decimal_of(order.get("total_price"), "total_price"), about.currency, "total_price")
    address = object_of(order.get("shipping_address")) or object_of(order.get("billing_address"))
    return "payment.completed", told(
        id=id_of(order),
        amount=amount,
        currency=about.currency,
        customer=about.customer,
        metadata=about.metadata,
        line_items=[_line(item, about.currency) for item in objects_of(order.get("line_items"))],
        name=text_of(order.get("name")),
        source_name=text_of(order.get("source_name")),
        country=text_of(address.get("country_code")),
        tags=_tags(order.get("tags")),
        test=order.get("test"),
    )


def _line(item: Json, currency: str) -> Json:
    return told(
        id=id_of(item),
        sku=text_of(item.get("sku")),
        name=text_of(item.get("name")) or text_of(item.get("title")),
        product=id_of(item.get("product_id")),
        variant=id_of(item.get("variant_id")),
        vendor=text_of(item.get("vendor")),
        gift_card=item.get("gift_card"),
        quantity=item.get("quantity"),
        amount=in_minor_units(_paid_for(item), currency, "line_items.price"),
    )


def _paid_for(item: Json) -> Fraction:
    """Its price times its quantity, less every discount on it."""
    off = [
        decimal_of(each.get("amount"), "discount_allocations") for each in objects_of(item.get("discount_allocations"))
    ]
    gross = decimal_of(item.get("price"), "line_items.price") * decimal_of(item.get("quantity"), "line_items.quantity")
    return max(gross - sum(off), Fraction(0))


def _order_cancelled(about: _Told) -> Meaning:
    """Only of an order that was never paid: what was paid comes back by refunds, which tell of themselves."""
    order = about.object
    if order.get("financial_status") in _PAID:
        return None
    reason = text_of(order.get("cancel_reason"))
    ended = "payment.failed" if reason in _GIVEN_UP else "payment.expired"
    return ended, told(id=id_of(order), customer=about.customer, metadata=about.metadata, cancel_reason=reason)


def _refund_created(about: _Told) -> Meaning:
    refund = about.object
    paid_back = [
        entry
        for entry in objects_of(refund.get("transactions"))
        if entry.get("kind") == "refund" and entry.get("status") == "success"
    ]
    if not paid_back:
        return None
    amount, currency = _refunded(refund, paid_back)
    return "refund.completed", told(
        id=id_of(refund),
        payment=id_of(refund.get("order_id")),
        amount=in_minor_units(amount, currency, "transactions.amount"),
        currency=currency,
    )


def _refunded(refund: Json, paid_back: list[Json]) -> tuple[Fraction, str]:
    """What went back, in the shop's currency, as the order was counted.

    Transactions are in the currency that the customer paid in. Where that is another one, what was refunded is summed up
    from the refund's own entries, which have both.
    """
    shop = _shop_currency(refund)
    paid_in = currency_of(paid_back[0].get("currency"), "transactions.currency")
    if shop in (None, paid_in):
        return sum(
            (decimal_of(entry.get("amount"), "transactions.amount") for entry in paid_back), Fraction(0)
        ), paid_in
    return sum((sign * _shop_money(amounts) for sign, amounts in _entries(refund)), Fraction(0)), str(shop)


def _entries(refund: Json) -> Iterator[tuple[int, Any]]:
    """What a refund consists of, each with its sign; adjustments are signed the other way round."""
    for item in objects_of(refund.get("refund_line_items")):
        yield from ((1, item.get(name)) for name in ("subtotal_set", "total_tax_set"))
    for line in objects_of(refund.get("refund_shipping_lines")):
        yield 1, line.get("subtotal_amount_set")
        yield from ((1, tax.get("price_set")) for tax in objects_of(line.get("tax_lines")))
    for adjustment in objects_of(refund.get("order_adjustments")):
        yield from ((-1, adjustment.get(name)) for name in ("amount_set", "tax_amount_set"))
    yield 1, refund.get("total_duties_set")


def _shop_money(amounts: Any) -> Fraction:
    found = object_of(object_of(amounts).get("shop_money"))
    return decimal_of(found["amount"], "shop_money.amount") if "amount" in found else Fraction(0)


def _shop_currency(refund: Json) -> str | None:
    found = (object_of(object_of(amounts).get("shop_money")) for _, amounts in _entries(refund))
    return next((code for money in found if (code := text_of(money.get("currency_code")))), None)


def _customer_changed(event_type: str) -> Callable[[_Told], Meaning]:
    def meaning(about: _Told) -> Meaning:
        found = about.object
        subject: Json = {"id": about.options.customer(id_of(found), {})}
        if "email" in found:
            subject["email"] = plain(found["email"])
        names = [name for part in ("first_name", "last_name") if (name := text_of(found.get(part)))]
        return event_type, subject | told(
            name=" ".join(names) or None,
            country=text_of(object_of(found.get("default_address")).get("country_code")),
            tags=_tags(found.get("tags")),
            email_subscribed=_subscribed(found),
        )

    return meaning


def _subscribed(customer: Json) -> bool | None:
    state = object_of(customer.get("email_marketing_consent")).get("state")
    accepts = customer.get("accepts_marketing")
    return state == "subscribed" if isinstance(state, str) else accepts if isinstance(accepts, bool) else None


def _customer_deleted(about: _Told) -> Meaning:
    return "customer.deleted", told(id=about.options.customer(id_of(about.object), {}))


def _customers_merged(about: _Told) -> Meaning:
    kept, gone = (
        _of_global_id(about.object.get(f"admin_graphql_api_customer_{which}_id")) for which in ("kept", "deleted")
    )
    if about.object.get("status") != "completed" or kept is None or gone is None:
        return None
    return "customer.merged", told(id=about.options.customer(kept, {}), merged_from=about.options.customer(gone, {}))


def _of_global_id(value: Any) -> str | None:
    """``7`` of ``gid://shopify/Customer/7``."""
    text = text_of(value)
    return None if text is None else text_of(text.rpartition("/")[2])


def _contract_created(about: _Told) -> Meaning:
    contract, policy = about.object, object_of(about.object.get("billing_policy"))
    return "subscription.created", told(
        id=id_of(contract),
        customer=about.customer,
        status=text_of(contract.get("status")),
        interval=text_of(policy.get("interval")),
        interval_count=policy.get("interval_count"),
        currency=text_of(contract.get("currency_code")),
        order=id_of(contract.get("origin_order_id")),
    )


def _dispute_updated(about: _Told) -> Meaning:
    """Ids of disputes and refunds are numbers of their own series: the prefix keeps them apart."""
    dispute = about.object
    status = "lost" if dispute.get("status") in _LOST else text_of(dispute.get("status"))
    if status not in ("lost", "won"):
        return None
    return "dispute.resolved", told(
        id=f"dispute_{needed(id_of(dispute), 'id')}",
        payment=id_of(dispute.get("order_id")),
        status=status,
        amount=in_minor_units(decimal_of(dispute.get("amount"), "amount"), about.currency, "amount"),
        currency=about.currency,
        reason=text_of(dispute.get("reason")),
    )


def _tags(value: Any) -> list[str] | None:
    """Tags, which are a list or one text with commas."""
    parts = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else None
    return None if parts is None else [tag for part in parts if isinstance(part, str) and (tag := part.strip())]


_TIMES: Final = {
    "orders/paid": ("updated_at",),
    "orders/cancelled": ("cancelled_at", "updated_at"),
    "refunds/create": ("processed_at", "created_at"),
    "customers/create": ("updated_at", "created_at"),
    "customers/update": ("updated_at",),
    "disputes/update": ("finalized_on",),
}
"""Where the body says when it happened, it is believed before the header, which is not signed."""

_MEANINGS: Final[dict[str, Callable[[_Told], Meaning]]] = {
    "orders/paid": _order_paid,
    "orders/cancelled": _order_cancelled,
    "refunds/create": _refund_created,
    "customers/create": _customer_changed("customer.created"),
    "customers/update": _customer_changed("customer.updated"),
    "customers/delete": _customer_deleted,
    "customers/merge": _customers_merged,
    "subscription_contracts/create": _contract_created,
    "disputes/update": _dispute_updated,
}

SHOPIFY: Final = Provider(
    "shopify", "Shopify", says_livemode=False, verify=verify, identify=identify, translate=translate
)
