"""Reading accounts and customers."""

from collections.abc import Iterable, Sequence

from vinr_engagement.foundation import ids
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.database import Database, Session
from vinr_engagement.foundation.database.page import Filters, Page, Window, page, plan_for_values
from vinr_engagement.members.search import found_by
from vinr_engagement.members.tables import ACCOUNTS, CUSTOMERS, LINKS, Account, Customer, account_key, customer_key


async def get_account(session: Session, identifier: str) -> Account | None:
    """One account, whatever its status."""
    found = await get_accounts(session, [identifier])
    return found[0] if found else None


async def get_accounts(session: Session, identifiers: Iterable[str]) -> list[Account]:
    """The accounts that exist of these, in no promised order."""
    keys = [account_key(identifier) for identifier in identifiers]
    return await session.find(ACCOUNTS, keys) if keys else []


_ACCOUNT_AND_CLOCK = (
    f"select {', '.join(ACCOUNTS.columns)}, (select clock_now from store_state where id = 1)"
    " from accounts where bucket = $1 and id = $2"
)


async def account_and_clock(database: Database, identifier: str) -> tuple[Account, Instant | None] | None:
    """One account, and where the store's clock was set if it was."""
    found = await database.ask(_ACCOUNT_AND_CLOCK, *account_key(identifier))
    return (Account(*found[0][:-1]), found[0][-1]) if found else None


async def list_accounts(
    session: Session,
    window: Window,
    *,
    program: str | None = None,
    customer: str | None = None,
    tier: str | None = None,
    search: str | None = None,
    status: str | None = "active",
) -> Page[Account]:
    """Accounts, newest first; ``status`` of ``None`` for every one. ``search`` is what people type to find somebody.

    ``customer`` finds what the customer resolves to, a survivor of a merge included; where accounts other than active ones
    are asked for, also those that the customer once had.
    """
    filters = Filters().equal("status", status)
    if customer is not None:
        linked = "id in (select account from customer_links where bucket = {} and customer = {})"
        arguments = (ids.bucket_of(customer), customer)
        if status == "active":
            filters.where(linked, *arguments)
        else:
            filters.where(f"({linked} or customer = {{}})", *arguments, customer)
    if tier is not None:
        await plan_for_values(session)
    if search is not None:
        found_by(filters, search, engine=session.engine, active=status == "active")
    return await page(session, ACCOUNTS, window, filters.equal("program", program).equal("tier", tier))


async def owners_at(session: Session, account: Account, moment: Instant) -> list[str]:
    """The accounts whose rows were this account's own at a moment: itself, and those merged into it by then.

    Empty where the account had itself been merged away by then.
    """
    if account.merged_at is not None and account.merged_at <= moment:
        return []
    owners, frontier = [account.id], [account.id]
    while frontier:
        where = Filters().among("merged_into", frontier).where("merged_at <= {}", moment)
        frontier = [row.id for row in await session.rows(ACCOUNTS, where.sql(), *where.arguments)]
        owners.extend(frontier)
    return owners


async def merged_into(session: Session, account: Account) -> list[Account]:
    """The accounts that were merged into this one, directly or by way of others."""
    found: list[Account] = []
    frontier = [account]
    while frontier:
        where = Filters().among("merged_into", [each.id for each in frontier])
        frontier = await session.rows(ACCOUNTS, where.sql(), *where.arguments)
        found.extend(frontier)
    return found


async def survivor_of(session: Session, account: Account) -> Account:
    """The account that now holds what this one held, followed through merges."""
    while account.merged_into is not None:
        following = await get_account(session, account.merged_into)
        if following is None:
            break
        account = following
    return account


async def get_customer(session: Session, identifier: str) -> Customer | None:
    """One customer of the mirror."""
    found = await get_customers(session, [identifier])
    return found[0] if found else None


async def get_customers(session: Session, identifiers: Iterable[str]) -> list[Customer]:
    """The customers that the mirror has of these."""
    keys = [customer_key(identifier) for identifier in identifiers]
    return await session.find(CUSTOMERS, keys) if keys else []


async def list_customers(session: Session, window: Window, *, email: str | None = None) -> Page[Customer]:
    """Customers, the one first heard of last first; places are ``listed_id``."""
    return await page(session, CUSTOMERS, window, Filters().equal("email", email), place="listed_id")


async def customer_ids_of(session: Session, accounts: Sequence[Account]) -> list[str]:
    """The customers that resolve to these accounts, and those that the accounts are or were for."""
    where = Filters().among("account", [account.id for account in accounts])
    links = await session.rows(LINKS, where.sql(), *where.arguments)
    named = {account.customer for account in accounts if account.customer is not None}
    return sorted({link.customer for link in links} | named)


async def customers_of(session: Session, account: Account) -> list[Customer]:
    """What the mirror has of the customers that resolve to an account."""
    links = await session.rows(LINKS, "account = $1 order by customer", account.id)
    return await get_customers(session, [link.customer for link in links])
