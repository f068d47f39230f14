"""Bringing an account up to date: lots that became available, were to be announced, or expired since it was last touched.

Changes that fall due together happen in the order of their times; at the same instant a lot becomes available before it,
or another, expires. What is written is the same whether time was watched in small steps or caught up with in one.
"""

from collections.abc import Iterable
from typing import NamedTuple

from vinr_engagement import outbox
from vinr_engagement.foundation.clock import DAY, Instant
from vinr_engagement.foundation.database import State
from vinr_engagement.ledger.holder import Holder
from vinr_engagement.ledger.lots import closes_at, open_lots
from vinr_engagement.ledger.post import expire
from vinr_engagement.ledger.snapshot import lot_snapshot
from vinr_engagement.ledger.tables import POINTS, Lot
from vinr_engagement.programs import Program

_BECOMES_AVAILABLE, _IS_ANNOUNCED, _EXPIRES = range(3)


class _Change(NamedTuple):
    at: Instant
    kind: int
    lot_id: str
    lot: Lot
    holder: Holder


def is_due(holder: Holder, now: Instant) -> bool:
    """Whether time has changed something that is not written yet."""
    return holder.next_due_at is not None and holder.next_due_at <= now


def settle(state: State, holder: Holder, program: Program, until: Instant, now: Instant) -> Instant | None:
    """Writes what time has changed up to ``until``, and answers when it next will; announce the holder's change first.

    Raises ``NotGathered``.
    """
    return settle_all(state, [holder], program, until, now)


def settle_all(
    state: State, holders: Iterable[Holder], program: Program, until: Instant, now: Instant
) -> Instant | None:
    """As :func:`settle`, for an account and its wallets together: what falls due is written in the order of its time, whichever
    of them it is about.
    """
    changes = sorted(
        change for holder in holders for lot in open_lots(state, holder) for change in _changes_of(lot, holder, program)
    )
    for change in changes:
        if change.at <= until and change.lot.remaining > 0:
            _apply(state, change.holder, program, change, now)
    return min((change.at for change in changes if change.at > until and change.lot.remaining > 0), default=None)


def _changes_of(lot: Lot, holder: Holder, program: Program) -> list[_Change]:
    changes = []
    closing = closes_at(lot, holder, program)
    if lot.pending:
        changes.append(_Change(lot.available_at, _BECOMES_AVAILABLE, lot.id, lot, holder))
    if closing is not None:
        changes.append(_Change(closing, _EXPIRES, lot.id, lot, holder))
        if lot.noticed_for != closing and program.expiring_notice_days and holder.unit == POINTS:
            notice = closing - program.expiring_notice_days * DAY
            changes.append(_Change(notice, _IS_ANNOUNCED, lot.id, lot, holder))
    return changes


def _apply(state: State, holder: Holder, program: Program, change: _Change, now: Instant) -> None:
    if change.kind == _BECOMES_AVAILABLE:
        _make_available(state, holder, program, change.lot, now)
    elif change.kind == _EXPIRES:
        expire(state, holder, change.lot, change.at, now)
    else:
        closing = closes_at(change.lot, holder, program)
        state.change(change.lot).noticed_for = closing
        outbox.record(state, holder, "loyalty.points.expiring", lot_snapshot(change.lot, closing), now)


def _make_available(state: State, holder: Holder, program: Program, lot: Lot, now: Instant) -> None:
    """Moves a lot from pending to available; a debt is paid from it first."""
    state.change(lot)
    amount = lot.remaining
    holder.pending_balance -= amount
    holder.balance += amount
    lot.pending = False
    lot.remaining = max(0, min(amount, holder.balance))
    outbox.record(state, holder, "loyalty.points.available", lot_snapshot(lot, closes_at(lot, holder, program)), now)
