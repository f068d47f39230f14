"""Who climbs, what it holds, and what is told when it moves."""

from typing import Literal, NamedTuple, Protocol

import msgspec

from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import Instant

Reason = Literal[
    "threshold_reached",
    "refunded",
    "window_moved",
    "period_ended",
    "pinned",
    "pin_ended",
    "merged",
    "program_changed",
]
"""Why a member moved: its value rose or fell in a transaction; days stopped counting; a calendar period, or the time for which
a reached tier is kept, was over; a pin came or went; two members became one; the program was edited."""


class Climber(Protocol):
    """A member as far as tiers go. Announce its change to the state before handing it in.

    ``tier`` is what counts: the higher of ``tier_earned``, reached by value, and the pinned one. ``tier_kept_until`` is up to
    when the earned tier stays whatever the value does, ``tier_below_since`` since when the value is below the earned tier's
    threshold while nothing but the grace keeps it. ``tier_pin`` is a ``Pin`` as JSON.
    """

    tier: str | None
    tier_earned: str | None
    tier_kept_until: int | None
    tier_below_since: int | None
    tier_pin: str | None
    lifetime_points: int


class Pin(msgspec.Struct):
    """A floor: the member is in this tier at least, up to and not including ``until``."""

    tier: str
    until: Instant | None = None
    reason: str | None = None


class TierChange(NamedTuple):
    """A move that others can see: the ``tier`` of a member became another one at ``at``."""

    from_tier: str | None
    to_tier: str | None
    direction: Literal["up", "down"]
    reason: Reason
    qualifying_value: int
    at: Instant


_pins = msgspec.json.Decoder(Pin)


def pin_of(climber: Climber) -> Pin | None:
    """The pin of a member, also one whose tier no longer exists."""
    return None if climber.tier_pin is None else _pins.decode(climber.tier_pin)


def standing_of(climber: Climber) -> tuple[str | None, str | None, int | None, int | None, str | None]:
    """What a member's tier stands on, besides the value."""
    return (
        climber.tier,
        climber.tier_earned,
        climber.tier_kept_until,
        climber.tier_below_since,
        climber.tier_pin,
    )


def set_pin(climber: Climber, pin: Pin | None) -> None:
    """Puts a pin in the place of the one there was; ``None`` takes it away."""
    climber.tier_pin = None if pin is None else json.text(pin)
