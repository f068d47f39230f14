"""The clock of a test store: real time until it is set, then frozen, moved forward only."""

from typing import Any, ClassVar

from vinr_engagement import audit
from vinr_engagement.commands.campaigns import announce_until
from vinr_engagement.commands.context import Context, Decision, Statement
from vinr_engagement.foundation.clock import Instant, format_instant, real_now
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.errors import Conflict, Unprocessable


class _ClockCommand(Decision):
    alone: ClassVar[bool] = True
    reconfigures: ClassVar[bool] = True


class SetClock(_ClockCommand):
    """Freezes the clock at ``now``: not before what the store has recorded, and not before a time it was set to."""

    def __init__(self, now: Instant) -> None:
        self.now = now

    def decide(self, context: Context) -> dict[str, Any]:
        earliest = context.now if context.clock_is_set else context.latest_at
        if earliest is not None and self.now < earliest:
            raise Unprocessable(
                "clock_moves_forward",
                f"The clock can be set to {format_instant(earliest)} or later, not back to {format_instant(self.now)}.",
                param="now",
            )
        return _set(context, self.now)


class AdvanceClock(_ClockCommand):
    """Moves a clock that was set forward."""

    def __init__(self, to: Instant) -> None:
        self.to = to

    def decide(self, context: Context) -> dict[str, Any]:
        if not context.clock_is_set:
            raise Conflict("clock_not_set", "The clock follows real time; set it before advancing it.")
        if self.to < context.now:
            raise Unprocessable(
                "clock_moves_forward",
                f"The clock stands at {format_instant(context.now)} and moves forward only, not to {format_instant(self.to)}.",
                param="to",
            )
        return _set(context, self.to)


class RejoinRealTime(_ClockCommand):
    """Lets the clock follow real time again, once real time has caught up with it."""

    def decide(self, context: Context) -> dict[str, Any]:
        now = real_now()
        if context.clock_is_set and context.now > now:
            raise Unprocessable(
                "clock_moves_forward",
                f"The clock stands at {format_instant(context.now)}, ahead of real time; it cannot go back to it yet.",
            )
        return _set(context, None)


def _set(context: Context, moment: Instant | None) -> dict[str, Any]:
    announce_until(context, context.now if moment is None else moment)
    before = clock_snapshot(context.now if context.clock_is_set else None)
    context.statements.append(Statement("update store_state set clock_now = $1 where id = 1", (moment,)))
    after = clock_snapshot(moment)
    audit.note(context.state, context.origin, "clock.set", "clock", before, after, context.now)
    return after


async def clock_set(session: Session) -> Instant | None:
    """What the clock of a store is set to; ``None`` where it follows real time."""
    ((moment,),) = await session.fetch("select clock_now from store_state where id = 1")
    return moment


def clock_snapshot(moment: Instant | None) -> dict[str, Any]:
    """The clock as the API shows it, where it is set to this moment or, with ``None``, follows real time."""
    now = real_now() if moment is None else moment
    return {"object": "clock", "now": format_instant(now), "frozen": moment is not None}
