"""What time has changed and nobody has written yet, as the sweep would write it: for reports, which settle nothing."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from vinr_engagement import analytics
from vinr_engagement.audit import Origin
from vinr_engagement.commands import gathering
from vinr_engagement.commands.settle import Settle
from vinr_engagement.commands.write_path import WritePath
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.database import Changes, Session, State
from vinr_engagement.foundation.errors import Contention, Unavailable

FORESEEN_AT_MOST: Final = 2_000
"""So many accounts that wait for the sweep are looked at; where more do, the figures say how many they leave out."""
AT_ONCE: Final = 50
_DUE = "from accounts where program = $1 and next_due_at is not null and next_due_at <= $2"
_ENGINE: Final = Origin("engine")


class Foresight(NamedTuple):
    """What is to come of the accounts that are due: totals, the rows behind them, and how many were left out."""

    ahead: analytics.Ahead
    changes: list[Changes]


async def foresee(write_path: WritePath, session: Session, program: str, now: Instant) -> Foresight:
    """What settling the accounts of a program that are due would write, in the caller's snapshot. Writes nothing."""
    rows = await session.fetch(f"select id {_DUE} order by next_due_at limit {FORESEEN_AT_MOST + 1}", program, now)
    due = [identifier for (identifier,) in rows]
    unsettled = 0
    if len(due) > FORESEEN_AT_MOST:
        ((count,),) = await session.fetch(f"select count(*) {_DUE}", program, now)
        unsettled = count - FORESEEN_AT_MOST
    tally, changes = analytics.Tally(), []
    for at in range(0, min(len(due), FORESEEN_AT_MOST), AT_ONCE):
        for state in await settled(write_path, session, due[at : at + AT_ONCE]):
            changes.append(gathering.rows_of(state))
            tally.add_all(analytics.tally_of(state, changes[-1]))
    return Foresight(analytics.Ahead(tally, unsettled), changes)


async def settled(
    write_path: WritePath, session: Session, accounts: Sequence[str], now: Instant | None = None
) -> list[State]:
    """The rows as settling these accounts by ``now``, or the store's own time, would leave them. Writes nothing.

    One that cannot be settled is left out, as the sweep sets it aside.
    """
    try:
        return [await write_path.foresee(session, Settle(accounts), _ENGINE, now)]
    except (Contention, Unavailable):
        raise
    except Exception:  # noqa: BLE001 (whatever is wrong with one account, the others are settled)
        if len(accounts) == 1:
            return []
        return [state for account in accounts for state in await settled(write_path, session, [account], now)]
