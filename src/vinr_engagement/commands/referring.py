"""What other commands mean for referrals: payments convert them, refunds reverse them, time and merges end them.

Whatever happens to a referral once it is attributed is told as an event of the referee. While it may still convert, the
referee's account names it: a payment of any other member costs nothing more.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from vinr_engagement import members, outbox, payments, referrals
from vinr_engagement.commands import awards, standing
from vinr_engagement.commands.awards import Award, Occasion
from vinr_engagement.commands.context import Context, due_lots, of_account
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.database import Need
from vinr_engagement.ledger import Source
from vinr_engagement.members import Account
from vinr_engagement.payments import Payment
from vinr_engagement.programs import Program
from vinr_engagement.referrals import Referral, ReferralDay
from vinr_engagement.rules import Rule, Terms

CONVERTED = "referral.converted"
LINKED = "referrals"


def open_referral(context: Context, referee: Account) -> Referral | None:
    """The referral of an account that may still convert. May raise ``NotGathered``."""
    if referee.referral is None:
        return None
    return context.state.find(referrals.REFERRALS, referrals.referral_key(referee.referral))


def needs_of_payment(context: Context, payers: list[Account], at: Instant) -> Iterator[list[Need]]:
    """Waves of what a payment of these accounts, made at ``at``, looks at where one of them was referred; else none."""
    keys = [referrals.referral_key(payer.referral) for payer in payers if payer.referral is not None]
    if not keys:
        return
    yield [(referrals.REFERRALS, key) for key in keys]
    found = [row for key in keys if (row := context.state.known(referrals.REFERRALS, key)) is not None]
    yield [(members.ACCOUNTS, members.account_key(row.referrer)) for row in found]
    known = [context.state.known(members.ACCOUNTS, members.account_key(row.referrer)) for row in found]
    referrers = [account for account in known if account is not None]
    yield [
        *due_lots(context, referrers),
        *(need for account in referrers for need in of_account(referrals.DAYS_OF_REFERRER, account)),
        *(need for account in referrers for need in standing.day_needed(context, account, min(at, context.now))),
        *((referrals.REFERRAL_CONVERSIONS, referrals.code_key(row.code)) for row in found if row.max_conversions),
    ]


def paid(
    context: Context, program: Program, referee: Account, payment: Payment, event: str, at: Instant
) -> tuple[Referral, str | None] | None:
    """Converts the referee's open referral, or rejects it, where this payment qualifies; both sides are paid at once.

    The payment's purchase must be there: it owes the payouts to later refunds. Answers the referral, if there is one,
    and why it did not convert.
    """
    referral = open_referral(context, referee)
    if referral is None or payment.amount is None:
        return None
    missed = referrals.passed_over(referral, program.default_currency, payment.amount, payment.currency, at)
    if missed is not None:
        return referral, missed
    referrer = context.survivor(referral.referrer)
    assert referrer is not None
    context.state.change(referral)
    reason = _why_not(context, program, referral, referrer, min(at, context.now))
    if reason is None:
        _convert(context, _Conversion(program, referral, referrer, referee, payment, event, at))
    else:
        _close(context, referral, referee, "rejected", reason, at)
    return referral, reason


def _why_not(context: Context, program: Program, referral: Referral, referrer: Account, at: Instant) -> str | None:
    if not members.may_earn(referrer):
        return "account_closed"
    limit = program.referral_limit
    if limit is not None and limit.conversions is not None:
        days = context.state.select(referrals.DAYS_OF_REFERRER, (referrer.bucket, referrer.id))
        if referrals.brought(days, referrals.day_of(at), limit.window_days)[1] >= limit.conversions:
            return "referral_velocity_exceeded"
    return "referral_code_exhausted" if exhausted(context, referral) else None


def exhausted(context: Context, referral: Referral) -> bool:
    """Whether as many referrals of the code are converted as it allows."""
    if referral.max_conversions is None:
        return False
    counted = context.state.find(referrals.REFERRAL_CONVERSIONS, referrals.code_key(referral.code))
    return counted is not None and counted.conversions >= referral.max_conversions


class _Conversion(NamedTuple):
    """A payment of the referee that qualifies; all rows are announced for change but the payment."""

    program: Program
    referral: Referral
    referrer: Account
    referee: Account
    payment: Payment
    event: str
    at: Instant


def _convert(context: Context, made: _Conversion) -> None:
    referral, at = made.referral, min(made.at, context.now)
    purchase = awards.purchase_in(context, made.program.id, made.payment)
    assert purchase is not None
    awards.owe(context, purchase, _pay_out(context, made))
    payments.link(context.state.change(made.payment), LINKED, referral.id)
    referrals.convert(referral, made.payment.id, at, context.now)
    _count_conversions(context, referral, 1)
    day_of(context, made.referrer, referrals.day_of(at)).conversions += 1
    made.referee.referral = None
    tell(context, made.referee, CONVERTED, referral)


def _pay_out(context: Context, made: _Conversion) -> list[Award]:
    """Pays each side what the referral promises it."""
    referral = made.referral
    occasion = Occasion(CONVERTED, made.event, made.at, Source("referral", referral.id), held=True)
    sides = (
        ("referrer", made.referrer, referral.referrer_points),
        ("referee", made.referee, referral.referee_points),
    )
    paid_out = []
    for side, account, points in sides:
        if points:
            standing.watch(context, account)
            explanation = {"award": {"type": "referral", "points": points, "side": side}, "result": points}
            terms = terms_of(referral, made.payment, points)
            paid_out.append(awards.pay(context, made.program, account, terms, explanation, occasion))
    return paid_out


def terms_of(referral: Referral, payment: Payment, points: int) -> Terms:
    """A payout stays whole until refunds leave less than the minimum."""
    return Terms("fixed", points, 1, "down", amount=payment.amount, floor=referral.first_payment_minimum)


def _count_conversions(context: Context, referral: Referral, change: int) -> None:
    if referral.max_conversions is not None:
        counted = context.state.find(referrals.REFERRAL_CONVERSIONS, referrals.code_key(referral.code))
        assert counted is not None
        context.state.change(counted).conversions += change


def day_of(context: Context, referrer: Account, day: int) -> ReferralDay:
    """What a referrer's day counts, announced for change."""
    days = context.state.select(referrals.DAYS_OF_REFERRER, (referrer.bucket, referrer.id))
    found = next((counted for counted in days if counted.day == day), None)
    if found is None:
        return context.state.insert(ReferralDay(referrer.bucket, referrer.id, day, 0, 0))
    return context.state.change(found)


def tell(context: Context, subject: Account, event_type: str, referral: Referral) -> None:
    """Records what became of a referral as an event of one of its sides, whose change is announced."""
    subject.updated_at = context.now
    outbox.record(context.state, subject, event_type, referrals.referral_snapshot(referral), context.now)


def _close(context: Context, referral: Referral, referee: Account, status: str, reason: str, at: Instant) -> None:
    """Ends a referral that was open, announced for change like its referee."""
    referrals.end(referral, status, reason, at, context.now)
    referee.referral = None
    tell(context, referee, "referral.rejected", referral)


def recipients(
    context: Context, account: Account, listed: list[Rule], snapshot: dict[str, Any]
) -> list[tuple[Account, list[Rule]]]:
    """Whom rules that react to a fact about a referral pay: its sides, each with the rules that are for it.

    ``account`` is the member whose fact it is, for rules that say ``member``. A side that is not there yet gets nothing.
    """
    sides: dict[str, Account] = {}
    for side in ("referrer", "referee"):
        found = None if snapshot[side] is None else context.survivor(snapshot[side])
        if found is not None:
            sides[side] = found
    paid_by_side = [
        (found, [rule for rule in listed if rule.recipient in (side, "both")]) for side, found in sides.items()
    ]
    to_member = [rule for rule in listed if rule.recipient == "member"]
    return [(found, chosen) for found, chosen in [*paid_by_side, (account, to_member)] if chosen]


def owe(context: Context, program: Program, snapshot: dict[str, Any], given: list[Award]) -> None:
    """Remembers what rules gave for a conversion with its payment, to be clawed back when the referral reverses."""
    payment = context.state.find(payments.PAYMENTS, payments.payment_key(snapshot["payment"]))
    assert payment is not None
    purchase = awards.purchase_in(context, program.id, payment)
    assert purchase is not None
    minimum: int = snapshot["qualify"]["first_payment_minimum"]
    for award in given:
        award.terms = msgspec.structs.replace(award.terms, amount=payment.amount, floor=max(minimum, award.terms.floor))
    awards.owe(context, purchase, given)


def refunded(context: Context, payment: Payment, net: int, reason: str, at: Instant) -> None:
    """Reverses what a payment converted once too little is left of it; its payouts are clawed back like any award of it."""
    for identifier in payments.linked(payment, LINKED):
        referral = context.state.find(referrals.REFERRALS, referrals.referral_key(identifier))
        assert referral is not None
        if referral.status == "converted" and not referrals.still_qualifies(referral, net):
            assert referral.referee is not None
            referee = context.survivor(referral.referee)
            assert referee is not None
            referrals.end(context.state.change(referral), "reversed", reason, at, context.now)
            _count_conversions(context, referral, -1)
            tell(context, referee, "referral.reversed", referral)


def next_end_at(context: Context, account: Account) -> Instant | None:
    """When the window of the account's open referral is over. May raise ``NotGathered``."""
    referral = open_referral(context, account)
    return None if referral is None else referral.expires_at


def expire(context: Context, account: Account, moment: Instant) -> None:
    """The window is over: nobody paid."""
    referral = open_referral(context, account)
    assert referral is not None
    _close(context, context.state.change(referral), account, "expired", "expired", moment)


def combine(context: Context, source: Account, target: Account) -> list[Referral]:
    """Moves the source's open referral to the target and what it brought; answers those that this merge ends, to be told.

    Both accounts are announced for change. Who referred somebody is no longer another member: that one ends. Of two open
    ones the one that was attributed first stays. All else of the two is moved by the merge's statements.
    """
    both = [row for account in (source, target) if (row := open_referral(context, account)) is not None]
    own = [row for row in both if row.referrer in (source.id, target.id)]
    kept = sorted((row for row in both if row not in own), key=lambda row: (row.attributed_at or 0, row.id))
    ended = [(row, "referral_self") for row in own] + [(row, "referee_already_referred") for row in kept[1:]]
    for row in both:
        context.state.change(row).referee = target.id
    for row, reason in ended:
        referrals.end(row, "rejected", reason, context.now, context.now)
    source.referral, target.referral = None, kept[0].id if kept else None
    if kept:
        standing.wake(target, kept[0].expires_at)
    _combine_days(context, source, target)
    return [row for row, _ in ended]


def _combine_days(context: Context, source: Account, target: Account) -> None:
    for held in list(context.state.select(referrals.DAYS_OF_REFERRER, (source.bucket, source.id))):
        day = day_of(context, target, held.day)
        day.attributions += held.attributions
        day.conversions += held.conversions
        context.state.delete(held)
