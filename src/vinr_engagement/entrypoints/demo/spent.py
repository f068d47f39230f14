"""What members did with their points in the year."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from vinr_engagement.entrypoints.demo.offer import OFFERS
from vinr_engagement.foundation.database import Session


class RewardFigures(msgspec.Struct):
    """``redeemed`` points bought ``redemptions``; ``returned`` points came back.

    ``applied`` of them are used, for ``value_pence``; ``released`` were not used in time, ``reversed`` had their payment
    refunded in full, ``pending`` wait. ``again`` is how often a payment that came late took points anew: these are in
    ``redeemed`` twice, and once in ``returned``.
    """

    redeemed: int
    returned: int
    redemptions: int
    applied: int
    released: int
    reversed: int
    pending: int
    again: int
    value_pence: int


async def read(session: Session) -> RewardFigures:
    """How redemptions ended."""
    rows = await session.fetch("select reward_name, status, count(*) from redemptions group by reward_name, status")
    ended = _by_status(rows)
    ((redeemed, returned, debits),) = await session.fetch(
        "select -sum(case when type = 'redeem' then amount end), sum(case when type = 'reverse' then amount end),"
        " count(case when type = 'redeem' then 1 end) from transactions where unit = 'points' and redemption is not null"
    )
    redemptions = sum(ended.values())
    return RewardFigures(
        redeemed=int(redeemed or 0),
        returned=int(returned or 0),
        redemptions=redemptions,
        applied=ended["applied"],
        released=ended["released"],
        reversed=ended["reversed"],
        pending=ended["pending"],
        again=debits - redemptions,
        value_pence=_value_pence(rows),
    )


def _by_status(rows: Iterable[tuple[str, str, int]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for _, status, count in rows:
        found[status] += count
    return found


def _value_pence(rows: Iterable[tuple[str, str, int]]) -> int:
    values = {offer.name: offer.value for offer in OFFERS}
    return sum(values[name] * count for name, status, count in rows if status == "applied")
