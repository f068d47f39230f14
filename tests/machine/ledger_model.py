"""A member's points as an accountant would keep them: a list of rows, a list of lots, everything else added up when asked."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.machine import naive_time
from tests.machine.shop import ProgramSpec

DAY = 24 * 3_600 * 1_000_000
_order = count()


@dataclass(eq=False)
class Row:
    writer: "Member"
    kind: str
    amount: int
    effective_at: int
    qualifying: int = 0


@dataclass(eq=False)
class Lot:
    """``left`` is what remains; ``months`` stands in for ``expires_at`` where points wait for activity."""

    amount: int
    left: int
    pending: bool
    effective_at: int
    available_at: int
    expires_at: int | None
    months: int | None
    expired: int = 0
    order: int = field(default_factory=lambda: next(_order))


@dataclass(eq=False)
class Award:
    """What a rule gave. ``worth`` says what it would have been for another net amount of the payment."""

    member: "Member"
    rule: str
    period: str | None
    earned: int
    lot: Lot
    worth: Callable[[int], int]
    own_amount: int | None = None
    due: int = 0
    reversed: int = 0


@dataclass(eq=False)
class Member:
    """A loyalty account. ``id`` is what the product calls it, once it has said so."""

    program: ProgramSpec
    customer: str | None
    activity_at: int
    id: str | None = None
    status: str = "active"
    survivor: "Member | None" = None
    merged_at: int | None = None
    rows: list[Row] = field(default_factory=list)
    lots: list[Lot] = field(default_factory=list)
    awards: list[Award] = field(default_factory=list)
    absorbed: "list[Member]" = field(default_factory=list)

    def resolved(self) -> "Member":
        return self if self.survivor is None else self.survivor.resolved()

    @property
    def pending(self) -> int:
        return sum(lot.left for lot in self.lots if lot.pending)

    @property
    def balance(self) -> int:
        return sum(row.amount for row in self.rows) - self.pending

    @property
    def lifetime(self) -> int:
        return sum(row.qualifying for row in self.rows)

    def closes_at(self, lot: Lot) -> int | None:
        if lot.months is not None:
            idle_since = max(self.activity_at, lot.effective_at)
            return max(naive_time.add_months(idle_since, lot.months, self.program.zone), lot.available_at)
        return None if lot.expires_at is None else max(lot.expires_at, lot.available_at)

    def available_lots(self) -> list[Lot]:
        """In the order in which debits consume them."""
        never = 1 << 62
        lots = [lot for lot in self.lots if lot.left and not lot.pending]
        return sorted(lots, key=lambda lot: (self.closes_at(lot) or never, lot.effective_at, lot.order))

    def take(self, lots: list[Lot], amount: int) -> int:
        """Takes what it can; answers what it could not."""
        for lot in lots:
            part = min(lot.left, amount)
            lot.left, amount = lot.left - part, amount - part
        return amount

    def credit(
        self,
        kind: str,
        amount: int,
        now: int,
        *,
        effective_at: int,
        held: bool,
        counts: bool,
        expires_at: int | None = None,
    ) -> Lot:
        """Adds points by the program's policy, or until ``expires_at``."""
        program, expiry = self.program, self.program.expiry or {"type": None}
        months = None
        if expires_at is None and expiry["type"] == "rolling":
            expires_at = naive_time.add_months(effective_at, expiry["months"], program.zone)
        elif expires_at is None and expiry["type"] == "fixed":
            expires_at = naive_time.end_of_fixed_period(
                effective_at, expiry["month"], expiry["day"], expiry["min_months"], program.zone
            )
        elif expires_at is None and expiry["type"] == "inactivity":
            months = expiry["months"]
        available_at = effective_at + (program.hold_days * DAY if held else 0)
        if kind == "earn":
            self.activity_at = max(self.activity_at, effective_at)
        debt = max(0, -self.balance)
        self.rows.append(Row(self, kind, amount, effective_at, amount if counts else 0))
        pending = available_at > now
        left = amount if pending else max(0, amount - debt)
        lot = Lot(amount, left, pending, effective_at, available_at, expires_at, months)
        self.lots.append(lot)
        self.settle(now)
        return lot

    def debit(self, amount: int, now: int) -> None:
        self.take(self.available_lots(), amount)
        self.rows.append(Row(self, "adjust", -amount, now))

    def reverse(self, lot: Lot, amount: int, effective_at: int) -> int:
        """Takes back an earn: its own lot, other lots, then debt or nothing. Answers what the row says."""
        short = self.take([lot], amount)
        short = self.take(self.available_lots(), short)
        collected = amount - short if self.program.clawback == "clamp" else amount
        self.rows.append(Row(self, "reverse", -collected, effective_at))
        return -collected

    def settle(self, now: int) -> None:
        """One change after the other, always the earliest that is due; becoming available goes before expiring."""
        while True:
            due: list[tuple[int, int, int, Lot]] = []
            for lot in self.lots:
                closes = self.closes_at(lot)
                if lot.left and lot.pending and lot.available_at <= now:
                    due.append((lot.available_at, 0, lot.order, lot))
                if lot.left and closes is not None and closes <= now:
                    due.append((closes, 1, lot.order, lot))
            if not due:
                return
            at, kind, _, lot = min(due)
            if kind == 0:
                debt = max(0, -self.balance)
                lot.pending = False
                lot.left = max(0, lot.left - debt)
            else:
                self.rows.append(Row(self, "expire", -lot.left, at))
                lot.expired, lot.left = lot.expired + lot.left, 0

    def absorb(self, other: "Member", now: int) -> None:
        """Merges another member into this one."""
        for debtor, payer in ((other, self), (self, other)):
            if debtor.balance < 0 < payer.balance:
                payer.take(payer.available_lots(), min(-debtor.balance, payer.balance))
        for name in ("rows", "lots", "awards"):
            mine, theirs = getattr(self, name), getattr(other, name)
            mine.extend(theirs)
            theirs.clear()
        for award in self.awards:
            award.member = self
        self.lots.sort(key=lambda lot: lot.order)
        self.activity_at = max(self.activity_at, other.activity_at)
        self.absorbed.append(other)
        other.status, other.survivor, other.merged_at = "merged", self, now

    def owned_at(self, moment: int) -> "list[Member]":
        """Itself, and those merged into it by then; nobody if it was itself merged away by then."""
        if self.merged_at is not None and self.merged_at <= moment:
            return []
        found: list[Member] = [self]
        for member in found:
            found += [other for other in member.absorbed if (other.merged_at or 0) <= moment]
        return found

    def rows_at(self, moment: int) -> list[Row]:
        owners: list[Any] = self.owned_at(moment)
        return [row for row in self.resolved().rows if row.writer in owners and row.effective_at <= moment]
