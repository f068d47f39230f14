"""``/v1/loyalty/redemptions``: members' points for rewards."""

from typing import Annotated, Literal

from fastapi import Query, Response
from pydantic import Field

from vinr_engagement.commands import ApplyRedemption, FulfillRedemption, RedeemReward, ReleaseRedemption
from vinr_engagement.entrypoints.api import limits
from vinr_engagement.entrypoints.api.account_reads import read_account
from vinr_engagement.entrypoints.api.answers import Caller, Errors, found_or_missing, json_answer, perform, settled
from vinr_engagement.entrypoints.api.expand import Expanding, expand
from vinr_engagement.entrypoints.api.fields import Id, Metadata, Reason, Shape, Wire, example
from vinr_engagement.entrypoints.api.paging import CreatedAt, PageShape, Paging
from vinr_engagement.entrypoints.api.reward_shapes import RedemptionStatus
from vinr_engagement.entrypoints.api.routing import Resource
from vinr_engagement.entrypoints.api.shapes import Redemption
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Filters, Page
from vinr_engagement.members import Account
from vinr_engagement.members import queries as member_queries
from vinr_engagement.rewards import Redemption as StoredRedemption
from vinr_engagement.rewards import queries as reward_queries
from vinr_engagement.rewards import redemption_snapshot

redemptions = Resource("redemptions", "/v1/loyalty/redemptions", "redemptions")

_Found = tuple[Page[StoredRedemption], list[Account]]


class NewRedemption(Wire):
    """What a member buys."""

    model_config = example(account="loy_06evgt3m8x4k9c2p7r1wz5qjbh", reward="rwd_06evgt4q1m8x4k9c2p7r1wz5qj")

    account: Id = Field(description="Whose points.", examples=["loy_06evgt3m8x4k9c2p7r1wz5qjbh"])
    reward: Id = Field(description="Of the account's program.", examples=["rwd_06evgt4q1m8x4k9c2p7r1wz5qj"])
    quantity: Annotated[int, Field(ge=1, le=limits.REDEMPTION_QUANTITY)] = Field(
        1, description="How many; of a `discount_percent` one alone."
    )
    metadata: Metadata = Field(default_factory=dict)


class Application(Wire):
    """What a redemption was used for."""

    model_config = example(payment="pay_1001")

    payment: Id | None = Field(None, description="Its refund in full returns the points.", examples=["pay_1001"])


class Release(Wire):
    """Why a redemption is not wanted."""

    model_config = example(reason="cart_abandoned")

    reason: Reason | None = Field(None, examples=["cart_abandoned"])


class RedemptionList(Shape):
    """A page of redemptions, newest first."""

    object: Literal["list"]
    data: list[Redemption]
    page: PageShape


class ListRedemptions(Paging, Expanding, CreatedAt):
    """Which redemptions to list."""

    account: Id | None = Field(
        None, description="Only those of this member.", examples=["loy_06evgt3m8x4k9c2p7r1wz5qjbh"]
    )
    program: Id | None = Field(None, description="Only those in this program.", examples=["prog_default"])
    status: RedemptionStatus | None = Field(None, description="Only those in this state.")
    reward: Id | None = Field(None, description="Only those of this reward.")
    code: Id | None = Field(None, description="Only the one with this code, however it was typed.")


class GetRedemption(Expanding):
    """How to show a redemption."""


@redemptions.write(
    "POST",
    "",
    "create",
    Redemption,
    errors=(
        *("resource_missing", "account_merged", "account_closed", "program_archived", "program_paused"),
        *("reward_inactive", "reward_not_eligible", "reward_out_of_stock", "redemption_limit_reached"),
        *("insufficient_points", "credit_out_of_range"),
    ),
)
async def redeem(caller: Caller, errors: Errors, body: NewRedemption) -> Response:
    """Redeem a reward

    One step takes the points, the stock and the member's limit, and answers with what they buy: a discount with its code, an
    item, or store credit. Refused in the order of the codes: account, program, reward, eligibility, stock, limit, points.
    """
    command = RedeemReward(body.account, body.reward, body.quantity, body.metadata)
    return await perform(caller, errors, command)


@redemptions.get("", "list", RedemptionList, errors=("parameter_invalid", "resource_missing"))
async def list_redemptions(caller: Caller, query: Annotated[ListRedemptions, Query()]) -> Response:
    """List redemptions

    Newest first; of one member, those of accounts merged into it included.
    """
    tree = query.tree("redemption")
    account = None if query.account is None else await read_account(caller, query.account, "account")

    async def place(session: Session, cursor: str) -> str | None:
        return cursor if await reward_queries.get_redemption(session, cursor) else None

    async def read(session: Session) -> _Found:
        window = await query.window(session, place)
        filters = Filters() if account is None else reward_queries.of_account(account.id, account.all_buckets())
        if query.code is not None:
            filters.equal("id", await reward_queries.redemption_of_code(session, query.code) or "")
        page = await reward_queries.list_redemptions(
            session,
            window,
            filters,
            program=query.program,
            status=query.status,
            reward=query.reward,
            created_at=query.span(),
        )
        return page, await member_queries.get_accounts(session, {row.account for row in page.rows})

    page, _ = await settled(caller, read, lambda found: found[1])
    data = [redemption_snapshot(row) for row in page.rows]
    await expand(caller, data, "redemption", tree)
    return json_answer(query.answer(page, data))


@redemptions.get("/{redemption}", "retrieve", Redemption, errors=("parameter_invalid",))
async def get_redemption(caller: Caller, redemption: str, query: Annotated[GetRedemption, Query()]) -> Response:
    """Retrieve a redemption"""
    tree = query.tree("redemption")

    async def read(session: Session) -> tuple[StoredRedemption | None, list[Account]]:
        row = await reward_queries.get_redemption(session, redemption)
        return row, [] if row is None else await member_queries.get_accounts(session, [row.account])

    row, _ = await settled(caller, read, lambda found: found[1])
    shown = redemption_snapshot(found_or_missing(row, "redemption", redemption))
    await expand(caller, [shown], "redemption", tree)
    return json_answer(shown)


@redemptions.write("POST", "/{redemption}/apply", "apply", Redemption, errors=("redemption_not_pending",))
async def apply_redemption(caller: Caller, errors: Errors, redemption: str, body: Application) -> Response:
    """Apply a redemption

    It was used: for `payment`, where one is named. A payment that names it in its metadata does this by itself. Applying it
    again to the same payment changes nothing.
    """
    return await perform(caller, errors, ApplyRedemption(redemption, body.payment))


@redemptions.write(
    "POST", "/{redemption}/fulfill", "fulfill", Redemption, errors=("redemption_not_pending", "redemption_not_an_item")
)
async def fulfill_redemption(caller: Caller, errors: Errors, redemption: str) -> Response:
    """Fulfil a redemption

    The item was handed over. Saying so again changes nothing.
    """
    return await perform(caller, errors, FulfillRedemption(redemption))


@redemptions.write("POST", "/{redemption}/release", "release", Redemption, errors=("redemption_not_pending",))
async def release_redemption(caller: Caller, errors: Errors, redemption: str, body: Release) -> Response:
    """Release a redemption

    It is not wanted after all: points return to their lots with the expiry that they had; stock and limit come back.
    """
    return await perform(caller, errors, ReleaseRedemption(redemption, body.reason))
