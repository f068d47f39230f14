"""Reconciliation: what each line of the file says, against what the store now holds of it."""

from collections.abc import Sequence

from vinr_engagement import ledger, members, payments
from vinr_engagement.commands import EventIn, EventOutcome, MemberIn
from vinr_engagement.entrypoints.imports.totals import Totals
from vinr_engagement.foundation.database import Session
from vinr_engagement.ledger import POINTS, Transaction
from vinr_engagement.ledger import queries as ledger_queries

_PAID = ("payment.completed", "invoice.paid")
_TAKES_BACK = ("refund.completed", "dispute.resolved")


async def compare_events(session: Session, totals: Totals, taken: Sequence[tuple[EventIn, EventOutcome]]) -> None:
    """Payments by their amount, refunds and lost disputes by theirs, cumulative refunds by what the payment has seen."""
    paid = [event.object for event, _ in taken if event.type in _PAID]
    seen = [event.object for event, _ in taken if event.type == "payment.refunded"]
    keys = {payments.payment_key(body["id"]) for body in [*paid, *seen]}
    held = {row.id: row for row in await session.find(payments.PAYMENTS, sorted(keys))} if keys else {}
    for body in paid:
        payment = held.get(body["id"])
        totals.compare("payments", 1, 0 if payment is None else 1)
        totals.compare("amount", body["amount"], 0 if payment is None else payment.amount or 0)
    for body in seen:
        payment = held.get(body["id"])
        told = body["amount_refunded"]
        totals.compare("cumulative_refunds", told, 0 if payment is None else min(told, payment.refunded_seen))
    await _compare_refunds(session, totals, taken)


async def _compare_refunds(session: Session, totals: Totals, taken: Sequence[tuple[EventIn, EventOutcome]]) -> None:
    refunds = [
        event.object
        for event, outcome in taken
        if event.type in _TAKES_BACK and outcome.reason not in ("dispute_not_lost", "erased")
    ]
    keys = {(*payments.payment_key(body["payment"]), body["id"]) for body in refunds}
    held = {(row.payment, row.id): row for row in await session.find(payments.REFUNDS, sorted(keys))} if keys else {}
    for body in refunds:
        refund = held.get((body["payment"], body["id"]))
        totals.compare("refunds", 1, 0 if refund is None else 1)
        totals.compare("refunded", body.get("amount") or 0, 0 if refund is None else refund.amount)


async def compare_members(session: Session, totals: Totals, taken: Sequence[tuple[MemberIn, EventOutcome]]) -> None:
    """Points, lifetime points and credit of each member by the rows of the opening balance, wherever a merge took them."""
    known = [(member, outcome) for member, outcome in taken if outcome.programs]
    lines = [row for _, outcome in known for program in outcome.programs for row in program.transactions]
    keys = sorted((*members.account_key(row.account), row.id) for row in lines)
    found = {row.id: row for row in await session.find(ledger.TRANSACTIONS, keys)} if keys else {}
    named = {
        members.account_key(program.account) for _, outcome in known for program in outcome.programs if program.account
    }
    accounts = {row.id for row in await session.find(members.ACCOUNTS, sorted(named))} if named else set()
    for member, outcome in known:
        rows = [
            row
            for program in outcome.programs
            for line in program.transactions
            if (row := found.get(line.id) or await ledger_queries.get_transaction(session, line.id)) is not None
        ]
        for currency, amount in member.credit().items():
            totals.compare(f"credit_{currency}", amount, sum(row.amount for row in rows if row.unit == currency))
        rows = [row for row in rows if row.unit == POINTS]
        totals.compare("members", 1, sum(program.account in accounts for program in outcome.programs))
        totals.compare("points", member.points(), sum(row.amount for row in rows))
        totals.compare("lots", len(member.lots), sum(_is_lot(row) for row in rows))
        totals.compare("lifetime_points", member.lifetime(), sum(row.qualifying for row in rows))


def _is_lot(row: Transaction) -> bool:
    return row.amount > 0
