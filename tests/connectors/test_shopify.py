"""What each of Shopify's messages means: named cases, one for each payload."""

import json
from typing import Any

import pytest

from tests.api.conftest import Json
from tests.connectors.sending import names, shopify_message
from vinr_engagement.commands import parse_event
from vinr_engagement.entrypoints.connectors import PROVIDERS, Message, Options, decode
from vinr_engagement.foundation.errors import Invalid

SHOPIFY = PROVIDERS["shopify"]
DEFAULT = Options()
AT = "2026-04-01T13:00:00+01:00"
TRIGGERED = "2026-04-01T12:00:00.123456789Z"
ORDER = "5678901234567"

LINES = [
    {"id": "901", "sku": "TEAPOT-B", "name": "Teapot - Blue", "product": "801", "variant": "851", "vendor": "Ada Books",
     "gift_card": False, "quantity": 2, "amount": 3500},
    {"id": "902", "sku": "SENCHA-50", "name": "Sencha", "product": "802", "variant": "852", "vendor": "Ada Books",
     "gift_card": False, "quantity": 1, "amount": 500},
]  # fmt: skip
PAID = {
    "id": ORDER,
    "amount": 4500,
    "currency": "GBP",
    "customer": "7001",
    "metadata": {},
    "line_items": LINES,
    "name": "#1001",
    "source_name": "web",
    "country": "GB",
    "tags": ["loyal", "spring"],
    "test": False,
}
ENDED = {"id": ORDER, "customer": "7001", "metadata": {}}
REFUND = {"id": "4001", "payment": ORDER, "amount": 500, "currency": "GBP"}
DISPUTE = {"id": "dispute_285332461", "payment": ORDER, "amount": 4500, "currency": "GBP", "reason": "fraudulent"}
ADA = {
    "id": "7001",
    "email": "ada@example.com",
    "name": "Ada Lovelace",
    "country": "GB",
    "tags": ["vip"],
    "email_subscribed": True,
}


def without(found: Json, *fields: str) -> Json:
    return {name: value for name, value in found.items() if name not in fields}


MEANT: dict[str, tuple[str, Json]] = {
    "orders_paid": ("payment.completed", PAID),
    "orders_paid_with_code": (
        "payment.completed",
        {**PAID, "metadata": {"loyalty_account": "loy_1", "gift": "True", "discount_code": "RW-ADA"}},
    ),
    "orders_paid_guest": ("payment.completed", without(PAID, "customer")),
    "orders_paid_in_yen": ("payment.completed", {**PAID, "amount": 4500, "currency": "JPY", "line_items": []}),
    "orders_paid_in_dinars": ("payment.completed", {**PAID, "amount": 12345, "currency": "KWD", "line_items": []}),
    "orders_paid_and_refunded": ("payment.completed", PAID),
    "orders_paid_test_notification": (
        "payment.completed",
        {**PAID, "id": "820982911946154508", "customer": "115310627314723954", "test": True},
    ),
    "orders_cancelled_unpaid": (
        "payment.expired",
        {**ENDED, "metadata": {"discount_code": "RW-ADA"}, "cancel_reason": "customer"},
    ),
    "orders_cancelled_declined": ("payment.failed", {**ENDED, "cancel_reason": "declined"}),
    "refunds_create": ("refund.completed", REFUND),
    "refunds_create_two_gateways": ("refund.completed", REFUND),
    "refunds_create_paid_in_euros": ("refund.completed", {**REFUND, "amount": 800}),
    "customers_create": ("customer.created", ADA),
    "customers_update": (
        "customer.updated",
        {"id": "7001", "email": None, "name": "Lovelace", "tags": [], "email_subscribed": True},
    ),
    "customers_delete": ("customer.deleted", {"id": "7001"}),
    "customers_merge": ("customer.merged", {"id": "7001", "merged_from": "7002"}),
    "subscription_contracts_create": (
        "subscription.created",
        {
            "id": "593",
            "customer": "7001",
            "status": "active",
            "interval": "month",
            "interval_count": 1,
            "currency": "GBP",
            "order": ORDER,
        },
    ),
    "disputes_update_lost": ("dispute.resolved", {**DISPUTE, "status": "lost"}),
    "disputes_update_accepted": ("dispute.resolved", {**DISPUTE, "status": "lost"}),
    "disputes_update_won": ("dispute.resolved", {**DISPUTE, "status": "won"}),
}
KEPT = {
    "orders_create": "not paid yet",
    "orders_paid_said_of_an_unpaid_one": "the topic is not signed, and the body says that it is not paid",
    "orders_cancelled_refunded": "its refund tells of itself",
    "refunds_create_restock_only": "nothing went back",
    "refunds_create_pending": "it may still fail",
    "customers_merge_failed": "they were not merged",
    "disputes_update_open": "not decided yet",
    "app_uninstalled": "nothing that the engine knows",
}
BY_HEADER = {"customers_delete", "customers_merge", "subscription_contracts_create"}
"""Their bodies do not say when it happened."""


def translated(name: str, options: Options = DEFAULT, /, **fields: Any) -> Json:
    body, headers = shopify_message(name, **fields)
    sent = {header.lower(): value for header, value in headers.items()}
    (event,) = SHOPIFY.translate(decode(json.dumps(body).encode()), sent, options)
    return event


def test_every_payload_has_its_case() -> None:
    assert MEANT.keys() | KEPT.keys() == names("shopify")
    assert not MEANT.keys() & KEPT.keys()


@pytest.mark.parametrize("name", MEANT)
def test_what_it_means(name: str) -> None:
    event_type, subject = MEANT[name]
    assert translated(name) == {
        "id": f"0f8fad5b-{name}",
        "type": event_type,
        "created_at": TRIGGERED if name in BY_HEADER else AT,
        "data": {"object": subject},
    }


@pytest.mark.parametrize("name", KEPT)
def test_what_is_kept_as_it_is(name: str) -> None:
    (body, headers), event = shopify_message(name), translated(name)
    assert event["type"] == "shopify." + headers["X-Shopify-Topic"].replace("/", ".")
    customer = {"customer": "7001"} if "customer" in body else {}
    assert event["data"]["object"] == {**body, **customer}


@pytest.mark.parametrize("name", sorted(names("shopify")))
def test_the_engine_takes_it(name: str) -> None:
    parse_event(translated(name))


def test_a_message_is_named_by_its_headers() -> None:
    _, sent = shopify_message("orders_paid")
    headers = {name.lower(): value for name, value in sent.items()}
    assert SHOPIFY.identify({}, headers) == Message("0f8fad5b-orders_paid", "orders/paid", None)
    older = without(headers, "x-shopify-webhook-id")
    assert SHOPIFY.identify({}, older).id == "7c9e6679-orders_paid"


@pytest.mark.parametrize(
    ("missing", "param"),
    [
        (("x-shopify-topic",), "X-Shopify-Topic"),
        (("x-shopify-webhook-id", "x-shopify-event-id"), "X-Shopify-Webhook-Id"),
    ],
)
def test_a_message_without_a_name_is_none(missing: tuple[str, ...], param: str) -> None:
    _, sent = shopify_message("orders_paid")
    headers = {name.lower(): value for name, value in sent.items()}
    with pytest.raises(Invalid) as refused:
        SHOPIFY.identify({}, without(headers, *missing))
    assert (refused.value.code, refused.value.param) == ("parameter_missing", param)


@pytest.mark.parametrize(
    ("total", "currency", "minor"),
    [("19.99", "GBP", 1999), ("0.10", "EUR", 10), ("0.1", "EUR", 10), ("1200", "JPY", 1200), ("1200.00", "JPY", 1200),
     ("1.234", "KWD", 1234), ("90071992547409.91", "USD", (1 << 53) - 1), ("0.00", "GBP", 0), (20, "GBP", 2000)],
)  # fmt: skip
def test_amounts_are_exact(total: Any, currency: str, minor: int) -> None:
    order = translated("orders_paid", total_price=total, currency=currency, line_items=[])
    assert order["data"]["object"]["amount"] == minor


def test_a_number_with_decimals_is_read_as_it_is_written() -> None:
    body, headers = shopify_message("orders_paid", line_items=[])
    raw = json.dumps(body).replace('"45.00"', "0.29").encode()  # 29.000000000000004 pence as a float
    sent = {header.lower(): value for header, value in headers.items()}
    (event,) = SHOPIFY.translate(decode(raw), sent, DEFAULT)
    assert event["data"]["object"]["amount"] == 29


REFUSED: dict[str, tuple[str, Json, str]] = {
    "half a penny": ("orders_paid", {"total_price": "19.995"}, "total_price"),
    "half a yen": ("orders_paid", {"total_price": "19.50", "currency": "JPY"}, "total_price"),
    "less than nothing": ("orders_paid", {"total_price": "-1.00"}, "total_price"),
    "an exponent": ("orders_paid", {"total_price": "1e3"}, "total_price"),
    "words": ("orders_paid", {"total_price": "free"}, "total_price"),
    "no total": ("orders_paid", {"total_price": None}, "total_price"),
    "no currency of ISO 4217": ("orders_paid", {"currency": "XYZ"}, "currency"),
    "a line without a price": ("orders_paid", {"line_items": [{"quantity": 1}]}, "line_items.price"),
    "more than 2^53": ("disputes_update_lost", {"amount": "90071992547409.92"}, "amount"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_money_is_refused_and_named(case: str) -> None:
    name, fields, param = REFUSED[case]
    with pytest.raises(Invalid) as refused:
        translated(name, **fields)
    assert refused.value.param == param


OWN_IDS = Options(customer_metadata="user_id", customer_prefix="shopify_")


def test_whose_it_is() -> None:
    noted = [{"name": "user_id", "value": "cust_ada"}]
    assert translated("orders_paid", OWN_IDS)["data"]["object"]["customer"] == "shopify_7001"
    assert translated("orders_paid", OWN_IDS, note_attributes=noted)["data"]["object"]["customer"] == "cust_ada"
    assert translated("customers_create", OWN_IDS)["data"]["object"]["id"] == "shopify_7001"
    merged = translated("customers_merge", OWN_IDS)["data"]["object"]
    assert merged == {"id": "shopify_7001", "merged_from": "shopify_7002"}


def test_codes_and_notes_are_listed_together() -> None:
    noted = [{"name": "discount_code", "value": "RW-1"}, {"name": "", "value": "x"}, "no note"]
    order = translated("orders_paid", note_attributes=noted, discount_codes=[{"code": "RW-2"}, {"code": ""}, {}])
    assert order["data"]["object"]["metadata"] == {"discount_code": "RW-1,RW-2"}


@pytest.mark.parametrize("name", ["customers/enable", "customers/disable"])
def test_what_is_kept_of_a_customer_says_whose_it_is(name: str) -> None:
    body, headers = shopify_message("customers_create")
    sent = {header.lower(): value for header, value in headers.items()} | {"x-shopify-topic": name}
    (event,) = SHOPIFY.translate(body, sent, Options(customer_prefix="s_"))
    assert event["type"] == f"shopify.{name.replace('/', '.')}"
    assert event["data"]["object"]["customer"] == "s_7001"
