"""Campaigns as they go out, and what they brought to a member."""

from typing import Annotated, Literal

from pydantic import Field

from vinr_engagement.campaigns import METRICS, MOST_MECHANICS
from vinr_engagement.entrypoints.api.fields import Shape, Time
from vinr_engagement.entrypoints.api.program_shapes import Program
from vinr_engagement.entrypoints.api.rule_shapes import Budget, Cap, Conditions, Decimal
from vinr_engagement.rules.definition import MOST_POINTS

CampaignStatus = Literal["draft", "scheduled", "active", "ended", "archived"]
Metric = Literal[*METRICS]  # type: ignore[valid-type]
_Points = Annotated[int, Field(ge=1, le=MOST_POINTS)]


class EveryoneAudience(Shape):
    """All members."""

    type: Literal["all"]


class TierAudience(Shape):
    """Members who are in a tier."""

    type: Literal["tier"]
    tier: str


class SegmentAudience(Shape):
    """Members who are in a segment."""

    type: Literal["segment"]
    segment: str


Audience = Annotated[EveryoneAudience | TierAudience | SegmentAudience, Field(discriminator="type")]


class PointsMultiplierMechanic(Shape):
    """What rules give for an event, times `factor`; the highest of all campaigns counts."""

    type: Literal["points_multiplier"]
    trigger: str
    factor: Decimal
    min_spend: int | None = Field(None, description="In minor units; tested again on what refunds leave.", ge=0)
    conditions: Conditions | None = None


class BonusPointsMechanic(Shape):
    """Points for an event, besides what rules give."""

    type: Literal["bonus_points"]
    trigger: str
    points: _Points
    conditions: Conditions | None = None


class ChallengeMechanic(Shape):
    """Points for every `count` events, or every `amount` spent: once, or `repeatable`."""

    type: Literal["challenge"]
    trigger: str
    count: int | None = Field(None, ge=1)
    amount: int | None = Field(None, description="In minor units.", ge=1)
    points: _Points
    repeatable: bool | None = None
    conditions: Conditions | None = None


class FeaturedRewardMechanic(Shape):
    """A reward for `cost` points while the campaign is active."""

    type: Literal["featured_reward"]
    reward: str
    cost: int = Field(ge=1, le=MOST_POINTS)


Mechanic = Annotated[
    PointsMultiplierMechanic | BonusPointsMechanic | ChallengeMechanic | FeaturedRewardMechanic,
    Field(discriminator="type"),
]


class Schedule(Shape):
    """From when until when, by the time of events; null for open."""

    starts_at: Time | None
    ends_at: Time | None = Field(description="The first moment that does not belong to it.")


class Goal(Shape):
    """What the campaign is to reach."""

    metric: Metric  # type: ignore[valid-type]
    target: int = Field(ge=1)


class Campaign(Shape):
    """For a time and an audience: more points than usual."""

    id: str = Field(examples=["camp_06evgt2f0k4x9c2p7r1wz5qjbh"])
    object: Literal["campaign"]
    program: str | Program = Field(description="Expandable.")
    status: CampaignStatus = Field(description="By the schedule and the clock, once it is launched.")
    name: str
    audience: Audience
    schedule: Schedule
    mechanics: Annotated[list[Mechanic], Field(min_length=1, max_length=MOST_MECHANICS)]
    goal: Goal | None
    budget: Budget | None
    per_member_limit: Cap | None
    metadata: dict[str, str]
    created_at: Time
    updated_at: Time


class CampaignThen(Campaign):
    """A campaign when it started or ended."""

    effective_at: Time


class ChallengeProgress(Shape):
    """How far a member came in a challenge."""

    object: Literal["challenge_progress"]
    campaign: str
    account: str
    index: int = Field(description="The place of the challenge among the campaign's mechanics.", ge=0)
    measure: Literal["count", "amount"]
    target: int
    progress: int = Field(description="What counts, net of refunds; goes on beyond the target.", ge=0)
    remaining: int = Field(description="What is missing to the next completion.", ge=0)
    repeatable: bool
    completions: int = Field(ge=0)
    points: int = Field(description="The bonuses that were given for them.", ge=0)


class CampaignProgress(Shape):
    """What a campaign brought to a member."""

    object: Literal["campaign_progress"]
    campaign: str
    account: str
    points: int = Field(description="Given by the campaign alone, net of what was reversed.", ge=0)
    times: int = Field(description="How often it gave some.", ge=0)
    spend: int = Field(description="Net spend of the payments that it gave for or counted, in minor units.", ge=0)
    challenges: list[ChallengeProgress]


class GoalProgress(Goal):
    """How far the campaign came."""

    value: int = Field(ge=0)
    reached: bool


class CampaignResults(Shape):
    """What a campaign brought in all, net of what was reversed."""

    object: Literal["campaign_results"]
    campaign: str
    status: CampaignStatus
    members_reached: int = Field(description="Members to whom it gave something.", ge=0)
    points_given: int = Field(ge=0)
    awards: int = Field(description="How often it gave something.", ge=0)
    spend: int = Field(description="Net spend of the payments that it gave for or counted, in minor units.", ge=0)
    budget_left: int | None
    goal: GoalProgress | None
    as_of: Time
