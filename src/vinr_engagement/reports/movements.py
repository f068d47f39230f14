"""What ledger rows do to what is owed, added up by unit."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from vinr_engagement.foundation.clock import Instant
from vinr_engagement.reports.columns import MOVEMENTS


class Moved(NamedTuple):
    """One ledger row, written or not; ``amount`` is signed."""

    unit: str
    movement: str
    amount: int
    effective_at: Instant


def movement_of(kind: str, amount: int) -> str:
    """The movement of a row by its type and sign: as ``columns.MOVEMENT`` has the database say it."""
    if kind == "adjust":
        return "adjusted_up" if amount > 0 else "adjusted_down"
    if kind == "reverse":
        return "returned" if amount > 0 else "reversed"
    return {"earn": "earned", "redeem": "redeemed", "expire": "expired"}[kind]


@dataclass(slots=True)
class Some:
    """How many rows, and the sum of their amounts."""

    rows: int = 0
    amount: int = 0

    def add(self, amount: int, rows: int = 1) -> None:
        """Counts some more."""
        self.rows += rows
        self.amount += amount

    def shown(self) -> dict[str, int]:
        """As totals show it."""
        return {"rows": self.rows, "amount": self.amount}


@dataclass(slots=True)
class UnitTotals:
    """What a period did to one unit. Movements are kept with their sign, and shown without."""

    moved: Counter[str] = field(default_factory=Counter)
    all: Some = field(default_factory=Some)
    late: Some = field(default_factory=Some)
    unwritten: Some = field(default_factory=Some)

    def shown(self, unit: str) -> dict[str, Any]:
        """As the report shows them; what only a journal knows is null."""
        return {
            "unit": unit,
            "rows": self.all.rows,
            "amount": self.all.amount,
            **unsigned(self.moved),
            "recorded_after_period": self.late.shown(),
            "not_written": self.unwritten.shown(),
            **dict.fromkeys(OF_JOURNALS),
        }


OF_JOURNALS = (
    *("opening_balance", "closing_balance", "currency", "unit_value", "opening_value", "debit", "credit"),
    *("closing_value", "opening_recorded_since"),
)
"""What the totals of a journal have besides."""


def unsigned(moved: Counter[str]) -> dict[str, int]:
    """The size of each movement, whether more or less is owed by it."""
    return {name: abs(moved[name]) for name in MOVEMENTS}


def in_order(units: list[str]) -> list[str]:
    """Points first, then currencies."""
    return sorted(units, key=lambda unit: (unit != "points", unit))
