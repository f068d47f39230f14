"""Payments, invoices, refunds and disputes."""

from collections.abc import Callable

from vinr_engagement import payments
from vinr_engagement.commands import awards, campaigning, cascade, referring, standing
from vinr_engagement.commands.context import Context
from vinr_engagement.commands.events import incoming, spent
from vinr_engagement.commands.events.evaluate import (
    Happening,
    evaluate_everywhere,
    happening_of,
    lines,
    rows_written,
    spend_of,
)
from vinr_engagement.commands.events.incoming import EventIn, PaymentObject, RefundObject
from vinr_engagement.commands.events.outcome import EventOutcome, PaymentOutcome, ProgramOutcome, Spent, line, overall
from vinr_engagement.foundation.errors import Conflict
from vinr_engagement.ledger import Source
from vinr_engagement.members import Account
from vinr_engagement.payments import Payment, Purchase, Refund
from vinr_engagement.programs import Program


def payment_completed(context: Context, event: EventIn) -> EventOutcome:
    """A payment completes once; refunds that arrived before it take effect now."""
    facts = incoming.payment_of(event.object)
    payment = _payment(context, facts.id)
    if payment.completed_event is not None:
        return _already_completed(event, payment, facts)
    told_before = payment.amount is not None
    payment.completed_event, payment.completed_at = event.id, event.occurred_at
    payment.amount, payment.currency, payment.customer = facts.amount, facts.currency, facts.customer
    happening = happening_of(event, Source("payment", facts.id), money=payment)
    return _evaluate(context, event, happening, payment, told_before=told_before)


def invoice_paid(context: Context, event: EventIn) -> EventOutcome:
    """An invoice is money by itself, or the same money as the payment that it names: then it counts once as spend."""
    facts = incoming.payment_of(event.object)
    invoice = _payment(context, facts.id)
    if invoice.completed_event is not None:
        return _already_completed(event, invoice, facts)
    invoice.completed_event, invoice.completed_at = event.id, event.occurred_at
    invoice.amount, invoice.currency, invoice.customer = facts.amount, facts.currency, facts.customer
    money = invoice if facts.payment is None else _payment(context, facts.payment)
    if money.amount is None:
        money.amount, money.currency, money.completed_at = facts.amount, facts.currency, event.occurred_at
    return _evaluate(context, event, happening_of(event, Source("invoice", facts.id), money=money), money)


def _evaluate(
    context: Context, event: EventIn, happening: Happening, payment: Payment, *, told_before: bool = False
) -> EventOutcome:
    """``told_before``: an invoice has said what the payment is; what it says itself counts."""
    context.refunds_to_come = told_before or payment.refunded_at is not None
    programs, told = evaluate_everywhere(context, happening), Spent()
    spent.completed(context, event, payment, told)
    cut = take_back(context, event, payment, programs, told) if context.refunds_to_come else 0
    status, reason = overall(programs, told)
    return EventOutcome(
        event.id,
        event.type,
        status,
        reason,
        programs,
        _outcome_of(payment, cut),
        credit=told.credit,
        redemptions=told.redemptions,
    )


def _already_completed(event: EventIn, payment: Payment, facts: PaymentObject) -> EventOutcome:
    if payments.same_payment(payment, facts.amount, facts.currency, facts.customer):
        return EventOutcome(
            event.id, event.type, "ignored", "payment_already_completed", payment=_outcome_of(payment, 0)
        )
    raise payment_conflict(payment, "completed")


def payment_conflict(payment: Payment, what: str) -> Conflict:
    """The refusal of an event that contradicts what is known of its payment."""
    return Conflict(
        "payment_conflict",
        f"Payment {payment.id} was {what} before with {payment.amount} {payment.currency} by {payment.customer}; "
        "an event may not give it another amount, currency or customer.",
        resource=payment.id,
    )


def payment_refunded(context: Context, event: EventIn) -> EventOutcome:
    """The payment, with what was refunded of it in all."""
    identifier = incoming.identifier_of(event.object, "id")
    amount_refunded = incoming.amount_refunded_of(event.object)
    payment = _payment(context, identifier)
    amount = event.object.get("amount")
    if payment.completed_event is not None and amount is not None and amount != payment.amount:
        raise payment_conflict(payment, "completed")
    payments.refund_seen(payment, amount_refunded)
    return _refunded(context, event, payment)


def refund_completed(context: Context, event: EventIn) -> EventOutcome:
    """One refund, by its own id."""
    refund = incoming.refund_of(event.object)
    payment = _payment(context, refund.payment)
    _check_currency(payment, refund)
    amount = refund.amount or 0
    if _known_refund(context, event, payment, refund.id, "refund", amount):
        return EventOutcome(
            event.id, event.type, "ignored", "refund_already_completed", payment=_outcome_of(payment, 0)
        )
    payments.refund_completed(payment, amount)
    return _refunded(context, event, payment)


def dispute_resolved(context: Context, event: EventIn) -> EventOutcome:
    """A lost dispute takes money back like a refund, cut to what is left of the payment; a won one changes nothing."""
    dispute = incoming.dispute_of(event.object)
    if event.object.get("status") != "lost":
        return EventOutcome(event.id, event.type, "ignored", "dispute_not_lost")
    payment = _payment(context, dispute.payment)
    _check_currency(payment, dispute)
    if _known_refund(context, event, payment, dispute.id, "dispute", dispute.amount or 0):
        return EventOutcome(
            event.id, event.type, "ignored", "refund_already_completed", payment=_outcome_of(payment, 0)
        )
    payments.dispute_lost(payment, dispute.amount)
    return _refunded(context, event, payment)


def payment_failed(context: Context, event: EventIn) -> EventOutcome:
    """A payment that finally failed or expired."""
    payment = _payment(context, incoming.identifier_of(event.object, "id"))
    payment.failed_at, told = event.occurred_at, Spent()
    spent.failed(context, event, payment, told)
    return EventOutcome(
        event.id,
        event.type,
        "processed",
        payment=_outcome_of(payment, 0),
        credit=told.credit,
        redemptions=told.redemptions,
    )


def _check_currency(payment: Payment, refund: RefundObject) -> None:
    if refund.currency is not None and payment.currency not in (None, refund.currency):
        raise payment_conflict(payment, "completed")


def _known_refund(context: Context, event: EventIn, payment: Payment, refund: str, kind: str, amount: int) -> bool:
    known = context.state.find(payments.REFUNDS, (payment.bucket, payment.id, refund))
    if known is None:
        row = Refund(payment.bucket, payment.id, refund, kind, amount, event.id, event.occurred_at)
        context.state.insert(row)
        return False
    if known.amount != amount:
        raise Conflict(
            "refund_conflict",
            f"Refund {refund} of payment {payment.id} was {known.amount} before; it cannot be {amount} now.",
            resource=refund,
        )
    return True


def _refunded(context: Context, event: EventIn, payment: Payment) -> EventOutcome:
    payment.refunded_at = max(payment.refunded_at or 0, event.occurred_at)
    if payment.amount is None:
        return EventOutcome(event.id, event.type, "deferred", "payment_not_completed", payment=_outcome_of(payment, 0))
    programs: list[ProgramOutcome] = []
    told = Spent()
    cut = take_back(context, event, payment, programs, told)
    return EventOutcome(
        event.id,
        event.type,
        "processed",
        None,
        programs,
        _outcome_of(payment, cut),
        credit=told.credit,
        redemptions=told.redemptions,
    )


def take_back(context: Context, event: EventIn, payment: Payment, programs: list[ProgramOutcome], told: Spent) -> int:
    """Lets refunds take effect on what was spent on the payment, then on every account that it reached; answers what they
    claimed too much.

    Adds what it wrote to ``told`` and to the outcome of each program.
    """
    cut = payments.settle_refunds(payment)
    spent.returned(context, event, payment, told)
    net = payments.net_amount(payment)
    at = max(payment.completed_at or 0, payment.refunded_at or 0)
    reason = "dispute" if event.type == "dispute.resolved" else "refund"
    refunds = awards.TakeBack(payment, net, reason, event.id, at)
    reached: list[tuple[Account, ProgramOutcome]] = []
    for program_id, holder, bucket in payments.holders_of(payment):
        account = context.survivor(holder)
        assert account is not None
        purchase = context.state.find(payments.PURCHASES, (bucket, account.id, payment.id))
        assert purchase is not None
        program = context.configuration.program(program_id)
        standing.watch(context, account)
        rows = awards.claw_back(context, program, purchase, refunds)
        rows += campaigning.take_back(context, program, purchase, refunds)
        _restate(context, program, account, purchase, payment)
        outcome = _outcome_in(programs, program_id, account.id)
        outcome.transactions.extend(line(row) for row in rows)
        reached.append((account, outcome))
    referring.refunded(context, payment, net, reason, at)
    context.refunds_to_come = False
    _react(context, event, reached)
    return cut


def _react(context: Context, event: EventIn, reached: list[tuple[Account, ProgramOutcome]]) -> None:
    """Moves members to where the refunds leave them, lets rules react, and tells what that brought."""
    written = rows_written(context)
    limited = cascade.react(context, event.occurred_at)
    for account, outcome in reached:
        outcome.transactions.extend(lines(context, account, written))
        outcome.balance = account.balance
        outcome.cascade_limit = outcome.cascade_limit or limited


def _restate(context: Context, program: Program, account: Account, purchase: Purchase, payment: Payment) -> None:
    """Brings spend and orders to what is left of the payment, where they are counted as well."""
    net, spend_before, orders_before = payments.net_amount(payment), purchase.net_spend, purchase.orders
    purchase.spend = spend_of(program, payment)
    purchase.net_spend = purchase.spend * net // payment.amount if payment.amount else 0
    if purchase.net_spend != spend_before:
        campaigning.count_spend(context, purchase, purchase.net_spend - spend_before)
    purchase.orders = 0 if net == 0 and payment.amount else 1
    standing.count(
        context,
        account,
        purchase.day,
        bucket=purchase.bucket,
        spend=purchase.net_spend - spend_before,
        orders=purchase.orders - orders_before,
    )


def _outcome_in(programs: list[ProgramOutcome], program: str, account: str) -> ProgramOutcome:
    for outcome in programs:
        if outcome.program == program:
            return outcome
    programs.append(ProgramOutcome(program, "processed", account=account, transactions=[]))
    return programs[-1]


def _payment(context: Context, identifier: str) -> Payment:
    """The payment, announced for change; a new one where nothing is known of it."""
    return context.payment(identifier)


def _outcome_of(payment: Payment, cut: int) -> PaymentOutcome:
    return PaymentOutcome(payment.id, payment.amount, payment.refunded, payment.currency, cut)


Handler = Callable[[Context, EventIn], EventOutcome]

HANDLERS: dict[str, Handler] = {
    "payment.completed": payment_completed,
    "invoice.paid": invoice_paid,
    "payment.refunded": payment_refunded,
    "refund.completed": refund_completed,
    "dispute.resolved": dispute_resolved,
    "payment.failed": payment_failed,
    "payment.expired": payment_failed,
}
