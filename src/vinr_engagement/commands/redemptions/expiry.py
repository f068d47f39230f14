"""Redemptions whose time is over are released: what the passage of time does to them."""

from vinr_engagement import rewards
from vinr_engagement.commands.context import Context
from vinr_engagement.commands.redemptions import moves
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.database import NotGathered
from vinr_engagement.members import Account
from vinr_engagement.rewards import Redemption


def next_release_at(context: Context, account: Account) -> Instant | None:
    """When the next pending redemption of an account is released by time. May raise ``NotGathered``."""
    return min((at for at, _ in _waiting(context, account)), default=None)


def release_due(context: Context, account: Account, moment: Instant) -> None:
    """Releases those whose time is over at ``moment``, as of that moment."""
    waiting = _waiting(context, account)
    _gathered(context, account, [row for at, row in waiting if at <= context.now])
    for at, row in sorted(waiting, key=lambda each: each[1].id):
        if at <= moment:
            moves.release(context, account, row, "expired", moment)


def _waiting(context: Context, account: Account) -> list[tuple[Instant, Redemption]]:
    return [
        (row.expires_at, row)
        for bucket in account.all_buckets()
        for row in context.state.select(rewards.EXPIRING_REDEMPTIONS, (bucket, account.id))
        if row.status == "pending" and row.expires_at is not None
    ]


def _gathered(context: Context, account: Account, rows: list[Redemption]) -> None:
    """Asks for what all that is due needs at once: one by one it would be asked for without end."""
    needs = [need for row in rows for need in rewards.release_needs(row, account)]
    missing = [need for need in needs if context.state.missing(*need)]
    if missing:
        raise NotGathered(*missing)
