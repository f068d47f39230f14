"""Checks of redemptions: each agrees with its ledger rows and its payment, and stock, limits and counts agree with them all."""

from typing import Any

from vinr_engagement import ledger, payments, rewards
from vinr_engagement.commands.redemptions.moves import LINK
from vinr_engagement.commands.verify_report import Report, Tally
from vinr_engagement.foundation import ids
from vinr_engagement.foundation.database import Session
from vinr_engagement.ledger import POINTS, Transaction
from vinr_engagement.payments import Payment
from vinr_engagement.rewards import Redemption

ROWS_AT_ONCE = 1_000
_SUMS = (
    "select bucket, account, count(*), reward, sum(case when status = 'released' then 0 else 1 end),"
    " sum(case when status = 'released' then 0 else quantity end),"
    " sum(case when stocked and status <> 'released' then quantity else 0 end),"
    " sum(case when status in ('pending', 'applied') then points else 0 end)"
    " from redemptions where bucket between $1 and $2 group by bucket, account, reward"
)
_NET = (
    "select account, sum(amount) from transactions"
    " where bucket between $1 and $2 and unit = $3 and redemption is not null group by account"
)


async def sum_redemptions(session: Session, tally: Tally, first: int, last: int) -> dict[str, list[tuple[Any, ...]]]:
    """Adds up what counts of the redemptions in a range of buckets; answers ``(bucket, account, count, …)`` of each kind."""
    found = await session.fetch(_SUMS, first, last)
    for _, account, _, reward, count, quantity, stocked, points in found:
        tally.add(account, "redeemed", int(points))
        tally.add(account, "redemptions", -int(count))
        tally.add(account, f"times:{reward}", -int(quantity))
        tally.add(None, f"stock:{reward}", -int(stocked))
    for account, amount in await session.fetch(_NET, first, last, POINTS):
        tally.add(account, "redeemed", int(amount))
    return {"redemption": found}


async def check_stock(session: Session, tally: Tally) -> None:
    """What stocks count, against what :func:`sum_redemptions` found."""
    for row in await session.rows(rewards.REWARD_STOCK, "true"):
        tally.add(None, f"stock:{row.reward}", row.taken)


async def check_redemptions(session: Session, report: Report, first: int, last: int) -> None:
    """The redemptions of a range of buckets, some at a time: each against its rows, its code and its payment."""
    place: tuple[Any, ...] = (first, "")
    while rows := await session.rows(
        rewards.REDEMPTIONS,
        f"(bucket, id) > ($1, $2) and bucket <= $3 order by bucket, id limit {ROWS_AT_ONCE}",
        *place,
        last,
    ):
        await _check_some(session, report, rows)
        place = (rows[-1].bucket, rows[-1].id)


async def _check_some(session: Session, report: Report, rows: list[Redemption]) -> None:
    debits = {row.id: row for row in await session.find(ledger.TRANSACTIONS, [_debit_key(row) for row in rows])}
    paid = list({payments.payment_key(row.payment) for row in rows if row.payment is not None})
    known = {payment.id: payment for payment in await session.find(payments.PAYMENTS, paid)} if paid else {}
    keys = [key for row in rows if row.code is not None and (key := rewards.code_key(row.code)) is not None]
    claims = await session.find(rewards.REDEMPTION_CODES, keys) if keys else []
    codes = {claim.code: claim.redemption for claim in claims}
    for row in rows:
        faults = [*_of_debit(row, debits.get(row.ledger_row)), *_of_payment(row, known.get(row.payment or ""))]
        if row.code is not None and codes.get(row.code) != row.id:
            faults.append(f"its code leads to {codes.get(row.code)}")
        for message in faults:
            report.fault(row.account, "redemption", f"redemption {row.id}: {message}")


def _debit_key(row: Redemption) -> tuple[int, str, str]:
    return (ids.carried_bucket(row.ledger_row) or 0, row.account, row.ledger_row)


def _of_debit(row: Redemption, debit: Transaction | None) -> list[str]:
    if debit is None:
        return [f"its ledger row {row.ledger_row} is not there"]
    wrong = []
    if (debit.type, debit.redemption, debit.amount) != ("redeem", row.id, -row.points):
        wrong.append(f"it cost {row.points}, its row is {debit.type} of {debit.amount} for {debit.redemption}")
    taken = sum(amount for _, _, amount in rewards.taken_of(row))
    if taken != row.points:
        wrong.append(f"it cost {row.points}, its lots gave {taken}")
    return wrong


def _of_payment(row: Redemption, payment: Payment | None) -> list[str]:
    if row.payment is None:
        return []
    if payment is None or row.id not in payments.linked(payment, LINK):
        return [f"payment {row.payment} does not know of it"]
    return []
