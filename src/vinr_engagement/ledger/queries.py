"""Reading a ledger."""

from collections.abc import Sequence

from vinr_engagement.foundation import ids
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Filters, Page, Span, Window, page
from vinr_engagement.ledger.holder import Holder
from vinr_engagement.ledger.tables import LOTS, POINTS, TRANSACTIONS, Lot, Transaction


async def get_transaction(session: Session, identifier: str, unit: str | None = None) -> Transaction | None:
    """One row by its id, which carries the bucket where it is; with ``unit`` only one of that."""
    bucket = ids.carried_bucket(identifier)
    if bucket is None:
        return None
    found = await session.rows(TRANSACTIONS, "bucket = $1 and id = $2", bucket, identifier)
    return found[0] if found and unit in (None, found[0].unit) else None


async def list_transactions(
    session: Session,
    holder: Holder,
    window: Window,
    *,
    types: Sequence[str] = (),
    created_at: Span | None = None,
    unit: str = POINTS,
) -> Page[Transaction]:
    """An account's rows, the one written last first, those of accounts merged into it included."""
    filters = _of(holder, unit)
    if types:
        filters.among("type", list(types))
    return await page(session, TRANSACTIONS, window, filters.between("created_at", created_at))


async def all_transactions(session: Session, holder: Holder) -> list[Transaction]:
    """Every row of an account, in every unit, oldest first."""
    filters = Filters().among("bucket", holder.all_buckets()).equal("account", holder.id)
    return await session.rows(TRANSACTIONS, filters.sql() + " order by id", *filters.arguments)


async def transactions_written_by(session: Session, owner: Holder, writers: Sequence[str]) -> list[Transaction]:
    """The rows of ``owner`` that were written as those of ``writers``: itself or accounts merged into it since."""
    filters = Filters().among("bucket", sorted({ids.bucket_of(writer) for writer in writers}))
    filters.equal("account", owner.id).among("original_account", list(writers)).equal("unit", POINTS)
    return await session.rows(TRANSACTIONS, filters.sql(), *filters.arguments)


async def list_lots(session: Session, holder: Holder, window: Window, *, open_only: bool = True) -> Page[Lot]:
    """An account's lots, the newest first; ``open_only`` for those with something remaining."""
    filters = _of(holder, POINTS)
    if open_only:
        filters.where("remaining > 0")
    return await page(session, LOTS, window, filters)


async def all_lots(session: Session, holder: Holder) -> list[Lot]:
    """Every lot of an account, in every unit, oldest first."""
    filters = Filters().among("bucket", holder.all_buckets()).equal("account", holder.id)
    return await session.rows(LOTS, filters.sql() + " order by id", *filters.arguments)


def _of(holder: Holder, unit: str) -> Filters:
    return Filters().among("bucket", holder.all_buckets()).equal("account", holder.id).equal("unit", unit)
