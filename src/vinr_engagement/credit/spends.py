"""What comes back of a spend when its payment is refunded, and to which lots.

After refunds of R in all of a payment of A, ``amount × R ÷ A`` has come back, rounded down: all of it where R is A. That depends
on R alone, so refunds in any number, size and order end where one refund of their sum ends.

Lots get back what was taken from them last: after a refund they hold what they would had only the rest been spent. The first
pennies to come back are those that live longest, which is also the better end for the member.
"""

from vinr_engagement.credit.tables import CreditSpend
from vinr_engagement.foundation import json
from vinr_engagement.ledger import Taken


def due_back(amount: int, refunded: int, paid: int | None) -> int:
    """What has to have come back of a spend, in its minor units, once so much of a payment was refunded.

    Nothing of a payment that is not known yet, or that was of 0: there is nothing to refund.
    """
    return amount * refunded // paid if paid else 0


def taken_of(spend: CreditSpend) -> list[Taken]:
    """What the spend took from each lot, in the order in which it did."""
    return [(bucket, lot, amount) for bucket, lot, amount in json.decode(spend.taken)]


def parts_returned(taken: list[Taken], before: int, after: int) -> list[Taken]:
    """Which lots get what when the total that came back goes from ``before`` to ``after``: what was taken last comes first."""
    parts, start = [], 0
    for bucket, lot, amount in reversed(taken):
        part = min(after, start + amount) - max(before, start)
        if part > 0:
            parts.append((bucket, lot, part))
        start += amount
    return parts
