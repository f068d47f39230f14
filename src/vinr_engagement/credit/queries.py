"""Reading wallets and what happened to them."""

from vinr_engagement.credit.tables import SPENDS, WALLETS, CreditSpend, Wallet
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Filters, Page, Span, Window, page
from vinr_engagement.ledger import LOTS, POINTS, TRANSACTIONS, Lot, Transaction
from vinr_engagement.members import Account


async def wallets_of(session: Session, account: Account) -> list[Wallet]:
    """An account's wallets, by currency."""
    where = "bucket = $1 and account = $2 order by currency"
    return await session.rows(WALLETS, where, account.bucket, account.id)


async def open_lots_of(session: Session, account: Account) -> list[Lot]:
    """The lots of an account's wallets that have something remaining."""
    filters = _of(account).where("unit <> {}", POINTS).where("remaining > 0")
    return await session.rows(LOTS, filters.sql(), *filters.arguments)


async def spends_of(session: Session, account: Account) -> list[CreditSpend]:
    """What an account spent on payments, oldest first."""
    filters = _of(account)
    return await session.rows(SPENDS, filters.sql() + " order by id", *filters.arguments)


async def list_transactions(
    session: Session,
    account: Account,
    window: Window,
    *,
    currency: str | None = None,
    payment: str | None = None,
    row_type: str | None = None,
    created_at: Span | None = None,
) -> Page[Transaction]:
    """The rows of an account's wallets, the one written last first, those of accounts merged into it included."""
    filters = _of(account).equal("unit", currency).equal("type", row_type)
    if currency is None:
        filters.where("unit <> {}", POINTS)
    if payment is not None:
        filters.equal("source_type", "payment").equal("source_id", payment)
    return await page(session, TRANSACTIONS, window, filters.between("created_at", created_at))


def _of(account: Account) -> Filters:
    return Filters().among("bucket", account.all_buckets()).equal("account", account.id)
