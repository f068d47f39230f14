"""What rules would have brought on real events, as it goes out."""

from typing import Annotated, Literal

from pydantic import Field

from vinr_engagement.entrypoints.api.fields import Shape, Time
from vinr_engagement.entrypoints.api.outcome_shapes import FailedCondition

Count = Annotated[int, Field(ge=0)]


class BacktestPeriod(Shape):
    """From when to when the events happened."""

    first: Time | None = Field(description="When the earliest of them happened; null without any.")
    last: Time | None = Field(description="When the latest of them happened; null without any.")


class BacktestSum(Shape):
    """What the events bring by all rules of a side."""

    points: Count = Field(description="All of them together.")
    awards: Count = Field(description="How often a rule gives something.")
    members: Count = Field(description="How many members get something.")


class BacktestDifference(Shape):
    """By how much the proposed rules bring more than today's, or less."""

    points: int = Field(description="More points; below zero for fewer.")
    percent: str | None = Field(
        description="The same in percent of today's points, to one place; null where today's bring none.",
        examples=["12.5"],
    )


class BacktestRule(Shape):
    """What the events bring by one rule."""

    rule: str | None = Field(description="Its id; null for a draft.")
    name: str
    version: int | None = Field(description="The version that was tried; null for a draft.")
    side: Literal["today", "proposed"] = Field(
        description="Whose rules it is among; one that stays is listed on both sides."
    )
    points: Count = Field(description="All that it gives.")
    awards: Count = Field(description="How often it gives something.")
    members: Count = Field(description="How many members get something by it.")


class BacktestLine(Shape):
    """What one rule says of one event."""

    rule: str | None = Field(description="Its id; null for a draft.")
    name: str
    matched: bool
    points: Count = Field(description="What it gives.")
    reason: str | None = Field(description="`condition_failed`, `cap_reached`…; null for an award.")
    failed: list[FailedCondition]


class BacktestShare(Shape):
    """What one event brings by the rules of one side."""

    points: Count = Field(description="All of them together.")
    why: list[BacktestLine] = Field(description="What each of the rules says of it.")


class BacktestExample(Shape):
    """One event, by both sides."""

    event: str = Field(description="The sender's id of it.")
    created_at: Time = Field(description="When it happened.")
    type: str = Field(description="The type that it was sent with.", examples=["payment.completed"])
    account: str | None = Field(description="The member; null for a customer who would be enrolled by it.")
    customer: str | None
    amount: int | None = Field(description="In minor units; null where it has none.")
    currency: str | None
    today: BacktestShare = Field(description="By today's rules.")
    proposed: BacktestShare = Field(description="By the proposed ones.")


class Backtest(Shape):
    """What a program's last events would bring by its rules and by proposed ones, beside each other."""

    object: Literal["backtest"]
    program: str
    events: Count = Field(description="How many events were tried.")
    members: Count = Field(description="How many members they are about.")
    period: BacktestPeriod
    today: BacktestSum = Field(description="By the rules in force now.")
    proposed: BacktestSum = Field(description="By the proposed ones: those that stay, and the drafts.")
    difference: BacktestDifference
    rules: list[BacktestRule] = Field(description="Rule by rule, on each side.")
    examples: list[BacktestExample] = Field(
        description="The events for which the sides differ most, at most 20; then those that bring most."
    )
    notes: list[str] = Field(description="What the figures take as it is now, and what they leave out.")
