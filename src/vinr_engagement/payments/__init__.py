"""Payments as this product knows them: a projection of the shop's events, and what each brought to which account."""

from vinr_engagement.payments.projection import (
    dispute_lost,
    expected_payment,
    net_amount,
    refund_completed,
    refund_seen,
    same_payment,
    settle_refunds,
)
from vinr_engagement.payments.tables import (
    PAYMENTS,
    PURCHASES,
    PURCHASES_OF_ACCOUNT,
    REFUNDS,
    Payment,
    Purchase,
    Refund,
    add_holder,
    holders_of,
    link,
    linked,
    payment_key,
)

__all__ = [
    "PAYMENTS",
    "PURCHASES",
    "PURCHASES_OF_ACCOUNT",
    "REFUNDS",
    "Payment",
    "Purchase",
    "Refund",
    "add_holder",
    "dispute_lost",
    "expected_payment",
    "holders_of",
    "link",
    "linked",
    "net_amount",
    "payment_key",
    "refund_completed",
    "refund_seen",
    "same_payment",
    "settle_refunds",
]
