"""``/v1/loyalty/transactions``: the ledger, and adjustments to it."""

from typing import Annotated, Any, Literal

from fastapi import Query, Response
from pydantic import Field, ValidationError, WithJsonSchema

from vinr_engagement.commands import Adjust, Reply
from vinr_engagement.entrypoints.api import limits
from vinr_engagement.entrypoints.api.account_reads import read_account
from vinr_engagement.entrypoints.api.answers import Caller, Errors, found_or_missing, json_answer, perform, reply_answer
from vinr_engagement.entrypoints.api.elements import batch_data, batch_reply
from vinr_engagement.entrypoints.api.expand import Expanding, expand
from vinr_engagement.entrypoints.api.fields import Id, Instant, Metadata, Points, Reason, Shape, Wire, example
from vinr_engagement.entrypoints.api.paging import CreatedAt, PageShape, Paging
from vinr_engagement.entrypoints.api.routing import Resource
from vinr_engagement.entrypoints.api.shapes import PointsTransaction, TransactionType
from vinr_engagement.entrypoints.api.validation import fault_of
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Page
from vinr_engagement.foundation.errors import Refusal
from vinr_engagement.ledger import POINTS, Transaction, transaction_snapshot
from vinr_engagement.ledger import queries as ledger_queries

transactions = Resource("transactions", "/v1/loyalty/transactions", "transactions")

BatchData = Annotated[list[Any], WithJsonSchema(batch_data("TransactionBatch"))]


class TransactionList(Shape):
    """A page of transactions, newest first."""

    object: Literal["list"]
    data: list[PointsTransaction]
    page: PageShape


class TransactionBatch(Shape):
    """One answer for each adjustment, in the order of the request."""

    object: Literal["transaction_batch"]
    data: BatchData


class Adjustment(Wire):
    """Points to grant or to take outside any rule."""

    model_config = example(account="loy_06evgt3m8x4k9c2p7r1wz5qjbh", amount=500, reason="goodwill_credit")

    account: Id = Field(description="Whom to adjust.", examples=["loy_06evgt3m8x4k9c2p7r1wz5qjbh"])
    type: Literal["adjust"] = Field("adjust", description="May be left out.")
    amount: Points = Field(description="Points, signed; not 0.", examples=[500])
    reason: Reason | None = Field(None, description="A short machine-friendly text.", examples=["goodwill_credit"])
    metadata: Metadata = Field(default_factory=dict)
    expires_at: Instant | None = Field(
        None, description="For a credit: when it expires, in place of the program's policy."
    )
    qualifying: bool = Field(True, description="Whether a credit counts towards lifetime points and tiers.")
    allow_negative: bool = Field(False, description="Whether a debit may take more than the balance.")

    def command(self) -> Adjust:
        """What it asks for."""
        return Adjust(
            self.account,
            self.amount,
            self.reason,
            self.metadata,
            self.expires_at,
            qualifying=self.qualifying,
            allow_negative=self.allow_negative,
        )


class Adjustments(Wire):
    """Up to 1,000 adjustments; each succeeds or fails by itself."""

    model_config = example(
        transactions=[
            {"account": "loy_06evgt3m8x4k9c2p7r1wz5qjbh", "amount": 500, "reason": "goodwill_credit"},
            {"account": "loy_06evgt3m8x4k9c2p7r1wz5qjc0", "amount": -200, "reason": "correction"},
        ]
    )

    transactions: list[dict[str, Any]] = Field(
        min_length=1,
        max_length=limits.BATCH_ELEMENTS,
        description="Each as the body of one adjustment.",
        json_schema_extra={"items": {"$ref": "#/components/schemas/Adjustment"}},
    )


class ListTransactions(Paging, Expanding, CreatedAt):
    """Which transactions to list."""

    account: Id = Field(description="Whose.", examples=["loy_06evgt3m8x4k9c2p7r1wz5qjbh"])
    type: TransactionType | None = Field(None, description="Only those of this type.")


class GetTransaction(Expanding):
    """How to show a transaction."""


_ADJUST_ERRORS = (
    "resource_missing",
    "account_merged",
    "insufficient_points",
    "points_out_of_range",
    "expires_at_in_past",
)


@transactions.write("POST", "", "create", PointsTransaction, errors=_ADJUST_ERRORS)
async def adjust(caller: Caller, errors: Errors, body: Adjustment) -> Response:
    """Adjust a member's points

    Grants points (goodwill, a migration) or takes them. A debit beyond the balance is refused unless `allow_negative` is set.
    """
    return await perform(caller, errors, body.command())


@transactions.write("POST", "/batch", "create_batch", TransactionBatch, batch=True)
async def adjust_batch(caller: Caller, errors: Errors, body: Adjustments) -> Response:
    """Adjust many members' points

    Up to 1,000 adjustments in array order; each succeeds or fails by itself, and has an answer with a status of its own.
    """
    elements = [_command_of(element) for element in body.transactions]

    def render(outcomes: list[Any]) -> tuple[Reply, bool]:
        reply, _ = batch_reply("transaction_batch", elements, outcomes, errors, caller.request_id)
        return reply, reply.status == 200

    commands = [element for element in elements if not isinstance(element, Refusal)]
    return reply_answer(await caller.store.write_path.answer(commands, caller.origin, render, caller.claim()))


def _command_of(element: dict[str, Any]) -> Adjust | Refusal:
    try:
        return Adjustment.model_validate(element).command()
    except ValidationError as error:
        located = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]
        return fault_of(located, Adjustment)  # type: ignore[arg-type]


@transactions.get("", "list", TransactionList, errors=("parameter_missing", "parameter_invalid", "resource_missing"))
async def list_transactions(caller: Caller, query: Annotated[ListTransactions, Query()]) -> Response:
    """List a member's transactions

    Newest first, those of accounts merged into it included: how the balance came about.
    """
    tree = query.tree("points_transaction")
    account = await read_account(caller, query.account, "account")

    async def place(session: Session, cursor: str) -> str | None:
        found = await ledger_queries.get_transaction(session, cursor)
        return cursor if found is not None and found.account == account.id else None

    async def read(session: Session) -> Page[Transaction]:
        window = await query.window(session, place)
        types = () if query.type is None else (query.type,)
        return await ledger_queries.list_transactions(session, account, window, types=types, created_at=query.span())

    page = await caller.read(read)
    data = [transaction_snapshot(row) for row in page.rows]
    await expand(caller, data, "points_transaction", tree)
    return json_answer(query.answer(page, data))


@transactions.get("/{transaction}", "retrieve", PointsTransaction, errors=("parameter_invalid",))
async def get_transaction(caller: Caller, transaction: str, query: Annotated[GetTransaction, Query()]) -> Response:
    """Retrieve a transaction"""
    tree = query.tree("points_transaction")
    row = await caller.read(lambda session: ledger_queries.get_transaction(session, transaction, POINTS))
    shown = transaction_snapshot(found_or_missing(row, "transaction", transaction))
    await expand(caller, [shown], "points_transaction", tree)
    return json_answer(shown)
