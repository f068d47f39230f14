"""Who is let in: signatures, stores, settings, and what is no message at all."""

import hashlib
import hmac
import json
import time

import pytest

from tests.api.conftest import Api, Json, close_api, open_api
from tests.connectors.sending import (
    CONNECTORS,
    SHOPIFY_SECRET,
    STRIPE_SECRET,
    became,
    deliver,
    set_up,
    shopify,
    shopify_message,
    shopify_signature,
    stripe,
    stripe_body,
    stripe_signature,
)
from tests.contract.rows import nothing_written
from vinr_engagement.entrypoints.api import limits
from vinr_engagement.foundation.database import Session

pytestmark = pytest.mark.anyio

LIVE_SECRET = "whsec_of_the_live_endpoint_0002"
RAW = json.dumps(stripe_body("payment_intent_succeeded")).encode()
ORDER, HEADERS = shopify_message("orders_paid")
RAW_ORDER = json.dumps(ORDER).encode()


async def refused(
    api: Api, raw: bytes, headers: dict[str, str], status: int, code: str, provider: str = "stripe"
) -> Json:
    answer = await deliver(api, provider, raw, headers)
    error: Json = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code), error
    document = (await api.client.get("/openapi.json")).json()
    assert code in document["paths"][f"{CONNECTORS}/{{provider}}"]["post"]["x-error-codes"]
    return error


async def test_without_a_right_signature_nobody_is_let_in(api: Api) -> None:
    signed = stripe_signature(RAW)
    old = int(time.time()) - 400
    async with nothing_written(api):
        for headers in (
            {},
            {"Stripe-Signature": "t=1,v1=x"},
            stripe_signature(RAW, LIVE_SECRET),
            {"Stripe-Signature": "x"},
        ):
            await refused(api, RAW, headers, 401, "signature_invalid")
        await refused(api, RAW.replace(b"1999", b"9999"), signed, 401, "signature_invalid")
        error = await refused(api, RAW, stripe_signature(RAW, at=old), 401, "signature_invalid")
        assert "300 seconds" in error["message"]
        for headers in ({}, shopify_signature(RAW_ORDER, STRIPE_SECRET), shopify_signature(RAW_ORDER + b" ")):
            await refused(api, RAW_ORDER, HEADERS | headers, 401, "signature_invalid", "shopify")
        await refused(api, RAW, {"X-Api-Key": api.keys["test"]}, 401, "signature_invalid")
        await refused(api, RAW_ORDER, HEADERS | signed, 401, "signature_invalid", "shopify")


async def test_a_signature_needs_no_key_and_a_key_does_no_harm(api: Api) -> None:
    for key in ("sk_test_none", await api.key_of("live")):
        headers = {"X-Api-Key": key, "Vinr-Version": "1999-01-01", **stripe_signature(RAW)}
        assert (await deliver(api, "stripe", RAW, headers)).status_code == 200
    assert (
        await deliver(api, "stripe", RAW, {"Content-Type": "text/plain", **stripe_signature(RAW)})
    ).status_code == 200


async def test_the_secret_says_which_store_is_meant(api: Api) -> None:
    await set_up(api, "stripe", LIVE_SECRET, key=await api.key_of("live"))
    live = {**stripe_body("payment_intent_succeeded"), "livemode": True}
    assert (await stripe(api, live))["environment"] == "test"
    assert (await stripe(api, live, LIVE_SECRET))["environment"] == "live"
    for environment in ("test", "live"):
        (kept,) = (await api.get("/v1/received-events", key=await api.key_of(environment)))["data"]
        assert kept["id"] == live["id"]


async def test_where_both_stores_have_the_secret_stripe_says_which_is_meant(api: Api) -> None:
    await set_up(api, "stripe", STRIPE_SECRET, key=await api.key_of("live"))
    body = stripe_body("payment_intent_succeeded")
    for livemode, environment in ((True, "live"), (False, "test")):
        assert (await stripe(api, {**body, "livemode": livemode}))["environment"] == environment
    raw = json.dumps({**body, "livemode": None}).encode()
    await refused(api, raw, stripe_signature(raw), 409, "signing_secret_in_use")


async def test_shopify_does_not_say_so_both_stores_may_not_have_the_same_secret(api: Api) -> None:
    body = {"enabled": True, "signing_secrets": [SHOPIFY_SECRET]}
    live = await api.key_of("live")
    await api.refused("PATCH", f"{CONNECTORS}/shopify", body, status=409, code="signing_secret_in_use", key=live)
    await set_up(api, "shopify", LIVE_SECRET, key=live)
    assert (await shopify(api, (ORDER, HEADERS), LIVE_SECRET))["environment"] == "live"
    await _given_the_same_secret_at_once(api)
    await refused(api, RAW_ORDER, HEADERS | shopify_signature(RAW_ORDER), 409, "signing_secret_in_use", "shopify")


async def _given_the_same_secret_at_once(api: Api) -> None:
    """As two requests may that do not see each other."""

    async def write(session: Session) -> int:
        return await session.execute(
            "update connectors set signing_secrets = $1 where provider = 'shopify'", json.dumps([SHOPIFY_SECRET])
        )

    await api.stores["live"].database.write(write)
    await api.patch(f"{CONNECTORS}/stripe", {}, key=await api.key_of("live"))  # and the settings are read anew


async def test_a_disabled_connector_takes_nothing_and_the_provider_tries_again(api: Api) -> None:
    await api.patch(f"{CONNECTORS}/stripe", {"enabled": False})
    async with nothing_written(api):
        await refused(api, RAW, stripe_signature(RAW), 403, "connector_disabled")
    await api.patch(f"{CONNECTORS}/stripe", {"enabled": True})
    assert (await deliver(api, "stripe", RAW, stripe_signature(RAW))).status_code == 200


MALFORMED = {
    "cut short": (b'{"id": ', "json_invalid"),
    "nothing": (b"", "json_invalid"),
    "no UTF-8": (b'{"id": "\xff"}', "json_invalid"),
    "not a number": (b'{"id": NaN}', "json_invalid"),
    "lists that never end": (b"[" * 100_000, "json_too_deep"),
    "a list": (b"[]", "parameter_invalid"),
    "a text": (b'"evt_1"', "parameter_invalid"),
    "no id": (b'{"type": "price.updated"}', "parameter_missing"),
    "an id that is a number": (b'{"id": 5, "type": "price.updated"}', "parameter_missing"),
    "no type": (b'{"id": "evt_1"}', "parameter_missing"),
}


async def test_what_is_signed_and_no_message_is_refused(api: Api) -> None:
    async with nothing_written(api):
        for raw, code in MALFORMED.values():
            await refused(api, raw, _signed_by_hand(raw), 400, code)
        for name, param in (("X-Shopify-Topic", "X-Shopify-Topic"), ("X-Shopify-Webhook-Id", "X-Shopify-Webhook-Id")):
            left = {header: value for header, value in HEADERS.items() if header not in (name, "X-Shopify-Event-Id")}
            error = await refused(
                api, RAW_ORDER, left | shopify_signature(RAW_ORDER), 400, "parameter_missing", "shopify"
            )
            assert error["param"] == param


def _signed_by_hand(raw: bytes) -> dict[str, str]:
    """As Stripe signs any bytes; its library takes text alone."""
    now = int(time.time())
    digest = hmac.new(STRIPE_SECRET.encode(), b"%d." % now + raw, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={now},v1={digest}"}


async def test_an_event_without_what_every_event_has_is_answered_with_why(api: Api) -> None:
    for name, body in (
        ("created", {"id": "evt_1", "type": "price.updated"}),
        ("type", {"id": "evt_2", "type": "no type"}),
    ):
        (event,) = (await stripe(api, body))["events"]
        assert event["status"] == "refused"
        assert name in event["message"]


async def test_bodies_beyond_the_limit(api: Api) -> None:
    large = b'{"a": "' + b"x" * limits.CONNECTOR_BODY_BYTES + b'"}'
    await refused(api, large, stripe_signature(large), 413, "body_too_large")
    body = stripe_body("price_updated", nickname="x" * (limits.BODY_BYTES + 1))
    assert became(await stripe(api, body))[1] == "ignored"


async def test_other_names_and_methods(api: Api) -> None:
    for path in (f"{CONNECTORS}/paypal", f"{CONNECTORS}/Stripe"):
        error = await api.refused("POST", path, {}, status=404, code="resource_missing", key="")
        assert "shopify and stripe" in error["message"]
        await api.refused("GET", path, status=404, code="resource_missing")
        await api.refused("PATCH", path, {}, status=404, code="resource_missing")
    await api.refused("POST", f"{CONNECTORS}/stripe/x", {}, status=401, code="api_key_missing", key="")
    answer = await api.call("PUT", f"{CONNECTORS}/stripe", {})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, PATCH, POST")


async def test_a_store_that_takes_no_work_has_the_provider_try_again(api: Api) -> None:
    await api.stores["test"].write_path.close()
    await refused(api, RAW, stripe_signature(RAW), 503, "service_unavailable")


async def test_settings_are_shown_without_secrets(api: Api) -> None:
    found = await api.get(f"{CONNECTORS}/stripe")
    assert found == {
        "id": "stripe",
        "object": "connector",
        "enabled": True,
        "signing_secrets": ["…0001"],
        "customer_prefix": "",
        "customer_metadata": None,
        "created_at": found["created_at"],
        "updated_at": found["updated_at"],
        "last_received_at": None,
        "refused": [],
    }
    assert found["enabled"] is True  # and not 1
    untouched = await api.get(f"{CONNECTORS}/stripe", key=await api.key_of("live"))
    assert (untouched["enabled"], untouched["signing_secrets"], untouched["created_at"]) == (False, [], None)
    listed = await api.get(CONNECTORS)
    assert [each["id"] for each in listed["data"]] == ["shopify", "stripe"]
    assert listed["page"] == {"has_more": False, "next_cursor": None, "total_estimate": 2}
    await stripe(api, stripe_body("price_updated"))
    assert (await api.get(f"{CONNECTORS}/stripe"))["last_received_at"] is not None


async def test_secrets_are_exchanged_without_a_gap(api: Api) -> None:
    fresh = "whsec_the_next_one_0000000003"
    both = await api.patch(f"{CONNECTORS}/stripe", {"signing_secrets": [fresh, STRIPE_SECRET]})
    assert both["signing_secrets"] == ["…0003", "…0001"]
    for number, secret in enumerate((STRIPE_SECRET, fresh)):
        assert became(await stripe(api, stripe_body("price_updated", f"evt_{number}"), secret))[1] == "ignored"
    await api.patch(f"{CONNECTORS}/stripe", {"signing_secrets": [fresh]})
    await refused(api, RAW, stripe_signature(RAW), 401, "signature_invalid")


async def test_options_are_changed_one_by_one(api: Api) -> None:
    await api.patch(f"{CONNECTORS}/stripe", {"customer_prefix": "s_"})
    found = await api.patch(f"{CONNECTORS}/stripe", {"customer_metadata": "user_id"})
    assert (found["customer_prefix"], found["customer_metadata"]) == ("s_", "user_id")
    assert (found["enabled"], found["signing_secrets"]) == (True, ["…0001"])


SETTINGS_REFUSED: dict[str, tuple[Json, str]] = {
    "enabled without a secret": ({"enabled": True}, "signing_secrets"),
    "three secrets": ({"signing_secrets": ["x" * 20, "y" * 20, "z" * 20]}, "signing_secrets"),
    "a short secret": ({"signing_secrets": ["…0001"]}, "signing_secrets[0]"),
    "a secret with a space": ({"signing_secrets": ["whsec_0123456789 abc"]}, "signing_secrets[0]"),
    "an unknown option": ({"prefix": "x"}, "prefix"),
    "a program": ({"program": "prog_default"}, "program"),
}


@pytest.mark.parametrize("case", SETTINGS_REFUSED)
async def test_settings_that_make_no_sense(sqlite_api: Api, case: str) -> None:
    body, param = SETTINGS_REFUSED[case]
    answer = await sqlite_api.call("PATCH", f"{CONNECTORS}/stripe", body)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


async def test_the_last_secret_of_an_enabled_connector_stays(api: Api) -> None:
    await api.refused("PATCH", f"{CONNECTORS}/stripe", {"signing_secrets": []}, status=400, code="parameter_invalid")
    gone = await api.patch(f"{CONNECTORS}/stripe", {"signing_secrets": [], "enabled": False})
    assert (gone["enabled"], gone["signing_secrets"]) == (False, [])


async def test_who_changed_what_is_in_the_audit_log_and_no_secret_anywhere(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    api = await open_api(database_url, log_level="debug")
    try:
        headers = {"Idempotency-Key": "one"}
        body = {"enabled": True, "signing_secrets": [STRIPE_SECRET]}
        for _ in range(2):
            await api.patch(f"{CONNECTORS}/stripe", body, headers=headers)
        await api.patch(f"{CONNECTORS}/stripe", {"enabled": False})
        last, first = (await api.get("/v1/audit-log", params={"action": "connector.updated"}))["data"]
        assert (first["before"], first["after"]["signing_secrets"]) == (None, ["…0001"])
        assert (last["before"]["enabled"], last["after"]["enabled"]) == (True, False)
        await deliver(api, "stripe", RAW, stripe_signature(RAW))
        shown = [await api.get(path) for path in (CONNECTORS, "/v1/audit-log", f"{CONNECTORS}/stripe")]
        keys = await api.stores["test"].database.ask("select body from idempotency_keys")
    finally:
        await close_api(api)
    told = json.dumps(shown) + str(keys) + "".join(capsys.readouterr())
    assert "…0001" in told
    assert STRIPE_SECRET not in told


async def test_a_key_needs_the_scope(sqlite_api: Api) -> None:
    reader = await sqlite_api.new_key("test", "connectors:read")
    await sqlite_api.get(CONNECTORS, key=reader)
    await sqlite_api.refused(
        "PATCH", f"{CONNECTORS}/stripe", {"enabled": False}, status=403, code="permission_denied", key=reader
    )
