"""Awards: a verdict of the rules, cut by cap and budget, written in the ledger and remembered for refunds."""

from typing import Any

import msgspec

from vinr_engagement import ledger, payments, programs, rules
from vinr_engagement.commands import campaign_books, standing
from vinr_engagement.commands.campaign_books import Looked, Share
from vinr_engagement.commands.context import Context
from vinr_engagement.foundation import calendar
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.ledger import Cause, Source, Transaction
from vinr_engagement.members import Account
from vinr_engagement.payments import Payment, Purchase
from vinr_engagement.programs import Program

_REASONS = {
    "payment.completed": "purchase",
    "invoice.paid": "invoice",
    "loyalty.account.created": "welcome_bonus",
    "subscription.created": "subscription",
    "referral.converted": "referral",
}


class Award(msgspec.Struct, array_like=True):
    """What an earn of a payment owes to later refunds.

    ``account`` is whose earn it was (an invoice may be another member's than its payment; a referral pays two); ``rule`` is
    ``None`` for what no rule gave, a referral's own payout or a campaign's bonus; ``source_type`` and ``source_id`` say where
    it came from; ``due`` is what refunds so far took away from what it earned; ``reversed`` what was reversed of that,
    uncollected points included; ``period`` its window of the rule's cap; ``day`` the local day that its points count on,
    ``None`` for that of the purchase; ``share`` what of it is a campaign's.
    """

    transaction: str
    bucket: int
    account: str
    rule: str | None
    period: str | None
    budgeted: bool
    source_type: str
    source_id: str | None
    earned: int
    due: int
    reversed: int
    terms: rules.Terms
    day: int | None = None
    share: Share | None = None


_awards = msgspec.json.Decoder(list[Award])


def awards_of(purchase: Purchase) -> list[Award]:
    """The awards that a payment brought to an account."""
    return [] if purchase.awards == "[]" else _awards.decode(purchase.awards)


def reason_of(trigger: str) -> str:
    """The short text that a ledger row says of its trigger."""
    return _REASONS.get(trigger) or trigger.replace(".", "_")


class Given(msgspec.Struct):
    """A verdict put into effect."""

    points: int
    reason: str | None
    transaction: Transaction | None = None
    award: Award | None = None


class Occasion(msgspec.Struct):
    """What an award is for: the event, when it happened, and whether the money may still come back (``held``)."""

    trigger: str
    event: str
    at: Instant
    source: Source
    held: bool


def give(
    context: Context,
    program: Program,
    account: Account,
    rule: rules.Rule,
    verdict: rules.Verdict,
    occasion: Occasion,
    boost: Looked | None = None,
) -> Given:
    """Awards what a matched verdict says, within cap and budget; announce the account's change first, and watch it.

    ``boost`` is the campaign whose factor is in the terms.
    """
    terms, explanation, points, reason = verdict.terms, verdict.explanation, verdict.points, None
    assert terms is not None
    period = usage = budget = share = None
    if rule.cap is not None or rule.budget is not None:
        period, usage = _usage(context, program, account, rule, occasion.at)
        budget = _budget(context, rule)
        limited = _limited(rule, terms, usage, budget)
        terms, points, reason = limited.terms, limited.points, limited.reason
        explanation = {**explanation, **limited.explanation}
    if boost is not None and terms.boost:
        boosted, share, told = campaign_books.boosted(context, account, boost, terms)
        terms, points = boosted.terms, boosted.points
        explanation = {**explanation, **told, "result": points}
    if points == 0:
        return Given(0, reason or "zero_award")
    if usage is not None:
        context.state.change(usage)
        usage.points += points
        usage.times += 1
    if budget is not None:
        context.state.change(budget).points += points
    cause = Cause(
        "earn",
        occasion.source,
        reason=reason_of(occasion.trigger),
        event=occasion.event,
        rule=rule.id,
        rule_version=rule.version,
        campaign=None if share is None else share.campaign,
    )
    row, day = post(context, program, account, points, cause, explanation, occasion)
    if boost is not None and share is not None:
        boost.brought(share.points, row.id)
    owed = (row.id, row.bucket, account.id, rule.id, period, budget is not None)
    award = Award(*owed, *occasion.source, points, 0, 0, terms, day, share)
    return Given(points, None, row, award)


def give_bonus(
    context: Context, program: Program, account: Account, looked: Looked, terms: rules.Terms, occasion: Occasion
) -> Award | None:
    """Awards what a campaign's mechanic gives besides the rules, within what the campaign has left; notes what came of it."""
    campaign, left = looked.campaign, campaign_books.room(context, looked.campaign, account)
    limited = rules.limit(terms, cap_points=left.points, cap_times=left.times, budget_points=left.budget)
    if limited.points == 0:
        looked.reason = left.refusal or "zero_award"
        return None
    cause = Cause("earn", occasion.source, reason="campaign", event=occasion.event, campaign=campaign.id)
    explanation = {"award": {"type": looked.mechanic.kind, "points": terms.numerator}, **limited.explanation}
    row, day = post(context, program, account, limited.points, cause, explanation, occasion)
    share = campaign_books.share_of(campaign, limited.points, 1)
    campaign_books.book(context, account, share)
    looked.brought(limited.points, row.id)
    owed = (row.id, row.bucket, account.id, None, None, False)
    return Award(*owed, *occasion.source, limited.points, 0, 0, limited.terms, day, share)


def pay(
    context: Context, program: Program, account: Account, terms: rules.Terms, explanation: Any, occasion: Occasion
) -> Award:
    """Awards what terms say, by no rule; announce the account's change first, and watch it."""
    points = terms.points(terms.amount)
    cause = Cause("earn", occasion.source, reason=reason_of(occasion.trigger), event=occasion.event)
    row, day = post(context, program, account, points, cause, explanation, occasion)
    return Award(row.id, row.bucket, account.id, None, None, False, *occasion.source, points, 0, 0, terms, day)


def post(
    context: Context,
    program: Program,
    account: Account,
    points: int,
    cause: Cause,
    explanation: dict[str, Any],
    occasion: Occasion,
) -> tuple[Transaction, int]:
    """Credits an award and counts it on its day; answers the row and the day."""
    effective_at = min(occasion.at, context.now)
    available_at, expires_at, inactivity_months = programs.credit_dates(program, effective_at, held=occasion.held)
    row = ledger.credit(
        context.state,
        account,
        program,
        points,
        cause,
        explanation,
        context.now,
        effective_at=effective_at,
        available_at=available_at,
        expires_at=expires_at,
        inactivity_months=inactivity_months,
    )
    day = standing.day_of(context, account, row.effective_at)
    standing.count(context, account, day, points=points)
    return row, day


def _limited(
    rule: rules.Rule, terms: rules.Terms, usage: rules.RuleUsage | None, budget: rules.RuleBudget | None
) -> rules.Limited:
    cap = rule.cap
    return rules.limit(
        terms,
        cap_points=None if cap is None or cap.points is None or usage is None else cap.points - usage.points,
        cap_times=None if cap is None or cap.times is None or usage is None else cap.times - usage.times,
        budget_points=None if rule.budget is None or budget is None else rule.budget - budget.points,
    )


def period_of(rule: rules.Rule, program: Program, at: Instant) -> str | None:
    """The window of the rule's cap that an event falls into."""
    if rule.cap is None or rule.window is None:
        return None
    return calendar.window_key(at, rule.window, program.zone)  # type: ignore[arg-type]


def _usage(
    context: Context, program: Program, account: Account, rule: rules.Rule, at: Instant
) -> tuple[str | None, rules.RuleUsage | None]:
    period = period_of(rule, program, at)
    if period is None:
        return None, None
    usage = context.state.find(rules.RULE_USAGE, (account.bucket, account.id, rule.id, period))
    if usage is None:
        usage = context.state.insert(rules.RuleUsage(account.bucket, account.id, rule.id, period, 0, 0))
    return period, usage


def _budget(context: Context, rule: rules.Rule) -> rules.RuleBudget | None:
    if rule.budget is None:
        return None
    budget = context.state.find(rules.RULE_BUDGETS, (rule.id,))
    return budget or context.state.insert(rules.RuleBudget(rule.id, 0))


def owe(context: Context, purchase: Purchase, given: list[Award]) -> None:
    """Remembers awards with the purchase that they are for."""
    if given:
        context.state.change(purchase).awards = msgspec.json.encode(awards_of(purchase) + given).decode()


def purchase_in(context: Context, program: str, payment: Payment) -> Purchase | None:
    """What a payment brought in a program, to whoever holds it now. May raise ``NotGathered``."""
    for holder_program, holder, bucket in payments.holders_of(payment):
        if holder_program == program:
            survivor = context.survivor(holder)
            assert survivor is not None
            return context.state.find(payments.PURCHASES, (bucket, survivor.id, payment.id))
    return None


class TakeBack(msgspec.Struct):
    """Refunds taking effect: what is left of the payment, why and by which event, and when the money went back."""

    payment: Payment
    net: int
    reason: str
    event: str
    at: Instant


def claw_back(context: Context, program: Program, purchase: Purchase, refunds: TakeBack) -> list[Transaction]:
    """Brings the awards of a purchase to what the payment's net amount would have earned.

    Each earn owes earned − what the net amount earns. Reversed now is that, less what expired from the earn's own lot, less
    what was reversed before; so any refunds of the same sum end in the same place.
    """
    listed = awards_of(purchase)
    rows = [_settle_award(context, program, award, refunds, purchase.day) for award in listed]
    context.state.change(purchase).awards = msgspec.json.encode(listed).decode()
    return [row for row in rows if row is not None]


def _settle_award(
    context: Context, program: Program, award: Award, refunds: TakeBack, purchase_day: int
) -> Transaction | None:
    account = context.survivor(award.account)
    assert account is not None
    lot = context.state.find(ledger.LOTS, (award.bucket, account.id, award.transaction))
    assert lot is not None, f"the lot of {award.transaction} is missing"
    net = net_for(award.terms, refunds.payment, refunds.net)
    due = max(award.due, award.earned - award.terms.points(net))
    fully = due == award.earned > award.due
    if award.share is not None:
        _release_share(context, account, award, award.share, net, due)
    standing.watch(context, account)
    day = purchase_day if award.day is None else award.day
    standing.count(context, account, day, bucket=award.bucket, points=award.due - due)
    award.due = due
    owed = max(0, due - lot.expired - award.reversed)
    if owed == 0 and not fully:
        return None
    award.reversed += owed
    _free_limits(context, account, award, owed, 1 if fully else 0)
    if owed == 0:
        return None
    cause = Cause(
        "reverse",
        Source(award.source_type, award.source_id),
        reason=refunds.reason,
        event=refunds.event,
        rule=award.rule,
        campaign=None if award.share is None else award.share.campaign,
        reverses=award.transaction,
    )
    return ledger.reverse(
        context.state,
        account,
        program,
        lot,
        owed,
        cause,
        due=due,
        now=context.now,
        effective_at=min(refunds.at, context.now),
    )


def _release_share(context: Context, account: Account, award: Award, share: Share, net: int | None, due: int) -> None:
    """Brings a campaign's part of an award to what it is for the net amount."""
    if award.terms.boost:
        given, left = award.terms.boost_points(net), award.terms.boost_left(net, share.points)
    else:
        given = left = award.earned - due
    campaign_books.release(context, account, share, given, left)


def net_for(terms: rules.Terms, payment: Payment, net: int) -> int | None:
    """The net amount in the measure of an award: an invoice's own amount shrinks as the payment that it names does."""
    if terms.amount is None or payment.amount is None or terms.amount == payment.amount:
        return net
    if net >= payment.amount:
        return terms.amount
    return terms.amount * net // payment.amount if payment.amount else 0


def _free_limits(context: Context, account: Account, award: Award, points: int, times: int) -> None:
    """Reversed points free the cap and the budget that they had used."""
    if award.period is not None:
        usage = context.state.find(rules.RULE_USAGE, (account.bucket, account.id, award.rule, award.period))
        if usage is not None:
            context.state.change(usage)
            usage.points = max(0, usage.points - points)
            usage.times = max(0, usage.times - times)
    if award.budgeted:
        budget = context.state.find(rules.RULE_BUDGETS, (award.rule,))
        if budget is not None:
            context.state.change(budget).points = max(0, budget.points - points)
