"""How payments, refunds and disputes add up, in whatever order they arrive."""

from vinr_engagement.foundation import ids
from vinr_engagement.foundation.errors import Unprocessable
from vinr_engagement.payments.tables import Payment


def expected_payment(identifier: str) -> Payment:
    """A payment that something named before it completed."""
    return Payment(
        bucket=ids.bucket_of(identifier),
        id=identifier,
        completed_event=None,
        amount=None,
        currency=None,
        customer=None,
        completed_at=None,
        refunded_seen=0,
        refunded_sum=0,
        disputed=0,
        refunded=0,
        refunded_at=None,
        failed_at=None,
        holders="[]",
        links="{}",
    )


ERASED = ""
"""The customer of a payment whose member was erased."""


def same_payment(payment: Payment, amount: int, currency: str, customer: str | None) -> bool:
    """Whether a second completion says the same as the first."""
    same_customer = payment.customer in (customer, ERASED)
    return same_customer and (payment.amount, payment.currency) == (amount, currency)


def net_amount(payment: Payment) -> int:
    """Amount less refunds, in minor units; 0 while the amount is unknown."""
    return 0 if payment.amount is None else payment.amount - payment.refunded


def refund_seen(payment: Payment, amount_refunded: int) -> None:
    """Takes in a cumulative ``amount_refunded``. Raises ``Unprocessable`` where it is more than the payment."""
    _check_room(payment, amount_refunded, "data.object.amount_refunded")
    payment.refunded_seen = max(payment.refunded_seen, amount_refunded)


def refund_completed(payment: Payment, amount: int) -> None:
    """Takes in one distinct refund. Raises ``Unprocessable`` where all of them are more than the payment."""
    _check_room(payment, payment.refunded_sum + amount, "data.object.amount")
    payment.refunded_sum += amount


EVERYTHING = 1 << 53
"""What a lost dispute without an amount takes back: all that is left, however much that turns out to be."""


def dispute_lost(payment: Payment, amount: int | None) -> None:
    """Takes in a lost dispute; together with refunds it is cut to what the payment was. ``None`` is all of it."""
    payment.disputed = min(EVERYTHING, payment.disputed + (EVERYTHING if amount is None else amount))


def settle_refunds(payment: Payment) -> int:
    """Brings ``refunded`` up to date; answers what was cut because it exceeded the payment."""
    if payment.amount is None:
        return 0
    asked = max(payment.refunded_seen, payment.refunded_sum) + payment.disputed
    payment.refunded = min(asked, payment.amount)
    return 0 if payment.disputed == EVERYTHING else asked - payment.refunded


def _check_room(payment: Payment, refunded: int, param: str) -> None:
    if payment.amount is not None and refunded > payment.amount:
        raise Unprocessable(
            "refund_exceeds_payment",
            f"Refunds of {refunded} in all would exceed payment {payment.id} of {payment.amount} {payment.currency}.",
            param=param,
            details={"amount": payment.amount, "refunded": payment.refunded},
        )
