"""What a commit changes in the totals, from the rows that it writes."""

from collections.abc import Mapping, Sequence
from typing import Any

from vinr_engagement.analytics.tables import Movement
from vinr_engagement.analytics.tally import Tally
from vinr_engagement.foundation import ids
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.database import Changes, State
from vinr_engagement.ledger import LOTS, POINTS, TRANSACTIONS, Lot, Taken, Transaction, taken_by
from vinr_engagement.members import ACCOUNTS, account_key
from vinr_engagement.rewards import REDEMPTIONS

_TAKING = frozenset({"reverse", "expire"})


def movement_of(state: State, changes: Changes, now: Instant) -> Movement | None:
    """What the changes of a batch add to the totals; ``None`` where that is nothing. ``now`` is real time."""
    body = tally_of(state, changes).encoded()
    return None if body is None else Movement(ids.new_id("mov"), body, now)


def tally_of(state: State, changes: Changes) -> Tally:
    """As :func:`movement_of`, still in memory."""
    tally = Tally()
    for account in changes.inserted.get(ACCOUNTS, ()):
        tally.count_account(None, account)
    for before, account in changes.updated.get(ACCOUNTS, ()):
        tally.count_account(before, account)
    for row in changes.inserted.get(TRANSACTIONS, ()):
        _count_row(tally, state, row)
    _count_lots(tally, state, changes.inserted.get(LOTS, ()), changes.updated.get(LOTS, ()))
    _count_redemptions(tally, changes.inserted, changes.updated)
    return tally


def _count_row(tally: Tally, state: State, row: Transaction) -> None:
    account = state.known(ACCOUNTS, account_key(row.account))
    assert account is not None, f"{row.id} was written for {row.account}, which nobody looked at"
    tally.count_row(row, account.enrolled_at)
    if row.amount < 0 and row.unit == POINTS and row.type in _TAKING:
        tally.count_taken(row, taken_by(row), lambda taken: _lot_of(state, row.account, taken))


def _lot_of(state: State, account: str, taken: Taken) -> Lot:
    bucket, identifier, _ = taken
    lot = state.known(LOTS, (bucket, account, identifier))
    assert lot is not None, f"points were taken from {identifier}, which nobody looked at"
    return lot


def _count_lots(tally: Tally, state: State, inserted: Sequence[Lot], updated: Sequence[tuple[Lot, Lot]]) -> None:
    for lot in inserted:
        tally.count_lot(_program_of(state, lot), None, lot)
    for before, lot in updated:
        tally.count_lot(_program_of(state, lot), before, lot)


def _program_of(state: State, lot: Lot) -> str:
    account = state.known(ACCOUNTS, account_key(lot.account))
    assert account is not None, f"the lot {lot.id} was changed, but nobody looked at {lot.account}"
    return account.program


def _count_redemptions(tally: Tally, inserted: Mapping[Any, Any], updated: Mapping[Any, Any]) -> None:
    for row in inserted.get(REDEMPTIONS, ()):
        tally.count_redemption(row, 1)
    for before, row in updated.get(REDEMPTIONS, ()):
        tally.count_redemption(before, -1)
        tally.count_redemption(row, 1)
