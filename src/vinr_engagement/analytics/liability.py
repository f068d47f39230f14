"""What a program owes its members in points: by when it was earned, by when it expires, and how much of it may be redeemed."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final, NamedTuple

from vinr_engagement.analytics import figures
from vinr_engagement.analytics.books import Books, Sums
from vinr_engagement.analytics.period import month_text
from vinr_engagement.analytics.vintages import BY_EARNING, by_expiry, by_month
from vinr_engagement.foundation.clock import format_instant
from vinr_engagement.foundation.database import Changes
from vinr_engagement.foundation.decimals import round_fraction
from vinr_engagement.ledger import POINTS
from vinr_engagement.programs import Program

MATURED_MONTHS: Final = 24
"""The estimate looks at so many months at most, the latest of those of which nothing is open any more."""


class Estimate(NamedTuple):
    """The share of points that members redeemed, and how it was found. ``share`` is ``None`` without history."""

    share: Fraction | None
    method: str

    def expected(self, points: int) -> int | None:
        """How many of these points may be redeemed."""
        if self.share is None:
            return None
        sign = -1 if points < 0 else 1
        return sign * round_fraction(abs(points) * self.share.numerator, self.share.denominator, "nearest")


async def liability(books: Books, changes: Sequence[Changes]) -> dict[str, Any]:
    """How things stand now. ``changes`` are those of what was foreseen."""
    program, current = books.program, await books.now_sums()
    vintages, expiries = await by_month(books, BY_EARNING), await by_expiry(books, changes)
    estimate = estimate_of(vintages)
    outstanding, debt = figures.outstanding(current), current.amount(POINTS, "debt")
    expected = {month: estimate.expected(_open(sums)) for month, sums in vintages.items()}
    return {
        "object": "liability",
        "program": program.id,
        "timezone": program.timezone,
        "as_of": format_instant(books.now),
        "unsettled_accounts": books.unsettled,
        "currency": program.default_currency,
        "points": {
            "outstanding": outstanding,
            "pending": current.amount(POINTS, "pending_now"),
            "debt": debt,
            "held": outstanding + debt,
        },
        "points_liability": figures.money(program, outstanding),
        "by_earning_month": [
            {"month": month_text(month), **_worth(program, _open(sums)), "expected_points": expected[month]}
            for month, sums in vintages.items()
            if _open(sums)
        ],
        "by_expiry_month": [
            {"month": None if month is None else month_text(month), **_worth(program, points)}
            for month, points in sorted(expiries.items(), key=lambda item: (item[0] is None, item[0] or 0))
        ],
        "estimate": _estimate(program, estimate, list(expected.values())),
    }


def _open(sums: Sums) -> int:
    return sums.amount(POINTS, "open_earned")


def _worth(program: Program, points: int) -> dict[str, int]:
    return {"points": points, "amount": points * program.currency.point_value}


def _estimate(program: Program, estimate: Estimate, expected: Sequence[int | None]) -> dict[str, Any]:
    share, points = estimate.share, None if estimate.share is None else sum(each or 0 for each in expected)
    return {
        "expected_redemption_rate": None if share is None else figures.rate(share.numerator, share.denominator),
        "expected_points": points,
        "expected_liability": None if points is None else figures.money(program, points),
        "method": estimate.method,
    }


def estimate_of(vintages: Mapping[int, Sums]) -> Estimate:
    """The share of the points of matured months that was redeemed.

    A month has matured when of all that was earned in it nothing is open any more. Of its points those that refunds took back
    do not count; the others were redeemed or have expired.
    """
    matured = [(month, sums) for month, sums in vintages.items() if not _open(sums) and _kept(sums) > 0]
    matured = matured[-MATURED_MONTHS:]
    kept = sum(_kept(sums) for _, sums in matured)
    if not kept:
        return Estimate(
            None,
            "No estimate: of every month in which points were earned some are still open, so none shows how it ends.",
        )
    expired = sum(sums.amount(POINTS, "vintage_expired") for _, sums in matured)
    used = max(0, kept - expired)
    first, last = month_text(matured[0][0]), month_text(matured[-1][0])
    months = f"in {first}" if first == last else f"from {first} to {last}"
    return Estimate(
        Fraction(used, kept),
        f"Of the {kept} points given {months}, in months of which nothing is open any more, {used} were redeemed and {expired}"
        " expired; those that refunds took back are left out. The same share is expected of every open point, however old it"
        " is.",
    )


def _kept(sums: Sums) -> int:
    return sums.amount(POINTS, "vintage_credited") - sums.amount(POINTS, "vintage_reversed")
