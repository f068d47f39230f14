"""How many points an account may hold: as many as every reader of JSON understands."""

from vinr_engagement.foundation.errors import Unprocessable
from vinr_engagement.ledger.holder import Holder

MOST_HELD = (1 << 53) - 1
"""Points that an account may hold, owe, or have earned in all."""


def check_bounds(holder: Holder) -> None:
    """Raises ``Unprocessable`` (``points_out_of_range``) where an account would hold, owe or have earned too many."""
    held = max(holder.balance, 0) + holder.pending_balance
    if max(held, -holder.balance, holder.lifetime_points) > MOST_HELD:
        raise Unprocessable(
            "points_out_of_range",
            f"Account {holder.id} would hold, owe or have earned more than {MOST_HELD} points.",
            resource=holder.id,
        )
