"""Campaigns: for a time and an audience, more points than usual. What each is, does, and brought to whom."""

from vinr_engagement.campaigns.announce import Announcement, next_due, reschedule
from vinr_engagement.campaigns.campaign import (
    METRICS,
    MOST_MECHANICS,
    Audience,
    Campaign,
    Status,
    normalise,
    parse_campaign,
    status_at,
)
from vinr_engagement.campaigns.mechanics import KINDS, Challenge, FeaturedReward, Judged, Mechanic
from vinr_engagement.campaigns.progress import (
    Completion,
    Contribution,
    Progress,
    combined,
    contributions_of,
    encoded,
    progress_of,
)
from vinr_engagement.campaigns.snapshot import campaign_snapshot, challenge_snapshot, member_snapshot
from vinr_engagement.campaigns.tables import (
    CAMPAIGN_MEMBERS,
    CAMPAIGNS,
    CAMPAIGNS_OF_ACCOUNT,
    CampaignMember,
    CampaignRow,
    new_member,
)

__all__ = [
    "CAMPAIGNS",
    "CAMPAIGNS_OF_ACCOUNT",
    "CAMPAIGN_MEMBERS",
    "KINDS",
    "METRICS",
    "MOST_MECHANICS",
    "Announcement",
    "Audience",
    "Campaign",
    "CampaignMember",
    "CampaignRow",
    "Challenge",
    "Completion",
    "Contribution",
    "FeaturedReward",
    "Judged",
    "Mechanic",
    "Progress",
    "Status",
    "campaign_snapshot",
    "challenge_snapshot",
    "combined",
    "contributions_of",
    "encoded",
    "featured_cost",
    "member_snapshot",
    "new_member",
    "next_due",
    "normalise",
    "parse_campaign",
    "progress_of",
    "reschedule",
    "status_at",
]


def featured_cost(active: list[Campaign], reward: str) -> tuple[int, Campaign] | None:
    """The least that a reward costs in these campaigns, and in which; None where none features it."""
    offers = [
        (cost, campaign)
        for campaign in active
        for mechanic in campaign.mechanics
        if (cost := mechanic.discounted_cost(reward)) is not None
    ]
    return min(offers, key=lambda offer: offer[0], default=None)
