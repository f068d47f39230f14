"""The figures as a few lines of sums over the rows have them: nothing of the product's own totals is looked at."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from vinr_engagement import programs
from vinr_engagement.foundation import calendar
from vinr_engagement.foundation.database import Session
from vinr_engagement.ledger import LOTS, TRANSACTIONS, Lot, Transaction, balances_as_of
from vinr_engagement.members import ACCOUNTS, Account
from vinr_engagement.outbox import OUTGOING_EVENTS, OutgoingEvent
from vinr_engagement.programs import Program
from vinr_engagement.rewards import REDEMPTIONS, Redemption

Json = dict[str, Any]


@dataclass
class Rows:
    """All that a program has."""

    program: Program
    now: int
    ledger: list[Transaction]
    lots: list[Lot]
    accounts: list[Account]
    redemptions: list[Redemption]
    events: list[OutgoingEvent]

    def points(self, first: int, end: int, *types: str) -> list[Transaction]:
        return [
            row for row in self.ledger if row.unit == "points" and first <= row.effective_at < end and row.type in types
        ]


async def read_rows(session: Session, identifier: str, now: int) -> Rows:
    (row,) = await session.rows(programs.PROGRAMS, "id = $1", identifier)
    accounts = await session.rows(ACCOUNTS, "program = $1", identifier)
    known = {account.id for account in accounts}
    return Rows(
        programs.program_of(row),
        now,
        await session.rows(TRANSACTIONS, "program = $1", identifier),
        [lot for lot in await session.rows(LOTS, "true") if lot.account in known],
        accounts,
        await session.rows(REDEMPTIONS, "program = $1", identifier),
        [event for event in await session.rows(OUTGOING_EVENTS, "true") if event.account in known],
    )


LONG_AGO = -(1 << 60)


def summary(rows: Rows, gte: int, lt: int) -> Json:
    """What ``/summary`` has to say, as far as it is compared. What happens this very moment belongs to a period up to now."""
    as_of, ended = min(lt, rows.now), lt < rows.now
    lt = lt if ended else rows.now + 1
    points = points_of(rows, gte, lt)
    given = points["earned"] + points["adjusted"] - points["reversed"]
    ever = points_of(rows, LONG_AGO, lt)
    issued = ever["earned"] + ever["adjusted"] - ever["reversed"]
    return {
        "enrollment": enrollment(rows, gte, lt),
        "active_members_90d": active(rows, as_of, ended=ended),
        "points": points,
        "points_liability": {
            "amount": points["outstanding"] * rows.program.currency.point_value,
            "currency": rows.program.default_currency,
        },
        "redemption_rate": rate(points["redeemed"] - points["returned"], given),
        "breakage": {"points": points["expired"], "rate": rate(ever["expired"], issued)},
        "redemptions": redemptions(rows, gte, lt),
        "tiers": tiers(rows),
        "credit": credit(rows, gte, lt),
    }


def points_of(rows: Rows, gte: int, lt: int) -> dict[str, int]:
    def total(kind: str, keep: Any = lambda row: True) -> int:
        return sum(row.amount for row in rows.points(gte, lt, kind) if keep(row))

    return {
        "earned": total("earn"),
        "adjusted": total("adjust"),
        "redeemed": -total("redeem"),
        "returned": total("reverse", lambda row: row.amount > 0),
        "reversed": -total("reverse", lambda row: row.amount < 0),
        "expired": -total("expire"),
        "outstanding_before": outstanding(rows, gte),
        "outstanding": outstanding(rows, lt),
        "pending": pending(rows, lt),
    }


def outstanding(rows: Rows, moment: int) -> int:
    return sum(row.amount for row in rows.ledger if row.unit == "points" and row.effective_at < moment)


def pending(rows: Rows, moment: int) -> int:
    if moment > rows.now:
        return sum(account.pending_balance for account in rows.accounts)
    return balances_as_of([row for row in rows.ledger if row.unit == "points"], moment - 1)[1]


def enrollment(rows: Rows, gte: int, lt: int) -> dict[str, int]:
    def at(moment: int) -> dict[str, int]:
        enrolled = [account for account in rows.accounts if account.enrolled_at < moment]
        merged = {a.id for a in rows.accounts if a.merged_at is not None and a.merged_at < moment}
        closed = {account.id: 0 for account in rows.accounts if account.id not in merged}
        for event in rows.events:
            step = {"loyalty.account.closed": 1, "loyalty.account.reopened": -1}.get(event.type, 0)
            if step and event.created_at < moment and event.account in closed:
                closed[event.account] += step
        return {"enrolled": len(enrolled), "merged": len(merged), "closed": sum(closed.values())}

    before, after = at(gte), at(lt)
    return {
        "total": after["enrolled"] - after["merged"] - after["closed"],
        "new": after["enrolled"] - before["enrolled"],
        "closed": after["closed"] - before["closed"],
        "merged": after["merged"] - before["merged"],
    }


def active(rows: Rows, moment: int, *, ended: bool) -> int:
    last = calendar.local_day(moment - ended, rows.program.zone)
    first = last - timedelta(days=89)
    return len({row.original_account for row in acts(rows) if first <= day_of(rows, row) <= last})


def acts(rows: Rows) -> Iterable[Transaction]:
    return [row for row in rows.ledger if row.unit == "points" and row.type in ("earn", "redeem")]


def day_of(rows: Rows, row: Transaction) -> Any:
    return calendar.local_day(row.effective_at, rows.program.zone)


def redemptions(rows: Rows, gte: int, lt: int) -> dict[str, int]:
    def within(column: str) -> list[Redemption]:
        return [row for row in rows.redemptions if (at := getattr(row, column)) is not None and gte <= at < lt]

    made = within("created_at")
    counts = {kind: len(within(f"{kind}_at")) for kind in ("applied", "released", "reversed")}
    return {"count": len(made), "points": sum(row.points for row in made), **counts}


def tiers(rows: Rows) -> list[Json]:
    listed = sorted(rows.program.tier_config.tiers, key=lambda tier: tier.rank)
    inside = [account.tier for account in rows.accounts if account.status == "active"]
    return [
        {"tier": tier.key, "name": tier.name, "rank": tier.rank, "members": inside.count(tier.key)} for tier in listed
    ]


def credit(rows: Rows, gte: int, lt: int) -> list[Json]:
    found = []
    for unit in sorted({row.unit for row in rows.ledger if row.effective_at < lt} - {"points"}):
        mine = [row for row in rows.ledger if row.unit == unit and row.effective_at < lt]
        period = [row for row in mine if row.effective_at >= gte]
        found.append(
            {
                "currency": unit,
                "issued": sum(row.amount for row in period if row.type in ("earn", "adjust")),
                "spent": -sum(row.amount for row in period if row.type == "redeem"),
                "returned": sum(row.amount for row in period if row.type == "reverse" and row.amount > 0),
                "reversed": -sum(row.amount for row in period if row.type == "reverse" and row.amount < 0),
                "expired": -sum(row.amount for row in period if row.type == "expire"),
                "outstanding_before": sum(row.amount for row in mine if row.effective_at < gte),
                "outstanding": sum(row.amount for row in mine),
            }
        )
    return found


def rate(part: int, whole: int) -> str | None:
    if whole <= 0:
        return None
    scaled = (2 * abs(part) * 10_000 + whole) // (2 * whole)
    return f"{'-' if part < 0 and scaled else ''}{scaled // 10_000}.{scaled % 10_000:04d}"


def liability(rows: Rows) -> Json:
    """Points of ``/liability`` and its months, of a store in which everything due was written."""
    lots = [lot for lot in rows.lots if lot.unit == "points" and lot.remaining]
    by_id = {account.id: account for account in rows.accounts}
    by_earning: dict[str, int] = {}
    by_expiry: dict[str | None, int] = {}
    for lot in lots:
        earned, ends = month(rows, lot.effective_at), closing(rows.program, lot, by_id[lot.account])
        by_earning[earned] = by_earning.get(earned, 0) + lot.remaining
        key = None if ends is None else month(rows, ends)
        by_expiry[key] = by_expiry.get(key, 0) + lot.remaining
    balance, waiting = (sum(getattr(a, name) for a in rows.accounts) for name in ("balance", "pending_balance"))
    debt = sum(max(0, -account.balance) for account in rows.accounts)
    return {
        "points": {
            "outstanding": balance + waiting,
            "pending": waiting,
            "debt": debt,
            "held": sum(lot.remaining for lot in lots),
        },
        "by_earning_month": dict(sorted(by_earning.items())),
        "by_expiry_month": by_expiry,
    }


def closing(program: Program, lot: Lot, account: Account) -> int | None:
    if lot.inactivity_months is None:
        return lot.closes_at
    since = max(account.activity_at, lot.effective_at)
    return max(calendar.add_months(since, lot.inactivity_months, program.zone), lot.available_at)


def month(rows: Rows, moment: int) -> str:
    return calendar.local_day(moment, rows.program.zone).isoformat()[:7]


def cohorts(rows: Rows) -> dict[tuple[str, str], Json]:
    """What the members enrolled in a month did in another, the months in which nobody did anything left out."""
    enrolled = {account.id: month(rows, account.enrolled_at) for account in rows.accounts}
    found: dict[tuple[str, str], list[Transaction]] = {}
    for row in acts(rows):
        key = enrolled[row.original_account], calendar.local_day(row.effective_at, rows.program.zone).isoformat()[:7]
        found.setdefault(key, []).append(row)
    return {
        key: {
            "active": len({row.original_account for row in listed}),
            "earned": sum(row.amount for row in listed if row.type == "earn"),
            "redeemed": -sum(row.amount for row in listed if row.type == "redeem"),
        }
        for key, listed in found.items()
        if key[1] >= key[0]
    }
