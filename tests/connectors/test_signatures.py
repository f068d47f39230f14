"""Signatures: Stripe's own library accepts what the connector accepts, and refuses what it refuses; Shopify's are exact."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from hypothesis import example, given, settings
from hypothesis import strategies as st
from stripe import SignatureVerificationError, Webhook, WebhookSignature

from tests.connectors.sending import shopify_signature, stripe_body
from vinr_engagement.entrypoints.connectors import PROVIDERS
from vinr_engagement.entrypoints.connectors.stripe import TOLERANCE
from vinr_engagement.foundation.clock import SECOND
from vinr_engagement.foundation.errors import Invalid

NOW = 1_775_044_800
MINUTES = TOLERANCE // SECOND
SECRET, OTHER = "whsec_of_the_test_endpoint_0001", "whsec_of_another_endpoint_00002"
BODY = json.dumps(stripe_body("payment_intent_succeeded"), ensure_ascii=False)
BODIES = st.sampled_from([BODY, BODY.replace("1999", "2999"), BODY + " ", BODY.replace("Order", "Ördér")])


def accepted_by_stripe(body: str, header: str, secret: str) -> bool:
    try:
        Webhook.construct_event(body, header, secret)
    except SignatureVerificationError:
        return False
    return True


def accepted_here(body: str, header: str, secret: str) -> bool:
    headers = {"stripe-signature": header}
    try:
        return PROVIDERS["stripe"].verify(body.encode(), headers, secret, NOW * SECOND)
    except Invalid as refused:
        return refused.code != "signature_invalid"


def signature(body: str, secret: str, at: int) -> str:
    return WebhookSignature._compute_signature(f"{at}.{body}", secret)


@st.composite
def headers(draw: Callable[[Any], Any]) -> tuple[str, str, str]:
    """A body, a header that signs it or only looks like it, and the secret to check it with."""
    body, at = draw(BODIES), NOW + draw(_mostly(0, -1, 1, -MINUTES, -MINUTES - 1, -86_400, 86_400))
    right = signature(body, SECRET, at)
    altered = (right.upper(), right[:-1], right + "0", "")
    others = (signature(body, OTHER, at), signature(body + "x", SECRET, at), signature(body, SECRET, at + 1))
    values, schemes = _mostly(right, *altered, *others), _mostly("v1", "v0", "V1", " v1", "v1 ", "v2")
    signatures = [f"{draw(schemes)}={draw(values)}" for _ in range(draw(_mostly(1, 0, 2, 3)))]
    beside = draw(_mostly([], [f"t={at + 1}"], ["t"], ["v1"], ["x=y"], [""], [f"t={at}=1"]))
    parts = draw(st.permutations([f"t={at}", *beside, *signatures]))
    return body, draw(_mostly(",", ", ", ";")).join(parts), draw(_mostly(SECRET, OTHER))


def _mostly(usual: Any, *others: Any) -> st.SearchStrategy[Any]:
    """The usual value in most cases, so that many headers are right but for one thing, or altogether."""
    return st.sampled_from([*([usual] * 3 * len(others)), *others])


@given(headers())
@settings(max_examples=400, deadline=None)
def test_stripes_own_library_is_of_the_same_mind(case: tuple[str, str, str]) -> None:
    with time_machine.travel(datetime.fromtimestamp(NOW, UTC), tick=False):
        assert accepted_here(*case) == accepted_by_stripe(*case)


@given(st.text(alphabet=st.characters(max_codepoint=126, min_codepoint=32), max_size=80))
@example("")
@example("t=,v1=")
@example("t=1_775_044_800,v1=x")
@example("t= 1775044800 ,v1=x")
@example(f"t={'9' * 5_000},v1=x")
@settings(max_examples=200, deadline=None)
def test_garbage_is_refused_by_both(header: str) -> None:
    assert not accepted_here(BODY, header, SECRET)
    assert not accepted_by_stripe(BODY, header, SECRET)


AT = f"t={NOW}"
RIGHT = f"v1={signature(BODY, SECRET, NOW)}"
WRONG = f"v1={signature(BODY, OTHER, NOW)}"
CASES: dict[str, tuple[str, bool]] = {
    "as Stripe signs": (f"{AT},{RIGHT}", True),
    "with an older scheme beside it": (f"{AT},{RIGHT},v0=0123", True),
    "while secrets are exchanged, the right one last": (f"{AT},{WRONG},{RIGHT}", True),
    "the time last": (f"{RIGHT},{AT}", True),
    "by another secret": (f"{AT},{WRONG}", False),
    "by an older scheme": (f"{AT},{RIGHT.replace('v1', 'v0')}", False),
    "of another time": (f"t={NOW - 1},{RIGHT}", False),
    "without a time": (RIGHT, False),
    "without a signature": (AT, False),
}


@pytest.mark.parametrize("case", CASES)
def test_a_header(case: str) -> None:
    header, accepted = CASES[case]
    with time_machine.travel(datetime.fromtimestamp(NOW, UTC), tick=False):
        assert accepted_here(BODY, header, SECRET) == accepted_by_stripe(BODY, header, SECRET) == accepted


@pytest.mark.parametrize(("age", "accepted"), [(0, True), (MINUTES, True), (MINUTES + 1, False), (-MINUTES, True)])
def test_a_signature_ages(age: int, accepted: bool) -> None:
    header = f"t={NOW - age},v1={signature(BODY, SECRET, NOW - age)}"
    with time_machine.travel(datetime.fromtimestamp(NOW, UTC), tick=False):
        assert accepted_here(BODY, header, SECRET) == accepted_by_stripe(BODY, header, SECRET) == accepted


def test_bytes_beyond_ascii_in_a_header_are_refused() -> None:
    assert not accepted_here(BODY, f"{AT},v1=\xe9\xff", SECRET)


def shopify_accepts(raw: bytes, header: str, secret: str) -> bool:
    return PROVIDERS["shopify"].verify(raw, {"x-shopify-hmac-sha256": header}, secret, NOW * SECOND)


def test_shopify_signs_the_raw_body() -> None:
    raw = '{"name": "Ördér",  "total_price": "1.00"}'.encode()
    header = shopify_signature(raw, SECRET)["X-Shopify-Hmac-Sha256"]
    assert shopify_accepts(raw, header, SECRET)
    assert shopify_accepts(raw, f" {header} ", SECRET)
    for other in (raw.replace(b"1.00", b"9.00"), raw + b"\n", json.dumps(json.loads(raw)).encode()):
        assert not shopify_accepts(other, header, SECRET)
    for forged in (header[:-2], header.lower(), "AAAA", "\xe9", "=", header + ","):
        assert not shopify_accepts(raw, forged, SECRET)
    assert not shopify_accepts(raw, header, OTHER)


@pytest.mark.parametrize("header", ["", "   "])
def test_a_message_without_a_signature_is_refused_whatever_the_secret(header: str) -> None:
    with pytest.raises(Invalid) as refused:
        shopify_accepts(b"{}", header, SECRET)
    assert refused.value.code == "signature_invalid"
