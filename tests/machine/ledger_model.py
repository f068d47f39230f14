"""A member's points as an accountant would keep them: a list of rows, a list of lots, everything else added up when asked."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

from tests.machine import naive_time
from tests.machine.shop import ProgramSpec

if TYPE_CHECKING:
    from tests.machine.campaign_model import Completion, Share
    from tests.machine.redeem_model import Redemption

DAY = 24 * 3_600 * 1_000_000
_order = count()
Change = tuple[int, int, int, Callable[[], None]]
"""When something falls due, what kind of thing, which one, and what happens then."""


@dataclass(eq=False)
class Row:
    writer: "Holder"
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
    graced: bool = False
    order: int = field(default_factory=lambda: next(_order))


Taken = list[tuple[Lot, int]]
"""What a debit took from which lots."""


@dataclass(eq=False)
class Award:
    """What a rule gave. ``worth`` says what it would have been for another net amount of the payment."""

    member: "Member"
    rule: str | None
    period: str | None
    earned: int
    lot: Lot
    worth: Callable[[int], int]
    own_amount: int | None = None
    due: int = 0
    reversed: int = 0
    share: "Share | None" = None


@dataclass(eq=False)
class Holder:
    """Who holds so much of something: points or, in a wallet, money."""

    program: ProgramSpec
    activity_at: int = 0
    rows: list[Row] = field(default_factory=list)
    lots: list[Lot] = field(default_factory=list)

    @property
    def pending(self) -> int:
        return sum(lot.left for lot in self.lots if lot.pending)

    @property
    def balance(self) -> int:
        return sum(row.amount for row in self.rows) - self.pending

    def closes_at(self, lot: Lot) -> int | None:
        if lot.months is not None:
            idle_since = max(self.activity_at, lot.effective_at)
            return max(naive_time.add_months(idle_since, lot.months, self.program.zone), lot.available_at)
        return None if lot.expires_at is None else max(lot.expires_at, lot.available_at)

    def in_order(self, lots: list[Lot]) -> list[Lot]:
        """In the order in which debits consume them."""
        never = 1 << 62
        return sorted(lots, key=lambda lot: (self.closes_at(lot) or never, lot.effective_at, lot.order))

    def available_lots(self) -> list[Lot]:
        return self.in_order([lot for lot in self.lots if lot.left and not lot.pending])

    def take(self, lots: list[Lot], amount: int) -> int:
        """Takes what it can; answers what it could not."""
        return amount - sum(part for _, part in self.take_parts(lots, amount))

    def take_parts(self, lots: list[Lot], amount: int) -> Taken:
        """Takes what it can; answers what came from which lot."""
        parts = []
        for lot in lots:
            part = min(lot.left, amount)
            lot.left, amount = lot.left - part, amount - part
            if part:
                parts.append((lot, part))
        return parts

    def add(self, kind: str, amount: int, at: int, qualifying: int = 0) -> None:
        """Writes a row."""
        self.rows.append(Row(self, kind, amount, at, qualifying))

    def debit(self, amount: int, now: int, kind: str = "adjust") -> Taken:
        taken = self.take_parts(self.available_lots(), amount)
        self.add(kind, -amount, now)
        if kind == "redeem":
            self.activity_at = max(self.activity_at, now)
        return taken

    def give_back(self, taken: Taken, at: int) -> None:
        """Returns what a debit took to the same lots, a debt first; one that is over by then is open for the grace, once."""
        debt = max(0, -self.balance)
        self.add("reverse", sum(part for _, part in taken), at)
        parts = dict(taken)
        returned = []
        for lot in self.in_order([lot for lot, _ in taken]):
            paid = min(debt, parts[lot])
            debt, lot.left = debt - paid, lot.left + parts[lot] - paid
            if parts[lot] > paid:
                returned.append(lot)
        for lot in returned:
            self.stay_open(lot, at)

    def stay_open(self, lot: Lot, at: int) -> None:
        closes = self.closes_at(lot)
        if closes is None or closes > at:
            return
        if lot.graced or self.program.grace_days == 0:
            self.expire(lot, at)
        else:
            lot.graced, lot.months, lot.expires_at = True, None, at + self.program.grace_days * DAY

    def expire(self, lot: Lot, at: int) -> None:
        self.add("expire", -lot.left, at)
        lot.expired, lot.left = lot.expired + lot.left, 0

    def changes(self, now: int) -> list[Change]:
        """What time has changed; at the same moment becoming available goes before expiring."""
        due: list[Change] = []
        for lot in self.lots:
            closes = self.closes_at(lot)
            if lot.left and lot.pending and lot.available_at <= now:
                due.append((lot.available_at, 0, lot.order, partial(self.open, lot)))
            if lot.left and closes is not None and closes <= now:
                due.append((closes, 1, lot.order, partial(self.expire, lot, closes)))
        return due

    def open(self, lot: Lot) -> None:
        debt = max(0, -self.balance)
        lot.pending = False
        lot.left = max(0, lot.left - debt)

    def absorb_holder(self, other: "Holder") -> None:
        for name in ("rows", "lots"):
            mine, theirs = getattr(self, name), getattr(other, name)
            mine.extend(theirs)
            theirs.clear()
        self.lots.sort(key=lambda lot: lot.order)
        self.activity_at = max(self.activity_at, other.activity_at)


@dataclass(eq=False)
class Member(Holder):
    """A loyalty account. ``id`` is what the product calls it, once it has said so."""

    customer: str | None = None
    id: str | None = None
    status: str = "active"
    survivor: "Member | None" = None
    merged_at: int | None = None
    erased: bool = False
    awards: list[Award] = field(default_factory=list)
    absorbed: "list[Member]" = field(default_factory=list)
    wallets: dict[str, Holder] = field(default_factory=dict)
    redemptions: "list[Redemption]" = field(default_factory=list)
    completions: "list[Completion]" = field(default_factory=list)

    def resolved(self) -> "Member":
        return self if self.survivor is None else self.survivor.resolved()

    @property
    def lifetime(self) -> int:
        return sum(row.qualifying for row in self.rows)

    def wallet(self, currency: str) -> Holder:
        return self.wallets.setdefault(currency, Holder(self.program))

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
        self.add(kind, amount, effective_at, amount if counts else 0)
        pending = available_at > now
        left = amount if pending else max(0, amount - debt)
        lot = Lot(amount, left, pending, effective_at, available_at, expires_at, months)
        self.lots.append(lot)
        self.settle(now)
        return lot

    def reverse(self, lot: Lot, amount: int, effective_at: int) -> int:
        """Takes back an earn: its own lot, other lots, then debt or nothing. Answers what the row says."""
        short = self.take([lot], amount)
        short = self.take(self.available_lots(), short)
        collected = amount - short if self.program.clawback == "clamp" else amount
        self.add("reverse", -collected, effective_at)
        return -collected

    def settle(self, now: int) -> None:
        """One change after the other, always the earliest that is due; points and money go before redemptions."""
        while True:
            due = [change for holder in (self, *self.wallets.values()) for change in holder.changes(now)]
            for number, redemption in enumerate(self.redemptions):
                at = redemption.released_by_time_at()
                if at is not None and at <= now:
                    due.append((at, 2, number, partial(redemption.release, at)))
            if not due:
                return
            min(due, key=lambda change: change[:3])[3]()

    def absorb(self, other: "Member", now: int) -> None:
        """Merges another member into this one."""
        for debtor, payer in ((other, self), (self, other)):
            if debtor.balance < 0 < payer.balance:
                payer.take(payer.available_lots(), min(-debtor.balance, payer.balance))
        self.absorb_holder(other)
        for name in ("awards", "redemptions"):
            mine, theirs = getattr(self, name), getattr(other, name)
            mine.extend(theirs)
            theirs.clear()
            for each in mine:
                each.member = self
        for currency, wallet in other.wallets.items():
            self.wallet(currency).absorb_holder(wallet)
        other.wallets.clear()
        self.completions += other.completions
        other.completions = []
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
