"""What time alone does to a member's tier, one change at a time.

Every change has an instant of its own, which follows from the totals and the member and not from when somebody looks. So
the changes are the same, in the same order and with the same instants, whether time was watched in small steps or caught up
with in one. At the same instant a pin ends before the value decides: the member is seen to move once.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from vinr_engagement.foundation.clock import Instant
from vinr_engagement.programs import Program
from vinr_engagement.tiers.climber import Climber, TierChange, pin_of, set_pin
from vinr_engagement.tiers.holding import coming_fall, fall_to, grace, reason_of_fall
from vinr_engagement.tiers.ladder import higher, moved, reached, stands, tier_named
from vinr_engagement.tiers.period import NOT_NOW, qualifying_value
from vinr_engagement.tiers.reassess import settle_in
from vinr_engagement.tiers.tables import DailyTotal


class _Step(NamedTuple):
    at: Instant
    order: int
    kind: Literal["settle_in", "pin_ends", "falls", "demoted"]


def next_change_at(program: Program, climber: Climber, totals: Iterable[DailyTotal], now: Instant) -> Instant | None:
    """When time next changes something of the member's tier, seen or not; in the past where it is overdue.

    ``None`` where it never will. ``now`` is what a member gets whose tier does not fit its value because the program was
    edited meanwhile: it is due at once. Takes time in proportion to the days with totals.
    """
    step = _next_step(program, climber, totals, now)
    return None if step is None else step.at


def advance(program: Program, climber: Climber, totals: Iterable[DailyTotal], until: Instant) -> TierChange | None:
    """Makes the earliest change that can be seen, at or before ``until``, and those before it that cannot.

    Answers the change, with the instant at which it was due; ``None`` once there is none left: then ``next_change_at`` is
    after ``until``. Call it again until then, and before a transaction of that time changes the member or its totals.
    """
    listed = list(totals)
    while (step := _next_step(program, climber, listed, until)) is not None and step.at <= until:
        change = _apply(program, climber, listed, step)
        if change is not None:
            return change
    return None


def _next_step(program: Program, climber: Climber, totals: Iterable[DailyTotal], now: Instant) -> _Step | None:
    if not stands(program, climber):
        return _Step(now, 0, "settle_in")
    steps = []
    pin = pin_of(climber)
    if pin is not None and pin.until is not None:
        steps.append(_Step(pin.until, 1, "pin_ends"))
    fall = coming_fall(program, climber, totals)
    if fall is not None and fall.since == NOT_NOW:
        steps.append(_Step(now, 2, "settle_in"))
    elif fall is not None and grace(program) and climber.tier_below_since is None:
        steps.append(_Step(fall.since, 2, "falls"))
    elif fall is not None:
        steps.append(_Step(fall.demoted_at, 2, "demoted"))
    return min(steps, default=None)


def _apply(program: Program, climber: Climber, totals: Sequence[DailyTotal], step: _Step) -> TierChange | None:
    if step.kind == "settle_in":
        return settle_in(program, climber, totals, step.at)
    if step.kind == "demoted":
        return _demote(program, climber, totals, step.at)
    if step.kind == "falls":
        climber.tier_below_since = step.at
        return None
    set_pin(climber, None)
    return moved(program, climber, "pin_ended", qualifying_value(program, climber, totals, step.at), step.at)


def _demote(program: Program, climber: Climber, totals: Sequence[DailyTotal], at: Instant) -> TierChange | None:
    since = at - grace(program)
    reason = reason_of_fall(program, climber, totals, since)
    value = qualifying_value(program, climber, totals, at)
    best = reached(program, value)
    if best is not None and higher(tier_named(program, climber.tier_earned), best):
        fall_to(climber, best)
    climber.tier_below_since = None
    return moved(program, climber, reason, value, at)
