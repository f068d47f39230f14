"""Figures by day, week or month of a program's timezone."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Final

from vinr_engagement.analytics import figures
from vinr_engagement.analytics.active import active_on
from vinr_engagement.analytics.books import Books, Name, Sums
from vinr_engagement.analytics.period import Interval, Period, bound_of, buckets
from vinr_engagement.analytics.tally import FLOWS, MEMBERS, REDEMPTIONS
from vinr_engagement.foundation import calendar
from vinr_engagement.foundation.clock import format_instant
from vinr_engagement.ledger import POINTS
from vinr_engagement.programs import Program

_ALL_FLOWS: Final = tuple((POINTS, kind) for kind in FLOWS)
_MEMBERS: Final = tuple((MEMBERS, kind) for kind in ("enrolled", "closed", "merged"))
ACTIVE: Final = "active_members_90d"
_PENDING: Final = "pending"
_FLOWS: Final[dict[str, tuple[Name, ...]]] = {
    **{kind: ((POINTS, kind),) for kind in FLOWS},
    "enrolled": ((MEMBERS, "enrolled"),),
    "redemptions": ((REDEMPTIONS, "created"),),
}
_STANDS: Final[dict[str, tuple[Name, ...]]] = {
    "outstanding": _ALL_FLOWS,
    "points_liability": _ALL_FLOWS,
    _PENDING: ((POINTS, _PENDING),),
    "members": _MEMBERS,
}
METRICS: Final = (*_FLOWS, *_STANDS, ACTIVE)
"""What can be asked for: what happened in each bucket, or how things stood at its end."""


async def timeseries(books: Books, period: Period, interval: Interval, metrics: Sequence[str]) -> dict[str, Any]:
    """The metrics for each bucket of a period. Raises ``Invalid`` for too many buckets."""
    listed = buckets(period, interval, books.program.zone)
    values = await _values(books, listed, metrics)
    return {
        "object": "analytics_timeseries",
        "program": books.program.id,
        "interval": interval,
        "timezone": books.program.timezone,
        "currency": books.program.default_currency,
        "period": {"gte": format_instant(period.gte), "lt": format_instant(period.lt)},
        "as_of": format_instant(min(period.lt, books.now)),
        "unsettled_accounts": books.unsettled,
        "metrics": list(metrics),
        "data": [
            {
                "start": format_instant(bucket.gte),
                "end": format_instant(bucket.lt),
                "values": {metric: values[metric][place] for metric in metrics},
            }
            for place, bucket in enumerate(listed)
        ],
    }


async def _values(books: Books, listed: Sequence[Period], metrics: Sequence[str]) -> dict[str, list[int]]:
    kinds = {name for metric in metrics for name in (_FLOWS | _STANDS).get(metric, ())}
    bounds = [listed[0].bounds(books.now)[0], *(bound_of(bucket.lt, books.now) for bucket in listed)]
    sums = await books.sums_at(bounds, sorted(kinds)) if kinds else [Sums()] * len(bounds)
    found = {
        metric: [_value(books.program, metric, *pair) for pair in pairwise(sums)]
        for metric in metrics
        if metric != ACTIVE
    }
    if ACTIVE in metrics:
        found[ACTIVE] = await active_on(books, [_last_day(books, bucket) for bucket in listed])
    if _PENDING in metrics:
        await _correct_pending(books, listed, found[_PENDING])
    return found


def _value(program: Program, metric: str, start: Sums, end: Sums) -> int:
    if metric in _FLOWS:
        period = figures.between(start, end)
        ((unit, kind),) = _FLOWS[metric]
        return figures.flow(period, unit, kind) if unit == POINTS else period.number(unit, kind)
    return _STANDINGS[metric](program, end)


_STANDINGS: Final[dict[str, Callable[[Program, Sums], int]]] = {
    "outstanding": lambda _, sums: figures.outstanding(sums),
    "points_liability": lambda program, sums: figures.outstanding(sums) * program.currency.point_value,
    _PENDING: lambda _, sums: sums.amount(POINTS, _PENDING),
    "members": lambda _, sums: figures.members_at(sums),
}


async def _correct_pending(books: Books, listed: Sequence[Period], values: list[int]) -> None:
    """What is pending now is counted as such: the quarter of now has not ended, though what it will release is known."""
    current = (await books.now_sums()).amount(POINTS, "pending_now")
    for place, bucket in enumerate(listed):
        if bucket.lt >= books.now:
            values[place] = current


def _last_day(books: Books, bucket: Period) -> int:
    """The local day that a bucket ends in, or that of now where it is to come."""
    moment = books.now if bucket.lt > books.now else bucket.lt - 1
    return calendar.day_number(moment, books.program.zone)
