"""A wallet as others see it."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from vinr_engagement.credit.tables import Wallet
from vinr_engagement.foundation.clock import Instant, format_instant
from vinr_engagement.ledger import Lot


def wallet_snapshot(account: str, wallets: Iterable[Wallet], lots: Iterable[Lot]) -> dict[str, Any]:
    """What an account holds in each currency, and what of it expires when; ``lots`` are those with something remaining."""
    expiring: defaultdict[str, defaultdict[Instant, int]] = defaultdict(lambda: defaultdict(int))
    for lot in lots:
        if lot.closes_at is not None:
            expiring[lot.unit][lot.closes_at] += lot.remaining
    balances = [
        {
            "currency": wallet.currency,
            "balance": wallet.balance,
            "expiring": [
                {"amount": amount, "expires_at": format_instant(moment)}
                for moment, amount in sorted(expiring[wallet.currency].items())
            ],
        }
        for wallet in sorted(wallets, key=lambda wallet: wallet.currency)
    ]
    return {"object": "wallet", "account": account, "balances": balances}
