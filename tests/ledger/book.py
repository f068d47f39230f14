"""One account's ledger in memory, and the words that its tests speak in."""

from dataclasses import dataclass
from typing import Any

from vinr_engagement import ledger, members
from vinr_engagement.foundation.clock import DAY, parse_instant
from vinr_engagement.foundation.database import State
from vinr_engagement.ledger import Cause, Lot, Source, Transaction
from vinr_engagement.outbox import OUTGOING_EVENTS
from vinr_engagement.programs import Program

NOW = parse_instant("2026-04-01T12:00:00Z")


def program_of(**policies: Any) -> Program:
    return Program("prog_book", "Book", **policies)


@dataclass
class Credit:
    """Points, with days from ``NOW`` to when they count, become available and expire."""

    amount: int
    days_ago: int = 0
    available_in: int = 0
    expires_in: int | None = None
    inactivity_months: int | None = None


class Book:
    """An account with a program's policies; two accounts may share a state."""

    def __init__(self, program: Program, state: State | None = None) -> None:
        self.state = State() if state is None else state
        self.program = program
        self.account = self.state.insert(members.new_account(program.id, None, {}, NOW - 1_000 * DAY, NOW))
        self.state.born(self.account.bucket, self.account.id)
        self.state.change(self.account)

    @property
    def rows(self) -> list[Transaction]:
        rows: list[Transaction] = self.state.inserted.get(ledger.TRANSACTIONS, [])
        return [row for row in rows if row.account == self.account.id]

    @property
    def lots(self) -> list[Lot]:
        lots: list[Lot] = self.state.inserted.get(ledger.LOTS, [])
        return [lot for lot in lots if lot.account == self.account.id]

    @property
    def told(self) -> list[str]:
        return [event.type for event in self.state.inserted.get(OUTGOING_EVENTS, [])]

    def credit(self, given: Credit, now: int = NOW) -> Lot:
        effective_at = now - given.days_ago * DAY
        row = ledger.credit(
            self.state,
            self.account,
            self.program,
            given.amount,
            Cause("earn", Source("event", None)),
            {},
            now,
            effective_at=effective_at,
            available_at=now + given.available_in * DAY if given.available_in else effective_at,
            expires_at=None if given.expires_in is None else now + given.expires_in * DAY,
            inactivity_months=given.inactivity_months,
        )
        return next(lot for lot in self.lots if lot.id == row.id)

    def debit(
        self, amount: int, now: int = NOW, *, allow_negative: bool = False, type_of: str = "adjust"
    ) -> Transaction:
        cause = Cause(type_of, Source("adjustment", None))
        return ledger.debit(self.state, self.account, self.program, amount, cause, now, allow_negative=allow_negative)

    def reverse(self, lot: Lot, amount: int, due: int, now: int = NOW) -> Transaction:
        cause = Cause("reverse", Source("payment", "pay_1"), reverses=lot.id)
        return ledger.reverse(
            self.state, self.account, self.program, lot, amount, cause, due=due, now=now, effective_at=now
        )

    def settle(self, now: int) -> None:
        if ledger.is_due(self.account, now):
            self.account.next_due_at = ledger.settle(self.state, self.account, self.program, now, now)

    def check(self) -> None:
        """Invariants 1 and 2."""
        account = self.account
        assert account.balance + account.pending_balance == sum(row.amount for row in self.rows)
        pending = sum(lot.remaining for lot in self.lots if lot.pending)
        assert pending == account.pending_balance
        assert sum(lot.remaining for lot in self.lots) == max(account.balance, 0) + pending
        assert all(0 <= lot.remaining <= lot.amount - lot.expired for lot in self.lots)

    def outcome(self) -> Any:
        """All that a reader can tell apart, but for ids and for when it was written."""
        places = {lot.id: place for place, lot in enumerate(self.lots)}
        return (
            [
                (row.type, row.amount, row.balance_after, row.effective_at, places.get(str(row.source_id)))
                for row in self.rows
            ],
            [(lot.remaining, lot.expired, lot.pending, lot.noticed_for) for lot in self.lots],
            self.told,
            (self.account.balance, self.account.pending_balance, self.account.next_due_at, self.account.sequence),
        )
