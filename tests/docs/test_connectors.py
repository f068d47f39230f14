"""docs/guides/connectors.md"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import Json, close_api, open_api
from tests.connectors import test_shopify, test_stripe
from tests.connectors.sending import SHOPIFY_SECRET, STRIPE_SECRET, set_up, shopify_message, stripe, stripe_body
from tests.docs.tables import GUIDES, Row, blocks, code, codes, prose, table
from vinr_engagement.commands.connectors import REFUSED_KEPT
from vinr_engagement.entrypoints.api import limits
from vinr_engagement.entrypoints.api.errors import CODES
from vinr_engagement.entrypoints.connectors import PROVIDERS, Options
from vinr_engagement.entrypoints.connectors.stripe import TOLERANCE
from vinr_engagement.foundation import money
from vinr_engagement.foundation.clock import MINUTE

GUIDE = GUIDES / "connectors.md"
TEXT = prose(GUIDE)
PAIRS = set[tuple[str, str]]


def listed(column: str) -> PAIRS:
    return {(code(row[column]), code(row["becomes"])) for row in table(GUIDE, column)}


def test_the_table_of_stripes_events_is_what_they_become() -> None:
    cases = {(stripe_body(name)["type"], event_type) for name, (event_type, _) in test_stripe.MEANT.items()}
    assert listed("Stripe's event") == cases


def test_the_table_of_shopifys_topics_is_what_they_become() -> None:
    cases = {
        (shopify_message(name)[1]["X-Shopify-Topic"], event_type)
        for name, (event_type, _) in test_shopify.MEANT.items()
    }
    assert listed("Shopify's topic") == cases


@pytest.mark.parametrize("row", table(GUIDE, "currency"), ids=lambda row: code(row["currency"]))
def test_amounts_of_stripe(row: Row) -> None:
    currency, sent = code(row["currency"]), int(row["Stripe sends"])
    body = stripe_body("payment_intent_succeeded", currency=currency.lower(), amount_received=sent)
    (event,) = PROVIDERS["stripe"].translate(body, {}, Options())
    counted = event["data"]["object"]["amount"]
    assert counted == int(row["counted as"])
    assert money.format_amount(counted, currency) == f"{_grouped(row['is'])} {currency}"


def _grouped(amount: str) -> str:
    whole, point, fraction = amount.partition(".")
    return f"{int(whole):,}{point}{fraction}"


def test_numbers_and_codes_in_the_text() -> None:
    assert f"good for {TOLERANCE // MINUTE} minutes" in TEXT
    assert f"within {limits.KEY_CACHE_SECONDS} seconds" in TEXT
    assert f"larger than {limits.CONNECTOR_BODY_BYTES >> 20} MiB" in TEXT
    assert f"the last {REFUSED_KEPT} are in `refused`" in TEXT
    for row in table(GUIDE, "the secret is configured in"):
        for cell in (row["Stripe"], row["Shopify"]):
            for found in codes(cell):
                assert found == "livemode" or f"{CODES[found].status} `{found}`" in cell


@pytest.mark.anyio
async def test_settings_and_the_receipt(tmp_path: Path) -> None:
    api = await open_api(f"sqlite:///{tmp_path / 'vinr.db'}")
    try:
        for block in blocks(GUIDE, "json connector"):
            asked = block.parsed()
            found = await api.patch("/v1/connectors/stripe", asked)
            assert {name: asked[name] for name in asked if name.startswith("customer_")}.items() <= found.items()
        await set_up(api, "stripe", STRIPE_SECRET)
        (receipt,) = [block.parsed() for block in blocks(GUIDE, "json receipt")]
        assert await stripe(api, stripe_body("payment_intent_succeeded", receipt["id"])) == receipt
        await _both_stores(api)
    finally:
        await close_api(api)


async def _both_stores(api: Any) -> None:
    """As the table of stores has it."""
    for provider, secret in (("stripe", STRIPE_SECRET), ("shopify", SHOPIFY_SECRET)):
        (row,) = [
            row
            for row in table(GUIDE, "the secret is configured in")
            if row["the secret is configured in"] == "both stores"
        ]
        body: Json = {"signing_secrets": [secret]}
        await api.patch(f"/v1/connectors/{provider}", body)
        answer = await api.call("PATCH", f"/v1/connectors/{provider}", body, key=await api.key_of("live"))
        told = json.dumps(answer.json())
        assert (answer.status_code == 200) is ("signing_secret_in_use" not in row[provider.title()])
        assert (answer.status_code == 200) is ("signing_secret_in_use" not in told)
