"""Campaigns and an event: which apply to a member, what they give, and what refunds take back of it."""

from collections.abc import Sequence
from fractions import Fraction

import msgspec

from vinr_engagement import campaigns
from vinr_engagement.campaigns import Campaign, Contribution, Judged
from vinr_engagement.commands import appraise, awards, campaign_books, challenges
from vinr_engagement.commands.awards import Award, Occasion, TakeBack
from vinr_engagement.commands.campaign_books import Looked
from vinr_engagement.commands.configuration import ProgramRules
from vinr_engagement.commands.context import Context
from vinr_engagement.ledger import Transaction
from vinr_engagement.members import Account
from vinr_engagement.payments import Purchase
from vinr_engagement.programs import Program
from vinr_engagement.rules import CampaignFactor, Facts, Needs


def look(context: Context, entry: ProgramRules, trigger: str, account: Account | None, facts: Facts) -> list[Looked]:
    """Every mechanic of the program's campaigns that reacts to a trigger, and whether it applies by what
    ``appraise.facts_of`` answered. Empty where no campaign reacts. May raise ``NotGathered``.
    """
    listed = entry.campaigns_for(trigger)
    if not listed:
        return []
    tier = appraise.tier_of(entry.program, account)
    looked = [
        _look_at(context, campaign, place, account, facts, tier)
        for campaign in listed
        for place, mechanic in enumerate(campaign.mechanics)
        if mechanic.trigger == trigger
    ]
    _choose(looked)
    return looked


def _look_at(
    context: Context, campaign: Campaign, place: int, account: Account | None, facts: Facts, tier: str | None
) -> Looked:
    mechanic = campaign.mechanics[place]
    reason = campaign.closed(facts.at) or (None if _in_audience(campaign, facts, tier) else "not_in_audience")
    if reason is not None:
        return Looked(campaign, place, mechanic, _NOT_JUDGED, reason)
    judged = mechanic.judge(facts)
    if not judged.holds:
        return Looked(campaign, place, mechanic, judged, "condition_failed", judged.failed)
    counts = mechanic.contribution(judged) is not None  # whether or not a bonus is left to give
    refusal = None if counts else campaign_books.room(context, campaign, account).refusal
    return Looked(campaign, place, mechanic, judged, refusal)


_NOT_JUDGED = Judged(False)


def _in_audience(campaign: Campaign, facts: Facts, tier: str | None) -> bool:
    audience = campaign.audience
    if audience.tier is not None:
        return tier == audience.tier
    return audience.segment is None or audience.segment in facts.segments


def _choose(looked: list[Looked]) -> None:
    """Of the factors that apply only the highest counts; the first of equal ones."""
    best = boost_of(looked)
    for each in looked:
        if each.reason is None and each is not best and each.mechanic.factor() is not None:
            each.reason = "not_the_best"


def boost_of(looked: Sequence[Looked]) -> Looked | None:
    """The multiplier that counts for an event."""
    best: Looked | None = None
    highest: Fraction | None = None
    for each in looked:
        factor = each.mechanic.factor() if each.reason is None else None
        if factor is not None and (highest is None or factor > highest):
            best, highest = each, factor
    return best


def factors_of(looked: Sequence[Looked]) -> list[CampaignFactor]:
    """The multipliers as the rules count them: the one that counts, and those that would if a refund ends it."""
    return [
        CampaignFactor(each.campaign.id, factor, each.judged.floor)
        for each in looked
        if each.reason in (None, "not_the_best") and (factor := each.mechanic.factor()) is not None
    ]


def factors_in_force(entry: ProgramRules, trigger: str, account: Account | None, facts: Facts) -> list[CampaignFactor]:
    """The multipliers that apply to a member's event by schedule, audience and conditions, whatever is left of budgets and
    limits. May raise ``NotGathered``.
    """
    tier = appraise.tier_of(entry.program, account)
    return [
        CampaignFactor(campaign.id, factor, judged.floor)
        for campaign in entry.campaigns_for(trigger)
        if campaign.closed(facts.at) is None and _in_audience(campaign, facts, tier)
        for mechanic in campaign.mechanics
        if mechanic.trigger == trigger and (factor := mechanic.factor()) is not None
        if (judged := mechanic.judge(facts)).holds
    ]


def would_award(context: Context, looked: Sequence[Looked], program: Program) -> bool:
    """Whether a newcomer would get something besides what rules give."""
    return any(each.reason is None and _would_award(context, each, program) for each in looked)


def _would_award(context: Context, looked: Looked, program: Program) -> bool:
    award = looked.mechanic.award(looked.judged, program.currency.rounding)
    contribution = looked.mechanic.contribution(looked.judged)
    given = award is not None and award.points(award.amount) > 0
    if contribution is None or not challenges.meets_at_once(looked, contribution):
        return given
    return campaign_books.room(context, looked.campaign, None).refusal is None


class Brought(msgspec.Struct):
    """What campaigns brought by an event: awards and contributions that refunds will ask about."""

    awards: list[Award]
    contributions: list[Contribution]


def carry_out(
    context: Context, program: Program, account: Account, looked: Sequence[Looked], occasion: Occasion, *, money: bool
) -> Brought:
    """Gives what mechanics give besides the rules; announce the account's change first, and watch it.

    ``money`` is whether the event is about a payment that remembers what it brought.
    """
    brought = Brought([], [])
    for each in looked:
        if each.reason is None:
            _carry_out_one(context, program, account, each, occasion, brought, money=money)
        if each.reason is None and not each.matched:
            each.reason = "zero_award"
    return brought


def _carry_out_one(
    context: Context,
    program: Program,
    account: Account,
    looked: Looked,
    occasion: Occasion,
    brought: Brought,
    *,
    money: bool,
) -> None:
    terms = looked.mechanic.award(looked.judged, program.currency.rounding)
    if terms is not None:
        award = awards.give_bonus(context, program, account, looked, terms, occasion)
        brought.awards += [] if award is None else [award]
    contribution = looked.mechanic.contribution(looked.judged)
    if contribution is not None:
        counted = challenges.count(context, program, account, looked, contribution, occasion, kept=not money)
        brought.contributions += [] if counted is None or not money else [counted]


def remember(context: Context, purchase: Purchase, owed: list[Award], contributions: list[Contribution]) -> None:
    """Remembers with a purchase what it brought, and counts its spend for the campaigns that it is new to."""
    if not contributions and all(award.share is None for award in owed):
        return awards.owe(context, purchase, owed)
    known = _campaigns_of(purchase)
    awards.owe(context, purchase, owed)
    if contributions:
        held = campaigns.contributions_of(purchase.contributions)
        context.state.change(purchase).contributions = campaigns.encoded(held + contributions)
    new = {award.share.campaign for award in owed if award.share is not None}
    new |= {each.campaign for each in contributions}
    return count_spend(context, purchase, purchase.net_spend, new - known)


def _campaigns_of(purchase: Purchase) -> set[str]:
    found = {award.share.campaign for award in awards.awards_of(purchase) if award.share is not None}
    return found | {each.campaign for each in campaigns.contributions_of(purchase.contributions)}


def count_spend(context: Context, purchase: Purchase, spend: int, named: set[str] | None = None) -> None:
    """Adds to the spend that campaigns count of a member: those named, or all that the purchase has something of."""
    for campaign in sorted(_campaigns_of(purchase) if named is None else named) if spend else ():
        account = context.survivor(purchase.account)
        assert account is not None
        campaign_books.member_of(context, account, campaign).spend += spend


def take_back(context: Context, program: Program, purchase: Purchase, refunds: TakeBack) -> list[Transaction]:
    """Brings what a purchase counts in challenges to what its net amount counts; bonuses whose target is no longer met are
    reversed.
    """
    if purchase.contributions == "[]":
        return []
    listed = campaigns.contributions_of(purchase.contributions)
    entry = context.configuration.programs[program.id]
    rows = []
    for each in listed:
        net = awards.net_for(each.terms, refunds.payment, refunds.net)
        lost = each.counted - min(each.counted, each.terms.points(net))
        if lost:
            each.counted -= lost
            campaign, account = entry.campaigns[each.campaign], context.survivor(each.account)
            assert account is not None
            rows += challenges.uncount(context, program, account, campaign, each.place, lost, refunds)
    context.state.change(purchase).contributions = campaigns.encoded(listed)
    return rows


def featured_cost(context: Context, entry: ProgramRules, account: Account, reward: str) -> tuple[int, Campaign] | None:
    """What a reward costs the member now by a campaign that features it, the cheapest, and which; None by none.

    May raise ``NotGathered``.
    """
    active = [each for each in entry.featuring if each.closed(context.now) is None]
    if not active:
        return None
    segments = frozenset(each.audience.segment for each in active if each.audience.segment is not None)
    needs = entry.with_segments(Needs(segments=segments))
    facts = appraise.facts_about(context, entry, account, context.now, needs)
    tier = appraise.tier_of(entry.program, account)
    return campaigns.featured_cost([each for each in active if _in_audience(each, facts, tier)], reward)
