"""When points that wait for activity expire: no row says it, since it moves with whatever their owner does next."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from vinr_engagement import programs
from vinr_engagement.analytics.activity import month_of
from vinr_engagement.analytics.books import Books
from vinr_engagement.analytics.tables import QUARTER
from vinr_engagement.foundation.database import Changes, Session
from vinr_engagement.foundation.database.page import Filters
from vinr_engagement.ledger import LOTS, POINTS, Lot
from vinr_engagement.members import ACCOUNTS, Account, account_key
from vinr_engagement.programs import Program

ACCOUNTS_AT_ONCE: Final = 200
_OPEN = "remaining > 0 and inactivity_months is not null and unit = 'points'"
_BY_QUARTER = (
    "select active, available, months, sum(remaining) from ("
    f" select case when a.activity_at > l.effective_at then a.activity_at else l.effective_at end / {QUARTER} as active,"
    f" case when l.pending then l.available_at / {QUARTER} else 0 end as available,"
    " l.inactivity_months as months, l.remaining as remaining from lots l join accounts a on a.id = l.account"
    " where l.remaining > 0 and l.inactivity_months is not null and l.unit = 'points' and a.program = $1"
    ") as waiting group by active, available, months"
)

Waiting = tuple[int, int, int, int]
"""The quarter of the last activity, that from which they can be spent (0: now), the months that they wait, and the points."""


async def by_month(books: Books, changes: Sequence[Changes]) -> Counter[int | None]:
    """Open points that wait for activity, by the local month in which they expire if there is none."""
    found: Counter[int | None] = Counter()
    rows = await books.session.fetch(_BY_QUARTER, books.program.id)
    _count(
        found, books.program, ((active, available, months, int(points)) for active, available, months, points in rows)
    )
    touched = {row.id: row for each in changes for row in _after(each)}
    names = list(touched)
    for at in range(0, len(names), ACCOUNTS_AT_ONCE):
        await _correct(found, books, [touched[name] for name in names[at : at + ACCOUNTS_AT_ONCE]], changes)
    return found


def _count(found: "Counter[int | None]", program: Program, waiting: Iterable[Waiting], sign: int = 1) -> None:
    for active, available, months, points in waiting:
        deadline = programs.inactivity_deadline(program, active * QUARTER, months) // QUARTER
        found[month_of(max(deadline, available), program.zone)] += sign * points


def _after(changes: Changes) -> Iterable[Account]:
    yield from changes.inserted.get(ACCOUNTS, ())
    for _, row in changes.updated.get(ACCOUNTS, ()):
        yield row


async def _correct(
    found: "Counter[int | None]", books: Books, accounts: Sequence[Account], changes: Sequence[Changes]
) -> None:
    """Puts what is foreseen of some accounts in the place of what is written."""
    written = {row.id: row for row in await books.session.find(ACCOUNTS, [account_key(each.id) for each in accounts])}
    lots = {lot.id: lot for lot in await _lots_of(books.session, accounts)}
    _count(found, books.program, [_waiting(lot, written[lot.account]) for lot in lots.values()], -1)
    foreseen = {account.id: account for account in accounts}
    for each in changes:
        changed = (*each.inserted.get(LOTS, ()), *(after for _, after in each.updated.get(LOTS, ())))
        lots.update({lot.id: lot for lot in changed if lot.account in foreseen and lot.unit == POINTS})
    still = [lot for lot in lots.values() if lot.remaining and lot.inactivity_months is not None]
    _count(found, books.program, [_waiting(lot, foreseen[lot.account]) for lot in still])


async def _lots_of(session: Session, accounts: Sequence[Account]) -> list[Lot]:
    buckets = sorted({bucket for account in accounts for bucket in account.all_buckets()})
    where = Filters().among("bucket", buckets).among("account", [account.id for account in accounts]).where(_OPEN)
    return await session.rows(LOTS, where.sql(), *where.arguments)


def _waiting(lot: Lot, account: Account) -> Waiting:
    active = max(account.activity_at, lot.effective_at) // QUARTER
    return active, lot.available_at // QUARTER if lot.pending else 0, lot.inactivity_months or 0, lot.remaining
