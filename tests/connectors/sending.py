"""Webhooks as the providers send them: their payloads, signed."""

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import httpx2
from stripe import WebhookSignature

from tests.api.conftest import Api, Json

PAYLOADS = Path(__file__).parent / "payloads"
CONNECTORS = "/v1/connectors"
STRIPE_SECRET = "whsec_of_the_test_endpoint_0001"
SHOPIFY_SECRET = "shpss_of_the_test_app_000000001"
ACCOUNTS = "/v1/loyalty/accounts"


def names(provider: str) -> set[str]:
    """Every payload of a provider."""
    return {path.stem for path in (PAYLOADS / provider).glob("*.json")}


def stripe_body(name: str, event: str | None = None, /, **fields: Any) -> Json:
    """A body of Stripe's with some fields of its object changed, under another id where that is given."""
    body: Json = json.loads((PAYLOADS / "stripe" / f"{name}.json").read_text("utf-8"))
    body["data"] = {**body["data"], **({"object": {**body["data"]["object"], **fields}} if fields else {})}
    return {**body, "id": event or body["id"]}


def shopify_message(name: str, event: str | None = None, /, **fields: Any) -> tuple[Json, dict[str, str]]:
    """A body of Shopify's and its headers, with some fields changed, under another id where that is given."""
    found = json.loads((PAYLOADS / "shopify" / f"{name}.json").read_text("utf-8"))
    headers: dict[str, str] = found["headers"]
    return {**found["body"], **fields}, headers | ({"X-Shopify-Webhook-Id": event} if event else {})


def stripe_signature(raw: bytes, secret: str = STRIPE_SECRET, at: int | None = None) -> dict[str, str]:
    """The header that Stripe's own library makes; now, unless another time is named."""
    return {"Stripe-Signature": WebhookSignature.generate_signature_header(raw.decode(), secret, at)}


def shopify_signature(raw: bytes, secret: str = SHOPIFY_SECRET) -> dict[str, str]:
    """The header as Shopify makes it."""
    digest = hmac.new(secret.encode(), raw, hashlib.sha256).digest()
    return {"X-Shopify-Hmac-Sha256": base64.b64encode(digest).decode()}


async def deliver(api: Api, provider: str, raw: bytes, headers: dict[str, str]) -> httpx2.Response:
    """What a provider's POST gets, which has no API key."""
    return await api.call("POST", f"{CONNECTORS}/{provider}", content=raw, headers=headers, key="")


async def stripe(api: Api, body: Json, secret: str = STRIPE_SECRET) -> Json:
    """The receipt of a message of Stripe's."""
    raw = json.dumps(body, indent=2).encode()
    return _receipt(await deliver(api, "stripe", raw, stripe_signature(raw, secret)))


async def shopify(api: Api, message: tuple[Json, dict[str, str]], secret: str = SHOPIFY_SECRET) -> Json:
    """The receipt of a message of Shopify's."""
    raw = json.dumps(message[0]).encode()
    return _receipt(await deliver(api, "shopify", raw, message[1] | shopify_signature(raw, secret)))


def _receipt(answer: httpx2.Response) -> Json:
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def became(receipt: Json) -> tuple[str, str]:
    """The type and the status of the one event that a message meant."""
    (event,) = receipt["events"]
    return event["type"], event["status"]


def refusal(receipt: Json) -> str:
    """The code that the one event of a message was refused with."""
    (event,) = receipt["events"]
    assert event["status"] == "refused", event
    code: str = event["code"]
    return code


async def set_up(api: Api, provider: str, secret: str, *, key: str | None = None, **options: Any) -> Json:
    """An enabled connector with this secret."""
    body = {"enabled": True, "signing_secrets": [secret], **options}
    return await api.patch(f"{CONNECTORS}/{provider}", body, key=key)


async def member(api: Api, customer: str) -> Json:
    """The account of a customer."""
    (found,) = (await api.get(ACCOUNTS, params={"customer": customer}))["data"]
    account: Json = found
    return account
