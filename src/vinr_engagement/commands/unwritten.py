"""The ledger rows that time has brought about and nobody has written yet, for reports of any length."""

from collections.abc import AsyncGenerator
from typing import Final

from vinr_engagement.commands.foresight import settled
from vinr_engagement.commands.write_path import WritePath
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.database import Session
from vinr_engagement.ledger import TRANSACTIONS, Transaction

ACCOUNTS_A_STEP: Final = 200


async def unwritten(
    write_path: WritePath, session: Session, program: str, now: Instant
) -> AsyncGenerator[list[Transaction], None]:
    """The ledger rows that settling the accounts of a program would add by ``now``, some accounts at a time."""
    last: tuple[Instant, str] = (-(1 << 62), "")
    while due := await _due(session, program, now, last):
        last = due[-1]
        states = await settled(write_path, session, [account for _, account in due], now)
        yield [row for state in states for row in state.inserted.get(TRANSACTIONS, ())]


async def _due(session: Session, program: str, now: Instant, last: tuple[Instant, str]) -> list[tuple[Instant, str]]:
    rows = await session.fetch(
        "select next_due_at, id from accounts where next_due_at is not null and next_due_at <= $1 and program = $2"
        f" and (next_due_at, id) > ($3, $4) order by next_due_at, id limit {ACCOUNTS_A_STEP}",
        *(now, program, *last),
    )
    return [(moment, account) for moment, account in rows]
