"""What rows add to the totals: one function for each table, used by every commit, by a rebuild, and by ``vinr verify``.

Amounts of ledger rows keep their sign, so that what is outstanding is the sum of all kinds in :data:`FLOWS`.
"""

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple, Protocol

import msgspec

from vinr_engagement.analytics.tables import QUARTER, TIMELESS
from vinr_engagement.ledger import POINTS, Lot, Taken
from vinr_engagement.members import Account
from vinr_engagement.rewards import Redemption

FLOWS: Final = ("earned", "adjusted", "redeemed", "returned", "reversed", "expired")
CREDIT_FLOWS: Final = ("issued", "spent", "returned", "reversed", "expired")
_KINDS: Final = {"earn": "earned", "adjust": "adjusted", "redeem": "redeemed", "expire": "expired"}
_CREDIT_KINDS: Final = {"earn": "issued", "adjust": "issued", "redeem": "spent", "expire": "expired"}
_ACTIVE: Final = frozenset({"earn", "redeem"})
MEMBERS: Final = "members"
REDEMPTIONS: Final = "redemptions"

TotalKey = tuple[str, str, str, int]
"""Program, unit, kind, quarter."""


class LedgerRow(Protocol):
    """What is looked at of a ledger row."""

    program: str
    unit: str
    type: str
    amount: int
    original_account: str
    available_at: int | None
    effective_at: int


class Act(NamedTuple):
    """Somebody earned or redeemed: the account as it was then, the quarters of its enrolment and of the act, and the points."""

    program: str
    account: str
    enrolled: int
    quarter: int
    amount: int


class _Body(msgspec.Struct, array_like=True):
    totals: list[tuple[str, str, str, int, int, int]]
    acts: list[Act]


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Body).decode


class Tally:
    """Sums by program, unit, kind and quarter, and who did something when."""

    __slots__ = ("acts", "totals")

    def __init__(self) -> None:
        self.totals: dict[TotalKey, list[int]] = {}
        self.acts: list[Act] = []

    def add(self, program: str, unit: str, kind: str, quarter: int, amount: int, number: int = 0) -> None:
        """Adds to one sum."""
        key = (program, unit, kind, quarter)
        held = self.totals.get(key)
        if held is None:
            self.totals[key] = [amount, number]
        else:
            held[0] += amount
            held[1] += number

    def add_all(self, other: "Tally") -> None:
        """Adds everything that another tally has."""
        for (program, unit, kind, quarter), (amount, number) in other.totals.items():
            self.add(program, unit, kind, quarter, amount, number)
        self.acts.extend(other.acts)

    def encoded(self) -> str | None:
        """As JSON, for :meth:`read`; ``None`` where it comes to nothing."""
        totals = [(*key, amount, number) for key, (amount, number) in self.totals.items() if amount or number]
        return _encode(_Body(totals, self.acts)).decode() if totals or self.acts else None

    def read(self, body: str) -> None:
        """Adds what :meth:`encoded` wrote."""
        found = _decode(body)
        for program, unit, kind, quarter, amount, number in found.totals:
            self.add(program, unit, kind, quarter, amount, number)
        self.acts.extend(found.acts)

    # ledger

    def count_row(self, row: LedgerRow, enrolled_at: int) -> None:
        """A ledger row as it was written."""
        amount, effective_at = row.amount, row.effective_at
        quarter = effective_at // QUARTER
        if amount:
            self.add(row.program, row.unit, kind_of(row.unit, row.type, amount), quarter, amount, 1)
        if row.unit != POINTS:
            return
        if amount > 0 and row.available_at is not None and row.available_at > effective_at:
            self._pend(row.program, amount, effective_at, row.available_at)
        if row.type in _ACTIVE:
            self.acts.append(Act(row.program, row.original_account, enrolled_at // QUARTER, quarter, amount))

    def _pend(self, program: str, amount: int, since: int, until: int) -> None:
        """So much is pending (no more, if negative) from one moment until another."""
        self.add(program, POINTS, "pending", since // QUARTER, amount)
        self.add(program, POINTS, "pending", until // QUARTER, -amount)

    def count_taken(self, row: LedgerRow, taken: Iterable[Taken], lot_of: Callable[[Taken], Lot]) -> None:
        """What a clawback or an expiry took from lots: those that were pending then hold less, vintages lose it."""
        for part in taken:
            lot, amount = lot_of(part), part[2]
            since = max(row.effective_at, lot.effective_at)
            if lot.available_at > since:
                self._pend(row.program, -amount, since, lot.available_at)
            if row.type == "reverse":
                self.add(row.program, POINTS, "vintage_reversed", lot.effective_at // QUARTER, amount)

    def count_lot(self, program: str, before: Lot | None, after: Lot) -> None:
        """A lot as it was (``None``: it is new) and as it is."""
        unit, quarter = after.unit, after.effective_at // QUARTER
        held = 0 if before is None else before.remaining
        if before is None:
            self.add(program, unit, "vintage_credited", quarter, after.amount, 1)
        elif after.expired != before.expired:
            self.add(program, unit, "vintage_expired", quarter, after.expired - before.expired)
        if before is None and after.expired:
            self.add(program, unit, "vintage_expired", quarter, after.expired)
        if after.remaining != held:
            self.add(program, unit, "open_earned", quarter, after.remaining - held)
        if before is not None and held:
            self.add(program, unit, *_closing(before), -held)
        if after.remaining:
            self.add(program, unit, *_closing(after), after.remaining)

    # members and redemptions

    def count_account(self, before: Account | None, after: Account, *, dated: bool = True) -> None:
        """A member as it was (``None``: it is new) and as it is; ``dated``: a change of status is one of this moment."""
        program = after.program
        if before is None:
            self.add(program, MEMBERS, "enrolled", after.enrolled_at // QUARTER, 0, 1)
        was, status = ("active" if before is None else before.status), after.status
        if was != status and dated:
            closed = (status == "closed") - (was == "closed")
            self.add(program, MEMBERS, "closed", after.updated_at // QUARTER, 0, closed)
            self.add(
                program, MEMBERS, "merged", after.updated_at // QUARTER, 0, (status == "merged") - (was == "merged")
            )
        if before is None or before.tier != after.tier or was != status:
            self._count_tier(before, -1)
            self._count_tier(after, 1)
        debt, owed = max(0, -after.balance), 0 if before is None else max(0, -before.balance)
        if debt != owed:
            self.add(program, POINTS, "debt", TIMELESS, debt - owed)
        pending = after.pending_balance - (0 if before is None else before.pending_balance)
        if pending:
            self.add(program, POINTS, "pending_now", TIMELESS, pending)

    def _count_tier(self, account: Account | None, number: int) -> None:
        if account is not None and account.status == "active":
            self.add(account.program, MEMBERS, "tier:" + (account.tier or ""), TIMELESS, 0, number)

    def count_redemption(self, row: Redemption, number: int) -> None:
        """A redemption as it is (``number`` 1), or as it is no more (-1)."""
        moments = (
            ("created", row.created_at), ("applied", row.applied_at), ("released", row.released_at),
            ("reversed", row.reversed_at),
        )  # fmt: skip
        for kind, moment in moments:
            if moment is not None:
                self.add(row.program, REDEMPTIONS, kind, moment // QUARTER, number * row.points, number)


def kind_of(unit: str, row_type: str, amount: int) -> str:
    """What a ledger row counts as."""
    if row_type == "reverse":
        return "returned" if amount > 0 else "reversed"
    return _KINDS[row_type] if unit == POINTS else _CREDIT_KINDS[row_type]


def _closing(lot: Lot) -> tuple[str, int]:
    """Under what the rest of a lot is counted until it expires."""
    if lot.inactivity_months is not None:
        return "open_inactive", TIMELESS
    return ("open_never", TIMELESS) if lot.closes_at is None else ("open_closing", lot.closes_at // QUARTER)
