"""Checks what must always hold (docs/guides/finance.md) on a live store, and says which account is wrong and by how much.

All of it is read in one snapshot. Memory stays bounded: buckets are read in ranges of a few thousand accounts, and what has
to cancel out (a balance against its rows, say) is kept as a difference, dropped once it is zero. Rows of accounts merged
away stay in their buckets, so the difference of a survivor may last until another range has been read.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from vinr_engagement import inbox, members, outbox, programs, rules
from vinr_engagement.commands.clock import clock_set
from vinr_engagement.commands.verify_analytics import check_analytics
from vinr_engagement.commands.verify_campaigns import check_announced, check_campaigns, told_of_campaigns
from vinr_engagement.commands.verify_credit import check_spends, sum_credit
from vinr_engagement.commands.verify_customers import check_customers
from vinr_engagement.commands.verify_payments import ROWS_AT_ONCE, check_payments, check_purchases
from vinr_engagement.commands.verify_redemptions import check_redemptions, check_stock, sum_redemptions
from vinr_engagement.commands.verify_referrals import check_referrals
from vinr_engagement.commands.verify_report import Fault, Report, Tally, limits_of
from vinr_engagement.commands.verify_reports import check_reports
from vinr_engagement.commands.verify_tiers import check_tiers, sum_totals
from vinr_engagement.commands.verify_webhooks import PREFIX, check_webhooks
from vinr_engagement.foundation import ids
from vinr_engagement.foundation.clock import Instant, real_now
from vinr_engagement.foundation.database import Database, Session
from vinr_engagement.ledger import POINTS
from vinr_engagement.members import Account

__all__ = ["Fault", "Report", "verify"]

RANGE_ACCOUNTS = 5_000
"""About how many accounts are in memory at once."""


class Range(NamedTuple):
    """Buckets from ``first`` to ``last``, both included."""

    first: int
    last: int


async def verify(database: Database) -> Report:
    """Everything that is wrong with a store, nothing if all is well. Changes nothing, holds up nobody."""
    return await database.read(_verify)


async def _verify(session: Session) -> Report:
    report = Report()
    tally = Tally(report, await limits_of(session))
    now = await _now(session)
    known = {row.id: programs.program_of(row) for row in await session.rows(programs.PROGRAMS, "true")}
    for part in await _ranges(session):
        accounts = {row.id: row for row in await session.rows(members.ACCOUNTS, _IN_RANGE, *part)}
        report.accounts += len(accounts)
        for account in accounts.values():
            _expect(tally, account)
        await _check_merges(session, report, accounts)
        await _sum_transactions(session, tally, part, accounts)
        await _sum_lots(session, tally, part, accounts)
        for kind, sums in (await sum_credit(session, tally, *part)).items():
            await _check_owners(session, report, sums, accounts, kind)
        await check_spends(session, report, *part)
        await _check_lots(session, report, part, now)
        await _check_outgoing(session, tally, part, accounts)
        await _check_events(session, report, part)
        await _sum_usage(session, tally, part)
        for kind, sums in (await sum_redemptions(session, tally, *part)).items():
            await _check_owners(session, report, sums, accounts, kind)
        await check_redemptions(session, report, *part)
        await check_purchases(session, tally, part.first, part.last)
        await _check_owners(session, report, await sum_totals(session, tally, *part), accounts, "daily total")
        await check_tiers(session, report, accounts, known, part.first, part.last, now)
        await check_campaigns(session, tally, part.first, part.last)
        tally.drop_zeros()
    await _check_budgets(session, tally)
    await check_stock(session, tally)
    await check_announced(session, report)
    await check_webhooks(session, report)
    await check_reports(session, report)
    await _check_links(session, report)
    await check_customers(session, report)
    await check_payments(session, report)
    await check_referrals(session, report)
    await check_analytics(session, report)
    tally.conclude()
    return report


_IN_RANGE = "bucket between $1 and $2"


async def _now(session: Session) -> Instant:
    """The store's clock, or when it last told of something if that is later: this machine's clock may be behind."""
    moment = await clock_set(session)
    ((told,),) = await session.fetch("select max(created_at) from outgoing_events")
    return max(real_now() if moment is None else moment, told or 0)


async def _ranges(session: Session) -> Iterator[Range]:
    ((count,),) = await session.fetch("select count(*) from accounts")
    width = max(1, ids.BUCKETS // (1 + count // RANGE_ACCOUNTS))
    firsts = range(0, ids.BUCKETS, width)
    return (Range(first, min(first + width, ids.BUCKETS) - 1) for first in firsts)


def _expect(tally: Tally, account: Account) -> None:
    """What the rows of an account have to add up to."""
    tally.add(account.id, "sum", account.balance + account.pending_balance)
    tally.add(account.id, "available_lots", -max(account.balance, 0))
    tally.add(account.id, "pending_lots", -account.pending_balance)
    tally.add(account.id, "lifetime", account.lifetime_points)
    tally.add(account.id, "redemptions", account.redemptions)
    if account.bucket != ids.bucket_of(account.id):
        tally.report.fault(account.id, "bucket", f"it is in bucket {account.bucket}, not {ids.bucket_of(account.id)}")


async def _check_merges(session: Session, report: Report, accounts: dict[str, Account]) -> None:
    """A merged account is empty, and leads to one that is not merged."""
    for account in accounts.values():
        if account.status != "merged":
            if account.merged_into is not None:
                report.fault(account.id, "merge", f"it is {account.status}, yet merged into {account.merged_into}")
            continue
        held = (account.balance, account.pending_balance, account.lifetime_points)
        if any(held):
            report.fault(
                account.id, "merge", "it is merged, yet holds balance {}, pending {}, lifetime {}".format(*held)
            )
        if await survivor_of(session, account) is None:
            report.fault(account.id, "merge", f"its survivor {account.merged_into} does not exist")


async def survivor_of(session: Session, account: Account) -> Account | None:
    """Where merges lead to; ``None`` where they lead nowhere, or in a circle."""
    seen = {account.id}
    while account.status == "merged":
        if account.merged_into is None or account.merged_into in seen:
            return None
        seen.add(account.merged_into)
        found = await session.find(members.ACCOUNTS, [members.account_key(account.merged_into)])
        if not found:
            return None
        account = found[0]
    return account


async def _sum_transactions(session: Session, tally: Tally, part: Range, accounts: dict[str, Account]) -> None:
    sums = await session.fetch(
        "select bucket, account, count(*), sum(amount), sum(qualifying),"
        " sum(case when type = 'expire' then amount else 0 end)"
        " from transactions where bucket between $1 and $2 and unit = $3 group by bucket, account",
        *part,
        POINTS,
    )
    await _check_owners(session, tally.report, sums, accounts, "transaction")
    for _, account, count, amount, qualifying, expired in sums:
        tally.report.transactions += count
        tally.add(account, "sum", -int(amount))
        tally.add(account, "lifetime", -int(qualifying))
        tally.add(account, "days", -int(qualifying))
        tally.add(account, "expired", -int(expired))


async def _sum_lots(session: Session, tally: Tally, part: Range, accounts: dict[str, Account]) -> None:
    sums = await session.fetch(
        "select bucket, account, count(*), sum(case when pending then 0 else remaining end),"
        " sum(case when pending then remaining else 0 end), sum(expired)"
        " from lots where bucket between $1 and $2 and unit = $3 group by bucket, account",
        *part,
        POINTS,
    )
    await _check_owners(session, tally.report, sums, accounts, "lot")
    for _, account, count, available, pending, expired in sums:
        tally.report.lots += count
        tally.add(account, "available_lots", int(available))
        tally.add(account, "pending_lots", int(pending))
        tally.add(account, "expired", -int(expired))


async def _check_owners(
    session: Session, report: Report, sums: Iterable[tuple[Any, ...]], known: dict[str, Account], kind: str
) -> None:
    """Rows belong to accounts that exist, are not merged away, and know of the bucket."""
    strays = [(bucket, name, count) for bucket, name, count, *_ in sums if name not in known]
    keys = [members.account_key(name) for _, name, _ in strays]
    elsewhere = {row.id: row for row in await session.find(members.ACCOUNTS, keys)} if keys else {}
    for bucket, name, count, *_ in sums:
        account = known.get(name) or elsewhere.get(name)
        if account is None:
            report.fault(name, "owner", f"{count} {kind} rows belong to it, but there is no such account")
        elif account.status == "merged":
            report.fault(name, "merge", f"it is merged, yet owns {count} {kind} rows in bucket {bucket}")
        elif bucket not in account.all_buckets():
            report.fault(
                name, "bucket", f"{count} of its {kind} rows are in bucket {bucket}, which it does not know of"
            )


async def _check_lots(session: Session, report: Report, part: Range, now: Instant) -> None:
    """Each credit has one lot that agrees with it, and the account is due when the lot next changes."""
    for what, sql in _LOT_CHECKS.items():
        arguments = (*part, now) if "$3" in sql else part
        for account, lot, difference in await session.fetch(sql, *arguments):
            report.fault(account, "lots", what.format(lot=lot, by=difference))


_WITH_CREDIT = (
    " from lots l left join transactions t on t.bucket = l.bucket and t.account = l.account and t.id = l.id"
    " where l.bucket between $1 and $2"
)
_WITH_ACCOUNT = " from lots l join accounts a on a.id = l.account where l.bucket between $1 and $2 and l.remaining > 0"
_LOT_CHECKS = {
    "lot {lot} has {by} more remaining and expired than it was credited with": (
        "select account, id, remaining + expired - amount from lots"
        " where bucket between $1 and $2 and remaining + expired > amount"
    ),
    "lot {lot} of {by} has no credit": f"select l.account, l.id, l.amount {_WITH_CREDIT} and t.id is null",
    "lot {lot} was opened with {by} more than its credit": (
        f"select l.account, l.id, l.amount - t.amount {_WITH_CREDIT} and l.amount <> t.amount"
    ),
    "credit {lot} of {by} has no lot": (
        "select t.account, t.id, t.amount from transactions t"
        " left join lots l on l.bucket = t.bucket and l.account = t.account and l.id = t.id"
        " where t.bucket between $1 and $2 and t.amount > 0 and t.type <> 'reverse' and l.id is null"
    ),
    "lot {lot} is not pending, though it becomes available in {by} µs": (
        "select account, id, available_at - $3 from lots"
        " where bucket between $1 and $2 and not pending and available_at > $3"
    ),
    "pending lot {lot} becomes available {by} µs before the account is settled next": (
        f"select l.account, l.id, a.next_due_at - l.available_at {_WITH_ACCOUNT}"
        " and l.pending and (a.next_due_at is null or a.next_due_at > l.available_at)"
    ),
    "lot {lot} expires {by} µs before the account is settled next": (
        f"select l.account, l.id, a.next_due_at - l.closes_at {_WITH_ACCOUNT}"
        " and (a.next_due_at > l.closes_at or (a.next_due_at is null"
        " and (l.closes_at is not null or l.inactivity_months is not null)))"
    ),
}


async def _check_outgoing(session: Session, tally: Tally, part: Range, accounts: dict[str, Account]) -> None:
    """An account's facts are numbered from 1 without a gap, and there is one for each row that it wrote."""
    numbered = await session.fetch(
        "select account, count(*), count(distinct sequence), min(sequence), max(sequence)"
        " from outgoing_events where bucket between $1 and $2 group by account",
        *part,
    )
    found = {account: counts for account, *counts in numbered}
    of_others = await told_of_campaigns(session, part.first, part.last)
    of_others |= {name for name in found if name.startswith(PREFIX)}  # those of endpoints outlive them
    tally.report.events += sum(found.pop(name)[0] for name in of_others & found.keys())
    for name in accounts.keys() | found.keys():
        count, distinct, first, last = found.get(name, (0, 0, 1, 0))
        tally.report.events += count
        expected = accounts[name].sequence if name in accounts else 0
        if (count, distinct, first, last) != (expected, expected, 1, expected):
            tally.report.fault(
                name, "outgoing", f"its events are {count}, numbered {first} to {last}; it counts {expected}"
            )
    told = await session.fetch(
        "select account, type, count(*) from outgoing_events where bucket between $1 and $2 group by account, type",
        *part,
    )
    written = await session.fetch(
        "select original_account, case when unit = $3 then '' else 'credit ' end || type, count(*) from transactions"
        " where bucket between $1 and $2 group by original_account, 2",
        *part,
        POINTS,
    )
    for account, event_type, count in told:
        if event_type in _TYPE_OF_EVENT:
            tally.add(account, "told:" + _TYPE_OF_EVENT[event_type], count)
    for account, row_type, count in written:
        tally.add(account, "told:" + _ISSUED.get(row_type, row_type), -count)


_TYPE_OF_EVENT = {
    "loyalty.points.earned": "earn",
    "loyalty.points.redeemed": "redeem",
    "loyalty.points.expired": "expire",
    "loyalty.points.adjusted": "adjust",
    "loyalty.points.reversed": "reverse",
    "credit.issued": "credit adjust",
    "credit.spent": "credit redeem",
    "credit.expired": "credit expire",
    "credit.reversed": "credit reverse",
}
_ISSUED = {"credit earn": "credit adjust"}
"""Kinds of rows that are told of as another."""


async def _check_events(session: Session, report: Report, part: Range) -> None:
    """Each row names an event that was received, or one that was recorded here."""
    place: tuple[Any, ...] = (part.first, "", "")
    while True:
        rows = await session.fetch(
            "select bucket, account, id, original_account, event from transactions"
            " where (bucket, account, id) > ($1, $2, $3) and bucket <= $4 and event is not null"
            f" order by bucket, account, id limit {ROWS_AT_ONCE}",
            *place,
            part.last,
        )
        if not rows:
            return
        missing = await _missing_events(session, {(row[0], *row[3:]) for row in rows})
        for _, account, transaction, _, event in rows:
            if event in missing:
                report.fault(account, "event", f"transaction {transaction} names the event {event}, which is not there")
        place = rows[-1][:3]


async def _missing_events(session: Session, named: set[tuple[int, str, str]]) -> set[str]:
    """Of ``(bucket, account, event)`` those events that neither came in nor went out; most of the latter by that account."""
    received = await session.find(
        inbox.RECEIVED_EVENTS, [inbox.event_key(event) for event in {key[2] for key in named}]
    )
    known = {row.id for row in received}
    keys = [key for key in named if key[2] not in known]
    if keys:
        known |= {row.id for row in await session.find(outbox.OUTGOING_EVENTS, keys)}
    missing = {event for _, _, event in keys} - known
    return {event for event in missing if not await session.rows(outbox.OUTGOING_EVENTS, "id = $1", event)}


async def _sum_usage(session: Session, tally: Tally, part: Range) -> None:
    """What caps count, against the awards that are not of payments; ``check_purchases`` adds those that are."""
    for row in await session.rows(rules.RULE_USAGE, _IN_RANGE, *part):
        tally.add(row.account, f"usage:{row.rule}", row.points)
        tally.add(row.account, f"times:{row.rule}", row.times)
    if not tally.limits.any():
        return
    earned = await session.fetch(
        "select account, rule, rule_version, count(*), sum(amount) from transactions"
        " where bucket between $1 and $2 and type = 'earn' and rule is not null"
        " and source_type not in ('payment', 'invoice', 'referral') group by account, rule, rule_version",
        *part,
    )
    for account, rule, version, count, points in earned:
        tally.award(account, rule, version, points=int(points), times=count)


async def _check_budgets(session: Session, tally: Tally) -> None:
    for row in await session.rows(rules.RULE_BUDGETS, "true"):
        tally.add(None, f"budget:{row.rule}", row.points)


async def _check_links(session: Session, report: Report) -> None:
    """Customers resolve to accounts that exist, one active account each in a program."""
    for account, message in [found for sql in _LINK_CHECKS for found in await session.fetch(sql)]:
        report.fault(account, "links", message)


_LINK_CHECKS = (
    (
        "select l.account, 'customer ' || l.customer || ' resolves to it in ' || l.program || ', but '"
        " || case when a.id is null then 'there is no such account' else 'it is ' || a.status || ' in ' || a.program end"
        " from customer_links l left join accounts a on a.id = l.account"
        " where a.id is null or a.status = 'merged' or a.program <> l.program"
    ),
    (
        "select max(id), 'customer ' || customer || ' has ' || count(*) || ' active accounts in ' || program"
        " from accounts where status = 'active' and customer is not null group by customer, program having count(*) > 1"
    ),
    (
        "select a.id, 'its customer ' || a.customer || ' resolves to ' || coalesce(l.account, 'no account')"
        " from accounts a left join customer_links l on l.customer = a.customer and l.program = a.program"
        " where a.status = 'active' and a.customer is not null and (l.account is null or l.account <> a.id)"
    ),
)
