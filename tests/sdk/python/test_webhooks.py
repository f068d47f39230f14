"""Webhooks are accepted where they are genuine and fresh, and refused otherwise. The stock library signs."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import Webhook

import vinr
from vinr import webhooks

SECRET = "whsec_" + base64.b64encode(b"a secret of an endpoint!").decode()
OTHER = "whsec_" + base64.b64encode(b"the secret of another one").decode()
NOW = 1_775_044_800
EVENT: dict[str, Any] = {
    "id": "evt_1",
    "object": "event",
    "type": "loyalty.points.earned",
    "account": "loy_1",
    "account_sequence": 7,
    "data": {
        "object": {"id": "ptx_1", "object": "points_transaction", "amount": 50, "created_at": "2026-04-01T12:00:00Z"}
    },
    "created_at": "2026-04-01T12:00:00Z",
}
BODY = json.dumps(EVENT).encode()


def standard(body: bytes = BODY, secret: str = SECRET, at: int = NOW, identifier: str = "evt_1") -> dict[str, str]:
    """The headers that Standard Webhooks has."""
    signature = Webhook(secret).sign(identifier, datetime.fromtimestamp(at, UTC), body.decode())
    return {"Webhook-Id": identifier, "Webhook-Timestamp": str(at), "Webhook-Signature": signature}


def own(body: bytes = BODY, secret: str = SECRET, at: int = NOW) -> str:
    """The value of Vinr-Signature."""
    return f"t={at},v1={hmac.new(secret.encode(), f'{at}.'.encode() + body, hashlib.sha256).hexdigest()}"


def read(body: bytes | str, headers: Any, secret: str = SECRET, **more: Any) -> vinr.types.Event:
    return webhooks.construct_event(body, headers, secret, **{"now": NOW, **more})


@pytest.mark.parametrize(
    "headers", [standard(), own(), {"VINR-SIGNATURE": own()}, {**standard(), "vinr-signature": "t=1,v1=00"}]
)
def test_a_genuine_webhook_is_an_event(headers: Any) -> None:
    event = read(BODY, headers)
    assert (event.id, event.type, event.account_sequence) == ("evt_1", "loyalty.points.earned", 7)
    assert isinstance(event.data.object, vinr.types.PointsTransaction)
    assert event.data.object.amount == 50
    assert event.created_at == datetime(2026, 4, 1, 12, tzinfo=UTC)
    assert event.to_dict() == EVENT


def test_text_is_as_good_as_bytes() -> None:
    assert read(BODY.decode(), own()).id == "evt_1"


def test_both_signatures_hold_while_a_secret_is_rotated() -> None:
    both = standard()
    both["Webhook-Signature"] += " " + standard(secret=OTHER)["Webhook-Signature"]
    header = f"{own()},{own(secret=OTHER).partition(',')[2]}"
    for secret in (SECRET, OTHER):
        assert read(BODY, both, secret).id == "evt_1"
        assert read(BODY, header, secret).id == "evt_1"


@pytest.mark.parametrize("headers", [standard(), own()])
def test_what_was_altered_is_refused(headers: Any) -> None:
    with pytest.raises(vinr.WebhookVerificationError, match="No signature matches"):
        read(BODY.replace(b"50", b"5000"), headers)
    with pytest.raises(vinr.WebhookVerificationError, match="No signature matches"):
        read(BODY, headers, OTHER)


def test_a_body_is_bound_to_its_id_and_time() -> None:
    for changed in ({"Webhook-Id": "evt_2"}, {"Webhook-Timestamp": str(NOW + 1)}):
        with pytest.raises(vinr.WebhookVerificationError, match="No signature matches"):
            read(BODY, {**standard(), **changed})
    with pytest.raises(vinr.WebhookVerificationError, match="No signature matches"):
        read(BODY, own().replace(str(NOW), str(NOW + 1)))


@pytest.mark.parametrize("sign", [lambda at: standard(at=at), lambda at: own(at=at)])
def test_what_is_too_old_or_from_the_future_is_refused(sign: Any) -> None:
    for age in (300, -300):
        assert read(BODY, sign(NOW - age)).id == "evt_1"
    for age in (301, -301):
        with pytest.raises(vinr.WebhookVerificationError, match="more than 300 seconds old"):
            read(BODY, sign(NOW - age))
    assert read(BODY, sign(NOW - 3_600), tolerance=3_600).id == "evt_1"


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({}, "carries no signature"),
        ({"Webhook-Id": "evt_1"}, "carries no signature"),
        ("", "says nothing of when"),
        ("v1=00", "says nothing of when"),
        ("t=now,v1=00", "says nothing of when"),
        (f"t={NOW}", "No signature matches"),
        (f"t={NOW},v1=xyz", "No signature matches"),
        (f"t={NOW},v0=00", "No signature matches"),
        ({**standard(), "Webhook-Signature": "v1,***"}, "No signature matches"),
        (
            {**standard(), "Webhook-Signature": standard()["Webhook-Signature"].replace("v1", "v2")},
            "No signature matches",
        ),
        ({**standard(), "Webhook-Timestamp": "soon"}, "says nothing of when"),
    ],
)
def test_signatures_that_are_none_are_refused(headers: Any, told: str) -> None:
    with pytest.raises(vinr.WebhookVerificationError, match=told):
        read(BODY, headers)


@pytest.mark.parametrize(("secret", "told"), [("", "no secret"), ("whsec_***", "whsec_ and base64")])
def test_a_secret_that_is_none_is_told(secret: str, told: str) -> None:
    with pytest.raises(vinr.WebhookVerificationError, match=told):
        read(BODY, standard(), secret)


@pytest.mark.parametrize("body", [b"[]", b"{", b"\xff"])
def test_what_is_signed_and_no_event_is_told(body: bytes) -> None:
    with pytest.raises(vinr.WebhookVerificationError, match="no JSON object"):
        read(body, own(body))


def test_without_a_time_the_real_one_counts() -> None:
    with pytest.raises(vinr.WebhookVerificationError, match="seconds old"):
        webhooks.construct_event(BODY, own(at=1), SECRET)


def test_a_client_has_the_same() -> None:
    for client in (vinr.Vinr("sk_test_1"), vinr.AsyncVinr("sk_test_1")):
        assert client.webhooks.construct_event(BODY, own(), SECRET, now=NOW).id == "evt_1"
        client.webhooks.verify(BODY, own(), SECRET, now=NOW)
