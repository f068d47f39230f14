"""Checks of payments: refunds add up, and each earn has given back what the net amount would not have earned."""

from typing import Any

import msgspec

from vinr_engagement import ledger, members, payments
from vinr_engagement.commands import awards
from vinr_engagement.commands.awards import Award
from vinr_engagement.commands.verify_campaigns import contributors, count_purchase, count_share
from vinr_engagement.commands.verify_report import Report, Tally
from vinr_engagement.foundation.database import Session
from vinr_engagement.ledger import Lot
from vinr_engagement.members import Account
from vinr_engagement.payments import Payment, Purchase

ROWS_AT_ONCE = 1_000


class Owed(msgspec.Struct):
    """An award of a payment, with the account, the lot and the reversals that it has now."""

    award: Award
    payment: Payment
    owner: str
    lot: Lot | None = None
    reversed: int = 0


async def check_purchases(session: Session, tally: Tally, first: int, last: int) -> None:
    """The purchases of a range of buckets, some at a time."""
    await _sum_rows(session, tally, first, last)
    place: tuple[Any, ...] = (first, "", "")
    while purchases := await session.rows(
        payments.PURCHASES,
        f"(bucket, account, payment) > ($1, $2, $3) and bucket <= $4 order by bucket, account, payment limit {ROWS_AT_ONCE}",
        *place,
        last,
    ):
        await _check_some(session, tally, purchases)
        place = (purchases[-1].bucket, purchases[-1].account, purchases[-1].payment)


async def _sum_rows(session: Session, tally: Tally, first: int, last: int) -> None:
    """What the ledger says of earns of payments, for what purchases remember to be taken from."""
    found = await session.fetch(
        "select account, sum(case when type = 'earn' and source_type in ('payment', 'invoice', 'referral') then 1 else 0 end),"
        " sum(case when type = 'reverse' then uncollected - amount else 0 end)"
        " from transactions where bucket between $1 and $2 and unit = 'points' and (amount <= 0 or type <> 'reverse')"
        " group by account",
        first,
        last,
    )
    for account, earns, taken in found:
        tally.add(account, "earns", -int(earns))
        tally.add(account, "reversed", -int(taken))


async def _check_some(session: Session, tally: Tally, purchases: list[Purchase]) -> None:
    keys = list({payments.payment_key(purchase.payment) for purchase in purchases})
    known = {payment.id: payment for payment in await session.find(payments.PAYMENTS, keys)}
    listed = []
    for purchase in purchases:
        payment = known.get(purchase.payment)
        if payment is None or payment.amount is None:
            tally.report.fault(purchase.account, "payment", f"its payment {purchase.payment} is not known")
            continue
        _check_spend(tally.report, purchase, payment)
        listed += [Owed(award, payment, award.account) for award in awards.awards_of(purchase)]
    names = {owed.owner for owed in listed}.union(*(contributors(purchase) for purchase in purchases))
    known_accounts = await _find_owners(session, names)
    for purchase in purchases:
        count_purchase(tally, purchase, lambda name: _followed(name, known_accounts))
    for owed in listed:
        owed.owner = _followed(owed.owner, known_accounts)
    owners = [account for name in {owed.owner for owed in listed} if (account := known_accounts.get(name)) is not None]
    await _find_lots(session, listed, owners)
    for owed in listed:
        _check_award(tally, owed)


def _check_spend(report: Report, purchase: Purchase, payment: Payment) -> None:
    amount, net = payment.amount or 0, payments.net_amount(payment)
    if purchase.spend not in (0, amount):
        report.fault(purchase.account, "spend", f"payment {payment.id} of {amount} counts as spend of {purchase.spend}")
    expected = purchase.spend * net // amount if amount else 0
    if purchase.net_spend != expected:
        report.fault(
            purchase.account,
            "spend",
            f"payment {payment.id} counts as net spend of {purchase.net_spend}, not {expected}",
        )
    if purchase.orders != (0 if net == 0 and amount else 1):
        report.fault(purchase.account, "spend", f"payment {payment.id} counts as {purchase.orders} orders")
    holders = {(program, bucket) for program, _, bucket in payments.holders_of(payment)}
    if (purchase.program, purchase.bucket) not in holders:
        report.fault(purchase.account, "payment", f"payment {payment.id} does not know that it reached the account")


async def _find_owners(session: Session, names: set[str]) -> dict[str, Account | None]:
    """These accounts and those that they were merged into, by id: see :func:`_followed`."""
    known: dict[str, Account | None] = {}
    while wanted := {_followed(name, known) for name in names} - known.keys():
        found = await session.find(members.ACCOUNTS, [members.account_key(name) for name in wanted])
        known |= dict.fromkeys(wanted) | {row.id: row for row in found}
    return known


def _followed(name: str, known: dict[str, Account | None]) -> str:
    """As far as the merges of the known accounts lead, once round at most."""
    for _ in range(len(known)):
        account = known.get(name)
        if account is None or account.merged_into is None:
            break
        name = account.merged_into
    return name


async def _find_lots(session: Session, listed: list[Owed], owners: list[Account]) -> None:
    keys = [(owed.award.bucket, owed.owner, owed.award.transaction) for owed in listed]
    lots = {lot.id: lot for lot in await session.find(ledger.LOTS, keys)} if keys else {}
    taken: dict[str, int] = {}
    for account in owners:
        for bucket in account.all_buckets():
            rows = await session.fetch(
                "select reverses, sum(uncollected - amount) from transactions"
                " where bucket = $1 and account = $2 and type = 'reverse' group by reverses",
                bucket,
                account.id,
            )
            for reverses, points in rows:
                taken[reverses] = taken.get(reverses, 0) + int(points)
    for owed in listed:
        owed.lot, owed.reversed = lots.get(owed.award.transaction), taken.get(owed.award.transaction, 0)


def _check_award(tally: Tally, owed: Owed) -> None:
    """Invariant 4."""
    award, payment, report = owed.award, owed.payment, tally.report
    report.earns += 1
    tally.add(owed.owner, "earns", 1)
    tally.add(owed.owner, "reversed", award.reversed)
    tally.add(owed.owner, "days", award.due)
    if award.rule is not None and award.period is not None:
        tally.capped(owed.owner, award.rule, award.earned - award.reversed, 0 if award.due == award.earned else 1)
    count_share(tally, owed.owner, award)
    if award.rule is not None and award.budgeted:
        tally.budgeted(award.rule, award.earned - award.reversed)
    for message in _faults_of(award, owed.lot, owed.reversed, payment):
        report.fault(owed.owner, "clawback", f"earn {award.transaction} of payment {payment.id}: {message}")


def _faults_of(award: Award, lot: Lot | None, reversed_by_rows: int, payment: Payment) -> list[str]:
    if lot is None:
        return ["its lot is missing"]
    due = award.earned - award.terms.points(awards.net_for(award.terms, payment, payments.net_amount(payment)))
    told_otherwise = award.terms.amount not in (None, payment.amount)  # by an invoice, before the payment said its own
    wrong = []
    if lot.amount != award.earned:
        wrong.append(f"{award.earned} were earned, its lot had {lot.amount}")
    if award.due < due or (award.due > due and not told_otherwise):
        wrong.append(f"{due} are due, {award.due} were asked back")
    if not max(0, award.due - lot.expired) <= award.reversed <= award.due:
        wrong.append(f"{award.reversed} were reversed of {award.due} due, {lot.expired} expired")
    if award.reversed != reversed_by_rows:
        wrong.append(f"{award.reversed} were reversed, its rows say {reversed_by_rows}")
    return wrong


async def check_payments(session: Session, report: Report) -> None:
    """What is refunded of each payment is what its refunds say."""
    for message, sql in _PAYMENT_CHECKS.items():
        for payment, difference in await session.fetch(sql):
            report.fault(None, "refunds", message.format(payment=payment, by=int(difference)))


_SMALLER = "case when {0} < {1} then {0} else {1} end"
_CLAIMED = "(case when refunded_seen > refunded_sum then refunded_seen else refunded_sum end) + disputed"
_PAYMENT_CHECKS = {
    "payment {payment} counts {by} more as refunded than its refunds say": (
        f"select id, refunded - ({_SMALLER.format('(' + _CLAIMED + ')', 'amount')}) from payments"
        f" where amount is not null and refunded <> {_SMALLER.format('(' + _CLAIMED + ')', 'amount')}"
    ),
    "payment {payment} counts {by} more than the sum of its distinct refunds": (
        "select p.id, p.refunded_sum - coalesce(sum(r.amount), 0) from payments p"
        " left join refunds r on r.bucket = p.bucket and r.payment = p.id and r.kind = 'refund'"
        " group by p.bucket, p.id, p.refunded_sum having p.refunded_sum <> coalesce(sum(r.amount), 0)"
    ),
}
