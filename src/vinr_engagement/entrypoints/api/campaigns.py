"""``/v1/loyalty/campaigns``: for a time and an audience, more points than usual."""

from typing import Annotated, Any, Literal

from fastapi import Query, Response
from pydantic import Field, WithJsonSchema

from vinr_engagement import campaigns as room
from vinr_engagement import rules
from vinr_engagement.campaigns import CampaignRow
from vinr_engagement.campaigns import queries as campaign_queries
from vinr_engagement.commands import CreateCampaign, UpdateCampaign
from vinr_engagement.entrypoints.api.account_reads import read_account
from vinr_engagement.entrypoints.api.answers import Caller, Errors, found_or_missing, json_answer, perform
from vinr_engagement.entrypoints.api.campaign_shapes import (
    BonusPointsMechanic,
    Campaign,
    CampaignProgress,
    CampaignResults,
    CampaignStatus,
    ChallengeMechanic,
    EveryoneAudience,
    FeaturedRewardMechanic,
    Goal,
    PointsMultiplierMechanic,
    SegmentAudience,
    TierAudience,
)
from vinr_engagement.entrypoints.api.exchange import Exchange
from vinr_engagement.entrypoints.api.expand import Expanding, expand
from vinr_engagement.entrypoints.api.fields import Id, Instant, Metadata, MetadataChanges, Name, Shape, Wire, example
from vinr_engagement.entrypoints.api.paging import PageShape, Paging
from vinr_engagement.entrypoints.api.routing import Resource
from vinr_engagement.entrypoints.api.rule_shapes import BudgetIn, Cap, one_of
from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import format_instant
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Page

campaigns = Resource("campaigns", "/v1/loyalty/campaigns", "campaigns")

_MECHANICS = one_of(PointsMultiplierMechanic, BonusPointsMechanic, ChallengeMechanic, FeaturedRewardMechanic)
_WEEKEND = {"type": "points_multiplier", "trigger": "payment.completed", "factor": 2}
AudienceIn = Annotated[
    Any, WithJsonSchema(one_of(EveryoneAudience, TierAudience, SegmentAudience, null=True, default={"type": "all"}))
]
MechanicsIn = Annotated[
    Any,
    WithJsonSchema(
        {
            "type": "array",
            "minItems": 1,
            "maxItems": room.MOST_MECHANICS,
            "items": _MECHANICS,
            "examples": [[_WEEKEND]],
        }
    ),
]
GoalIn = Annotated[Any, WithJsonSchema(one_of(Goal, null=True))]
MemberLimitIn = Annotated[Any, WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1}, one_of(Cap, null=True)]})]


class ScheduleIn(Wire):
    """From when until when, by the time of events."""

    starts_at: Instant | None = Field(None, description="When it is launched, unless given.")
    ends_at: Instant | None = Field(None, description="The first moment that does not belong to it.")


class CampaignChanges(Wire):
    """The fields of a campaign to replace; `schedule` and `metadata` are merged field by field."""

    model_config = example(status="active")

    program: Id = Field("", examples=["prog_default"])
    name: Name = Field("", description="For people.", examples=["Double points weekend"])
    audience: AudienceIn = None
    schedule: ScheduleIn = Field(default_factory=ScheduleIn)
    mechanics: MechanicsIn = None
    goal: GoalIn = None
    budget: BudgetIn = None
    per_member_limit: MemberLimitIn = Field(None, description="A number is `times`.")
    status: Literal["draft", "scheduled", "active", "archived"] = Field(
        "draft", description="`scheduled` and `active` both launch it: the schedule says which it is."
    )
    metadata: MetadataChanges = Field(default_factory=dict)

    def definition(self) -> dict[str, Any]:
        """The fields that were given."""
        return self.model_dump(exclude_unset=True)


class NewCampaign(CampaignChanges):
    """A campaign to make."""

    model_config = example(
        program="prog_default",
        name="Double points weekend",
        schedule={"starts_at": "2026-12-05T00:00:00Z", "ends_at": "2026-12-07T00:00:00Z"},
        mechanics=[{"type": "points_multiplier", "trigger": "payment.completed", "factor": 2}],
    )

    program: Id = Field(examples=["prog_default"])
    name: Name = Field(description="For people.", examples=["Double points weekend"])
    mechanics: MechanicsIn
    metadata: Metadata = Field(default_factory=dict)  # type: ignore[assignment]


class CampaignList(Shape):
    """A page of campaigns, newest first."""

    object: Literal["list"]
    data: list[Campaign]
    page: PageShape


class ListCampaigns(Paging, Expanding):
    """Which campaigns to list."""

    program: Id | None = Field(None, description="Only those of this program.", examples=["prog_default"])
    status: CampaignStatus | None = Field(None, description="Only those with this status now.")


class GetCampaign(Expanding):
    """How to show a campaign."""


class GetProgress(Shape):
    """Whose progress."""

    account: Id = Field(description="The member.", examples=["loy_06evgt3m8x4k9c2p7r1wz5qjbh"])


@campaigns.write("POST", "", "create", Campaign, errors=("resource_missing",))
async def create_campaign(caller: Caller, errors: Errors, body: NewCampaign) -> Response:
    """Make a campaign

    A draft, unless `status` launches it.
    """
    return await perform(caller, errors, CreateCampaign(body.definition()))


@campaigns.get("", "list", CampaignList, errors=("parameter_invalid",))
async def list_campaigns(caller: Caller, query: Annotated[ListCampaigns, Query()]) -> Response:
    """List campaigns

    Newest first.
    """
    tree = query.tree("campaign")

    async def place(session: Session, cursor: str) -> str | None:
        return cursor if await campaign_queries.get_campaign(session, cursor) else None

    async def read(session: Session) -> tuple[Page[CampaignRow], list[dict[str, Any]]]:
        window, now = await query.window(session, place), await caller.store.now_in(session)
        page = await campaign_queries.list_campaigns(
            session, window, program=query.program, status=query.status, now=now
        )
        return page, [room.campaign_snapshot(row, now) for row in page.rows]

    page, data = await caller.read(read)
    await expand(caller, data, "campaign", tree)
    return json_answer(query.answer(page, data))


@campaigns.get("/{campaign}", "retrieve", Campaign, errors=("parameter_invalid",))
async def get_campaign(caller: Caller, campaign: str, query: Annotated[GetCampaign, Query()]) -> Response:
    """Retrieve a campaign"""
    tree = query.tree("campaign")
    row, now = await _campaign(caller, campaign)
    shown = room.campaign_snapshot(row, now)
    await expand(caller, [shown], "campaign", tree)
    return json_answer(shown)


@campaigns.write("PATCH", "/{campaign}", "update", Campaign, errors=("campaign_begun", "campaign_archived"))
async def update_campaign(caller: Caller, errors: Errors, campaign: str, body: CampaignChanges) -> Response:
    """Change, launch or archive a campaign

    Once it has begun, `audience`, `mechanics`, `per_member_limit` and `schedule.starts_at` stay as they are, and a budget can
    be changed but neither added nor removed. An archived campaign stays archived.
    """
    return await perform(caller, errors, UpdateCampaign(campaign, body.definition()))


@campaigns.get(
    "/{campaign}/progress", "retrieve_progress", CampaignProgress, errors=("parameter_invalid", "parameter_missing")
)
async def get_progress(caller: Caller, campaign: str, query: Annotated[GetProgress, Query()]) -> Response:
    """Retrieve a member's progress

    What the campaign brought to the member, and how far they came in its challenges.
    """
    row, _ = await _campaign(caller, campaign)
    account = await read_account(caller, query.account, "account")
    member = await caller.read(lambda session: campaign_queries.member_of(session, account, campaign))
    mechanics = room.parse_campaign(json.decode(row.body)).mechanics
    return json_answer(room.member_snapshot(row.id, account.id, mechanics, member))


@campaigns.get("/{campaign}/results", "retrieve_results", CampaignResults)
async def get_results(caller: Caller, campaign: str) -> Response:
    """Retrieve the results of a campaign

    As they stand now: what refunds took back is taken off.
    """
    row, now = await _campaign(caller, campaign)

    async def read(session: Session) -> tuple[campaign_queries.Results, list[rules.RuleBudget]]:
        return await campaign_queries.results_of(session, row.id), await session.find(rules.RULE_BUDGETS, [(row.id,)])

    results, budgets = await caller.read(read)
    body = json.decode(row.body)
    spent = sum(budget.points for budget in budgets)
    return json_answer(
        {
            "object": "campaign_results",
            "campaign": row.id,
            "status": room.status_at(row.state, row.starts_at, row.ends_at, now),
            **results._asdict(),
            "budget_left": None if body["budget"] is None else max(0, body["budget"]["points"] - spent),
            "goal": _goal(body["goal"], results),
            "as_of": format_instant(now),
        }
    )


def _goal(goal: dict[str, Any] | None, results: campaign_queries.Results) -> dict[str, Any] | None:
    if goal is None:
        return None
    value = getattr(results, goal["metric"])
    return {**goal, "value": value, "reached": value >= goal["target"]}


async def _campaign(exchange: Exchange, identifier: str) -> tuple[CampaignRow, int]:
    """The campaign, and what time it is. Raises ``NotFound``."""

    async def read(session: Session) -> tuple[CampaignRow | None, int]:
        return await campaign_queries.get_campaign(session, identifier), await exchange.store.now_in(session)

    row, now = await exchange.read(read)
    return found_or_missing(row, "campaign", identifier), now
