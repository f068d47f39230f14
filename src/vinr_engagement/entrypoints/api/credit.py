"""``/v1/loyalty/credit``: money owed to members, and their wallets."""

from typing import Annotated, Literal

from fastapi import Query, Response
from pydantic import Field

from vinr_engagement.commands import IssueCredit, SpendCredit
from vinr_engagement.credit import queries as credit_queries
from vinr_engagement.entrypoints.api.account_reads import read_account, wallet_in
from vinr_engagement.entrypoints.api.answers import Caller, Errors, found_or_missing, json_answer, perform
from vinr_engagement.entrypoints.api.expand import Expanding, expand
from vinr_engagement.entrypoints.api.fields import (
    CurrencyCode,
    Id,
    Instant,
    Metadata,
    Minor,
    Reason,
    Shape,
    Wire,
    example,
)
from vinr_engagement.entrypoints.api.member_shapes import Wallet
from vinr_engagement.entrypoints.api.paging import CreatedAt, PageShape, Paging
from vinr_engagement.entrypoints.api.routing import Resource
from vinr_engagement.entrypoints.api.shapes import CreditTransaction, CreditTransactionDone, TransactionType
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Page
from vinr_engagement.ledger import POINTS, Transaction, transaction_snapshot
from vinr_engagement.ledger import queries as ledger_queries

credit = Resource("credit", "/v1/loyalty/credit", "credit")
wallets = Resource("credit", "/v1/loyalty/accounts", "credit", named="accounts")


class CreditTransactionList(Shape):
    """A page of store credit transactions, newest first."""

    object: Literal["list"]
    data: list[CreditTransaction]
    page: PageShape


class CreditIssue(Wire):
    """Store credit to grant."""

    model_config = example(account="loy_06evgt3m8x4k9c2p7r1wz5qjbh", amount=1500, currency="EUR", reason="goodwill")

    account: Id = Field(description="To whom.", examples=["loy_06evgt3m8x4k9c2p7r1wz5qjbh"])
    amount: Minor = Field(description="In minor units.", examples=[1500])
    currency: CurrencyCode = Field(description="ISO 4217, in capitals.", examples=["EUR"])
    reason: Reason | None = Field(None, description="A short machine-friendly text.", examples=["goodwill"])
    expires_at: Instant | None = Field(None, description="When what is left expires; never, unless given.")
    metadata: Metadata = Field(default_factory=dict)


class CreditSpending(Wire):
    """Store credit to take for a payment."""

    model_config = example(account="loy_06evgt3m8x4k9c2p7r1wz5qjbh", amount=500, currency="EUR", payment="pay_1001")

    account: Id = Field(description="Whose.", examples=["loy_06evgt3m8x4k9c2p7r1wz5qjbh"])
    amount: Minor = Field(description="In minor units.", examples=[500])
    currency: CurrencyCode = Field(description="ISO 4217, in capitals.", examples=["EUR"])
    payment: Id = Field(
        description="What it is spent on; it may complete later. Its refunds give back their share.",
        examples=["pay_1001"],
    )


class ListCredit(Paging, Expanding, CreatedAt):
    """Which transactions to list."""

    account: Id = Field(description="Whose.", examples=["loy_06evgt3m8x4k9c2p7r1wz5qjbh"])
    currency: CurrencyCode | None = Field(None, description="Only those in this currency.")
    payment: Id | None = Field(None, description="Only what was spent on this payment, and given back from it.")
    type: TransactionType | None = Field(None, description="Only those of this type.")


class GetCredit(Expanding):
    """How to show a transaction."""


@credit.write(
    "POST",
    "/issue",
    "issue",
    CreditTransactionDone,
    errors=("resource_missing", "account_merged", "credit_out_of_range", "expires_at_in_past"),
)
async def issue_credit(caller: Caller, errors: Errors, body: CreditIssue) -> Response:
    """Issue store credit

    Goes to closed accounts as well. Without `expires_at` it never expires.
    """
    command = IssueCredit(body.account, body.amount, body.currency, body.reason, body.metadata, body.expires_at)
    return await perform(caller, errors, command)


@credit.write(
    "POST",
    "/spend",
    "spend",
    CreditTransactionDone,
    errors=("resource_missing", "account_closed", "account_merged", "payment_failed", "insufficient_credit"),
)
async def spend_credit(caller: Caller, errors: Errors, body: CreditSpending) -> Response:
    """Spend store credit

    Takes it for a payment, which need not have completed: what expires soonest first, and never more than the wallet holds.
    Refunds of the payment give back their share, its failure gives back all.
    """
    return await perform(caller, errors, SpendCredit(body.account, body.amount, body.currency, body.payment))


@credit.get(
    "/transactions",
    "transactions.list",
    CreditTransactionList,
    errors=("parameter_missing", "parameter_invalid", "resource_missing"),
)
async def list_credit(caller: Caller, query: Annotated[ListCredit, Query()]) -> Response:
    """List a member's store credit transactions

    Newest first, those of accounts merged into it included.
    """
    tree = query.tree("credit_transaction")
    account = await read_account(caller, query.account, "account")

    async def place(session: Session, cursor: str) -> str | None:
        found = await ledger_queries.get_transaction(session, cursor)
        known = found is not None and found.account == account.id and found.unit != POINTS
        return cursor if known else None

    async def read(session: Session) -> Page[Transaction]:
        return await credit_queries.list_transactions(
            session,
            account,
            await query.window(session, place),
            currency=query.currency,
            payment=query.payment,
            row_type=query.type,
            created_at=query.span(),
        )

    page = await caller.read(read)
    data = [transaction_snapshot(row) for row in page.rows]
    await expand(caller, data, "credit_transaction", tree)
    return json_answer(query.answer(page, data))


@credit.get("/transactions/{transaction}", "transactions.retrieve", CreditTransaction, errors=("parameter_invalid",))
async def get_credit(caller: Caller, transaction: str, query: Annotated[GetCredit, Query()]) -> Response:
    """Retrieve a store credit transaction"""
    tree = query.tree("credit_transaction")
    row = await caller.read(lambda session: ledger_queries.get_transaction(session, transaction))
    found = found_or_missing(None if row is not None and row.unit == POINTS else row, "transaction", transaction)
    shown = transaction_snapshot(found)
    await expand(caller, [shown], "credit_transaction", tree)
    return json_answer(shown)


@wallets.get("/{account}/wallet", "retrieve_wallet", Wallet)
async def get_wallet(caller: Caller, account: str) -> Response:
    """Retrieve a member's wallet

    What they hold in each currency, and what of it expires when.
    """
    found = await read_account(caller, account)
    return json_answer(await caller.read(lambda session: wallet_in(session, found)))
