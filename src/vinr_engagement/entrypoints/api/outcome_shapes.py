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
    unit: str = Field("points", description="The currency of store credit; left out for points.")


class ReferralLine(Shape):
    """What a payment made of the referral by which the member came."""

    id: str
    status: Literal["attributed", "converted", "rejected"]
    reason: str | None = Field(description="Why it did not convert: `below_minimum`, `outside_window`…")


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
    referral: ReferralLine | None = Field(None, description="Null where the member has no open referral.")


class PaymentOutcome(Shape):
    """What is known of the payment after the event, in minor units."""

    id: str
    amount: int | None
    refunded: int
    currency: str | None
    cut: int = Field(description="What refunds claimed beyond the payment.")


class RedemptionOutcome(Shape):
    """A redemption that the payment names, or that is applied to it."""

    redemption: str = Field(description="Its id, or what was named where that is unknown.")
    status: Literal["pending", "applied", "released", "reversed", "conflict", "unknown"]
    reason: str | None = Field(
        description="`insufficient_points`, `applied_to_another_payment`…; null where all is well."
    )


class CreditOutcome(Shape):
    """What the event meant for store credit that was spent on its payment."""

    spend: str = Field(description="The transaction that spent it.")
    account: str
    currency: str
    amount: int = Field(description="In minor units: what came back, or with `conflict` what is missing.")
    status: Literal["returned", "conflict"] = Field(
        description="`conflict`: the payment completed after its failure had given the credit back."
    )
    transaction: str | None = Field(description="The transaction that gives back.")
    balance_after: int | None = Field(description="What the wallet held then.")


class EventOutcome(Shape):
    """What came of an event."""

    id: str
    type: str
    status: Status
    reason: str | None = Field(description="Why it was ignored or deferred.")
    programs: list[ProgramOutcome]
    payment: PaymentOutcome | None
    customer: str | None
    credit: list[CreditOutcome] = Field(
        [], description="Store credit that the event gave back, or could not take again."
    )
    redemptions: list[RedemptionOutcome] = Field(
        [], description="What became of the redemptions that the payment names or had."
    )
    first_status: Status | None = Field(description="Of a duplicate: the status that it had the first time.")
    object: Literal["event_outcome"]
