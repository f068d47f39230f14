"""What members spent on a payment, when it completes, fails, or is refunded.

Each function adds what it did to ``told``, which the event's outcome shows. A payment on which nothing was spent, which is
nearly every one, costs a look at its metadata and its links.
"""

from collections.abc import Iterable

from vinr_engagement import credit, payments
from vinr_engagement.commands import store_credit
from vinr_engagement.commands.context import Context
from vinr_engagement.commands.events import redeemed
from vinr_engagement.commands.events.incoming import EventIn
from vinr_engagement.commands.events.outcome import CreditOutcome, Spent
from vinr_engagement.credit import CreditSpend
from vinr_engagement.foundation.database import Key, Need
from vinr_engagement.ledger import Cause, Source, Transaction
from vinr_engagement.payments import Payment

NOTHING = "{}"


def needs(context: Context, paid: Iterable[Key]) -> list[Need]:
    """What was spent on payments that were gathered."""
    found = [context.state.known(payments.PAYMENTS, key) for key in paid]
    return [
        (credit.SPENDS, credit.spend_key(name))
        for payment in found
        if payment is not None and payment.links != NOTHING
        for name in payments.linked(payment, store_credit.LINK)
    ]


def completed(context: Context, event: EventIn, payment: Payment, told: Spent) -> None:
    """The payment completed: redemptions that it names are used by it. Credit that came back because it had failed is not taken
    again: each such spend is a conflict.
    """
    told.redemptions += redeemed.completed(context, event, payment)
    if payment.links == NOTHING:
        return
    for spent in store_credit.spends_on(context, payment):
        if spent.state == "released":
            spent.state = "conflict"
            told.credit.append(CreditOutcome(spent.id, spent.account, spent.currency, spent.amount, "conflict"))


def failed(context: Context, event: EventIn, payment: Payment, told: Spent) -> None:
    """The payment failed or expired for good: all that was spent on it comes back, unless it has completed meanwhile."""
    if payment.completed_event is not None:
        return
    told.redemptions += redeemed.failed(context, event)
    if payment.links == NOTHING:
        return
    reason = event.type.replace(".", "_")
    for spent in store_credit.spends_on(context, payment):
        cause = Cause("reverse", Source("payment", payment.id), reason=reason, event=event.id)
        if spent.state == "spent":
            spent.state = "released"
            row = store_credit.give_back_credit(context, spent, spent.amount, cause, event.occurred_at)
            _tell(told, spent, row)


def returned(context: Context, event: EventIn, payment: Payment, told: Spent) -> None:
    """Refunds take effect, before points are clawed back: a full one returns the points of redemptions, and of each spend of
    credit comes back its share of all that was refunded.
    """
    if payment.links == NOTHING:
        return
    told.redemptions += redeemed.returned(context, payment)
    reason = "dispute" if event.type == "dispute.resolved" else "refund"
    cause = Cause("reverse", Source("payment", payment.id), reason=reason, event=event.id)
    for spent in store_credit.spends_on(context, payment):
        _tell(told, spent, store_credit.give_back_share(context, payment, spent, cause))


def _tell(told: Spent, spent: CreditSpend, row: Transaction | None) -> None:
    if row is not None:
        told.credit.append(
            CreditOutcome(spent.id, row.account, spent.currency, row.amount, "returned", row.id, row.balance_after)
        )
