"""What each of Stripe's messages means: named cases, one for each payload."""

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.api.conftest import Json
from tests.connectors.sending import names, stripe_body
from vinr_engagement.commands import parse_event
from vinr_engagement.entrypoints.connectors import PROVIDERS, Message, Options, decode
from vinr_engagement.entrypoints.connectors.stripe import DECIMALS
from vinr_engagement.foundation import money
from vinr_engagement.foundation.errors import Invalid

STRIPE = PROVIDERS["stripe"]
DEFAULT = Options()

PAID = {
    "id": "pi_3Ada",
    "amount": 1999,
    "currency": "GBP",
    "customer": "cus_Ada",
    "metadata": {"order": "1001", "redemption": "rdm_1"},
    "description": "Order 1001",
    "payment_method_types": ["card"],
}
CHARGED = {"id": "ch_3Ada", "currency": "GBP", "customer": "cus_Ada", "metadata": {}}
REFUND = {
    "id": "re_3Ada",
    "payment": "pi_3Ada",
    "amount": 500,
    "currency": "GBP",
    "reason": "requested_by_customer",
    "metadata": {},
}
DISPUTE = {"id": "du_1Ada", "payment": "pi_3Ada", "amount": 1999, "currency": "GBP", "reason": "fraudulent"}
ENDED = {"id": "pi_3Ada", "customer": "cus_Ada", "metadata": PAID["metadata"]}
SUBSCRIBED = {
    "id": "sub_1Ada",
    "customer": "cus_Ada",
    "status": "active",
    "interval": "year",
    "interval_count": 1,
    "price": "price_gold",
    "product": "prod_club",
    "quantity": 1,
    "metadata": {"channel": "app"},
}
LINE = {
    "id": "il_1",
    "description": "1 × Club (at £99.00 / year)",
    "price": "price_gold",
    "product": "prod_club",
    "quantity": 1,
    "amount": 9900,
}
INVOICE = {
    "id": "in_1Ada",
    "amount": 9900,
    "currency": "GBP",
    "customer": "cus_Ada",
    "payment": "pi_3Ada",
    "metadata": {"channel": "app"},
    "billing_reason": "subscription_create",
    "line_items": [LINE],
}
ADA = {
    "id": "cus_Ada",
    "email": "ada@example.com",
    "name": "Ada Lovelace",
    "country": "GB",
    "metadata": {"user_id": "cust_ada"},
}


def without(found: Json, *fields: str) -> Json:
    return {name: value for name, value in found.items() if name not in fields}


MEANT: dict[str, tuple[str, Json]] = {
    "payment_intent_succeeded": ("payment.completed", PAID),
    "payment_intent_succeeded_captured_in_part": ("payment.completed", {**PAID, "amount": 4200}),
    "payment_intent_succeeded_guest": (
        "payment.completed",
        {**without(PAID, "customer"), "metadata": {"loyalty_account": "loy_1"}},
    ),
    "payment_intent_succeeded_with_invoice": (
        "payment.completed",
        {**PAID, "invoice": "in_1Ada", "description": "Subscription creation", "metadata": {}},
    ),
    "payment_intent_canceled_abandoned": ("payment.expired", {**ENDED, "cancellation_reason": "abandoned"}),
    "payment_intent_canceled_fraudulent": ("payment.failed", {**ENDED, "cancellation_reason": "fraudulent"}),
    "charge_succeeded_alone": ("payment.completed", {**CHARGED, "amount": 1999, "metadata": {"order": "1002"}}),
    "charge_captured_alone": ("payment.completed", {**CHARGED, "amount": 1500}),
    "charge_refunded_in_part": ("payment.refunded", {"id": "pi_3Ada", "amount_refunded": 500, "metadata": {}}),
    "charge_refunded_captured_in_part": (
        "payment.refunded",
        {"id": "pi_3Ada", "amount_refunded": 1000, "metadata": {}},
    ),
    "refund_created_succeeded": ("refund.completed", REFUND),
    "refund_updated_succeeded": ("refund.completed", REFUND),
    "charge_refund_updated_succeeded": ("refund.completed", {**REFUND, "payment": "ch_3Ada"}),
    "charge_dispute_closed_lost": ("dispute.resolved", {**DISPUTE, "status": "lost"}),
    "charge_dispute_closed_won": ("dispute.resolved", {**DISPUTE, "status": "won"}),
    "checkout_session_expired": (
        "payment.expired",
        {"id": "cs_test_a1", "customer": "cus_Ada", "metadata": {"redemption": "rdm_1"}},
    ),
    "checkout_session_expired_with_intent": (
        "payment.expired",
        {"id": "pi_3Ada", "customer": "cus_Ada", "metadata": {"redemption": "rdm_1"}},
    ),
    "customer_subscription_created_active": ("subscription.created", SUBSCRIBED),
    "customer_subscription_updated_begun": ("subscription.created", SUBSCRIBED),
    "customer_subscription_created_with_plan": (
        "subscription.created",
        {**SUBSCRIBED, "interval": "month", "interval_count": 3, "price": "plan_gold", "quantity": 2},
    ),
    "invoice_paid_before_basil": ("invoice.paid", INVOICE),
    "invoice_paid_basil_with_payments": (
        "invoice.paid",
        {**INVOICE, "line_items": [LINE, {**without(LINE, "amount"), "id": "il_2", "description": "Unused time"}]},
    ),
    "invoice_paid_out_of_band": ("invoice.paid", {**without(INVOICE, "payment"), "metadata": {}}),
    "customer_created": ("customer.created", ADA),
    "customer_updated": ("customer.updated", {**ADA, "email": None, "name": "Ada King", "country": "IE"}),
    "customer_deleted": ("customer.deleted", {"id": "cus_Ada"}),
}
KEPT = {
    "payment_intent_payment_failed": "an attempt may be followed by another",
    "charge_succeeded_of_an_intent": "the intent tells of it",
    "charge_succeeded_authorised": "not captured yet",
    "refund_created_pending": "it may still fail",
    "refund_updated_failed": "nothing went back",
    "checkout_session_completed": "the intent tells of it",
    "customer_subscription_created_incomplete": "its first payment is still to come",
    "customer_subscription_updated_renewed": "it began before",
    "invoice_paid_basil_without_payments": "the message does not say which payment this money is",
    "invoice_paid_by_two_payments": "each of them tells of itself",
    "invoice_paid_of_nothing": "no money moved",
    "price_updated": "nothing that the engine knows",
    "thin": "it has no object",
}


def translated(name: str, options: Options = DEFAULT, /, **fields: Any) -> Json:
    raw = json.dumps(stripe_body(name, **fields)).encode()
    (event,) = STRIPE.translate(decode(raw), {}, options)
    return event


def test_every_payload_has_its_case() -> None:
    assert MEANT.keys() | KEPT.keys() == names("stripe")
    assert not MEANT.keys() & KEPT.keys()


@pytest.mark.parametrize("name", MEANT)
def test_what_it_means(name: str) -> None:
    event_type, subject = MEANT[name]
    assert translated(name) == {
        "id": f"evt_{name}",
        "type": event_type,
        "created": 1775044800,
        "livemode": False,
        "data": {"object": subject},
    }


@pytest.mark.parametrize("name", KEPT)
def test_what_is_kept_as_it_is(name: str) -> None:
    sent, event = stripe_body(name), translated(name)
    assert (event["id"], event["type"]) == (sent["id"], f"stripe.{sent['type']}")
    assert event["data"]["object"] == {
        entry: value for entry, value in sent["data"].get("object", {}).items() if (entry, value) != ("customer", None)
    }


@pytest.mark.parametrize("name", sorted(names("stripe")))
def test_the_engine_takes_it(name: str) -> None:
    parse_event(translated(name))


@pytest.mark.parametrize("name", ["invoice_paid_out_of_band", "invoice_paid_before_basil"])
def test_an_invoice_of_nothing_is_no_money_whoever_paid_it(name: str) -> None:
    assert translated(name, amount_paid=0)["type"] == "stripe.invoice.paid"


def test_an_invoice_names_the_payment_that_paid_it_and_no_attempt() -> None:
    tried = [
        {"payment": {"payment_intent": f"pi_{status}"}, "status": status} for status in ("canceled", "paid", "open")
    ]
    assert (
        translated("invoice_paid_basil_with_payments", payments={"data": tried})["data"]["object"]["payment"]
        == "pi_paid"
    )


def test_the_metadata_of_an_invoice_goes_before_that_of_its_subscription() -> None:
    both = {"metadata": {"channel": "web"}, "subscription_details": {"metadata": {"channel": "app", "plan": "club"}}}
    found = translated("invoice_paid_before_basil", **both)["data"]["object"]["metadata"]
    assert found == {"channel": "web", "plan": "club"}


def test_a_message_is_named_by_its_event() -> None:
    body = stripe_body("payment_intent_succeeded")
    named = Message("evt_payment_intent_succeeded", "payment_intent.succeeded", False)
    assert STRIPE.identify(body, {}) == named
    assert STRIPE.identify({**body, "livemode": True}, {}).livemode is True
    assert STRIPE.identify({**body, "livemode": "yes"}, {}).livemode is None


@pytest.mark.parametrize("missing", ["id", "type"])
def test_a_body_without_a_name_is_no_message(missing: str) -> None:
    with pytest.raises(Invalid) as refused:
        STRIPE.identify(without(stripe_body("price_updated"), missing), {})
    assert (refused.value.code, refused.value.param) == ("parameter_missing", missing)


# As Stripe's page on currencies has them.
ZERO_DECIMALS = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split()
THREE_DECIMALS = "BHD JOD KWD OMR TND".split()
WHOLE_BUT_WITH_TWO = "ISK UGX".split()
TWO_DECIMALS = "EUR GBP USD HUF TWD CZK IDR COP LAK".split()


@pytest.mark.parametrize(
    ("codes", "decimals"), [(ZERO_DECIMALS, 0), (THREE_DECIMALS, 3), (WHOLE_BUT_WITH_TWO, 2), (TWO_DECIMALS, 2)]
)
def test_amounts_have_the_decimals_that_stripe_gives_them(codes: list[str], decimals: int) -> None:
    for code in codes:
        paid = translated("payment_intent_succeeded", currency=code.lower(), amount_received=1200 * 10**decimals)
        assert paid["data"]["object"]["amount"] == 1200 * 10 ** money.exponent(code), code
        assert DECIMALS.get(code, money.exponent(code)) == decimals


REFUSED: dict[str, tuple[str, Json, str]] = {
    "a fraction of what has none": (
        "payment_intent_succeeded",
        {"currency": "isk", "amount_received": 150},
        "amount_received",
    ),
    "no currency of ISO 4217": ("payment_intent_succeeded", {"currency": "usdc"}, "currency"),
    "no currency": ("payment_intent_succeeded", {"currency": None}, "currency"),
    "no amount": ("payment_intent_succeeded", {"amount_received": None}, "amount_received"),
    "a decimal": ("refund_created_succeeded", {"amount": 5.5}, "amount"),
    "true": ("refund_created_succeeded", {"amount": True}, "amount"),
    "less than nothing": ("charge_dispute_closed_lost", {"amount": -1}, "amount"),
    "more than 2^53": ("refund_created_succeeded", {"amount": 1 << 53}, "amount"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_money_is_refused_and_named(case: str) -> None:
    name, fields, field = REFUSED[case]
    with pytest.raises(Invalid) as refused:
        translated(name, **fields)
    assert refused.value.param == f"data.object.{field}"


OWN_IDS = Options(customer_metadata="user_id")


@pytest.mark.parametrize(
    ("name", "fields", "options", "customer"),
    [
        ("payment_intent_succeeded", {}, Options(customer_prefix="stripe:"), "stripe:cus_Ada"),
        ("payment_intent_succeeded", {"metadata": {"user_id": "cust_ada"}}, OWN_IDS, "cust_ada"),
        ("payment_intent_succeeded", {"metadata": {"user_id": ""}}, OWN_IDS, "cus_Ada"),
        ("payment_intent_succeeded", {"customer": None, "metadata": {"user_id": "cust_ada"}}, OWN_IDS, "cust_ada"),
        ("payment_intent_succeeded", {"customer": {"id": "cus_Ada", "object": "customer"}}, DEFAULT, "cus_Ada"),
        ("price_updated", {"customer": {"id": "cus_Ada"}}, DEFAULT, "cus_Ada"),
        ("invoice_paid_before_basil", {"subscription_details": {"metadata": {"user_id": "a"}}}, OWN_IDS, "a"),
        ("invoice_paid_before_basil", {"metadata": {"user_id": "b"}}, OWN_IDS, "b"),
    ],
)
def test_whose_it_is(name: str, fields: Json, options: Options, customer: str) -> None:
    assert translated(name, options, **fields)["data"]["object"]["customer"] == customer


def test_a_customer_who_is_mirrored_has_the_id_that_payments_name() -> None:
    assert translated("customer_created", OWN_IDS)["data"]["object"]["id"] == "cust_ada"
    assert translated("customer_deleted", Options(customer_prefix="s_"))["data"]["object"]["id"] == "s_cus_Ada"


def test_what_is_kept_can_be_read_and_written_by_everyone() -> None:
    nested: Any = "end"
    for _ in range(60):
        nested = [nested]
    strange = {"large": 1 << 60, "exact": 0.1, "huge": 1e300, "nul": "a\0b", "n\0l": 1, "nested": nested}
    kept = translated("price_updated", **strange)["data"]["object"]
    assert kept["large"] == str(1 << 60)
    assert (kept["exact"], kept["nul"], kept["n�l"]) == (0.1, "a�b", 1)
    assert kept["huge"] == str(Decimal("1e300"))
    assert "end" not in json.dumps(kept)
