"""Checks of referrals: who may still convert is named by the account, payouts are there, and what limits count is so."""

from typing import Any

from vinr_engagement import payments, referrals
from vinr_engagement.commands.referring import LINKED
from vinr_engagement.commands.verify_report import Report
from vinr_engagement.foundation.clock import DAY
from vinr_engagement.foundation.database import Session
from vinr_engagement.payments import Payment
from vinr_engagement.referrals import Referral

ROWS_AT_ONCE = 1_000


async def check_referrals(session: Session, report: Report) -> None:
    """All of them, some at a time."""
    for message, sql in _CHECKS.items():
        for account, name, difference in await session.fetch(sql):
            report.fault(account, "referral", message.format(name=name, by=difference))
    place = ""
    while rows := await session.rows(
        referrals.REFERRALS,
        f"id > $1 and status in ('converted', 'reversed') order by id limit {ROWS_AT_ONCE}",
        place,
    ):
        await _check_payments(session, report, rows)
        place = rows[-1].id


async def _check_payments(session: Session, report: Report, rows: list[Referral]) -> None:
    """A referral is converted for as long as enough is left of its payment, which names it."""
    keys = [payments.payment_key(row.payment) for row in rows if row.payment is not None]
    known = {payment.id: payment for payment in await session.find(payments.PAYMENTS, keys)} if keys else {}
    for row in rows:
        message = _fault_of(row, known.get(row.payment or ""))
        if message is not None:
            report.fault(row.referee, "referral", f"referral {row.id} {message}")


def _fault_of(row: Referral, payment: Payment | None) -> str | None:
    if payment is None or row.id not in payments.linked(payment, LINKED):
        return f"is {row.status}, but its payment {row.payment} does not know of it"
    net = payments.net_amount(payment)
    if referrals.still_qualifies(row, net) is not (row.status == "converted"):
        return f"is {row.status} with {net} left of its payment and a minimum of {row.first_payment_minimum}"
    return None


_PAID: Any = (
    "(select source_id, sum(amount) as points from transactions"
    " where source_type = 'referral' and type = 'earn' and rule is null group by source_id)"
)
_CHECKS = {
    "it may convert referral {name}, which is not attributed to it": (
        "select a.id, a.referral, 0 from accounts a left join referrals r on r.id = a.referral"
        " and r.referee = a.id and r.status = 'attributed' where a.referral is not null and r.id is null"
    ),
    "referral {name} is attributed to it, but it does not know of it": (
        "select r.referee, r.id, 0 from referrals r left join accounts a on a.id = r.referee and a.referral = r.id"
        " where r.status = 'attributed' and a.id is null"
    ),
    "referral {name} ends {by} µs before the account is settled next": (
        "select a.id, r.id, a.next_due_at - r.expires_at from accounts a join referrals r on r.id = a.referral"
        " where a.next_due_at is null or a.next_due_at > r.expires_at"
    ),
    "referral {name} paid {by} points more than it promised": (
        f"select r.referee, r.id, coalesce(t.points, 0) - case when r.status in ('converted', 'reversed')"
        f" then r.referrer_points + r.referee_points else 0 end from referrals r left join {_PAID} t on t.source_id = r.id"
        " where coalesce(t.points, 0) <> case when r.status in ('converted', 'reversed')"
        " then r.referrer_points + r.referee_points else 0 end"
    ),
    "code {name} counts {by} more conversions than it has": (
        "select null, c.code, c.conversions - count(r.id) from referral_conversions c"
        " left join referrals r on r.code = c.code and r.status = 'converted'"
        " group by c.code, c.conversions having c.conversions <> count(r.id)"
    ),
    **{
        f"day {{name}} counts {{by}} more {column} than it had": (
            f"select account, day, sum(counted) from (select account, day, {column} as counted from referral_days"
            f" union all select referrer, {moment} / {DAY}, -count(*) from referrals where {moment} is not null"
            f" group by referrer, {moment} / {DAY}) as days group by account, day having sum(counted) <> 0"
        )
        for column, moment in (("attributions", "attributed_at"), ("conversions", "converted_at"))
    },
    "code {name} leads to no referral": (
        "select null, c.code, 0 from referral_codes c left join referrals r on r.id = c.referral and r.code = c.code"
        " where r.id is null"
    ),
}
"""What must not be found: an account, what it is about, and by how much."""
