"""How far a member is from the next tier, and what keeps the one it has."""

from collections.abc import Iterable, Sequence
from typing import Any

from vinr_engagement.foundation.clock import Instant, format_instant
from vinr_engagement.programs import Program
from vinr_engagement.tiers.climber import Climber, pin_of
from vinr_engagement.tiers.holding import coming_fall, is_kept
from vinr_engagement.tiers.ladder import higher, ladder, pinned, reached, tier_named
from vinr_engagement.tiers.period import NOT_NOW, bounds, qualifying_value
from vinr_engagement.tiers.tables import DailyTotal


def progress(program: Program, climber: Climber, totals: Iterable[DailyTotal], now: Instant) -> dict[str, Any]:
    """The object ``tier_progress`` of a member that was advanced to ``now``; instants are RFC 3339 texts.

    ``next`` is the tier above the one that counts, and how much the value lacks; ``keeps`` the earned tier, up to when it is
    kept whatever happens, and when the member would fall to which tier if nothing more happened (a pin aside). It is ``None``
    in the lowest tier. ``period`` spans what counts now.
    """
    totals = list(totals)
    value = qualifying_value(program, climber, totals, now)
    starts_at, ends_at = bounds(program, now)
    config = program.tier_config
    return {
        "object": "tier_progress",
        "tier": climber.tier,
        "earned_tier": climber.tier_earned,
        "qualify_on": config.qualify_on,
        "period": {"type": config.period.type, "starts_at": _text(starts_at), "ends_at": _text(ends_at)},
        "qualifying_value": value,
        "next": _next(program, climber, value),
        "keeps": _keeps(program, climber, totals, now),
        "pin": _pin(program, climber),
    }


def _next(program: Program, climber: Climber, value: int) -> dict[str, Any] | None:
    counts = tier_named(program, climber.tier)
    above = next((tier for tier in ladder(program) if higher(tier, counts)), None)
    if above is None:
        return None
    return {"tier": above.key, "threshold": above.threshold, "remaining": max(0, above.threshold - max(0, value))}


def _keeps(program: Program, climber: Climber, totals: Sequence[DailyTotal], now: Instant) -> dict[str, Any] | None:
    earned = tier_named(program, climber.tier_earned)
    if earned is None or earned == ladder(program)[0]:
        return None
    fall = coming_fall(program, climber, totals)
    falls_at = None if fall is None else now if fall.since == NOT_NOW else fall.demoted_at
    falls_to = None if falls_at is None else reached(program, qualifying_value(program, climber, totals, falls_at))
    return {
        "tier": earned.key,
        "threshold": earned.threshold,
        "kept_until": _text(climber.tier_kept_until) if is_kept(program, climber, now) else None,
        "would_fall_at": _text(falls_at),
        "would_fall_to": None if falls_to is None else falls_to.key,
    }


def _pin(program: Program, climber: Climber) -> dict[str, Any] | None:
    pin = pin_of(climber)
    if pin is None or pinned(program, climber) is None:
        return None
    return {"tier": pin.tier, "until": _text(pin.until), "reason": pin.reason}


def _text(instant: Instant | None) -> str | None:
    return None if instant is None else format_instant(instant)
