"""One period in figures."""

from typing import Any

from vinr_engagement.analytics import figures
from vinr_engagement.analytics.active import active_at
from vinr_engagement.analytics.books import Books, Sums
from vinr_engagement.analytics.period import Period
from vinr_engagement.analytics.tally import MEMBERS
from vinr_engagement.foundation import calendar
from vinr_engagement.foundation.clock import format_instant
from vinr_engagement.ledger import POINTS


async def summary(books: Books, period: Period) -> dict[str, Any]:
    """What happened in a period, and how things stood at its end, or now where that is to come."""
    program, now = books.program, books.now
    as_of = min(period.lt, now)
    start, end = await books.sums_at(period.bounds(now))
    current = await books.now_sums()
    pending = current.amount(POINTS, "pending_now") if period.lt >= now else end.amount(POINTS, "pending")
    within = figures.between(start, end)
    last_day = calendar.day_number(as_of - (period.lt < now), program.zone)
    return {
        "object": "analytics_summary",
        "program": program.id,
        "timezone": program.timezone,
        "currency": program.default_currency,
        "period": {"gte": format_instant(period.gte), "lt": format_instant(period.lt)},
        "as_of": format_instant(as_of),
        "unsettled_accounts": books.unsettled,
        "enrollment": _enrollment(within, end),
        "active_members_90d": await active_at(books, last_day),
        "points": figures.points_of(start, end, pending),
        "points_liability": figures.money(program, figures.outstanding(end)),
        "redemption_rate": figures.rate(figures.redeemed(within), figures.kept(within)),
        "breakage": {
            "points": figures.flow(within, POINTS, "expired"),
            "rate": figures.rate(figures.flow(end, POINTS, "expired"), figures.kept(end)),
        },
        "redemptions": figures.redemptions_of(within),
        "tiers": figures.tiers_of(program, current),
        "credit": figures.credit_of(start, end),
    }


def _enrollment(within: Sums, end: Sums) -> dict[str, int]:
    return {
        "total": figures.members_at(end),
        "new": within.number(MEMBERS, "enrolled"),
        "closed": within.number(MEMBERS, "closed"),
        "merged": within.number(MEMBERS, "merged"),
    }
