"""Checks of tiers: the days of a member add up to its ledger and its payments, and its tier is the one that they reach."""

from collections.abc import AsyncIterator
from itertools import groupby
from typing import Any

from vinr_engagement import ledger, tiers
from vinr_engagement.commands import edited_tiers
from vinr_engagement.commands.verify_report import Report, Tally
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.database import Session
from vinr_engagement.members import Account
from vinr_engagement.programs import Program
from vinr_engagement.tiers import DailyTotal
from vinr_engagement.tiers import queries as tier_queries

ROWS_AT_ONCE = 1_000


async def sum_totals(session: Session, tally: Tally, first: int, last: int) -> list[tuple[Any, ...]]:
    """Compares the days in a range of buckets with what they count; answers bucket, account and number of their rows.

    Points have to be those of the whole account; spend and orders are compared day by day.
    """
    sums = await session.fetch(
        "select bucket, account, count(*), sum(points) from daily_totals where bucket between $1 and $2"
        " group by bucket, account",
        first,
        last,
    )
    for _, account, _, points in sums:
        tally.add(account, "days", int(points))
    for account, day, spend, orders in await session.fetch(_DAYS_AGAINST_PURCHASES, first, last):
        message = f"day {day} counts {int(spend)} more spend and {int(orders)} more orders than its payments"
        tally.report.fault(account, "days", message)
    return sums


_DAYS_AGAINST_PURCHASES = (
    "select account, day, sum(spend), sum(orders) from ("
    "select bucket, account, day, spend, orders from daily_totals where bucket between $1 and $2"
    " union all"
    " select bucket, account, day, -net_spend, -orders from purchases where bucket between $1 and $2"
    ") as compared group by bucket, account, day having sum(spend) <> 0 or sum(orders) <> 0 order by account, day"
)


async def check_tiers(
    session: Session,
    report: Report,
    accounts: dict[str, Account],
    programs: dict[str, Program],
    first: int,
    last: int,
    now: Instant,
) -> None:
    """Each member of a range of buckets is in the tier that its value reaches, and is looked at when that may change.

    Members that are due are passed over: what time, or an edit of the program, has changed of them is not written yet.
    """
    waiting = {
        name: account
        for name, account in accounts.items()
        if account.status != "merged" and not ledger.is_due(account, now)
    }
    async for name, totals in _totals_by_account(session, first, last):
        account = waiting.pop(name, None)
        if account is not None:
            _check_tier(report, programs, account, await _all_totals(session, account, totals), now)
    for account in waiting.values():
        _check_tier(report, programs, account, await _all_totals(session, account, []), now)


async def _totals_by_account(session: Session, first: int, last: int) -> AsyncIterator[tuple[str, list[DailyTotal]]]:
    """The days of one account after the other, as far as they are in one bucket."""
    place: tuple[Any, ...] = (first, "", -(1 << 40))
    held: list[DailyTotal] = []
    while rows := await session.rows(
        tiers.DAILY_TOTALS,
        f"(bucket, account, day) > ($1, $2, $3) and bucket <= $4 order by bucket, account, day limit {ROWS_AT_ONCE}",
        *place,
        last,
    ):
        groups = [list(group) for _, group in groupby([*held, *rows], key=lambda total: (total.bucket, total.account))]
        held = groups.pop()
        for group in groups:
            yield group[0].account, group
        place = (rows[-1].bucket, rows[-1].account, rows[-1].day)
    if held:
        yield held[0].account, held


async def _all_totals(session: Session, account: Account, found: list[DailyTotal]) -> list[DailyTotal]:
    """Of a survivor also those in the buckets of accounts that were merged into it."""
    return (
        found if account.buckets == "[]" else await tier_queries.totals_in(session, account.id, account.all_buckets())
    )


def _check_tier(
    report: Report, programs: dict[str, Program], account: Account, totals: list[DailyTotal], now: Instant
) -> None:
    program = programs[account.program]
    if edited_tiers.concern(account):
        report.fault(account.id, "tier", "its program has other tiers since, and nothing will look at it")
        return
    wrong = tiers.misplaced(program, account, totals, now)
    if wrong is not None:
        report.fault(account.id, "tier", wrong)
        return
    change = tiers.next_change_at(program, account, totals, now)
    if change is not None and (account.next_due_at is None or account.next_due_at > change):
        report.fault(
            account.id, "tier", f"its tier changes {_late(account, change)} before the account is settled next"
        )


def _late(account: Account, change: Instant) -> str:
    return "some time" if account.next_due_at is None else f"{account.next_due_at - change} µs"
