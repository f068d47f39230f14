"""Pinning a member to a tier as a floor."""

from collections.abc import Iterable

from vinr_engagement.foundation.clock import Instant, format_instant
from vinr_engagement.foundation.errors import Invalid, Unprocessable
from vinr_engagement.programs import Program
from vinr_engagement.tiers.climber import Climber, Pin, TierChange, pin_of, set_pin
from vinr_engagement.tiers.ladder import ladder, moved, tier_named
from vinr_engagement.tiers.period import qualifying_value
from vinr_engagement.tiers.tables import DailyTotal


def pin(
    program: Program,
    climber: Climber,
    totals: Iterable[DailyTotal],
    tier: str | None,
    *,
    until: Instant | None = None,
    reason: str | None = None,
    now: Instant,
) -> TierChange | None:
    """Keeps a member in a tier at least, up to and not including ``until`` (``None``: for good); answers its move.

    The new pin takes the place of the old one, also of a higher one; ``tier`` of ``None`` takes the pin away. What is earned
    goes on beside it. Raises ``Invalid`` for a tier that the program does not have, and ``Unprocessable`` (``until_in_past``)
    for an ``until`` that is not after ``now``.
    """
    if tier is not None:
        _check(program, tier, until, now)
    set_pin(climber, None if tier is None else Pin(tier, until, reason))
    value = qualifying_value(program, climber, totals, now)
    return moved(program, climber, "pin_ended" if tier is None else "pinned", value, now)


def forget_reason(climber: Climber) -> None:
    """Removes the free text of a pin; the pin stays."""
    held = pin_of(climber)
    if held is not None:
        set_pin(climber, Pin(held.tier, held.until))


def leave(climber: Climber) -> None:
    """Takes a member out of all tiers: it has become part of another."""
    climber.tier = climber.tier_earned = climber.tier_pin = None
    climber.tier_kept_until = climber.tier_below_since = None


def _check(program: Program, tier: str, until: Instant | None, now: Instant) -> None:
    if tier_named(program, tier) is None:
        keys = [known.key for known in ladder(program)]
        known = f"use one of {', '.join(keys)}" if keys else "it has no tiers"
        raise Invalid(
            "parameter_invalid", f"tier: program {program.id} has no tier {tier[:64]!r}; {known}.", param="tier"
        )
    if until is not None and until <= now:
        raise Unprocessable(
            "until_in_past",
            f"until: {format_instant(until)} is not after now, {format_instant(now)}; leave it out to pin for good.",
            param="until",
        )
