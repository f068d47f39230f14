"""What the campaign added in the year."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from vinr_engagement.campaigns import queries as campaign_queries
from vinr_engagement.commands.awards import awards_of
from vinr_engagement.foundation import calendar
from vinr_engagement.foundation.database import Session
from vinr_engagement.payments import PURCHASES, Purchase
from vinr_engagement.programs import Program


class CampaignFigures(msgspec.Struct):
    """``members_reached`` got ``earned`` points more than the rule gave, for ``awards`` payments of ``spend_pence`` net; refunds
    took ``reversed`` of them, ``kept`` are left. It began on the local day ``starts_on``.
    """

    starts_on: str
    members_reached: int
    awards: int
    spend_pence: int
    earned: int
    reversed: int
    kept: int


class Added(NamedTuple):
    """The figures, and the points that each account kept of what the campaign added."""

    figures: CampaignFigures
    kept: Counter[str]


class _Part(NamedTuple):
    """What of one award is the campaign's."""

    account: str
    earned: int
    kept: int


async def read(session: Session, program: Program) -> Added:
    """What the one campaign brought: the difference between each award that it raised and the same without it."""
    ((campaign, starts_at),) = await session.fetch("select id, starts_at from campaigns")
    results = await campaign_queries.results_of(session, campaign)
    purchases = await session.rows(PURCHASES, "awards like $1", f"%{campaign}%")
    parts = list(_parts(purchases))
    kept: Counter[str] = Counter()
    for part in parts:
        kept[part.account] += part.kept
    earned = sum(part.earned for part in parts)
    figures = CampaignFigures(
        starts_on=calendar.local_day(starts_at, program.zone).isoformat(),
        members_reached=len({part.account for part in parts if part.kept}),
        awards=len(parts),
        spend_pence=results.spend,
        earned=earned,
        reversed=earned - results.points_given,
        kept=results.points_given,
    )
    return Added(figures, kept)


def _parts(purchases: Iterable[Purchase]) -> Iterator[_Part]:
    for purchase in purchases:
        for award in awards_of(purchase):
            if award.share is not None:
                yield _Part(purchase.account, award.share.points, award.share.given)
