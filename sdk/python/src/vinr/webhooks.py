"""Verifies that a webhook came from the engine, and reads the event in it.

Two kinds of signature are known, and every delivery carries both: the headers of Standard Webhooks, and ``Vinr-Signature``.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from vinr.errors import WebhookVerificationError

if TYPE_CHECKING:
    from vinr.types import Event

__all__ = ["DEFAULT_TOLERANCE", "WebhookVerificationError", "Webhooks", "construct_event", "verify"]

DEFAULT_TOLERANCE: Final = 300
"""Seconds."""
_PREFIX: Final = "whsec_"
_STANDARD: Final = ("webhook-id", "webhook-timestamp", "webhook-signature")
_OWN: Final = "vinr-signature"


def construct_event(
    body: bytes | str,
    headers: Mapping[str, str] | str,
    secret: str,
    tolerance: float = DEFAULT_TOLERANCE,
    *,
    now: float | None = None,
) -> Event:
    """The event of a webhook, once it is known to be genuine.

    ``body`` is the request's, exactly as it arrived: not JSON that was parsed and written again. ``headers`` are the
    request's, or the value of ``Vinr-Signature`` alone. ``secret`` is the endpoint's, ``whsec_…``. ``tolerance`` is how many
    seconds old it may be; ``now`` is the time as Unix seconds, for tests.

    Raises ``WebhookVerificationError`` where it was not signed with this secret, was altered, or is too old.
    """
    verify(body, headers, secret, tolerance, now=now)
    from vinr.types import Event  # loaded when asked for, as every type of the API

    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise WebhookVerificationError("The webhook is signed, but its body is no JSON object.")
    return Event(found)


def verify(
    body: bytes | str,
    headers: Mapping[str, str] | str,
    secret: str,
    tolerance: float = DEFAULT_TOLERANCE,
    *,
    now: float | None = None,
) -> None:
    """Holds that a webhook is genuine; it takes and raises what ``construct_event`` does."""
    content = body.encode() if isinstance(body, str) else bytes(body)
    signed = _signed(content, headers, secret)
    expected = hmac.digest(signed.key, signed.text, "sha256")
    matches = [hmac.compare_digest(expected, given) for given in signed.signatures]
    if not any(matches):
        raise WebhookVerificationError("No signature matches: the secret is another's, or the body was altered.")
    if abs((time.time() if now is None else now) - signed.timestamp) > tolerance:
        raise WebhookVerificationError(f"The webhook is more than {tolerance:g} seconds old, or a clock is wrong.")


class Webhooks:
    """What ``vinr.webhooks`` has, for those who have a client at hand."""

    construct_event = staticmethod(construct_event)
    verify = staticmethod(verify)


class _Signed(NamedTuple):
    """What was signed with which key, when, and the signatures that came along: several while a secret is rotated."""

    text: bytes
    key: bytes
    timestamp: int
    signatures: list[bytes]


def _signed(content: bytes, headers: Mapping[str, str] | str, secret: str) -> _Signed:
    if not secret:
        raise WebhookVerificationError("There is no secret: it is the endpoint's, and starts with whsec_.")
    if isinstance(headers, str):
        return _by_own_header(content, headers, secret)
    found = {str(name).lower(): value for name, value in headers.items()}
    if all(name in found for name in _STANDARD):
        return _by_standard_headers(content, *(found[name] for name in _STANDARD), secret=secret)
    if _OWN in found:
        return _by_own_header(content, found[_OWN], secret)
    raise WebhookVerificationError("The request carries no signature: neither Vinr-Signature nor Webhook-Signature.")


def _by_standard_headers(content: bytes, identifier: str, timestamp: str, signature: str, *, secret: str) -> _Signed:
    """As Standard Webhooks has it: base64, over the id, the time and the body, by the bytes that the secret stands for."""
    listed = (entry.partition(",") for entry in signature.split())
    return _Signed(
        f"{identifier}.{timestamp}.".encode() + content,
        _key_in(secret),
        _moment(timestamp),
        [found for version, _, given in listed if version == "v1" for found in _from_base64(given)],
    )


def _by_own_header(content: bytes, header: str, secret: str) -> _Signed:
    """``t=…,v1=…``: hexadecimal, over the time and the body, by the secret as it is written."""
    parts = [part.strip().partition("=") for part in header.split(",")]
    timestamp = next((value for name, _, value in parts if name == "t"), "")
    return _Signed(
        f"{timestamp}.".encode() + content,
        secret.encode(),
        _moment(timestamp),
        [found for name, _, given in parts if name == "v1" for found in _from_hexadecimal(given)],
    )


def _moment(timestamp: str) -> int:
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 16):
        raise WebhookVerificationError("The signature says nothing of when it was made.")
    return int(timestamp)


def _key_in(secret: str) -> bytes:
    for key in _from_base64(secret.removeprefix(_PREFIX)):
        return key
    raise WebhookVerificationError("The secret is none of a webhook endpoint: it is whsec_ and base64.")


def _from_base64(text: str) -> Iterator[bytes]:
    try:
        yield base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return


def _from_hexadecimal(text: str) -> Iterator[bytes]:
    try:
        yield bytes.fromhex(text)
    except ValueError:
        return
