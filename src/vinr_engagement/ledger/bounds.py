"""How much an account may hold: as much as every reader of JSON understands."""

from vinr_engagement.foundation.errors import Unprocessable
from vinr_engagement.ledger.holder import Holder
from vinr_engagement.ledger.tables import POINTS

MOST_HELD = (1 << 53) - 1
"""Points that an account may hold, owe, or have earned in all, and minor units that a wallet may hold."""


def check_bounds(holder: Holder) -> None:
    """Raises ``Unprocessable`` where an account would hold, owe or have earned too many points (``points_out_of_range``), or
    a wallet would hold too much (``credit_out_of_range``).
    """
    held = max(holder.balance, 0) + holder.pending_balance
    if max(held, -holder.balance, holder.lifetime_points) > MOST_HELD:
        if holder.unit != POINTS:
            raise Unprocessable(
                "credit_out_of_range",
                f"The wallet of account {holder.id} would hold more than {MOST_HELD} minor units of {holder.unit}.",
                resource=holder.id,
            )
        raise Unprocessable(
            "points_out_of_range",
            f"Account {holder.id} would hold, owe or have earned more than {MOST_HELD} points.",
            resource=holder.id,
        )
