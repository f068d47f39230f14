"""Reading one account: settled, as of a moment, its lots, and everything that is held about it."""

from typing import Any, NamedTuple

from vinr_engagement import campaigns, credit, ledger, members, referrals
from vinr_engagement.campaigns import queries as campaign_queries
from vinr_engagement.commands import tier_progress
from vinr_engagement.credit import queries as credit_queries
from vinr_engagement.entrypoints.api.answers import found_or_missing, settled
from vinr_engagement.entrypoints.api.errors import Fault
from vinr_engagement.entrypoints.api.exchange import Exchange
from vinr_engagement.entrypoints.api.paging import Paging
from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import Instant, format_instant
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Page
from vinr_engagement.inbox import queries as inbox_queries
from vinr_engagement.inbox.queries import About
from vinr_engagement.ledger import Lot, lot_snapshot
from vinr_engagement.ledger import queries as ledger_queries
from vinr_engagement.members import Account
from vinr_engagement.members import queries as member_queries
from vinr_engagement.outbox import queries as outbox_queries
from vinr_engagement.programs import Program
from vinr_engagement.programs import queries as program_queries
from vinr_engagement.referrals import queries as referral_queries
from vinr_engagement.rewards import queries as reward_queries
from vinr_engagement.rewards import redemption_snapshot
from vinr_engagement.tiers import DailyTotal
from vinr_engagement.tiers import queries as tier_queries


async def read_account(exchange: Exchange, identifier: str, param: str | None = None) -> Account:
    """The account, with all that time has changed of it written. Raises ``NotFound``."""
    found = await settled(
        exchange, lambda session: member_queries.get_account(session, identifier), lambda account: [account]
    )
    return found_or_missing(found, "account", identifier, param)


async def account_as_of(exchange: Exchange, account: Account, moment: Instant) -> dict[str, Any]:
    """The account with the balances of a moment. Raises ``Fault`` for one that is still to come."""
    now = await exchange.store.now()
    if moment > now:
        message = f"as_of must not be in the future: it is {format_instant(now)} in this store."
        raise Fault("parameter_invalid", message, param="as_of")

    async def read(session: Session) -> tuple[int, int, int]:
        owners = await member_queries.owners_at(session, account, moment)
        if not owners:
            return 0, 0, 0
        survivor = await member_queries.survivor_of(session, account)
        rows = await ledger_queries.transactions_written_by(session, survivor, owners)
        return ledger.balances_as_of(rows, moment)

    balance, pending, lifetime = await exchange.read(read)
    return {
        **members.account_snapshot(account),
        "balance": balance,
        "pending_balance": pending,
        "lifetime_points": lifetime,
        "as_of": format_instant(moment),
    }


async def read_lots(
    exchange: Exchange, identifier: str, paging: Paging, *, open_only: bool
) -> tuple[Page[Lot], list[dict[str, Any]]]:
    """A page of an account's lots, and how they are shown."""
    account = await read_account(exchange, identifier)

    async def place(session: Session, cursor: str) -> str | None:
        found = await ledger_queries.get_transaction(session, cursor)
        return cursor if found is not None and found.account == account.id else None

    async def read(session: Session) -> tuple[Page[Lot], Program]:
        window = await paging.window(session, place)
        page = await ledger_queries.list_lots(session, account, window, open_only=open_only)
        return page, await _program_of(session, account)

    page, program = await exchange.read(read)
    return page, [lot_snapshot(lot, ledger.closes_at(lot, account, program)) for lot in page.rows]


async def _program_of(session: Session, account: Account) -> Program:
    return found_or_missing(await program_queries.get_program(session, account.program), "program", account.program)


async def wallet_in(session: Session, account: Account) -> dict[str, Any]:
    """The account's store credit, as it is shown."""
    wallets = await credit_queries.wallets_of(session, account)
    lots = await credit_queries.open_lots_of(session, account) if wallets else []
    return credit.wallet_snapshot(account.id, wallets, lots)


class _Standing(NamedTuple):
    """A member with what its tier depends on, read together."""

    account: Account
    program: Program
    totals: list[DailyTotal]
    now: Instant

    def progress(self) -> dict[str, Any]:
        return tier_progress(self.program, self.account, self.totals, self.now)


async def _standing_of(exchange: Exchange, session: Session, account: Account) -> _Standing:
    totals = await tier_queries.totals_in(session, account.id, account.all_buckets())
    return _Standing(account, await _program_of(session, account), totals, await exchange.store.now_in(session))


async def read_tier(exchange: Exchange, identifier: str) -> dict[str, Any]:
    """Where a member stands in the tiers. Raises ``NotFound``, and ``Conflict`` for an account that was merged away."""

    async def read(session: Session) -> _Standing | None:
        account = await member_queries.get_account(session, identifier)
        return None if account is None else await _standing_of(exchange, session, account)

    found = await settled(exchange, read, lambda found: [] if found is None else [found.account])
    standing = found_or_missing(found, "account", identifier)
    if standing.account.status == "merged":
        raise members.merged_conflict(standing.account)
    return standing.progress()


async def _campaigns_of(session: Session, account: Account) -> list[dict[str, Any]]:
    """What campaigns brought to a member."""
    brought = await campaign_queries.campaigns_of(session, account)
    rows = {row.id: row for row in await campaign_queries.get_campaigns(session, [each.campaign for each in brought])}
    return [
        campaigns.member_snapshot(
            each.campaign,
            account.id,
            campaigns.parse_campaign(json.decode(rows[each.campaign].body)).mechanics,
            each,
        )
        for each in brought
    ]


async def about(session: Session, account: Account) -> About:
    """A member as events tell of them, with all that was merged into it."""
    accounts = [account, *await member_queries.merged_into(session, account)]
    return About(await member_queries.customer_ids_of(session, accounts), [each.id for each in accounts])


async def account_export(exchange: Exchange, identifier: str) -> dict[str, Any]:
    """Everything that is held about a member."""
    account = await read_account(exchange, identifier)

    async def read(session: Session) -> dict[str, Any]:
        program = await _program_of(session, account)
        customers = await member_queries.customers_of(session, account)
        rows = await ledger_queries.all_transactions(session, account)
        named = {row.event for row in rows if row.event is not None}
        received = await inbox_queries.received_about(session, named, await about(session, account))
        return {
            "object": "account_export",
            "account": members.account_snapshot(account),
            "tier": None if account.status == "merged" else (await _standing_of(exchange, session, account)).progress(),
            "customers": [members.customer_snapshot(customer) for customer in customers],
            "transactions": [ledger.transaction_snapshot(row) for row in rows if row.unit == ledger.POINTS],
            "lots": [
                lot_snapshot(lot, ledger.closes_at(lot, account, program))
                for lot in await ledger_queries.all_lots(session, account)
            ],
            "wallet": await wallet_in(session, account),
            "credit_transactions": [ledger.transaction_snapshot(row) for row in rows if row.unit != ledger.POINTS],
            "redemptions": [
                redemption_snapshot(row)
                for row in await reward_queries.all_redemptions(session, account.id, account.all_buckets())
            ],
            "events": [
                outbox_queries.event_snapshot(event) for event in await outbox_queries.all_events(session, account.id)
            ],
            "campaigns": await _campaigns_of(session, account),
            "received_events": [inbox_queries.received_event_snapshot(event) for event in received],
            "referrals": [
                referrals.referral_snapshot(row) for row in await referral_queries.all_referrals(session, account.id)
            ],
        }

    return await exchange.read(read)
