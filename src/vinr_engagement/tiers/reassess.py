"""What a transaction does to a member's tier: a value that changed, a program that was edited, two members that become one.

Time comes first: ``advance`` the member up to the transaction's time before it changes anything.
"""

from collections.abc import Iterable

from vinr_engagement.foundation.clock import Instant
from vinr_engagement.programs import Program
from vinr_engagement.tiers.climber import Climber, Pin, Reason, TierChange, pin_of, set_pin
from vinr_engagement.tiers.holding import (
    fall_to,
    in_grace,
    is_kept,
    keeps_reached_tiers,
    later,
    needed,
    place,
    reach,
)
from vinr_engagement.tiers.ladder import higher, moved, pinned, reached, stands, tier_named
from vinr_engagement.tiers.period import FOREVER, qualifying_value
from vinr_engagement.tiers.tables import DailyTotal


def reassess(
    program: Program,
    climber: Climber,
    totals: Iterable[DailyTotal],
    value_before: int,
    now: Instant,
    cause: Reason | None = None,
) -> TierChange | None:
    """Moves a member whose value a transaction of ``now`` has changed; answers the move that can be seen.

    ``value_before`` is the qualifying value at ``now`` before the transaction, ``totals`` are those after it. A move up is
    ``threshold_reached`` and one down ``refunded``, unless ``cause`` says otherwise.
    """
    totals = list(totals)
    if not stands(program, climber):
        return settle_in(program, climber, totals, now)
    before, value = tier_named(program, climber.tier_earned), qualifying_value(program, climber, totals, now)
    if _nothing_new(program, climber, value, value_before):
        return None
    place(program, climber, value, value_before, now)
    rose = higher(tier_named(program, climber.tier_earned), before)
    return moved(program, climber, cause or ("threshold_reached" if rose else "refunded"), value, now)


def _nothing_new(program: Program, climber: Climber, value: int, value_before: int) -> bool:
    """Whether the value belongs to the tier that was earned, as it did before, and nothing else keeps the member."""
    plain = climber.tier_below_since is None and climber.tier_pin is None
    best = reached(program, value)
    return plain and best is not None and best.key == climber.tier_earned and value_before >= best.threshold


def settle_in(
    program: Program,
    climber: Climber,
    totals: Iterable[DailyTotal],
    now: Instant,
    cause: Reason = "program_changed",
) -> TierChange | None:
    """Puts a new member, or one whose program was edited, into the tier that its value reaches.

    A higher tier that it was in, and that still exists, stays where the mode is ``never``, while it is kept and while its
    grace runs. Whoever comes up by this has reached the tier now. Without tiers nobody is in one. Where ``tier_earned`` was
    blanked, to have it chosen anew, ``tier`` says which one it was, unless a pin accounts for that.
    """
    newcomer = climber.tier_earned is None and climber.tier is None
    _recall(program, climber)
    value = qualifying_value(program, climber, totals, now)
    earned, best = tier_named(program, climber.tier_earned), reached(program, value)
    if best is None:
        climber.tier_earned = climber.tier_kept_until = climber.tier_below_since = None
    elif newcomer or (earned is not None and higher(best, earned)):
        reach(program, climber, best, now)
    elif earned is None or (higher(earned, best) and not _stays(program, climber, now)):
        fall_to(climber, best)
    else:
        _keep(program, climber, value, now)
    return moved(program, climber, cause, value, now)


def combine(
    program: Program, source: Climber, target: Climber, totals_after: Iterable[DailyTotal], now: Instant
) -> TierChange | None:
    """Gives the target of a merge the higher earned tier of the two, and the higher pin; answers the target's move.

    Of the same tier the longer time counts: the later end of what keeps it, the later fall. ``totals_after`` and the
    target's ``lifetime_points`` are already those of both together, and may lift it further, which counts as reaching the
    tier. Both have been advanced to ``now``. The source is left as it was.
    """
    totals_after = list(totals_after)
    _inherit(program, source, target)
    set_pin(target, _higher_pin(program, pin_of(source), pin_of(target)))
    if tier_named(program, target.tier_earned) is None:
        return settle_in(program, target, totals_after, now, "merged")
    value = qualifying_value(program, target, totals_after, now)
    if is_kept(program, target, now):
        target.tier_below_since = None
    place(program, target, value, value, now)
    return moved(program, target, "merged", value, now)


def _recall(program: Program, climber: Climber) -> None:
    floor = pinned(program, climber)
    if climber.tier_earned is None and (floor is None or floor.key != climber.tier):
        climber.tier_earned = climber.tier


def _stays(program: Program, climber: Climber, now: Instant) -> bool:
    never = program.tier_config.downgrade.mode == "never"
    return never or is_kept(program, climber, now) or in_grace(program, climber, now)


def _keep(program: Program, climber: Climber, value: int, now: Instant) -> None:
    """The earned tier stays; what no longer holds of what kept it is forgotten."""
    if not keeps_reached_tiers(program):
        climber.tier_kept_until = None
    if max(0, value) >= needed(program, climber) or is_kept(program, climber, now):
        climber.tier_below_since = None


def _inherit(program: Program, source: Climber, target: Climber) -> None:
    theirs, ours = tier_named(program, source.tier_earned), tier_named(program, target.tier_earned)
    if theirs is not None and higher(theirs, ours):
        target.tier_earned, target.tier_kept_until = theirs.key, source.tier_kept_until
        target.tier_below_since = source.tier_below_since
    elif theirs is not None and theirs == ours:
        target.tier_kept_until = later(target.tier_kept_until, source.tier_kept_until)
        falls = (target.tier_below_since, source.tier_below_since)
        target.tier_below_since = None if None in falls else later(*falls)


def _higher_pin(program: Program, theirs: Pin | None, ours: Pin | None) -> Pin | None:
    """Of two pins to the same tier the one that lasts longer; a pin to a tier that no longer exists yields."""
    if theirs is None or ours is None:
        return ours or theirs
    one, other = tier_named(program, theirs.tier), tier_named(program, ours.tier)
    if one == other:
        return theirs if _lasts(theirs) > _lasts(ours) else ours
    return theirs if higher(one, other) else ours


def _lasts(pin: Pin) -> Instant:
    return FOREVER if pin.until is None else pin.until
