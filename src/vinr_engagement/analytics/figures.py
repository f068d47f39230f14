"""The figures of a report, each as docs/guides/analytics.md defines it."""

from typing import Any, Final

from vinr_engagement.analytics.books import Sums
from vinr_engagement.analytics.tally import CREDIT_FLOWS, FLOWS, MEMBERS, REDEMPTIONS
from vinr_engagement.foundation.decimals import round_fraction
from vinr_engagement.ledger import POINTS
from vinr_engagement.programs import Program

_SCALE: Final = 10_000
_TAKEN: Final = frozenset({"redeemed", "reversed", "expired", "spent"})
"""Kinds whose rows take points away, and which are shown without their sign."""
TIER: Final = "tier:"


def between(start: Sums, end: Sums) -> Sums:
    """What came together from one bound to another."""
    found = Sums(end)
    for name, (amount, number) in start.items():
        found.plus(name, -amount, -number)
    return found


def flow(sums: Sums, unit: str, kind: str) -> int:
    """One kind of movement as it is shown: what takes points away without its sign."""
    amount = sums.amount(unit, kind)
    return -amount if kind in _TAKEN else amount


def outstanding(sums: Sums) -> int:
    """The sum of all ledger rows of points."""
    return sum(sums.amount(POINTS, kind) for kind in FLOWS)


def members_at(sums: Sums) -> int:
    """How many were enrolled, and neither closed nor merged since."""
    enrolled, closed, merged = (sums.number(MEMBERS, kind) for kind in ("enrolled", "closed", "merged"))
    return enrolled - closed - merged


def money(program: Program, points: int) -> dict[str, Any]:
    """What points are worth."""
    return {"amount": points * program.currency.point_value, "currency": program.default_currency}


def rate(part: int, whole: int) -> str | None:
    """A share with four places; ``None`` of nothing."""
    if whole <= 0:
        return None
    scaled = round_fraction(abs(part) * _SCALE, whole, "nearest")
    sign = "-" if part < 0 and scaled else ""
    return f"{sign}{scaled // _SCALE}.{scaled % _SCALE:04d}"


def kept(sums: Sums) -> int:
    """Points that were given and not taken back by refunds."""
    return sum(sums.amount(POINTS, kind) for kind in ("earned", "adjusted", "reversed"))


def redeemed(sums: Sums) -> int:
    """Points that were redeemed and did not come back."""
    return -sums.amount(POINTS, "redeemed") - sums.amount(POINTS, "returned")


def points_of(start: Sums, end: Sums, pending: int) -> dict[str, int]:
    """What happened to points in a period, and what was outstanding before and after it."""
    period = between(start, end)
    return {
        **{kind: flow(period, POINTS, kind) for kind in FLOWS},
        "outstanding_before": outstanding(start),
        "outstanding": outstanding(end),
        "pending": pending,
    }


def credit_of(start: Sums, end: Sums) -> list[dict[str, Any]]:
    """Store credit by currency, in minor units."""
    period = between(start, end)
    units = sorted({unit for unit, kind in end if unit not in (POINTS, MEMBERS, REDEMPTIONS) and kind in CREDIT_FLOWS})
    return [
        {
            "currency": unit,
            **{kind: flow(period, unit, kind) for kind in CREDIT_FLOWS},
            "outstanding_before": sum(start.amount(unit, kind) for kind in CREDIT_FLOWS),
            "outstanding": sum(end.amount(unit, kind) for kind in CREDIT_FLOWS),
        }
        for unit in units
    ]


def redemptions_of(period: Sums) -> dict[str, int]:
    """Redemptions by what became of them in the period, and what those that were made in it cost."""
    counts = {kind: period.number(REDEMPTIONS, kind) for kind in ("applied", "released", "reversed")}
    made = period.number(REDEMPTIONS, "created")
    return {"count": made, "points": period.amount(REDEMPTIONS, "created"), **counts}


def tiers_of(program: Program, sums: Sums) -> list[dict[str, Any]]:
    """Active members by tier as they are now, lowest tier first; those of no tier, or of one that is gone, last."""
    counts = {kind.removeprefix(TIER): number for (unit, kind), (_, number) in sums.items() if kind.startswith(TIER)}
    steps = [
        {"tier": tier.key, "name": tier.name, "rank": tier.rank, "members": counts.pop(tier.key, 0)}
        for tier in sorted(program.tier_config.tiers, key=lambda tier: tier.rank)
    ]
    others = [{"tier": key or None, "name": None, "rank": None, "members": n} for key, n in sorted(counts.items()) if n]
    return steps + (others if program.tier_config.tiers else [])
