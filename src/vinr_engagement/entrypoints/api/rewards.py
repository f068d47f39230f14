"""``/v1/loyalty/rewards``: what points buy, and what each member can have of it now."""

from typing import Annotated, Any, Literal

from fastapi import Query, Response
from pydantic import Field

from vinr_engagement.audit import Origin
from vinr_engagement.commands import CreateReward, MemberRewards, UpdateReward
from vinr_engagement.entrypoints.api.answers import Caller, Errors, found_or_missing, json_answer, list_answer, perform
from vinr_engagement.entrypoints.api.expand import Expanding, expand
from vinr_engagement.entrypoints.api.fields import (
    FlagText,
    Id,
    Instant,
    Metadata,
    MetadataChanges,
    Name,
    Shape,
    Wire,
    example,
)
from vinr_engagement.entrypoints.api.paging import PageShape, Paging
from vinr_engagement.entrypoints.api.reward_shapes import Eligibility, OnRefund, Reward, RewardType, ValueIn
from vinr_engagement.entrypoints.api.routing import Resource
from vinr_engagement.foundation import json
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Page
from vinr_engagement.rewards import RewardRow, reward_snapshot
from vinr_engagement.rewards import queries as reward_queries
from vinr_engagement.rewards.reward import LONGEST_DESCRIPTION, MOST_COST, MOST_INVENTORY

rewards = Resource("rewards", "/v1/loyalty/rewards", "rewards")
member_rewards = Resource("rewards", "/v1/loyalty/accounts", "rewards", named="accounts")

Cost = Annotated[int, Field(ge=1, le=MOST_COST)]
Count = Annotated[int, Field(ge=0, le=MOST_INVENTORY)]


class RewardChanges(Wire):
    """The fields of a reward to replace; metadata is merged key by key. What was redeemed keeps what it was."""

    model_config = example(cost=450, inventory=100)

    program: Id = Field("", examples=["prog_default"])
    name: Name = Field("", examples=["£5 off"])
    description: Annotated[str, Field(max_length=LONGEST_DESCRIPTION, min_length=1)] | None = None
    type: RewardType = "discount_amount"  # type: ignore[valid-type]
    cost: Cost = Field(1, description="Points for one.", examples=[500])
    value: ValueIn = None
    active: bool = True
    inventory: Count | None = Field(
        None, description="How many there are in all, those redeemed included; null for no end of them."
    )
    per_member_limit: Annotated[int, Field(ge=1, le=MOST_INVENTORY)] | None = None
    eligibility: Eligibility | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    on_refund: OnRefund = Field(
        "return", description="Whether a full refund of the payment returns the points, or the redemption is kept."
    )
    metadata: MetadataChanges = Field(default_factory=dict)

    def definition(self) -> dict[str, Any]:
        """The fields that were given."""
        return self.model_dump(exclude_unset=True)


class NewReward(RewardChanges):
    """A reward to make."""

    model_config = example(program="prog_default", name="£5 off", cost=500, value={"amount": 500, "currency": "GBP"})

    program: Id = Field(examples=["prog_default"])
    name: Name = Field(examples=["£5 off"])
    cost: Cost = Field(description="Points for one.", examples=[500])
    value: ValueIn
    metadata: Metadata = Field(default_factory=dict)  # type: ignore[assignment]


class RewardList(Shape):
    """A page of rewards, newest first."""

    object: Literal["list"]
    data: list[Reward]
    page: PageShape


class MemberReward(Reward):
    """A reward before one member."""

    cost: int = Field(description="Points for one, for this member.")
    campaign: str | None = Field(description="The campaign that features it at this cost.")
    available: bool = Field(description="Whether the member can have one now.")
    reason: str | None = Field(description="The code with which a redemption would be refused now.")
    points_short: int = Field(description="Points that the member lacks for one.", ge=0)


class MemberRewardList(Shape):
    """The active rewards of the member's program, oldest first."""

    object: Literal["list"]
    data: list[MemberReward]
    page: PageShape


class ListRewards(Paging, Expanding):
    """Which rewards to list."""

    program: Id | None = Field(None, description="Only those of this program.", examples=["prog_default"])
    active: FlagText | None = Field(None, description="Only those that are active, or are not.")


class GetReward(Expanding):
    """How to show a reward."""


@rewards.write("POST", "", "create", Reward, errors=("resource_missing",))
async def create_reward(caller: Caller, errors: Errors, body: NewReward) -> Response:
    """Make a reward"""
    return await perform(caller, errors, CreateReward(body.definition()))


@rewards.get("", "list", RewardList, errors=("parameter_invalid",))
async def list_rewards(caller: Caller, query: Annotated[ListRewards, Query()]) -> Response:
    """List rewards

    Newest first.
    """
    tree = query.tree("reward")

    async def place(session: Session, cursor: str) -> str | None:
        return cursor if await reward_queries.get_reward(session, cursor) else None

    async def read(session: Session) -> tuple[Page[RewardRow], list[dict[str, Any]]]:
        window = await query.window(session, place)
        found = await reward_queries.list_rewards(session, window, program=query.program, active=query.active)
        return found, await shown_rewards(session, found.rows)

    page, data = await caller.read(read)
    await expand(caller, data, "reward", tree)
    return json_answer(query.answer(page, data))


async def shown_rewards(session: Session, rows: list[RewardRow]) -> list[dict[str, Any]]:
    """Rewards as they go out, with what remains of each."""
    taken = await reward_queries.taken_of(session, [row.id for row in rows])
    return [reward_snapshot(json.decode(row.body), taken.get(row.id, 0)) for row in rows]


@rewards.get("/{reward}", "retrieve", Reward, errors=("parameter_invalid",))
async def get_reward(caller: Caller, reward: str, query: Annotated[GetReward, Query()]) -> Response:
    """Retrieve a reward"""
    tree = query.tree("reward")

    async def read(session: Session) -> list[dict[str, Any]]:
        return await shown_rewards(session, await reward_queries.get_rewards(session, [reward]))

    found = await caller.read(read)
    shown = found_or_missing(found[0] if found else None, "reward", reward)
    await expand(caller, [shown], "reward", tree)
    return json_answer(shown)


@rewards.write("PATCH", "/{reward}", "update", Reward)
async def update_reward(caller: Caller, errors: Errors, reward: str, body: RewardChanges) -> Response:
    """Change a reward

    `inventory` is how many there are in all: one below what was taken leaves none.
    """
    return await perform(caller, errors, UpdateReward(reward, body.definition()))


@member_rewards.get("/{account}/rewards", "list_rewards", MemberRewardList, errors=("account_merged",))
async def list_member_rewards(caller: Caller, account: str) -> Response:
    """List what a member can have now

    The active rewards of the member's program, all of them: each with whether the member can have one now, if not why not, and
    how many points are short.
    """
    data = await caller.store.write_path.try_out(MemberRewards(account), Origin(caller.caller.actor))
    return json_answer(list_answer(data, has_more=False, next_cursor=None, total_estimate=len(data)))
