"""The rows of this room. Amounts are in minor units of their currency."""

import msgspec

from vinr_engagement.foundation import ids
from vinr_engagement.foundation.database import Key, Query, Table
from vinr_engagement.members import Account


class Wallet(msgspec.Struct, gc=False):
    """What an account holds in one currency: a cache of its ledger, kept in the same transaction. Never negative."""

    bucket: int
    account: str
    currency: str
    balance: int


class CreditSpend(msgspec.Struct, gc=False):
    """One spend on one payment; it has the id of its ledger row.

    ``returned`` is what came back of ``amount``, and ``of_amount`` what the payment was when some last did; ``taken`` what the
    spend took from each lot, as JSON, in the order in which it did. ``state`` is ``spent``; ``released`` once all came back
    because the payment failed; ``conflict`` where the payment completed after that.
    """

    bucket: int
    id: str
    account: str
    payment: str
    currency: str
    amount: int
    returned: int
    of_amount: int | None
    state: str
    taken: str


WALLETS = Table("wallets", Wallet, ("bucket", "account", "currency"))
WALLETS_OF_ACCOUNT = Query(WALLETS, ("bucket", "account"))
SPENDS = Table("credit_spends", CreditSpend, ("bucket", "id"))


def wallet_key(account: Account, currency: str) -> Key:
    """Where a wallet is: always in its account's own bucket."""
    return (account.bucket, account.id, currency)


def spend_key(spend: str) -> Key:
    """Where a spend is: in the bucket that its id carries, whoever owns it now."""
    return (ids.carried_bucket(spend) or 0, spend)
