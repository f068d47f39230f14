"""A ledger row and a lot as others see them."""

from typing import Any

import msgspec

from vinr_engagement.foundation.clock import format_instant
from vinr_engagement.ledger.tables import POINTS, Lot, Transaction


def transaction_snapshot(row: Transaction) -> dict[str, Any]:
    """The transaction as the API and outgoing events show it, ready to be encoded as JSON."""
    if row.unit != POINTS:
        return _credit_snapshot(row)
    return {
        "id": row.id,
        "object": "points_transaction",
        "account": row.account,
        "original_account": row.original_account,
        "program": row.program,
        "type": row.type,
        "unit": row.unit,
        "amount": row.amount,
        "balance_after": row.balance_after,
        "reason": row.reason,
        "source": {"type": row.source_type, "id": row.source_id},
        "event": row.event,
        "rule": row.rule,
        "rule_version": row.rule_version,
        "campaign": row.campaign,
        "redemption": row.redemption,
        "reverses": row.reverses,
        "available_at": None if row.available_at is None else format_instant(row.available_at),
        "expires_at": None if row.expires_at is None else format_instant(row.expires_at),
        "uncollected": row.uncollected,
        "explanation": msgspec.Raw(row.explanation.encode()),
        "metadata": msgspec.Raw(row.metadata.encode()),
        "created_at": format_instant(row.created_at),
        "effective_at": format_instant(row.effective_at),
    }


def _credit_snapshot(row: Transaction) -> dict[str, Any]:
    """A row of store credit has no rule, is never pending, and names its currency and the payment that it is about."""
    return {
        "id": row.id,
        "object": "credit_transaction",
        "account": row.account,
        "original_account": row.original_account,
        "program": row.program,
        "type": row.type,
        "unit": row.unit,
        "currency": row.unit,
        "amount": row.amount,
        "balance_after": row.balance_after,
        "reason": row.reason,
        "source": {"type": row.source_type, "id": row.source_id},
        "payment": row.source_id if row.source_type == "payment" else None,
        "event": row.event,
        "campaign": row.campaign,
        "redemption": row.redemption,
        "reverses": row.reverses,
        "expires_at": None if row.expires_at is None else format_instant(row.expires_at),
        "explanation": msgspec.Raw(row.explanation.encode()),
        "metadata": msgspec.Raw(row.metadata.encode()),
        "created_at": format_instant(row.created_at),
        "effective_at": format_instant(row.effective_at),
    }


def lot_snapshot(lot: Lot, closes_at: int | None) -> dict[str, Any]:
    """The lot as the API and outgoing events show it; ``closes_at`` as :func:`ledger.closes_at` gives it."""
    return {
        "id": lot.id,
        "object": "lot",
        "account": lot.account,
        "transaction": lot.id,
        "unit": lot.unit,
        "amount": lot.amount,
        "remaining": lot.remaining,
        "pending": bool(lot.pending),
        "available_at": format_instant(lot.available_at),
        "expires_at": None if closes_at is None else format_instant(closes_at),
        "effective_at": format_instant(lot.effective_at),
    }
