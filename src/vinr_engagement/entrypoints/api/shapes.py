"""The objects that link to each other in circles, as they go out. A field that `expand[]` may name is an id, or the object."""

from typing import Annotated, Any, Literal, Union

from pydantic import Field

from vinr_engagement.entrypoints.api.campaign_shapes import Campaign, CampaignThen, ChallengeProgress
from vinr_engagement.entrypoints.api.earning_shapes import EarningRule
from vinr_engagement.entrypoints.api.explanation_shapes import CreditExplanation, Explanation, Source
from vinr_engagement.entrypoints.api.fields import Shape, Time
from vinr_engagement.entrypoints.api.member_shapes import LoyaltyAccount
from vinr_engagement.entrypoints.api.outcome_shapes import EventOutcome
from vinr_engagement.entrypoints.api.program_shapes import Program
from vinr_engagement.entrypoints.api.referral_shapes import Referral
from vinr_engagement.entrypoints.api.reward_shapes import (
    Discount,
    GrantedCredit,
    Item,
    OnRefund,
    RedemptionConflict,
    RedemptionStatus,
    Reward,
)
from vinr_engagement.entrypoints.api.tier_shapes import HeldPin
from vinr_engagement.entrypoints.api.webhook_shapes import EndpointConfiguration
from vinr_engagement.outbox.record import EVENT_TYPES
from vinr_engagement.tiers import Reason as TierReason

TransactionType = Literal["earn", "redeem", "expire", "adjust", "reverse"]
EventType = Literal[*sorted(EVENT_TYPES)]  # type: ignore[valid-type]


class Redemption(Shape):
    """A member's points for a reward."""

    id: str = Field(examples=["rdm_06evgt4q1m8x4k9c2p7r1wz5qj"])
    object: Literal["redemption"]
    account: str | LoyaltyAccount = Field(description="The account that holds it now; expandable.")
    program: str | Program = Field(description="Expandable.")
    reward: str | Reward = Field(description="Expandable.")
    reward_name: str = Field(description="As it was when it was redeemed.")
    quantity: int = Field(ge=1)
    points: int = Field(description="What all of it cost.", ge=1)
    status: RedemptionStatus
    discount: Discount | None
    item: Item | None
    credit: GrantedCredit | None
    payment: str | None = Field(description="The payment that it is applied to.")
    transaction: Union[str, "PointsTransaction"] = Field(description="The ledger row that took the points; expandable.")
    on_refund: OnRefund = Field(description="As it was when it was redeemed.")
    release_reason: str | None
    metadata: dict[str, str]
    expires_at: Time | None = Field(description="When it is released unless it is applied; null for never.")
    created_at: Time
    updated_at: Time
    applied_at: Time | None
    released_at: Time | None
    reversed_at: Time | None


class PointsTransaction(Shape):
    """One immutable row of the ledger."""

    id: str = Field(examples=["ptx_06evgt4q1m8x4k9c2p7r1wz5qj"])
    object: Literal["points_transaction"]
    account: str | LoyaltyAccount = Field(description="The account that owns the row now; expandable.")
    original_account: str | LoyaltyAccount = Field(
        description="The account that owned it when it was written; differs after a merge. Expandable."
    )
    program: str | Program = Field(description="Expandable.")
    type: TransactionType
    unit: str
    amount: int = Field(description="Signed: credits are positive, debits negative.")
    balance_after: int
    reason: str | None = Field(examples=["goodwill_credit"])
    source: Source
    event: Union[str, "ReceivedEvent", "Event", None] = Field(description="The event that led to it; expandable.")
    rule: str | EarningRule | None = Field(description="The earning rule; expandable.")
    rule_version: int | None
    campaign: str | Campaign | None = Field(description="The campaign that gave it, or a part of it; expandable.")
    redemption: str | Redemption | None = Field(description="Expandable.")
    reverses: Union[str, "PointsTransaction", None] = Field(
        description="The credit that this row takes back; expandable."
    )
    available_at: Time | None
    expires_at: Time | None
    uncollected: int = Field(description="What a clawback could not collect.", ge=0)
    explanation: Explanation
    metadata: dict[str, str]
    created_at: Time
    effective_at: Time


class CreditTransaction(Shape):
    """One immutable row of a wallet's ledger, in minor units."""

    id: str = Field(examples=["ptx_06evgt4q1m8x4k9c2p7r1wz5qj"])
    object: Literal["credit_transaction"]
    account: str | LoyaltyAccount = Field(description="The account that owns the row now; expandable.")
    original_account: str | LoyaltyAccount = Field(
        description="The account that owned it when it was written; differs after a merge. Expandable."
    )
    program: str | Program = Field(description="Expandable.")
    type: TransactionType = Field(
        description="`adjust`: issued; `earn`: granted by a reward; `redeem`: spent; `reverse`: given back; `expire`."
    )
    unit: str = Field(description="The currency.", examples=["EUR"])
    currency: str = Field(examples=["EUR"])
    amount: int = Field(description="Signed: credits are positive, debits negative.")
    balance_after: int = Field(description="What the wallet held then.", ge=0)
    reason: str | None = Field(examples=["goodwill"])
    source: Source
    payment: str | None = Field(description="The payment that it was spent on, or given back from.")
    event: Union[str, "ReceivedEvent", "Event", None] = Field(description="The event that led to it; expandable.")
    campaign: str | None
    redemption: str | None
    reverses: Union[str, "CreditTransaction", None] = Field(description="The spend that it gives back; expandable.")
    expires_at: Time | None
    explanation: CreditExplanation
    metadata: dict[str, str]
    created_at: Time
    effective_at: Time


class Lot(Shape):
    """What is left of one credit."""

    id: str
    object: Literal["lot"]
    account: str | LoyaltyAccount = Field(description="Expandable.")
    transaction: str | PointsTransaction = Field(description="The credit; it has the lot's id. Expandable.")
    unit: str
    amount: int = Field(ge=1)
    remaining: int = Field(ge=0)
    pending: bool
    available_at: Time
    expires_at: Time | None
    effective_at: Time


class AccountThen(LoyaltyAccount):
    """A member as it was when the event was recorded."""

    merged_from: str | None = Field(None, description="With `loyalty.account.merged`: the account that is merged now.")
    tier_pin: HeldPin | None = Field(None, description="With `loyalty.account.updated`, where the pin was changed.")
    from_tier: str | None = Field(None, alias="from", description="With `loyalty.tier.changed`: the tier it was in.")
    to: str | None = Field(None, description="The tier it is in.")
    direction: Literal["up", "down"] | None = None
    reason: TierReason | None = Field(None, description="Why it was moved.")
    qualifying_value: int | None = Field(None, description="What its tier went by then.")
    effective_at: Time | None = Field(None, description="When the move was due.")


class RedemptionThen(Redemption):
    """A redemption as it was when the event was recorded."""

    conflict: RedemptionConflict | None = Field(
        None, description="With `redemption.conflict`: the payment, and why it could not use it."
    )


class EventData(Shape):
    """The object as it was then, and in `previous` the former values of what changed."""

    object: (
        Annotated[
            AccountThen
            | PointsTransaction
            | CreditTransaction
            | Lot
            | RedemptionThen
            | Referral
            | CampaignThen
            | ChallengeProgress
            | EndpointConfiguration,
            Field(discriminator="object"),
        ]
        | None
    ) = Field(description="Null once the member was erased.")
    previous: dict[str, Any] | None = Field(None, description="Former values of fields of the object.")
    erased: bool | None = Field(None, description="True once the member was erased.")


class Event(Shape):
    """A fact about a member, a campaign or a webhook endpoint."""

    id: str = Field(examples=["evt_06evgt4q1m8x4k9c2p7r1wz5qj"])
    object: Literal["event"]
    type: EventType  # type: ignore[valid-type]
    account: str | LoyaltyAccount = Field(
        description="The member; expandable. The campaign, for `campaign.started` and `campaign.ended`; the endpoint, for "
        "`webhook_endpoint.disabled`."
    )
    account_sequence: int = Field(
        description="Counts the events of the member, the campaign or the endpoint, from 1.", ge=1
    )
    data: EventData
    created_at: Time


class ReceivedEvent(Shape):
    """An event that the shop sent."""

    id: str = Field(description="The sender's id.")
    object: Literal["received_event"]
    type: str
    customer: str | None = Field(
        description="Whom it names, or who made the payment that it is about; null for nobody."
    )
    status: Literal["processed", "ignored", "deferred"]
    created_at: Time = Field(description="When it happened.")
    received_at: Time
    body: dict[str, Any] = Field(description="As it was sent; empty once the member was erased.")
    outcome: EventOutcome | None = Field(description="The first answer; null once the member was erased.")


class CreditTransactionDone(CreditTransaction):
    """The row that was written."""

    wallet_balance: int = Field(description="What the wallet holds now, in minor units.", ge=0)


for _shape in (Redemption, PointsTransaction, CreditTransaction, RedemptionThen):
    _shape.model_rebuild()  # They name shapes that come after them, and other modules build upon them.
