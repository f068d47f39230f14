"""Reading campaigns: their rows, results and members."""

from collections.abc import Iterable
from typing import NamedTuple

from vinr_engagement.campaigns.campaign import Status
from vinr_engagement.campaigns.tables import CAMPAIGN_MEMBERS, CAMPAIGNS, CampaignMember, CampaignRow
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Filters, Page, Window, page
from vinr_engagement.members import Account


class Results(NamedTuple):
    """What a campaign brought so far, net of what was reversed."""

    members_reached: int
    points_given: int
    awards: int
    spend: int


async def get_campaign(session: Session, identifier: str) -> CampaignRow | None:
    """One campaign, whatever its status."""
    found = await get_campaigns(session, [identifier])
    return found[0] if found else None


async def get_campaigns(session: Session, identifiers: Iterable[str]) -> list[CampaignRow]:
    """The campaigns that exist of these."""
    keys = [(identifier,) for identifier in identifiers]
    return await session.find(CAMPAIGNS, keys) if keys else []


async def list_campaigns(
    session: Session, window: Window, *, program: str | None, status: Status | None, now: Instant
) -> Page[CampaignRow]:
    """Campaigns, newest first; ``status`` is the one that is shown at ``now``."""
    return await page(session, CAMPAIGNS, window, _of_status(status, now).equal("program", program))


def _of_status(status: Status | None, now: Instant) -> Filters:
    filters = Filters()
    if status is None:
        return filters
    if status in ("draft", "archived"):
        return filters.equal("state", status)
    filters.equal("state", "launched")
    if status == "scheduled":
        return filters.where("starts_at > {}", now)
    filters.where("(starts_at is null or starts_at <= {})", now)
    if status == "ended":
        return filters.where("ends_at <= {}", now)
    return filters.where("(ends_at is null or ends_at > {})", now)


async def due_campaigns(session: Session, now: Instant, limit: int) -> list[str]:
    """Campaigns of which there is something to tell, those that have waited longest first."""
    rows = await session.fetch("select id from campaigns where due_at <= $1 order by due_at limit $2", now, limit)
    return [identifier for (identifier,) in rows]


async def results_of(session: Session, campaign: str) -> Results:
    """The sums of a campaign, by its index: the ledger is not read."""
    ((reached, points, times, spend),) = await session.fetch(
        "select coalesce(sum(case when times > 0 then 1 else 0 end), 0), coalesce(sum(given), 0), coalesce(sum(times), 0),"
        " coalesce(sum(spend), 0) from campaign_members where campaign = $1",
        campaign,
    )
    return Results(int(reached), int(points), int(times), int(spend))


async def member_of(session: Session, account: Account, campaign: str) -> CampaignMember | None:
    """What a campaign brought to one member; None where it brought nothing."""
    found = await session.find(CAMPAIGN_MEMBERS, [(account.bucket, account.id, campaign)])
    return found[0] if found else None


async def campaigns_of(session: Session, account: Account) -> list[CampaignMember]:
    """What all campaigns brought to a member."""
    return await session.rows(
        CAMPAIGN_MEMBERS, "bucket = $1 and account = $2 order by campaign", account.bucket, account.id
    )
