"""What campaigns have given, to one member and in all, and what each has left: every award and every refund goes through here.

A campaign's share of an award is what the award has beyond what it would have been without the campaign. What a refund
leaves of the share depends on the net amount alone: so any refunds of the same sum end with the same share. It is kept
twice. Results want it exact; but as the net amount falls, both sides are rounded by themselves, and the difference may rise
by a point. Limits and budgets therefore count a share that never rises: a budget is not freed of a point that comes back.
"""

from typing import Any

import msgspec

from vinr_engagement import campaigns, rules
from vinr_engagement.campaigns import Campaign, CampaignMember, Judged, Mechanic
from vinr_engagement.commands.context import Context
from vinr_engagement.members import Account
from vinr_engagement.rules import Failure


class Share(msgspec.Struct, array_like=True):
    """What of an award is a campaign's: ``points`` when it was given, ``given`` after refunds, ``left`` as limits count it.

    ``times`` is 1 where it counts as a time that the campaign gave something; ``budgeted`` whether the campaign had a budget.
    """

    campaign: str
    points: int
    given: int
    left: int
    times: int
    budgeted: bool


class Looked(msgspec.Struct):
    """A mechanic looked at for an event: ``reason`` says why it does not apply, or why nothing came of it.

    ``points`` are what it gave, in the row ``transaction``.
    """

    campaign: Campaign
    place: int
    mechanic: Mechanic
    judged: Judged
    reason: str | None = None
    failed: tuple[Failure, ...] = ()
    matched: bool = False
    points: int = 0
    transaction: str | None = None

    def brought(self, points: int, transaction: str) -> None:
        """Notes what came of it."""
        self.matched, self.points, self.transaction = True, self.points + points, self.transaction or transaction


class Room(msgspec.Struct, frozen=True):
    """What a campaign has left for a member, each None where there is no such limit."""

    points: int | None
    times: int | None
    budget: int | None

    @property
    def refusal(self) -> str | None:
        """Why nothing is left, if nothing is."""
        if any(left is not None and left <= 0 for left in (self.points, self.times)):
            return "limit_reached"
        return "budget_exhausted" if self.budget is not None and self.budget <= 0 else None

    @property
    def for_points(self) -> int | None:
        """How many points there is room for."""
        return min((left for left in (self.points, self.budget) if left is not None), default=None)


def room(context: Context, campaign: Campaign, account: Account | None) -> Room:
    """What a campaign has left for a member, or for one that is enrolled by the event. Raises ``NotGathered``."""
    limit, budget = campaign.limit, None
    if campaign.budget is not None:
        held = context.state.find(rules.RULE_BUDGETS, (campaign.id,))
        budget = campaign.budget - (0 if held is None else held.points)
    if limit.points is None and limit.times is None:
        return Room(None, None, budget)
    member = None if account is None else _member(context, account, campaign.id)
    points, times = (0, 0) if member is None else (member.points, member.times)
    return Room(
        None if limit.points is None else limit.points - points,
        None if limit.times is None else limit.times - times,
        budget,
    )


def boosted(
    context: Context, account: Account, looked: Looked, terms: rules.Terms
) -> tuple[rules.Boosted, Share | None, dict[str, Any]]:
    """An award that a campaign multiplies, cut to what the campaign has left; its share, already booked, and what the
    explanation tells of it.
    """
    campaign = looked.campaign
    left = room(context, campaign, account)
    if not looked.points:  # what an enrolment brought meanwhile may have used it up
        looked.reason = left.refusal
    most = left.for_points if looked.reason is None else 0
    found = rules.limit_boost(terms, most)
    told = {"campaign": campaign.id, "points": found.extra, "points_left": most, "cut": found.cut}
    if found.extra == 0:
        return found, None, {"campaign": told}
    share = share_of(campaign, found.extra, 0 if looked.points else 1)
    book(context, account, share)
    return found, share, {"campaign": told}


def share_of(campaign: Campaign, points: int, times: int) -> Share:
    """A share that is about to be given."""
    return Share(campaign.id, points, points, points, times, campaign.budget is not None)


def release(context: Context, account: Account, share: Share, given: int, left: int) -> None:
    """Brings a share to what a refund leaves of it; with the last of it goes the time that it counted."""
    left = min(left, share.left)
    unbook(context, account, share, share.left - left, share.times if left == 0 < share.left else 0)
    member_of(context, account, share.campaign).given += given - share.given
    share.given, share.left = given, left


def book(context: Context, account: Account, share: Share) -> None:
    """Counts what a campaign gives to a member."""
    member = member_of(context, account, share.campaign)
    member.points += share.points
    member.given += share.given
    member.times += share.times
    if share.budgeted:
        _budget(context, share.campaign).points += share.points


def unbook(context: Context, account: Account, share: Share, points: int, times: int) -> None:
    """What refunds take from a share, as limits count it, frees the member's limit and the budget."""
    member = member_of(context, account, share.campaign)
    member.points = max(0, member.points - points)
    member.times = max(0, member.times - times)
    if share.budgeted:
        budget = _budget(context, share.campaign)
        budget.points = max(0, budget.points - points)


def member_of(context: Context, account: Account, campaign: str) -> CampaignMember:
    """What a campaign brought to a member, announced for change; a new row where it brought nothing yet."""
    found = _member(context, account, campaign)
    if found is None:
        return context.state.insert(campaigns.new_member(account.bucket, account.id, campaign))
    return context.state.change(found)


def _member(context: Context, account: Account, campaign: str) -> CampaignMember | None:
    return context.state.find(campaigns.CAMPAIGN_MEMBERS, (account.bucket, account.id, campaign))


def _budget(context: Context, campaign: str) -> rules.RuleBudget:
    held = context.state.find(rules.RULE_BUDGETS, (campaign,))
    return context.state.insert(rules.RuleBudget(campaign, 0)) if held is None else context.state.change(held)


def combine(context: Context, source: Account, target: Account) -> None:
    """Gives the survivor of a merge what campaigns brought to both."""
    for brought in list(context.state.select(campaigns.CAMPAIGNS_OF_ACCOUNT, (source.bucket, source.id))):
        held = member_of(context, target, brought.campaign)
        held.points, held.given = held.points + brought.points, held.given + brought.given
        held.times += brought.times
        held.spend += brought.spend
        held.due, held.reversed = held.due + brought.due, held.reversed + brought.reversed
        held.progress = campaigns.combined(held.progress, brought.progress)
        context.state.delete(brought)
