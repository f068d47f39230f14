"""A redemption as others see it."""

from typing import Any

from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import format_instant
from vinr_engagement.rewards.tables import Redemption


def redemption_snapshot(row: Redemption) -> dict[str, Any]:
    """The redemption as the API and outgoing events show it."""
    moments = ("expires_at", "created_at", "updated_at", "applied_at", "released_at", "reversed_at")
    return {
        "id": row.id,
        "object": "redemption",
        "account": row.account,
        "program": row.program,
        "reward": row.reward,
        "reward_name": row.reward_name,
        "quantity": row.quantity,
        "points": row.points,
        "status": row.status,
        **json.decode(row.artifact),
        "payment": row.payment,
        "transaction": row.ledger_row,
        "on_refund": row.on_refund,
        "release_reason": row.release_reason,
        "metadata": json.decode(row.metadata),
        **{name: _text(getattr(row, name)) for name in moments},
    }


def _text(moment: int | None) -> str | None:
    return None if moment is None else format_instant(moment)
