"""The rows of this room."""

import msgspec

from vinr_engagement.foundation import ids, json
from vinr_engagement.foundation.database import Key, Query, Table


class Payment(msgspec.Struct, gc=False):
    """What is known of one payment. Until it completes (or an invoice names it), ``amount`` is ``None``.

    ``refunded_seen`` is the largest cumulative ``amount_refunded``, ``refunded_sum`` the sum of distinct refunds,
    ``disputed`` that of lost disputes; ``refunded`` is what counts. ``holders`` are the accounts that it reached, as JSON;
    ``links`` what members spent on it: ids of redemptions and of spends of store credit, and of the referrals that it converted,
    by kind, as JSON.
    """

    bucket: int
    id: str
    completed_event: str | None
    amount: int | None
    currency: str | None
    customer: str | None
    completed_at: int | None
    refunded_seen: int
    refunded_sum: int
    disputed: int
    refunded: int
    refunded_at: int | None
    failed_at: int | None
    holders: str
    links: str


class Refund(msgspec.Struct, gc=False):
    """One refund or lost dispute, by its own id: the same one counts once."""

    bucket: int
    payment: str
    id: str
    kind: str
    amount: int
    event: str
    created_at: int


class Purchase(msgspec.Struct, gc=False):
    """What one payment brought to one account, kept net of refunds.

    ``day`` is the local day of the payment in the program's timezone (days since 1970-01-01); ``spend`` is in minor units of
    the program's default currency; ``orders`` is 0 once everything was refunded; ``awards`` is the terms of each earn,
    ``contributions`` what the payment counts in challenges of campaigns, both as JSON.
    """

    bucket: int
    account: str
    payment: str
    program: str
    day: int
    spend: int
    net_spend: int
    orders: int
    awards: str
    contributions: str


PAYMENTS = Table("payments", Payment, ("bucket", "id"), locked=True)
REFUNDS = Table("refunds", Refund, ("bucket", "payment", "id"))
PURCHASES = Table("purchases", Purchase, ("bucket", "account", "payment"))
PURCHASES_OF_ACCOUNT = Query(PURCHASES, ("bucket", "account"))


def payment_key(payment: str) -> Key:
    """Where a payment is."""
    return (ids.bucket_of(payment), payment)


def holders_of(payment: Payment) -> list[tuple[str, str, int]]:
    """``(program, account, bucket)`` of each account that the payment reached, as it was then."""
    return [] if payment.holders == "[]" else [tuple(holder) for holder in json.decode(payment.holders)]


def linked(payment: Payment, kind: str) -> list[str]:
    """The ids of one kind: ``redemptions`` or ``credit`` spent on the payment, or ``referrals``, in the order of linking."""
    return [] if payment.links == "{}" else json.decode(payment.links).get(kind, [])


def link(payment: Payment, kind: str, identifier: str) -> None:
    """Notes what was spent on the payment, or came of it; announce the change of the payment first."""
    held = linked(payment, kind)
    if identifier not in held:
        payment.links = json.text({**json.decode(payment.links), kind: [*held, identifier]})


def add_holder(payment: Payment, program: str, account: str, bucket: int) -> None:
    """Notes that the payment reached an account; announce the change of the payment first."""
    holders = holders_of(payment)
    if (program, account, bucket) not in holders:
        payment.holders = json.text([*holders, (program, account, bucket)])
