"""Control totals: what a file had, what came of it, and what the store holds of it."""

from collections import Counter
from typing import Any

import msgspec

from vinr_engagement.commands import EventIn, EventOutcome, MemberIn
from vinr_engagement.foundation.errors import Refusal

UNKNOWN_CURRENCY = "unknown"
_REPEATED = ("payment_already_completed", "refund_already_completed", "dispute_not_lost")


class Effects(msgspec.Struct):
    """Amounts and credit are minor units by currency. ``cumulative_refunds`` counts `payment.refunded`, which state totals."""

    members: int = 0
    payments: int = 0
    amount: dict[str, int] = {}
    refunds: int = 0
    refunded: dict[str, int] = {}
    cumulative_refunds: int = 0
    earned: int = 0
    reversed: int = 0
    lots: int = 0
    points: int = 0
    lifetime_points: int = 0
    credit: dict[str, int] = {}


class Comparison(msgspec.Struct):
    """One figure of the file beside the store's; ``difference`` is summed line by line, so that none cancels another."""

    file: int = 0
    store: int = 0
    difference: int = 0

    def add(self, file: int, store: int) -> None:
        """Takes in a line."""
        self.file += file
        self.store += store
        self.difference += abs(file - store)


class Totals(msgspec.Struct):
    """``effects`` is of the lines that took effect in this import, ``before`` of those that had done so already."""

    read: int = 0
    accepted: int = 0
    duplicates: int = 0
    deferred: int = 0
    ignored: dict[str, int] = {}
    refused: dict[str, int] = {}
    effects: Effects = msgspec.field(default_factory=Effects)
    before: Effects = msgspec.field(default_factory=Effects)
    reconciliation: dict[str, Comparison] = {}

    @property
    def difference(self) -> int:
        """What file and store disagree on."""
        return sum(each.difference for each in self.reconciliation.values())

    @property
    def refusals(self) -> int:
        """How many lines were refused."""
        return sum(self.refused.values())

    def compare(self, figure: str, file: int, store: int) -> None:
        """Takes a line into the reconciliation."""
        self.reconciliation.setdefault(figure, Comparison()).add(file, store)

    def refuse(self, refusal: Refusal) -> None:
        """Counts a refused line."""
        _add(self.refused, refusal.code, 1)

    def count(self, outcome: EventOutcome) -> Effects:
        """Counts a line that was taken; answers where its effects belong."""
        status = outcome.status
        if status == "duplicate":
            self.duplicates += 1
            return self.before
        self.accepted += 1
        if status == "deferred":
            self.deferred += 1
        elif status == "ignored":
            _add(self.ignored, outcome.reason or "no_reason", 1)
        return self.effects


def count_event(totals: Totals, event: EventIn, outcome: EventOutcome) -> None:
    """Takes in what came of an event."""
    effects = totals.count(outcome)
    effects.members += sum(program.enrolled for program in outcome.programs)
    for program in outcome.programs:
        for row in program.transactions:
            if row.type == "earn":
                effects.earned += row.amount
            elif row.type == "reverse":
                effects.reversed -= row.amount
    if outcome.reason in _REPEATED:
        return
    body, kind = event.object, event.type
    if kind == "payment.completed" or (kind == "invoice.paid" and body.get("payment") is None):
        effects.payments += 1
        _add(effects.amount, body["currency"], body["amount"])
    elif kind == "payment.refunded":
        effects.cumulative_refunds += 1
    elif kind in ("refund.completed", "dispute.resolved"):
        effects.refunds += 1
        _add(effects.refunded, _currency_of(body, outcome), body.get("amount") or 0)


def _currency_of(body: dict[str, Any], outcome: EventOutcome) -> str:
    known = None if outcome.payment is None else outcome.payment.currency
    return body.get("currency") or known or UNKNOWN_CURRENCY


def count_member(totals: Totals, member: MemberIn, outcome: EventOutcome) -> None:
    """Takes in what came of a member."""
    effects = totals.count(outcome)
    effects.members += 1
    effects.lots += len(member.lots)
    effects.points += member.points()
    effects.lifetime_points += member.lifetime()
    for currency, amount in member.credit().items():
        _add(effects.credit, currency, amount)


def _add(counts: dict[str, int], name: str, number: int) -> None:
    counts[name] = counts.get(name, 0) + number


def ordered(counts: dict[str, int]) -> dict[str, int]:
    """The most frequent first."""
    return dict(Counter(counts).most_common())
