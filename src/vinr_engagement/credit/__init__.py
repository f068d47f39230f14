"""Store credit: money owed to members, a wallet for each account and currency, in the same ledger as points."""

from vinr_engagement.credit.purse import purse
from vinr_engagement.credit.spends import due_back, parts_returned, taken_of
from vinr_engagement.credit.tables import (
    SPENDS,
    WALLETS,
    WALLETS_OF_ACCOUNT,
    CreditSpend,
    Wallet,
    spend_key,
    wallet_key,
)
from vinr_engagement.credit.wallet import wallet_snapshot

__all__ = [
    "SPENDS",
    "WALLETS",
    "WALLETS_OF_ACCOUNT",
    "CreditSpend",
    "Wallet",
    "due_back",
    "parts_returned",
    "purse",
    "spend_key",
    "taken_of",
    "wallet_key",
    "wallet_snapshot",
]
