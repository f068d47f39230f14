"""What time has changed of members and nobody has written yet: as :class:`Settle` would, found out without effect."""

from collections.abc import AsyncGenerator, Sequence
from typing import Final

from vinr_engagement.audit import Origin
from vinr_engagement.commands.settle import Settle
from vinr_engagement.commands.write_path import WritePath
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.errors import Contention, Unavailable
from vinr_engagement.ledger import TRANSACTIONS, Transaction

ACCOUNTS_A_STEP: Final = 200

_ORIGIN: Final = Origin("engine")


async def unwritten(
    write_path: WritePath, session: Session, program: str, now: Instant
) -> AsyncGenerator[list[Transaction], None]:
    """The ledger rows that settling the accounts of a program would add by ``now``, some accounts at a time."""
    last: tuple[Instant, str] = (-(1 << 62), "")
    while due := await _due(session, program, now, last):
        last = due[-1]
        yield await _rows_of(write_path, session, [account for _, account in due], now)


async def _rows_of(write_path: WritePath, session: Session, accounts: Sequence[str], now: Instant) -> list[Transaction]:
    try:
        settled = await write_path.foresee(session, Settle(accounts), _ORIGIN, now)
    except (Contention, Unavailable):
        raise
    except Exception:  # noqa: BLE001 (one that cannot be settled is left out, as the sweep sets it aside)
        if len(accounts) == 1:
            return []
        return [row for account in accounts for row in await _rows_of(write_path, session, [account], now)]
    return list(settled.inserted.get(TRANSACTIONS, ()))


async def _due(session: Session, program: str, now: Instant, last: tuple[Instant, str]) -> list[tuple[Instant, str]]:
    rows = await session.fetch(
        "select next_due_at, id from accounts where next_due_at is not null and next_due_at <= $1 and program = $2"
        f" and (next_due_at, id) > ($3, $4) order by next_due_at, id limit {ACCOUNTS_A_STEP}",
        *(now, program, *last),
    )
    return [(moment, account) for moment, account in rows]
