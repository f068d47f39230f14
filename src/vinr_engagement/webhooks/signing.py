"""What proves to a receiver that a delivery is ours, was not altered and is not an old one sent again.

Two forms over the same raw body: the headers of Standard Webhooks (standardwebhooks.com), and ``Vinr-Signature``.
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Final

from vinr_engagement.foundation.clock import SECOND, Instant

PREFIX: Final = "whsec_"
KEY_BYTES: Final = 32


def secret_of(key: bytes) -> str:
    """A secret as people have it: ``whsec_`` and the key in base64."""
    return PREFIX + b64encode(key).decode()


def headers(event: str, body: bytes, secrets: Sequence[str], at: Instant) -> dict[str, str]:
    """The headers of a delivery sent ``at`` this real time: a signature for each secret, the newest first."""
    seconds = str(at // SECOND)
    standard = [f"v1,{_standard(secret, event, seconds, body)}" for secret in secrets]
    ours = [f"v1={_ours(secret, seconds, body)}" for secret in secrets]
    return {
        "webhook-id": event,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(standard),
        "vinr-signature": ",".join([f"t={seconds}", *ours]),
    }


def _standard(secret: str, event: str, seconds: str, body: bytes) -> str:
    """Base64 of HMAC-SHA256 over ``id.timestamp.body`` under the secret's bytes."""
    key = b64decode(secret.removeprefix(PREFIX))
    return b64encode(hmac.digest(key, f"{event}.{seconds}.".encode() + body, "sha256")).decode()


def _ours(secret: str, seconds: str, body: bytes) -> str:
    """Hexadecimal HMAC-SHA256 over ``timestamp.body`` under the secret's text as it is shown, ``whsec_`` included."""
    return hmac.digest(secret.encode(), f"{seconds}.".encode() + body, "sha256").hex()
