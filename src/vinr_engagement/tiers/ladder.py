"""The tiers of a program in order, and where on them a value, a pin and a member stand."""

from typing import Literal

from vinr_engagement.foundation.clock import Instant
from vinr_engagement.programs import Program, Tier
from vinr_engagement.tiers.climber import Climber, Reason, TierChange, pin_of


def ladder(program: Program) -> tuple[Tier, ...]:
    """The tiers, lowest first; empty where the program has none."""
    return program.tier_config.ladder


def tier_named(program: Program, key: str | None) -> Tier | None:
    """The tier of a key; ``None`` where the program has no such tier (any more)."""
    return program.tier_config.named(key)


def reached(program: Program, value: int) -> Tier | None:
    """The highest tier whose threshold the value reaches, the lowest at least; ``None`` in a program without tiers."""
    steps = ladder(program)
    return next((tier for tier in reversed(steps) if value >= tier.threshold), steps[0] if steps else None)


def higher(one: Tier | None, other: Tier | None) -> bool:
    """Whether the first ranks above the second. A tier ranks above none."""
    return one is not None and (other is None or one.rank > other.rank)


def pinned(program: Program, climber: Climber) -> Tier | None:
    """The tier that a member is pinned to. A pin to a tier that no longer exists holds nothing."""
    pin = pin_of(climber)
    return None if pin is None else tier_named(program, pin.tier)


def effective(program: Program, climber: Climber) -> str | None:
    """The key of the tier that counts: the earned one, or the pinned one where that is higher."""
    earned, floor = tier_named(program, climber.tier_earned), pinned(program, climber)
    counts = floor if higher(floor, earned) else earned
    return None if counts is None else counts.key


def stands(program: Program, climber: Climber) -> bool:
    """Whether a member is where these tiers can have put it, not where tiers that have since been edited did."""
    exists = tier_named(program, climber.tier_earned) is not None
    settled = exists if program.tier_config.tiers else climber.tier_earned is None
    return settled and climber.tier == effective(program, climber)


def moved(program: Program, climber: Climber, reason: Reason, value: int, at: Instant) -> TierChange | None:
    """Brings ``tier`` up to date with what is earned and pinned; answers the move, where there is one to be seen."""
    before, after = climber.tier, effective(program, climber)
    if before == after:
        return None
    climber.tier = after
    return TierChange(before, after, _direction(program, before, after), reason, value, at)


def _direction(program: Program, before: str | None, after: str | None) -> Literal["up", "down"]:
    """From no tier is up; to none is down, and so is leaving a tier that is no longer there to be compared with."""
    if before is None:
        return "up"
    left = tier_named(program, before)
    return "up" if left is not None and higher(tier_named(program, after), left) else "down"
