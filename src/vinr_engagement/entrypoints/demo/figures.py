"""What the year came to, read from the store that it was played into."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from vinr_engagement.commands import Store
from vinr_engagement.entrypoints.demo import doubled, spent, standing
from vinr_engagement.entrypoints.demo.doubled import CampaignFigures
from vinr_engagement.entrypoints.demo.spent import RewardFigures
from vinr_engagement.entrypoints.demo.standing import TierFigures
from vinr_engagement.entrypoints.demo.year import Event, guest_payments
from vinr_engagement.foundation.database import Session
from vinr_engagement.programs import DEFAULT_PROGRAM
from vinr_engagement.programs.queries import get_programs

TOP_MEMBERS = 5
_PENCE_PER_POINT = 100


class TopMember(msgspec.Struct):
    """One of those who kept the most points of the rule. ``balance`` is what they would hold of those, had they spent none."""

    customer: str
    account: str
    balance: int


class Figures(msgspec.Struct):
    """The totals. Points are whole; ``…_pence`` and ``…_value`` are minor units of ``currency``.

    Those up to ``top_members`` are of the one rule alone: ``kept`` is what was earned and not reversed, from the ledger;
    ``outstanding`` the same from the accounts: what members hold and spent on rewards, less what the campaign added.
    ``held`` is what they hold. ``guest_points`` is what payments without a customer would have earned.
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
    campaign: CampaignFigures
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
    campaign, added = await doubled.read(session, program)
    return {
        **await _points(session, campaign, program.currency.point_value),
        **await _money(session),
        "currency": program.default_currency,
        "top_members": await _top_members(session, added),
        "tiers": await standing.read(session, program),
        "campaign": campaign,
        "rewards": await spent.read(session),
    }


async def _points(session: Session, campaign: CampaignFigures, point_value: int) -> dict[str, int]:
    members, held = await _sums(session, "select count(*), sum(balance + pending_balance) from accounts")
    earned, taken_back, on_rewards = await _sums(
        session,
        "select sum(case when type = 'earn' then amount end),"
        " -sum(case when type = 'reverse' and amount < 0 then amount end),"
        " -sum(case when redemption is not null then amount end) from transactions where unit = 'points'",
    )
    by_the_rule, reversed_of_it = earned - campaign.earned, taken_back - campaign.reversed
    outstanding = held + on_rewards - campaign.kept
    return {
        "members": members,
        "earned": by_the_rule,
        "reversed": reversed_of_it,
        "kept": by_the_rule - reversed_of_it,
        "outstanding": outstanding,
        "outstanding_value": outstanding * point_value,
        "held": held,
        "held_value": held * point_value,
    }


async def _money(session: Session) -> dict[str, int]:
    payments, amount, with_customer, refunded = await _sums(
        session,
        "select count(*), sum(amount), count(customer), sum(refunded) from payments where completed_event is not null",
    )
    (refunds,) = await _sums(session, "select count(*) from refunds")
    return {
        "payments": payments,
        "amount_pence": amount,
        "with_customer": with_customer,
        "refunds": refunds,
        "refunded_pence": refunded,
    }


async def _sums(session: Session, sql: str) -> list[int]:
    (row,) = await session.fetch(sql)
    return [int(value or 0) for value in row]


async def _top_members(session: Session, added: Counter[str]) -> list[TopMember]:
    """By what the rule gave them: their balance, what they spent on rewards, less what the campaign ``added``."""
    spent_by = dict(
        await session.fetch(
            "select account, -sum(amount) from transactions where redemption is not null and unit = 'points' group by account"
        )
    )
    rows = await session.fetch(
        "select customer, id, balance + pending_balance from accounts where customer is not null"
    )
    kept = [
        TopMember(customer, account, held + int(spent_by.get(account, 0)) - added[account])
        for customer, account, held in rows
    ]
    return sorted(kept, key=lambda member: (-member.balance, member.customer))[:TOP_MEMBERS]
