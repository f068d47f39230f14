"""Which lots an account has, when each closes, and in which order debits consume them.

Order: soonest expiry first, those that never expire last; then the oldest; then by id.
"""

from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.database import State
from vinr_engagement.ledger.holder import Holder
from vinr_engagement.ledger.tables import OPEN_LOTS, Lot
from vinr_engagement.programs import Program, inactivity_deadline

_NEVER = 1 << 62


def open_lots(state: State, holder: Holder) -> list[Lot]:
    """The lots of what the holder holds that have something remaining. Raises ``NotGathered``."""
    unit = holder.unit
    found = [lot for bucket in holder.all_buckets() for lot in state.select(OPEN_LOTS, (bucket, holder.id))]
    return [lot for lot in found if lot.remaining > 0 and lot.unit == unit]


def closes_at(lot: Lot, holder: Holder, program: Program) -> Instant | None:
    """When what remains of a lot expires; ``None`` for never.

    Points that wait for activity have their months from the last earn or redemption, and from when they were credited.
    """
    if lot.inactivity_months is None:
        return lot.closes_at
    active_at = max(holder.activity_at, lot.effective_at)
    return max(inactivity_deadline(program, active_at, lot.inactivity_months), lot.available_at)


def available_lots(state: State, holder: Holder, program: Program) -> list[Lot]:
    """The lots that a debit may consume, in the order in which it does."""
    return in_order([lot for lot in open_lots(state, holder) if not lot.pending], holder, program)


def in_order(lots: list[Lot], holder: Holder, program: Program) -> list[Lot]:
    """Lots in the order in which debits consume them."""
    return sorted(lots, key=lambda lot: (_closing_order(lot, holder, program), lot.effective_at, lot.id))


def _closing_order(lot: Lot, holder: Holder, program: Program) -> Instant:
    moment = closes_at(lot, holder, program)
    return _NEVER if moment is None else moment


def take(state: State, lots: list[Lot], amount: int) -> list[tuple[Lot, int]]:
    """Takes up to ``amount`` from lots in the order given; answers what came from which."""
    taken: list[tuple[Lot, int]] = []
    for lot in lots:
        if amount == 0:
            break
        part = min(lot.remaining, amount)
        if part > 0:
            state.change(lot).remaining -= part
            taken.append((lot, part))
            amount -= part
    return taken


def consumed(taken: list[tuple[Lot, int]]) -> list[dict[str, object]]:
    """What a debit took, for its explanation."""
    return [{"lot": lot.id, "amount": part} for lot, part in taken]
