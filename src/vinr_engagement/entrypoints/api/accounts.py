"""``/v1/loyalty/accounts``: members."""

from typing import Annotated, Literal

from fastapi import Query, Response
from pydantic import Field

from vinr_engagement.commands import (
    CloseAccount,
    CreateAccount,
    EraseAccount,
    MergeAccounts,
    ReopenAccount,
    UpdateAccount,
)
from vinr_engagement.entrypoints.api.account_reads import account_as_of, account_export, read_account, read_lots
from vinr_engagement.entrypoints.api.answers import Caller, Errors, json_answer, perform, settled
from vinr_engagement.entrypoints.api.campaign_shapes import CampaignProgress
from vinr_engagement.entrypoints.api.expand import Expanding, expand
from vinr_engagement.entrypoints.api.fields import (
    Id,
    Instant,
    Metadata,
    MetadataChanges,
    Search,
    Shape,
    Time,
    Wire,
    example,
)
from vinr_engagement.entrypoints.api.member_shapes import Customer, LoyaltyAccount, Wallet
from vinr_engagement.entrypoints.api.paging import PageShape, Paging
from vinr_engagement.entrypoints.api.referral_shapes import Referral
from vinr_engagement.entrypoints.api.routing import Resource
from vinr_engagement.entrypoints.api.shapes import (
    CreditTransaction,
    Event,
    Lot,
    PointsTransaction,
    ReceivedEvent,
    Redemption,
)
from vinr_engagement.entrypoints.api.tier_shapes import TierProgress
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Page
from vinr_engagement.members import Account, account_snapshot
from vinr_engagement.members import queries as member_queries

accounts = Resource("accounts", "/v1/loyalty/accounts", "accounts")


class AccountAsOf(LoyaltyAccount):
    """A member; with ``as_of``, the balances are those of that moment."""

    as_of: Time | None = Field(None, description="The moment of the balances, where one was asked for.")


class MergedAccount(LoyaltyAccount):
    """The survivor of a merge."""

    dry_run: bool | None = Field(None, description="True where nothing was changed.")


class AccountList(Shape):
    """A page of members, newest first."""

    object: Literal["list"]
    data: list[LoyaltyAccount]
    page: PageShape


class LotList(Shape):
    """A page of lots, newest first."""

    object: Literal["list"]
    data: list[Lot]
    page: PageShape


class AccountExport(Shape):
    """Everything that is held about a member."""

    object: Literal["account_export"]
    account: LoyaltyAccount
    tier: TierProgress | None = Field(description="Null for an account that was merged into another.")
    customers: list[Customer]
    transactions: list[PointsTransaction]
    lots: list[Lot]
    redemptions: list[Redemption]
    wallet: Wallet
    credit_transactions: list[CreditTransaction]
    events: list[Event]
    campaigns: list[CampaignProgress]
    received_events: list[ReceivedEvent]
    referrals: list[Referral]


class NewAccount(Wire):
    """A member to enrol."""

    model_config = example(program="prog_default", customer="cust_abc123", metadata={"signup_channel": "web"})

    program: Id = Field(description="The program to enrol in.", examples=["prog_default"])
    customer: Id | None = Field(
        None, description="Your customer, so that their next payment earns.", examples=["cust_abc123"]
    )
    metadata: Metadata = Field(default_factory=dict)


class AccountChanges(Wire):
    """What to change of a member."""

    model_config = example(metadata={"signup_channel": "app"})

    metadata: MetadataChanges | None = None
    customer: Id | None = Field(None, description="Links a standalone account to a customer.", examples=["cust_abc123"])


class Merge(Wire):
    """Two accounts to make one."""

    source: Id = Field(description="The account that is emptied.", examples=["loy_06evgt3m8x4k9c2p7r1wz5qjbh"])
    target: Id = Field(description="The account that survives.", examples=["loy_06evgt3m8x4k9c2p7r1wz5qjc0"])
    dry_run: bool = Field(False, description="Show the result and change nothing.")


class ListAccounts(Paging, Expanding):
    """Which accounts to list."""

    program: Id | None = Field(None, description="Only those in this program.", examples=["prog_default"])
    customer: Id | None = Field(None, description="Only what this customer resolves to.", examples=["cust_abc123"])
    tier: Id | None = Field(None, description="Only those in this tier, by its key.", examples=["gold"])
    search: Search | None = Field(
        None,
        description="Only those whose id begins so, or whose customer's id, email, or any word of whose name does.",
        examples=["anna"],
    )
    status: Literal["active", "closed", "merged", "all"] = Field(
        "active", description="Only those with this status; `all` for every one."
    )


class GetAccount(Expanding):
    """How to show an account."""

    as_of: Instant | None = Field(None, description="Show the balances as they stood then.")


class ListLots(Paging, Expanding):
    """Which lots to list."""

    status: Literal["open", "all"] = Field("open", description="`open` for those with something remaining.")


@accounts.write(
    "POST", "", "create", LoyaltyAccount, errors=("account_already_exists", "program_archived", "resource_missing")
)
async def create_account(caller: Caller, errors: Errors, body: NewAccount) -> Response:
    """Enrol a member

    The welcome bonus, where a rule gives one, is in the answer. A customer has at most one active account in a program: a
    second is refused with `account_already_exists`, and `resource` names the first.
    """
    return await perform(caller, errors, CreateAccount(body.program, body.customer, body.metadata))


@accounts.get("", "list", AccountList, errors=("parameter_invalid",))
async def list_accounts(caller: Caller, query: Annotated[ListAccounts, Query()]) -> Response:
    """List members

    Newest first; active ones unless `status` says otherwise. `search` is what people type: upper case, accents and
    punctuation make no difference in names and addresses; ids are found as they are written.
    """
    tree = query.tree("loyalty_account")

    async def read(session: Session) -> Page[Account]:
        window = await query.window(session, _place)
        status = None if query.status == "all" else query.status
        return await member_queries.list_accounts(
            session,
            window,
            program=query.program,
            customer=query.customer,
            tier=query.tier,
            search=query.search,
            status=status,
        )

    page = await settled(caller, read, lambda page: page.rows)
    data = [account_snapshot(account) for account in page.rows]
    await expand(caller, data, "loyalty_account", tree)
    return json_answer(query.answer(page, data))


async def _place(session: Session, cursor: str) -> str | None:
    return cursor if await member_queries.get_account(session, cursor) else None


@accounts.write(
    "POST",
    "/merge",
    "merge",
    MergedAccount,
    errors=(
        "account_closed",
        "account_merged",
        "program_mismatch",
        "points_out_of_range",
        "credit_out_of_range",
        "resource_missing",
    ),
)
async def merge_accounts(caller: Caller, errors: Errors, body: Merge) -> Response:
    """Merge two accounts

    Balances, pending points, lots, lifetime points and history move to `target` in one step, irreversibly. The source's
    customer resolves to the survivor from then on. The answer is the survivor.
    """
    return await perform(caller, errors, MergeAccounts(body.source, body.target, dry_run=body.dry_run))


@accounts.get("/{account}", "retrieve", AccountAsOf, errors=("parameter_invalid",))
async def get_account(caller: Caller, account: str, query: Annotated[GetAccount, Query()]) -> Response:
    """Retrieve a member

    With `as_of`, the balances are recomputed from the ledger rows that were the account's own at that moment; all else is as
    it is now.
    """
    tree = query.tree("loyalty_account")
    found = await read_account(caller, account)
    shown = account_snapshot(found) if query.as_of is None else await account_as_of(caller, found, query.as_of)
    await expand(caller, [shown], "loyalty_account", tree)
    return json_answer(shown)


_UPDATE_ERRORS = ("account_merged", "account_already_linked", "account_already_exists")


@accounts.write("PATCH", "/{account}", "update", LoyaltyAccount, errors=_UPDATE_ERRORS)
async def update_account(caller: Caller, errors: Errors, account: str, body: AccountChanges) -> Response:
    """Update a member"""
    return await perform(caller, errors, UpdateAccount(account, body.metadata, body.customer))


@accounts.write("POST", "/{account}", "update_by_post", LoyaltyAccount, errors=_UPDATE_ERRORS, alias_of="update")
async def update_account_by_post(caller: Caller, errors: Errors, account: str, body: AccountChanges) -> Response:
    """Update a member (for clients without PATCH)"""
    return await perform(caller, errors, UpdateAccount(account, body.metadata, body.customer))


@accounts.write("POST", "/{account}/close", "close", LoyaltyAccount, errors=("account_closed", "account_merged"))
async def close_account(caller: Caller, errors: Errors, account: str) -> Response:
    """Close an account

    It keeps its history and earns nothing more; refunds, expiry and adjustments still reach it.
    """
    return await perform(caller, errors, CloseAccount(account))


@accounts.write(
    "POST",
    "/{account}/reopen",
    "reopen",
    LoyaltyAccount,
    errors=("account_not_closed", "account_merged", "account_already_exists"),
)
async def reopen_account(caller: Caller, errors: Errors, account: str) -> Response:
    """Reopen a closed account

    Refused where the customer has opened another meanwhile.
    """
    return await perform(caller, errors, ReopenAccount(account))


@accounts.write("POST", "/{account}/erase", "erase", LoyaltyAccount, errors=("account_erased", "account_merged"))
async def erase_account(caller: Caller, errors: Errors, account: str) -> Response:
    """Forget the person behind an account

    Removes the customer link, metadata and free text, in past events as well; amounts stay. Irreversible.
    """
    return await perform(caller, errors, EraseAccount(account))


@accounts.get("/{account}/export", "export", AccountExport)
async def export_account(caller: Caller, account: str) -> Response:
    """Export everything held about a member"""
    return json_answer(await account_export(caller, account))


@accounts.get("/{account}/lots", "list_lots", LotList, errors=("parameter_invalid",))
async def list_lots(caller: Caller, account: str, query: Annotated[ListLots, Query()]) -> Response:
    """List the lots of a member

    What is left of each credit, with its own expiry.
    """
    tree = query.tree("lot")
    page, data = await read_lots(caller, account, query, open_only=query.status == "open")
    await expand(caller, data, "lot", tree)
    return json_answer(query.answer(page, data))
