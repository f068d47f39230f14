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


def canonical(value: Any) -> bytes:
    """JSON with sorted keys: equal for bodies that differ only in layout and order."""
    return _canonical.encode(value)


def fingerprint(canonical_json: bytes) -> str:
    """A digest of canonical JSON: 128 bits, hexadecimal."""
    return blake2b(canonical_json, digest_size=16).hexdigest()
