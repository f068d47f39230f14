"""Combining the ledgers of two accounts. Rows keep their bucket; the survivor knows where they are."""

from vinr_engagement.foundation.database import State
from vinr_engagement.ledger.holder import Holder
from vinr_engagement.ledger.lots import available_lots, take
from vinr_engagement.programs import Program


def merge_lots(state: State, source: Holder, target: Holder, program: Program) -> None:
    """Moves balances and lifetime points from source to target; a debt on one side is paid from the other's lots.

    Both must be settled and announced to the state. Re-parenting of rows and lots is the caller's.
    """
    for debtor, payer in ((source, target), (target, source)):
        if debtor.balance < 0 < payer.balance:
            take(state, available_lots(state, payer, program), min(-debtor.balance, payer.balance))
    target.balance += source.balance
    target.pending_balance += source.pending_balance
    target.lifetime_points += source.lifetime_points
    target.activity_at = max(target.activity_at, source.activity_at)
    dues = [due for due in (source.next_due_at, target.next_due_at) if due is not None]
    target.next_due_at = min(dues, default=None)
    source.balance = source.pending_balance = source.lifetime_points = 0
    source.next_due_at = None
