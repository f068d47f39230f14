"""What came of an event, as it goes out."""

from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema

from vinr_engagement.entrypoints.api.fields import Shape

Status = Literal["processed", "ignored", "deferred", "duplicate"]
_SCALAR = ["string", "number", "boolean", "null"]
Found = Annotated[Any, WithJsonSchema({"type": [*_SCALAR, "array"], "items": {"type": _SCALAR}})]


class FailedCondition(Shape):
    """A condition that did not hold."""

    fact: str
    op: str
    value: Found
    found: Found = Field(description="What the event had; null for nothing.")


class RuleOutcome(Shape):
    """A rule that was looked at: what it awarded, or why not."""

    rule: str
    version: int
    matched: bool
    points: int
    reason: str | None = Field(description="`condition_failed`, `cap_reached`, `ended`…; null for an award.")
    failed: list[FailedCondition]
    transaction: str | None


class CampaignOutcome(Shape):
    """A mechanic of a campaign that was looked at: what the campaign gave by it, or why not."""

    campaign: str
    mechanic: str = Field(examples=["points_multiplier"])
    index: int = Field(description="Its place among the campaign's mechanics.", ge=0)
    matched: bool
    points: int = Field(description="Given by the campaign alone.")
    reason: str | None = Field(
        description="`not_in_audience`, `not_the_best`, `budget_exhausted`…; `progressed` where a challenge counted it."
    )
    failed: list[FailedCondition]
    transaction: str | None


class TransactionLine(Shape):
    """A ledger row that the event wrote."""

    id: str
    type: Literal["earn", "redeem", "expire", "adjust", "reverse"]
    amount: int
    balance_after: int
    account: str


class ProgramOutcome(Shape):
    """What the event meant in one program: the member, what was written, and every rule with why or why not."""

    program: str
    status: Status
    reason: str | None = Field(description="`guest`, `not_enrolled`, `no_matching_rule`…; null where processed.")
    account: str | None
    enrolled: bool = Field(description="Whether the event enrolled the member.")
    balance: int | None
    transactions: list[TransactionLine]
    rules: list[RuleOutcome]
    campaigns: list[CampaignOutcome]
    cascade_limit: bool = Field(description="Whether rules that react to rules were cut short.")


class PaymentOutcome(Shape):
    """What is known of the payment after the event, in minor units."""

    id: str
    amount: int | None
    refunded: int
    currency: str | None
    cut: int = Field(description="What refunds claimed beyond the payment.")


class EventOutcome(Shape):
    """What came of an event."""

    id: str
    type: str
    status: Status
    reason: str | None = Field(description="Why it was ignored or deferred.")
    programs: list[ProgramOutcome]
    payment: PaymentOutcome | None
    customer: str | None
    first_status: Status | None = Field(description="Of a duplicate: the status that it had the first time.")
    object: Literal["event_outcome"]
