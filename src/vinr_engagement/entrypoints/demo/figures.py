"""What the year came to, read from the store that it was played into."""

from collections.abc import Iterable
from typing import Any

import msgspec

from vinr_engagement.commands import Store
from vinr_engagement.entrypoints.demo import spent, standing
from vinr_engagement.entrypoints.demo.spent import RewardFigures
from vinr_engagement.entrypoints.demo.standing import TierFigures
from vinr_engagement.entrypoints.demo.year import Event, guest_payments
from vinr_engagement.foundation.database import Session
from vinr_engagement.programs import DEFAULT_PROGRAM
from vinr_engagement.programs.queries import get_programs

TOP_MEMBERS = 5
_PENCE_PER_POINT = 100
# What redemptions took from an account and gave back to it: what it would hold besides, had it redeemed nothing.
_SPENT = (
    "(select account, -sum(amount) as points from transactions"
    " where redemption is not null and unit = 'points' group by account)"
)


class TopMember(msgspec.Struct):
    """One of those who kept the most points. ``balance`` is without what they spent on rewards."""

    customer: str
    account: str
    balance: int


class Figures(msgspec.Struct):
    """The totals. Points are whole; ``…_pence`` and ``…_value`` are minor units of ``currency``.

    The first are those of the one rule alone: ``kept`` is what was earned and not reversed, from the ledger; ``outstanding``
    the same from the accounts, what members hold and what they spent on rewards. ``held`` is what they hold.
    ``guest_points`` is what payments without a customer would have earned.
    """

    members: int
    earned: int
    reversed: int
    kept: int
    outstanding: int
    outstanding_value: int
    currency: str
    payments: int
    amount_pence: int
    with_customer: int
    refunds: int
    refunded_pence: int
    guest_payments: int
    guest_points: int
    top_members: list[TopMember]
    tiers: TierFigures
    rewards: RewardFigures
    held: int
    held_value: int
    events: int
    seconds: float
    events_per_second: int


async def read_figures(store: Store, events: Iterable[Event], seconds: float) -> Figures:
    """The figures of a store after these events, which took so many seconds."""
    played = list(events)
    totals = await store.database.read(_totals)
    guests = guest_payments(played)
    return Figures(
        **totals,
        guest_payments=len(guests),
        guest_points=sum(event["data"]["object"]["amount"] // _PENCE_PER_POINT for event in guests),
        events=len(played),
        seconds=round(seconds, 2),
        events_per_second=round(len(played) / seconds),
    )


async def _totals(session: Session) -> dict[str, Any]:
    (program,) = await get_programs(session, [DEFAULT_PROGRAM])
    members, held = await _sums(session, "select count(*), sum(balance + pending_balance) from accounts")
    earned, reversed_points, on_rewards = await _sums(
        session,
        "select sum(case when type = 'earn' then amount end),"
        " -sum(case when type = 'reverse' and amount < 0 then amount end),"
        " -sum(case when redemption is not null then amount end) from transactions where unit = 'points'",
    )
    payments, amount, with_customer, refunded = await _sums(
        session,
        "select count(*), sum(amount), count(customer), sum(refunded) from payments where completed_event is not null",
    )
    (refunds,) = await _sums(session, "select count(*) from refunds")
    outstanding, point_value = held + on_rewards, program.currency.point_value
    return {
        "members": members,
        "earned": earned,
        "reversed": reversed_points,
        "kept": earned - reversed_points,
        "outstanding": outstanding,
        "outstanding_value": outstanding * point_value,
        "currency": program.default_currency,
        "payments": payments,
        "amount_pence": amount,
        "with_customer": with_customer,
        "refunds": refunds,
        "refunded_pence": refunded,
        "top_members": await _top_members(session),
        "tiers": await standing.read(session, program),
        "rewards": await spent.read(session),
        "held": held,
        "held_value": held * point_value,
    }


async def _sums(session: Session, sql: str) -> list[int]:
    (row,) = await session.fetch(sql)
    return [int(value or 0) for value in row]


async def _top_members(session: Session) -> list[TopMember]:
    rows = await session.fetch(
        f"select customer, id, balance + coalesce(spent.points, 0) as kept"
        f" from accounts left join {_SPENT} as spent on spent.account = accounts.id"
        " where customer is not null order by 3 desc, id limit $1",
        TOP_MEMBERS,
    )
    return [TopMember(customer, account, int(kept)) for customer, account, kept in rows]
