"""Checks of store credit: wallets agree with their rows and lots, and what was spent on a payment came back with its refunds."""

from typing import Any

from vinr_engagement import credit, ledger, payments
from vinr_engagement.commands.store_credit import LINK
from vinr_engagement.commands.verify_report import Report, Tally
from vinr_engagement.credit import CreditSpend
from vinr_engagement.foundation.database import Session
from vinr_engagement.ledger import POINTS, Transaction
from vinr_engagement.payments import Payment

ROWS_AT_ONCE = 1_000
_SUMS = {
    "wallet": "select bucket, account, count(*), currency, sum(balance), 0, 0, 0 from wallets"
    " where bucket between $1 and $2 and currency <> $3 group by bucket, account, currency",
    "credit transaction": "select bucket, account, count(*), unit, sum(amount),"
    " sum(case when type = 'expire' then amount else 0 end), sum(case when type = 'redeem' then amount else 0 end),"
    " sum(case when type = 'reverse' and source_type = 'payment' then amount else 0 end)"
    " from transactions where bucket between $1 and $2 and unit <> $3 group by bucket, account, unit",
    "credit lot": "select bucket, account, count(*), unit, sum(remaining), sum(expired),"
    " sum(case when pending then 1 else 0 end), 0 from lots"
    " where bucket between $1 and $2 and unit <> $3 group by bucket, account, unit",
    "credit spend": "select bucket, account, count(*), currency, sum(amount), sum(returned), 0, 0 from credit_spends"
    " where bucket between $1 and $2 and currency <> $3 group by bucket, account, currency",
}


async def sum_credit(session: Session, tally: Tally, first: int, last: int) -> dict[str, list[tuple[Any, ...]]]:
    """Adds up wallets, rows, lots and spends of a range of buckets; answers ``(bucket, account, count, …)`` of each kind."""
    sums = {kind: await session.fetch(sql, first, last, POINTS) for kind, sql in _SUMS.items()}
    for _, account, _, currency, balance, *_ in sums["wallet"]:
        tally.add(account, f"credit:{currency}", int(balance))
        tally.add(account, f"credit_lots:{currency}", -int(balance))
    for _, account, count, currency, *found in sums["credit transaction"]:
        amount, expired, spent, returned = map(int, found)
        tally.report.transactions += count
        tally.add(account, f"credit:{currency}", -amount)
        tally.add(account, f"credit_expired:{currency}", -expired)
        tally.add(account, f"credit_spent:{currency}", spent)
        tally.add(account, f"credit_returned:{currency}", -returned)
    for _, account, count, currency, *found in sums["credit lot"]:
        remaining, expired, pending, _ = map(int, found)
        tally.report.lots += count
        tally.add(account, f"credit_lots:{currency}", remaining)
        tally.add(account, f"credit_expired:{currency}", -expired)
        if pending:
            tally.report.fault(account, "lots", f"{pending} of its lots of {currency} are pending; credit never is")
    for _, account, _, currency, amount, returned, *_ in sums["credit spend"]:
        tally.add(account, f"credit_spent:{currency}", int(amount))
        tally.add(account, f"credit_returned:{currency}", int(returned))
    return sums


async def check_spends(session: Session, report: Report, first: int, last: int) -> None:
    """The spends of a range of buckets, some at a time: each against its row and its payment."""
    place: tuple[Any, ...] = (first, "")
    while spends := await session.rows(
        credit.SPENDS,
        f"(bucket, id) > ($1, $2) and bucket <= $3 order by bucket, id limit {ROWS_AT_ONCE}",
        *place,
        last,
    ):
        keys = list({payments.payment_key(spent.payment) for spent in spends})
        known = {payment.id: payment for payment in await session.find(payments.PAYMENTS, keys)}
        found = await session.find(ledger.TRANSACTIONS, [(spent.bucket, spent.account, spent.id) for spent in spends])
        rows = {row.id: row for row in found}
        for spent in spends:
            for message in _faults_of(spent, rows.get(spent.id), known.get(spent.payment)):
                report.fault(spent.account, "credit", f"spend {spent.id} on payment {spent.payment}: {message}")
        place = (spends[-1].bucket, spends[-1].id)


def _faults_of(spent: CreditSpend, row: Transaction | None, payment: Payment | None) -> list[str]:
    if row is None or payment is None:
        return [f"its {'transaction' if row is None else 'payment'} is missing"]
    wrong = []
    if (row.type, row.unit, -row.amount, row.source_id) != ("redeem", spent.currency, spent.amount, spent.payment):
        wrong.append(f"{spent.amount} {spent.currency} were spent, its row says {row.amount} {row.unit} ({row.type})")
    if sum(part for _, _, part in credit.taken_of(spent)) != spent.amount:
        wrong.append(f"what it took from lots is not {spent.amount}")
    if spent.id not in payments.linked(payment, LINK):
        wrong.append("the payment does not know of it")
    return wrong + _faults_of_return(spent, payment)


def _faults_of_return(spent: CreditSpend, payment: Payment) -> list[str]:
    if spent.state != "spent":
        completed = payment.completed_event is not None
        wrong = [] if spent.returned == spent.amount else [f"it was released, but {spent.returned} came back"]
        if payment.failed_at is None or completed != (spent.state == "conflict"):
            wrong.append(f"it is {spent.state}, which does not fit the payment")
        return wrong
    due = credit.due_back(spent.amount, payment.refunded, payment.amount)
    told_otherwise = spent.of_amount not in (None, payment.amount)  # by an invoice, before the payment said its own
    if spent.returned < due or (spent.returned > due and not told_otherwise):
        return [f"{due} of {spent.amount} are due back, {spent.returned} came back"]
    return []
