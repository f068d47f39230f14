"""What keeps an earned tier once the value no longer does, and when that ends.

Three things stand between a value below the threshold and the demotion, in this order: the mode ``never``; with
``period_end`` the time for which a reached tier is kept; the grace, days of 24 hours from the fall or, where the tier was
kept at the time, from when that was over. Whoever recovers meanwhile has not fallen.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from vinr_engagement.foundation import calendar
from vinr_engagement.foundation.clock import DAY, Instant
from vinr_engagement.programs import Program, Tier
from vinr_engagement.tiers.climber import Climber, Reason
from vinr_engagement.tiers.ladder import higher, ladder, reached, tier_named
from vinr_engagement.tiers.period import FOREVER, end_of_next_period, holds_until, stops_counting_at
from vinr_engagement.tiers.tables import DailyTotal


class Fall(NamedTuple):
    """That the value falls below the earned tier's threshold, and when the member is moved down for it."""

    since: Instant
    demoted_at: Instant


def reach(program: Program, climber: Climber, tier: Tier, now: Instant) -> None:
    """The member has come up to a tier, and is kept there for its time; the lowest needs no keeping."""
    fall_to(climber, tier)
    climber.tier_kept_until = None if tier == ladder(program)[0] else kept_until(program, now)


def fall_to(climber: Climber, tier: Tier) -> None:
    """The member has come down to a tier, in which only the value keeps it."""
    climber.tier_earned = tier.key
    climber.tier_kept_until = None
    climber.tier_below_since = None


def keeps_reached_tiers(program: Program) -> bool:
    """Whether a reached tier is kept for a time. A lifetime has no periods, so ``period_end`` is ``immediate`` there."""
    config = program.tier_config
    return config.downgrade.mode == "period_end" and config.period.type != "lifetime"


def kept_until(program: Program, reached_at: Instant) -> Instant | None:
    """Up to when a tier reached now is kept whatever the value does.

    To the end of the calendar period after this one, or the rolling period's months from now, at the same local time.
    """
    if not keeps_reached_tiers(program):
        return None
    if program.tier_config.period.type == "calendar":
        return end_of_next_period(program, reached_at)
    return calendar.add_months(reached_at, program.tier_config.period.months or 1, program.zone)


def is_kept(program: Program, climber: Climber, now: Instant) -> bool:
    """Whether the earned tier was reached so lately that the value does not matter yet."""
    until = climber.tier_kept_until
    return keeps_reached_tiers(program) and until is not None and now < until


def in_grace(program: Program, climber: Climber, now: Instant) -> bool:
    """Whether the value has fallen and the demotion is still put off."""
    since = climber.tier_below_since
    return since is not None and now < since + grace(program)


def grace(program: Program) -> Instant:
    """How long a demotion is put off, in microseconds."""
    return program.tier_config.downgrade.grace_days * DAY


def needed(program: Program, climber: Climber) -> int:
    """The value that keeps the earned tier; 0 where none is needed: in the lowest tier, and where nobody is moved down."""
    earned = tier_named(program, climber.tier_earned)
    if earned is None or program.tier_config.downgrade.mode == "never":
        return 0
    return max(0, earned.threshold) if earned.key != ladder(program)[0].key else 0


def coming_fall(program: Program, climber: Climber, totals: Iterable[DailyTotal]) -> Fall | None:
    """The fall from the earned tier if nothing more happens; ``None`` where there is none.

    A fall at ``NOT_NOW`` is one that nobody noted: the tiers were edited since the member was last looked at.
    """
    threshold, since = needed(program, climber), climber.tier_below_since
    if threshold == 0:
        return None
    if since is None:
        since = holds_until(program, climber, totals, threshold)
        if keeps_reached_tiers(program) and climber.tier_kept_until is not None:
            since = max(since, climber.tier_kept_until)
    return None if since == FOREVER else Fall(since, since + grace(program))


def reason_of_fall(program: Program, climber: Climber, totals: Sequence[DailyTotal], since: Instant) -> Reason:
    """Why the value had fallen by then: the kept time was over, days stopped counting, or else a refund."""
    if keeps_reached_tiers(program) and since == climber.tier_kept_until:
        return "period_ended"
    if not stops_counting_at(program, totals, since):
        return "refunded"
    return "period_ended" if program.tier_config.period.type == "calendar" else "window_moved"


def place(program: Program, climber: Climber, value: int, value_before: int, now: Instant) -> None:
    """Puts a member where a value of now belongs: up at once; down once nothing keeps the tier.

    Whoever goes from below the earned tier's threshold to it or above has reached that tier anew, and is kept for longer.
    """
    earned, best, threshold = (
        tier_named(program, climber.tier_earned),
        reached(program, value),
        needed(program, climber),
    )
    if best is not None and higher(best, earned):
        reach(program, climber, best, now)
    elif max(0, value) >= threshold:
        climber.tier_below_since = None
        if value_before < threshold:
            climber.tier_kept_until = later(climber.tier_kept_until, kept_until(program, now))
    elif best is not None and not is_kept(program, climber, now):
        climber.tier_below_since = now if climber.tier_below_since is None else climber.tier_below_since
        if not in_grace(program, climber, now):
            fall_to(climber, best)


def later(one: Instant | None, other: Instant | None) -> Instant | None:
    """The later of two instants, either of which may be missing."""
    return max((instant for instant in (one, other) if instant is not None), default=None)
