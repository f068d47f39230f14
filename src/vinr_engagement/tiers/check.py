"""What must hold of where a member stands."""

from collections.abc import Iterable

from vinr_engagement.foundation.clock import Instant
from vinr_engagement.programs import Program
from vinr_engagement.tiers.climber import Climber
from vinr_engagement.tiers.ladder import effective, higher, ladder, reached, tier_named
from vinr_engagement.tiers.period import qualifying_value
from vinr_engagement.tiers.tables import DailyTotal


def misplaced(program: Program, climber: Climber, totals: Iterable[DailyTotal], now: Instant) -> str | None:
    """What is wrong with the tier of a member that was advanced to ``now``; ``None`` where it is as it must be.

    A member is in one tier of its program, the higher of what it earned and what it is pinned to, and has earned at least
    what its value reaches. In a program without tiers it is in none.
    """
    keys = [tier.key for tier in ladder(program)]
    if not keys:
        return None if climber.tier is None else f"it is in the tier {climber.tier}, its program has none"
    if climber.tier not in keys:
        return f"it is in the tier {climber.tier}, its program has {', '.join(keys)}"
    if climber.tier_earned not in keys:
        return f"it has earned the tier {climber.tier_earned}, its program has {', '.join(keys)}"
    if climber.tier != effective(program, climber):
        return f"it is in the tier {climber.tier}, by what it earned and its pin it is {effective(program, climber)}"
    value = qualifying_value(program, climber, totals, now)
    best = reached(program, value)
    if best is not None and higher(best, tier_named(program, climber.tier_earned)):
        return f"its value of {value} reaches {best.key}, it has earned {climber.tier_earned}"
    return None
