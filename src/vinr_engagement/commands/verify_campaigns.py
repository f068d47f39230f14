"""Checks of campaigns: what each counts of its members and its budget is what was given and not taken back."""

from collections.abc import Callable
from typing import Any

from vinr_engagement import campaigns, outbox
from vinr_engagement.campaigns import CampaignMember, CampaignRow
from vinr_engagement.commands.awards import Award, awards_of
from vinr_engagement.commands.verify_report import Report, Tally
from vinr_engagement.foundation import json
from vinr_engagement.foundation.database import Session
from vinr_engagement.payments import Purchase


async def check_campaigns(session: Session, tally: Tally, first: int, last: int) -> None:
    """The members of campaigns in a range of buckets, and what was given there that no payment remembers."""
    budgeted = {row.id for row in await _campaigns(session) if json.decode(row.body)["budget"] is not None}
    where = "bucket between $1 and $2"
    for member in await session.rows(campaigns.CAMPAIGN_MEMBERS, where, first, last):
        _expect(tally, member)
    for account, campaign, points in await session.fetch(_BONUSES, first, last):
        tally.add(account, f"campaign_bonus:{campaign}", -int(points))
    await _count_events(session, tally, budgeted, first, last)


def _expect(tally: Tally, member: CampaignMember) -> None:
    """What the row of a member has to add up to."""
    account, campaign = member.account, member.campaign
    tally.add(account, f"campaign_points:{campaign}", member.points)
    tally.add(account, f"campaign_given:{campaign}", member.given)
    tally.add(account, f"campaign_times:{campaign}", member.times)
    tally.add(account, f"campaign_spend:{campaign}", member.spend)
    tally.add(account, "reversed", member.reversed)
    tally.add(account, "days", member.due)
    for place, progress in campaigns.progress_of(member.progress).items():
        tally.add(account, f"campaign_progress:{campaign}[{place}]", progress.value - progress.kept)
        for completion in progress.completions:
            tally.add(account, f"campaign_bonus:{campaign}", completion.kept)
            points = completion.points
            _given(tally, account, campaign, points, points, completion.times, budgeted=completion.budgeted)


def _given(tally: Tally, account: str, campaign: str, given: int, points: int, times: int, *, budgeted: bool) -> None:
    """Takes what a campaign gave, and what limits count of it, from what it counts."""
    tally.add(account, f"campaign_given:{campaign}", -given)
    tally.add(account, f"campaign_points:{campaign}", -points)
    tally.add(account, f"campaign_times:{campaign}", -times)
    if budgeted:
        tally.budgeted(campaign, points)


_BONUSES = (
    "select account, campaign, sum(case when type = 'earn' then amount else amount - uncollected end) from transactions"
    " where bucket between $1 and $2 and source_type = 'campaign' and campaign is not null group by account, campaign"
)


async def _count_events(session: Session, tally: Tally, budgeted: set[str], first: int, last: int) -> None:
    """What campaigns gave for events that are not about money: nothing of it is ever taken back."""
    rows = await session.fetch(
        "select account, campaign, rule, event, amount, explanation from transactions where bucket between $1 and $2"
        " and type = 'earn' and campaign is not null and source_type not in ('payment', 'invoice', 'campaign')",
        first,
        last,
    )
    multiplied: set[tuple[Any, ...]] = set()
    for account, campaign, rule, event, amount, explanation in rows:
        points, times = amount, 1
        if rule is not None:
            points = json.decode(explanation)["campaign"]["points"]
            times = 0 if (account, campaign, event) in multiplied else 1
            multiplied.add((account, campaign, event))
        _given(tally, account, campaign, points, points, times, budgeted=campaign in budgeted)


def count_share(tally: Tally, owner: str, award: Award) -> None:
    """Takes a campaign's share of an award of a payment from what the campaign counts."""
    if award.share is not None:
        share, times = award.share, award.share.times if award.share.left else 0
        _given(tally, owner, share.campaign, share.given, share.left, times, budgeted=share.budgeted)


def contributors(purchase: Purchase) -> set[str]:
    """Whose progress in challenges a payment counts in, by the accounts as they were then."""
    return {each.account for each in campaigns.contributions_of(purchase.contributions)}


def count_purchase(tally: Tally, purchase: Purchase, owner_of: Callable[[str], str]) -> None:
    """Takes the spend of a payment, and what it counts in challenges, from what campaigns count.

    ``owner_of`` answers which account an account's history belongs to now.
    """
    contributions = campaigns.contributions_of(purchase.contributions)
    named = {each.campaign for each in contributions}
    named |= {award.share.campaign for award in awards_of(purchase) if award.share is not None}
    for campaign in named:
        tally.add(purchase.account, f"campaign_spend:{campaign}", -purchase.net_spend)
    for each in contributions:
        tally.add(owner_of(each.account), f"campaign_progress:{each.campaign}[{each.place}]", -each.counted)


async def _campaigns(session: Session) -> list[CampaignRow]:
    return await session.rows(campaigns.CAMPAIGNS, "true order by id")


async def told_of_campaigns(session: Session, first: int, last: int) -> set[str]:
    """The campaigns whose facts are in a range of buckets."""
    return {row.id for row in await _campaigns(session) if first <= row.bucket <= last}


async def check_announced(session: Session, report: Report) -> None:
    """A campaign's facts are numbered from 1 without a gap."""
    for row in await _campaigns(session):
        told = await session.rows(
            outbox.OUTGOING_EVENTS, "bucket = $1 and account = $2 order by sequence", row.bucket, row.id
        )
        numbers = [event.sequence for event in told]
        if numbers != list(range(1, row.sequence + 1)):
            report.fault(None, "outgoing", f"the events of campaign {row.id} are {numbers}; it counts {row.sequence}")
