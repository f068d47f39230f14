"""Earning rules and segments as they go out."""

from typing import Annotated, Literal

from pydantic import Field

from vinr_engagement.entrypoints.api.fields import Shape, Time
from vinr_engagement.entrypoints.api.program_shapes import Program
from vinr_engagement.entrypoints.api.rule_shapes import Award, Budget, Cap, Condition, Conditions, Factor, Multiplier


class EarningRule(Shape):
    """How members earn points from events."""

    id: str = Field(examples=["rule_06evgt2f0k4x9c2p7r1wz5qjbh"])
    object: Literal["earning_rule"]
    program: str | Program = Field(description="Expandable.")
    name: str
    trigger: str
    award: Award
    conditions: Conditions | None
    multiplier: Factor
    multipliers: list[Multiplier] | None
    cap: Cap | None
    window: Literal["day", "week", "month", "lifetime"] | None
    budget: Budget | None
    recipient: Literal["member", "referrer", "referee", "both"] | None = None
    starts_at: Time | None
    ends_at: Time | None
    active: bool
    version: int = Field(ge=1)
    metadata: dict[str, str]
    created_at: Time
    updated_at: Time


class Segment(Shape):
    """A named group of members."""

    id: str = Field(examples=["seg_06evgt2f0k4x9c2p7r1wz5qjbh"])
    object: Literal["segment"]
    program: str | Program = Field(description="Expandable.")
    name: str
    match: Literal["all", "any"]
    conditions: Annotated[list[Condition], Field(max_length=50)]
    metadata: dict[str, str]
    created_at: Time
    updated_at: Time
