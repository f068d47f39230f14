"""A member's way through a challenge: events count, refunds take back, and each time the target is met there is a bonus."""

from vinr_engagement import campaigns, ledger, outbox, rules
from vinr_engagement.campaigns import Campaign, CampaignMember, Challenge, Completion, Contribution, Progress
from vinr_engagement.commands import awards, campaign_books, standing
from vinr_engagement.commands.awards import Occasion, TakeBack
from vinr_engagement.commands.campaign_books import Looked, Share
from vinr_engagement.commands.context import Context
from vinr_engagement.ledger import Cause, Source, Transaction
from vinr_engagement.members import Account
from vinr_engagement.programs import Program
from vinr_engagement.rules import Terms
from vinr_engagement.rules.fields import LARGEST


def meets_at_once(looked: Looked, terms: Terms) -> bool:
    """Whether a newcomer would meet the target by this event alone."""
    return _challenge(looked.campaign, looked.place).completions(terms.points(terms.amount), 1) > 0


def count(
    context: Context,
    program: Program,
    account: Account,
    looked: Looked,
    terms: Terms,
    occasion: Occasion,
    *,
    kept: bool,
) -> Contribution | None:
    """Adds an event to the member's progress and gives the bonus where the target is met; notes what came of it.

    ``kept`` is for what no refund can take back. Answers what a purchase is to remember.
    """
    counted = terms.points(terms.amount)
    if counted == 0:
        return None
    campaign, place = looked.campaign, looked.place
    member = campaign_books.member_of(context, account, campaign.id)
    every = campaigns.progress_of(member.progress)
    progress = every.setdefault(str(place), Progress())
    progress.value += counted
    progress.kept += counted if kept else 0
    challenge = _challenge(campaign, place)
    met = progress.missing(challenge)
    if met > 0:
        progress.completions.append(_give(context, program, account, looked, challenge, met, occasion))
    looked.matched, looked.reason = True, None if looked.points else "progressed"
    _save(context, account, campaign, place, member, every, completed=met > 0)
    return Contribution(campaign.id, place, account.id, counted, terms)


def _give(
    context: Context,
    program: Program,
    account: Account,
    looked: Looked,
    challenge: Challenge,
    met: int,
    occasion: Occasion,
) -> Completion:
    """The bonus for a target that was met so many times at once, cut to what the campaign has left."""
    campaign = looked.campaign
    left = campaign_books.room(context, campaign, account)
    times = met if left.times is None else max(0, min(met, left.times))
    terms = Terms("fixed", min(challenge.points * times, LARGEST), 1, "down")
    limited = rules.limit(terms, cap_points=left.points, budget_points=left.budget)
    if limited.points == 0:
        return Completion(None, account.bucket, met, 0, 0, 0, 0, 0, budgeted=False)
    cause = Cause(
        "earn", Source("campaign", campaign.id), reason="challenge", event=occasion.event, campaign=campaign.id
    )
    explanation = {"award": {"type": "challenge", "points": challenge.points}, **limited.explanation}
    row, day = awards.post(context, program, account, limited.points, cause, explanation, occasion)
    share = campaign_books.share_of(campaign, limited.points, times)
    campaign_books.book(context, account, share)
    looked.brought(limited.points, row.id)
    return Completion(row.id, row.bucket, met, times, limited.points, 0, 0, day, share.budgeted)


def uncount(
    context: Context,
    program: Program,
    account: Account,
    campaign: Campaign,
    place: int,
    lost: int,
    refunds: TakeBack,
) -> list[Transaction]:
    """Takes from the member's progress what a refund took from a payment; reverses the bonuses that are no longer due."""
    challenge = _challenge(campaign, place)
    member = campaign_books.member_of(context, account, campaign.id)
    every = campaigns.progress_of(member.progress)
    progress = every[str(place)]
    progress.value -= lost
    rows = []
    while (unmet := -progress.missing(challenge)) > 0:
        completion = progress.newest()
        row = _reverse(context, program, account, campaign, completion, min(unmet, completion.met), refunds)
        rows += [] if row is None else [row]
    progress.drop_reversed()
    _save(context, account, campaign, place, member, every, completed=False)
    return rows


def _reverse(
    context: Context,
    program: Program,
    account: Account,
    campaign: Campaign,
    completion: Completion,
    unmet: int,
    refunds: TakeBack,
) -> Transaction | None:
    """Takes back the part of a bonus that was for so many completions; what expired of it counts as taken."""
    due = completion.release(unmet)
    if completion.transaction is None or due.points == 0:
        return None
    lot = context.state.find(ledger.LOTS, (completion.bucket, account.id, completion.transaction))
    assert lot is not None, f"the lot of {completion.transaction} is missing"
    share = Share(campaign.id, 0, 0, 0, 0, completion.budgeted)
    campaign_books.unbook(context, account, share, due.points, due.times)
    standing.watch(context, account)
    standing.count(context, account, completion.day, bucket=completion.bucket, points=-due.points)
    owed = max(0, completion.due - lot.expired - completion.reversed)
    completion.reversed += owed
    member = campaign_books.member_of(context, account, campaign.id)
    member.given -= due.points
    member.due, member.reversed = member.due + due.points, member.reversed + owed
    if owed == 0:
        return None
    cause = Cause(
        "reverse",
        Source("campaign", campaign.id),
        reason=refunds.reason,
        event=refunds.event,
        campaign=campaign.id,
        reverses=completion.transaction,
    )
    at = min(refunds.at, context.now)
    return ledger.reverse(
        context.state, account, program, lot, owed, cause, due=completion.due, now=context.now, effective_at=at
    )


def _challenge(campaign: Campaign, place: int) -> Challenge:
    found = campaign.mechanics[place]
    assert isinstance(found, Challenge)
    return found


def _save(
    context: Context,
    account: Account,
    campaign: Campaign,
    place: int,
    member: CampaignMember,
    every: dict[str, Progress],
    *,
    completed: bool,
) -> None:
    """Writes the progress down and tells of it."""
    member.progress = campaigns.encoded(every)
    snapshot = campaigns.challenge_snapshot(
        campaign.id, account.id, place, _challenge(campaign, place), every[str(place)]
    )
    event = "campaign.completed" if completed else "campaign.progressed"
    outbox.record(context.state, account, event, snapshot, context.now)
