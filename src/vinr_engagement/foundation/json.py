"""JSON as the product stores and compares it."""

from hashlib import blake2b
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder()
_canonical = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder()


def encode(value: Any) -> bytes:
    """Compact UTF-8 JSON."""
    return _encoder.encode(value)


def text(value: Any) -> str:
    """Compact JSON as text, for a column."""
    return _encoder.encode(value).decode()


def decode(data: bytes | str) -> Any:
    """Any JSON. Raises ``msgspec.DecodeError``."""
    return _decoder.decode(data)


def fingerprint(value: Any) -> str:
    """A digest (128 bits, hexadecimal) of the value as canonical JSON: equal for bodies that differ only in layout and order."""
    return blake2b(_canonical.encode(value), digest_size=16).hexdigest()
