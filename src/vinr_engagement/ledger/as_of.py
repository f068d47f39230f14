"""Balances as they stood at a moment, recomputed from ledger rows alone."""

from collections.abc import Iterable

from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.ledger.tables import Transaction


def balances_as_of(rows: Iterable[Transaction], moment: Instant) -> tuple[int, int, int]:
    """``(balance, pending_balance, lifetime_points)`` over the rows that happened by then (``effective_at``).

    What was credited by then and became available later counts as pending, less what debits took from those lots.
    """
    happened = [row for row in rows if row.effective_at <= moment]
    total = sum(row.amount for row in happened)
    pending_lots = {
        row.id: row.amount
        for row in happened
        if row.amount > 0 and row.available_at is not None and row.available_at > moment
    }
    pending = sum(pending_lots.values()) - sum(_taken_from(pending_lots, row) for row in happened if row.amount < 0)
    return total - pending, pending, sum(row.qualifying for row in happened)


def _taken_from(lots: dict[str, int], row: Transaction) -> int:
    return sum(part["amount"] for part in json.decode(row.explanation).get("lots", ()) if part["lot"] in lots)
