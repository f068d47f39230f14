"""What a provider's module tells: how its messages are signed, what they are called, and what they mean here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, NamedTuple

import msgspec

from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.errors import Invalid

Json = dict[str, Any]
Headers = Mapping[str, str]
"""By lower-case name."""

_decoder: Final = msgspec.json.Decoder(float_hook=Decimal)


def decode(raw: bytes) -> Any:
    """Any JSON, its numbers exact: whole ones as ``int``, all others as ``Decimal``. Raises ``msgspec.DecodeError``."""
    return _decoder.decode(raw)


class Message(NamedTuple):
    """A webhook by the provider's own names. ``livemode`` is ``None`` where the provider does not say."""

    id: str
    type: str
    livemode: bool | None


@dataclass(frozen=True, slots=True)
class Options:
    """How a shop wants its messages read.

    ``customer_metadata`` names the metadata key that holds the shop's own id of the customer; where it is not there, the
    customer is the provider's id with ``customer_prefix`` before it.
    """

    customer_prefix: str = ""
    customer_metadata: str | None = None

    def customer(self, identifier: str | None, metadata: Json) -> str | None:
        """Whom the provider means by an id, in a message with this metadata."""
        own = metadata.get(self.customer_metadata) if self.customer_metadata else None
        if isinstance(own, str) and own:
            return own
        return None if identifier is None else self.customer_prefix + identifier


Verify = Callable[[bytes, Headers, str, Instant], bool]
"""Whether a secret signed a raw body; ``now`` is real time.

Raises ``Invalid`` (``signature_invalid``) for a signature that is missing, unreadable or too old, whatever the secret.
"""
Identify = Callable[[Json, Headers], Message]
"""What a signed message is called. Raises ``Invalid`` for a body that is none of the provider's messages."""
Translate = Callable[[Json, Headers, Options], list[Json]]
"""The events that a message means, as ``POST /v1/events`` takes them; at least one, and always the same ones.

A message that means nothing to the engine is an event of the type ``<provider>.<its own type>``. Raises ``Invalid`` for one
that should mean something and cannot be read: an unknown currency, say.
"""


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider. With ``says_livemode`` its messages tell test from live."""

    name: str
    title: str
    says_livemode: bool
    verify: Verify
    identify: Identify
    translate: Translate


def unsigned(message: str) -> Invalid:
    """The refusal of a message whose signature proves nothing."""
    return Invalid("signature_invalid", message)
