"""Whole stories over HTTP: what a provider sends, and what members have of it."""

import asyncio
from typing import Any

import pytest

from tests.api.conftest import Api, Json
from tests.api.redeeming import REDEMPTIONS, a_member, a_reward, redeem
from tests.connectors.sending import (
    ACCOUNTS,
    CONNECTORS,
    became,
    member,
    refusal,
    set_up,
    shopify,
    shopify_message,
    stripe,
    stripe_body,
)
from vinr_engagement.commands.verify import verify

pytestmark = pytest.mark.anyio

RULES = "/v1/loyalty/earning-rules"
PROGRAM = "/v1/loyalty/programs/prog_default"


async def points(api: Api, customer: str = "cus_Ada") -> int:
    found: int = (await member(api, customer))["balance"]
    return found


async def spend(api: Api, customer: str = "cus_Ada") -> int:
    """What counts towards tiers, in a program that goes by spend."""
    account = await member(api, customer)
    found: int = (await api.get(f"{ACCOUNTS}/{account['id']}/tier"))["qualifying_value"]
    return found


async def nothing_is_off(api: Api) -> None:
    assert (await verify(api.stores["test"].database)).faults == []


async def test_a_payment_of_stripes_earns_and_its_refunds_take_back_exactly(api: Api) -> None:
    assert became(await stripe(api, stripe_body("payment_intent_succeeded"))) == ("payment.completed", "processed")
    assert await points(api) == 19
    assert became(await stripe(api, stripe_body("charge_succeeded_of_an_intent"))) == (
        "stripe.charge.succeeded",
        "ignored",
    )
    assert became(await stripe(api, stripe_body("refund_created_succeeded"))) == ("refund.completed", "processed")
    assert await points(api) == 14  # of £14.99
    assert became(await stripe(api, stripe_body("charge_refunded_in_part"))) == ("payment.refunded", "processed")
    assert became(await stripe(api, stripe_body("refund_updated_succeeded"))) == ("refund.completed", "ignored")
    assert await points(api) == 14  # the same £5.00, told three times
    await stripe(api, stripe_body("refund_created_succeeded", "evt_rest", id="re_rest", amount=1499))
    assert await points(api) == 0
    await nothing_is_off(api)


async def test_a_refund_may_come_before_its_payment(api: Api) -> None:
    assert became(await stripe(api, stripe_body("refund_created_succeeded"))) == ("refund.completed", "deferred")
    assert became(await stripe(api, stripe_body("payment_intent_succeeded"))) == ("payment.completed", "processed")
    assert await points(api) == 14
    await nothing_is_off(api)


async def test_a_lost_dispute_takes_all_back_and_one_that_was_won_nothing(api: Api) -> None:
    await stripe(api, stripe_body("payment_intent_succeeded"))
    assert became(await stripe(api, stripe_body("charge_dispute_closed_won"))) == ("dispute.resolved", "ignored")
    assert await points(api) == 19
    assert became(await stripe(api, stripe_body("charge_dispute_closed_lost"))) == ("dispute.resolved", "processed")
    assert await points(api) == 0


INVOICES = ["invoice_paid_before_basil", "invoice_paid_basil_with_payments", "invoice_paid_basil_without_payments"]


@pytest.mark.parametrize("invoice_first", [True, False])
async def test_a_subscription_is_spent_once_whichever_message_tells_of_it(api: Api, invoice_first: bool) -> None:
    await api.patch(PROGRAM, {"default_currency": "GBP", "tier_config": {"qualify_on": "spend"}})
    yearly = [{"fact": "event.interval", "op": "eq", "value": "year"}]
    bonus = {"program": "prog_default", "trigger": "subscription.created", "award": {"type": "fixed", "points": 500}}
    await api.post(RULES, {**bonus, "conditions": yearly})
    assert became(await stripe(api, stripe_body("customer_subscription_created_active")))[1] == "processed"
    for number, name in enumerate(INVOICES):
        paid = stripe_body(
            "payment_intent_succeeded_with_invoice", f"evt_p{number}", id=f"pi_{number}", amount_received=9900
        )
        invoice = stripe_body(name, f"evt_i{number}", id=f"in_{number}", **_paid_by(f"pi_{number}", name))
        for body in (invoice, paid) if invoice_first else (paid, invoice):
            assert "events" in await stripe(api, body)
    assert await spend(api) == 3 * 9900
    assert await points(api) == 500 + 3 * 99
    await nothing_is_off(api)


def _paid_by(payment: str, name: str) -> Json:
    if name.endswith("before_basil"):
        return {"payment_intent": payment}
    if name.endswith("without_payments"):
        return {}
    return {"payments": {"data": [{"payment": {"payment_intent": payment}, "status": "paid"}]}}


async def test_a_rule_on_invoices_pays_once_for_an_invoice_and_refunds_take_it_back(api: Api) -> None:
    rule = {
        "program": "prog_default",
        "trigger": "invoice.paid",
        "award": {"type": "per_amount", "per": 100, "points": 1},
    }
    await api.post(RULES, {**rule, "conditions": [{"fact": "event.metadata.channel", "op": "eq", "value": "app"}]})
    await api.patch(f"{RULES}/rule_default", {"active": False})
    await api.enrol("cus_Ada")
    await stripe(api, stripe_body("payment_intent_succeeded", amount_received=9900))
    assert became(await stripe(api, stripe_body("invoice_paid_before_basil"))) == ("invoice.paid", "processed")
    assert await points(api) == 99
    await stripe(api, stripe_body("refund_created_succeeded", amount=9900))
    assert await points(api) == 0


async def _redeemed(api: Api) -> tuple[str, Json]:
    """A member with the customer id of both providers' payloads who has spent 300 points on £5 off."""
    account = await a_member(api, 1_000, "7001")
    return account, await redeem(api, account, await a_reward(api))


async def test_an_order_with_the_code_of_a_redemption_applies_it(api: Api) -> None:
    account, redemption = await _redeemed(api)
    used = [{"code": redemption["discount"]["code"], "amount": "5.00", "type": "fixed_amount"}]
    order = shopify_message("orders_paid_with_code", discount_codes=used, note_attributes=[])
    assert became(await shopify(api, order)) == ("payment.completed", "processed")
    found = await api.get(f"{REDEMPTIONS}/{redemption['id']}")
    assert (found["status"], found["payment"]) == ("applied", "5678901234567")
    assert (await api.get(f"{ACCOUNTS}/{account}"))["balance"] == 1_000 - 300 + 45
    assert became(await shopify(api, shopify_message("refunds_create"))) == ("refund.completed", "processed")
    assert (await api.get(f"{ACCOUNTS}/{account}"))["balance"] == 1_000 - 300 + 40
    await nothing_is_off(api)


@pytest.mark.parametrize("name", ["orders_cancelled_unpaid", "checkout_session_expired"])
async def test_what_is_never_paid_releases_what_it_had_redeemed(api: Api, name: str) -> None:
    account, redemption = await _redeemed(api)
    if name.startswith("orders"):
        used = [{"code": redemption["discount"]["code"]}]
        receipt = await shopify(api, shopify_message(name, discount_codes=used))
    else:
        receipt = await stripe(api, stripe_body(name, metadata={"redemption": redemption["id"]}))
    assert became(receipt) == ("payment.expired", "processed")
    assert (await api.get(f"{REDEMPTIONS}/{redemption['id']}"))["status"] == "released"
    assert (await api.get(f"{ACCOUNTS}/{account}"))["balance"] == 1_000


async def test_customers_are_mirrored_merged_and_forgotten(api: Api) -> None:
    for name in ("customers_create", "customers_update"):
        assert became(await shopify(api, shopify_message(name))) == (f"customer.{name[10:]}d", "processed")
    ada = await api.get("/v1/customers/7001")
    assert (ada["name"], ada["email"], ada["country"]) == ("Lovelace", None, "GB")
    await shopify(api, shopify_message("orders_paid"))
    await shopify(api, shopify_message("orders_paid", "other", id=2, customer={"id": 7002}))
    assert (await points(api, "7001"), await points(api, "7002")) == (45, 45)
    assert became(await shopify(api, shopify_message("customers_merge"))) == ("customer.merged", "processed")
    assert (await points(api, "7001"), await points(api, "7002")) == (90, 90)
    assert (await member(api, "7001"))["id"] == (await member(api, "7002"))["id"]
    assert became(await shopify(api, shopify_message("customers_delete"))) == ("customer.deleted", "processed")
    assert (await api.get("/v1/customers/7001"))["name"] is None


async def test_the_shops_own_ids_of_customers_can_be_used(api: Api) -> None:
    await set_up(api, "stripe", "whsec_of_the_test_endpoint_0001", customer_metadata="user_id")
    await api.enrol("cust_ada")
    await stripe(api, stripe_body("customer_created"))
    await stripe(api, stripe_body("payment_intent_succeeded", metadata={"user_id": "cust_ada"}))
    assert await points(api, "cust_ada") == 19
    assert (await api.get("/v1/customers/cust_ada"))["email"] == "ada@example.com"


async def test_a_message_that_means_nothing_is_kept_and_rules_may_react(api: Api) -> None:
    rule = {"program": "prog_default", "trigger": "shopify.orders.create", "award": {"type": "fixed", "points": 7}}
    await api.post(RULES, {**rule, "conditions": [{"fact": "event.source_name", "op": "eq", "value": "web"}]})
    assert became(await shopify(api, shopify_message("orders_create"))) == ("shopify.orders.create", "processed")
    assert await points(api, "7001") == 7
    assert became(await stripe(api, stripe_body("price_updated"))) == ("stripe.price.updated", "ignored")
    kept = await api.get("/v1/received-events/evt_price_updated")
    assert kept["body"]["data"]["object"]["id"] == "price_gold"


async def test_the_same_message_again_is_a_duplicate(api: Api) -> None:
    for again in (False, True):
        first, second = "duplicate" if again else "processed", "duplicate" if again else "deferred"
        paid = {**stripe_body("payment_intent_succeeded"), "pending_webhooks": 1 - again}
        assert became(await stripe(api, paid)) == ("payment.completed", first)
        assert became(await shopify(api, shopify_message("refunds_create"))) == ("refund.completed", second)
    assert await points(api) == 19


REFUSED: dict[str, tuple[Json, str]] = {
    "a refund of more than was paid": ({"id": "re_2", "amount": 2000}, "refund_exceeds_payment"),
    "a refund in another currency": ({"id": "re_2", "currency": "eur"}, "payment_conflict"),
    "a currency that is none": ({"id": "re_2", "currency": "usdc"}, "parameter_invalid"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_the_engine_refuses_is_answered_and_remembered(api: Api, case: str) -> None:
    fields, code = REFUSED[case]
    await stripe(api, stripe_body("payment_intent_succeeded"))
    receipt = await stripe(api, stripe_body("refund_created_succeeded", "evt_2", **fields))
    assert refusal(receipt) == code
    await api.refused("GET", "/v1/received-events/evt_2", status=404, code="resource_missing")
    found = await api.get(f"{CONNECTORS}/stripe")
    (refused,) = found["refused"]
    assert (refused["id"], refused["type"], refused["code"]) == ("evt_2", "refund.created", code)
    assert refused["message"] == receipt["events"][0]["message"]
    assert refused["received_at"] >= found["last_received_at"]
    assert await points(api) == 19


async def test_a_refused_event_can_be_sent_again_once_it_is_right(api: Api) -> None:
    too_much = stripe_body("refund_created_succeeded", "evt_2", amount=500)
    await stripe(api, stripe_body("payment_intent_succeeded", amount_received=400))
    assert refusal(await stripe(api, too_much)) == "refund_exceeds_payment"
    await stripe(api, stripe_body("payment_intent_succeeded", "evt_3", id="pi_4"))
    too_much["data"]["object"]["payment_intent"] = "pi_4"
    assert became(await stripe(api, too_much)) == ("refund.completed", "processed")


async def test_messages_that_come_at_once_count_once_each(api: Api) -> None:
    paid = [stripe_body("payment_intent_succeeded") for _ in range(5)]
    refused = [stripe_body("payment_intent_succeeded", f"evt_{number}", currency="usdc") for number in range(10)]
    receipts = await asyncio.gather(*(stripe(api, body) for body in [*paid, *refused]))
    assert sorted(became(receipt)[1] for receipt in receipts[:5]) == ["duplicate"] * 4 + ["processed"]
    assert {refusal(receipt) for receipt in receipts[5:]} == {"parameter_invalid"}
    remembered = (await api.get(f"{CONNECTORS}/stripe"))["refused"]
    assert {each["id"] for each in remembered} == {body["id"] for body in refused}
    assert await points(api) == 19


async def test_only_the_last_refusals_are_remembered(api: Api) -> None:
    for number in range(25):
        body = stripe_body("payment_intent_succeeded", f"evt_{number}", currency="usdc")
        assert refusal(await stripe(api, body)) == "parameter_invalid"
    refused = (await api.get(f"{CONNECTORS}/stripe"))["refused"]
    assert [each["id"] for each in refused] == [f"evt_{number}" for number in range(24, 4, -1)]


async def test_strange_values_do_no_harm(api: Api) -> None:
    strange: dict[str, Any] = {
        "nul": "a\0b",
        "large": 1 << 70,
        "deep": [[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]],
        "\u202e": "\U0001f375",
    }
    assert became(await stripe(api, stripe_body("price_updated", **strange)))[1] == "ignored"
    named = {"name": "A\0da", "email": "a\0@b", "metadata": strange}
    assert became(await stripe(api, stripe_body("customer_updated", **named)))[1] == "processed"
    assert (await api.get("/v1/customers/cus_Ada"))["name"] == "A\ufffdda"
    notes = [{"name": "user\0", "value": "\0"}]
    order = shopify_message("orders_paid", note_attributes=notes, tags="a\0,b", name="#\0")
    assert became(await shopify(api, order))[1] == "processed"
