"""The objects that link to each other, as they go out. A field that `expand[]` may name is an id, or the object itself."""

from typing import Annotated, Any, Literal, Union

from pydantic import Field

from vinr_engagement.entrypoints.api.campaign_shapes import Campaign, CampaignThen, ChallengeProgress
from vinr_engagement.entrypoints.api.fields import Shape, Time
from vinr_engagement.entrypoints.api.outcome_shapes import EventOutcome
from vinr_engagement.entrypoints.api.program_shapes import Program
from vinr_engagement.entrypoints.api.reward_shapes import (
    Discount,
    GrantedCredit,
    Item,
    OnRefund,
    RedemptionConflict,
    RedemptionStatus,
    Reward,
)
from vinr_engagement.entrypoints.api.rule_shapes import (
    Award,
    Budget,
    Cap,
    Condition,
    Conditions,
    Factor,
    FixedAward,
    Multiplier,
    PerAmountAward,
    PerCurrencyAward,
)
from vinr_engagement.entrypoints.api.tier_shapes import HeldPin
from vinr_engagement.entrypoints.api.webhook_shapes import EndpointConfiguration
from vinr_engagement.outbox.record import EVENT_TYPES
from vinr_engagement.tiers import Reason as TierReason

TransactionType = Literal["earn", "redeem", "expire", "adjust", "reverse"]
SourceType = Literal["payment", "invoice", "redemption", "adjustment", "event", "referral", "campaign", "expiry"]
EventType = Literal[*sorted(EVENT_TYPES)]  # type: ignore[valid-type]


class Customer(Shape):
    """A buyer, as the last `customer.*` event says."""

    id: str = Field(examples=["cust_abc123"])
    object: Literal["customer"]
    email: str | None
    name: str | None
    country: str | None
    birthday: str | None
    metadata: dict[str, Any] = Field(description="As the event had it.")
    created_at: Time
    updated_at: Time
    deleted_at: Time | None


class LoyaltyAccount(Shape):
    """A member: the link between one customer and one program."""

    id: str = Field(examples=["loy_06evgt3m8x4k9c2p7r1wz5qjbh"])
    object: Literal["loyalty_account"]
    program: str | Program = Field(description="The program; expandable.", examples=["prog_default"])
    customer: str | Customer | None = Field(
        description="The customer, null for a standalone account; expandable.", examples=["cust_abc123"]
    )
    status: Literal["active", "closed", "merged"]
    balance: int = Field(
        description="Points that can be spent now; below zero after a clawback of points already spent."
    )
    pending_balance: int = Field(description="Points that are credited and not yet available.", ge=0)
    lifetime_points: int = Field(description="Points earned in all; only ever increases.", ge=0)
    tier: str | None = Field(description="The key of the member's tier.")
    merged_into: Union[str, "LoyaltyAccount", None] = Field(
        description="The survivor, once this account was merged; expandable."
    )
    metadata: dict[str, str]
    enrolled_at: Time
    created_at: Time
    updated_at: Time
    last_activity_at: Time | None


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


class Source(Shape):
    """What a transaction comes from."""

    type: SourceType
    id: str | None


class GivenAward(Shape):
    """Points that no rule gave."""

    type: Literal["adjustment", "opening_balance", "opening_lifetime", "bonus_points", "challenge"]
    points: int


class ReferralAward(Shape):
    """What a referral pays one of its sides."""

    type: Literal["referral"]
    points: int
    side: Literal["referrer", "referee"]


class AwardBase(Shape):
    """What an award was computed from, in minor units."""

    amount: int | None = None
    currency: str | None = None
    eligible: int | None = Field(None, description="What of the amount the rule's conditions on items left.")


class AppliedFactor(Shape):
    """A factor on an award."""

    origin: str = Field(description="`rule`, `multipliers[0]`, `tier:gold`…")
    factor: str


class Limit(Shape):
    """What a cap or a budget left of an award, and cut off it."""

    points_left: int | None = None
    times_left: int | None = None
    cut: int


class LotPart(Shape):
    """What was taken from a lot."""

    lot: str
    amount: int


class CampaignShare(Shape):
    """What of an award is a campaign's."""

    campaign: str
    points: int = Field(description="Beyond what the award would have been without the campaign.")
    points_left: int | None = Field(description="What the campaign had left for the member; null without a limit.")
    cut: int


class Explanation(Shape):
    """How the amount came about. An earn tells of its award, a debit of the lots that it took from."""

    result: int
    award: (
        Annotated[
            PerAmountAward | FixedAward | PerCurrencyAward | GivenAward | ReferralAward, Field(discriminator="type")
        ]
        | None
    ) = None
    base: AwardBase | None = None
    multipliers: list[AppliedFactor] | None = None
    exact: str | None = None
    rounding: Literal["down", "nearest", "up"] | None = None
    rounded: int | None = None
    cap: Limit | None = None
    budget: Limit | None = None
    campaign: CampaignShare | None = None
    lots: list[LotPart] | None = None
    due: int | None = Field(None, description="Of a clawback: what the earn owes in all.")
    expired_before: int | None = None
    debt: int | None = None
    expired_at: Time | None = None


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


class CreditGiven(Shape):
    """Credit that was granted."""

    type: Literal["adjustment", "reward", "opening_balance"]
    amount: int


class CreditExplanation(Shape):
    """How the amount came about. What was granted tells by whom, all else the lots that it took from or gave back to."""

    result: int
    award: CreditGiven | None = None
    lots: list[LotPart] | None = None
    debt: int | None = None
    expired_at: Time | None = None


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


class ExpiringCredit(Shape):
    """What of a wallet expires when."""

    amount: int = Field(ge=1)
    expires_at: Time


class WalletBalance(Shape):
    """What a member holds in one currency, in minor units."""

    currency: str = Field(examples=["EUR"])
    balance: int = Field(ge=0)
    expiring: list[ExpiringCredit] = Field(description="What expires, the soonest first; the rest never does.")


class Wallet(Shape):
    """A member's store credit."""

    object: Literal["wallet"]
    account: str
    balances: list[WalletBalance] = Field(description="A balance for each currency that was ever issued.")


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


ReferralStatus = Literal["pending", "attributed", "converted", "rejected", "expired", "reversed"]


class ReferralReward(Shape):
    """What one side gets."""

    points: int = Field(ge=1)


class ReferralRewards(Shape):
    """What each side gets; null for nothing."""

    referrer: ReferralReward | None
    referee: ReferralReward | None


class ReferralQualify(Shape):
    """Which first payment converts it."""

    first_payment_minimum: int = Field(description="Minor units of the program's default currency.", ge=0)
    window_days: int = Field(description="Days of 24 hours from the attribution.", ge=1)


class Referral(Shape):
    """One member bringing another, from the code to the payout."""

    id: str = Field(examples=["ref_06evgt3m8x4k9c2p7r1wz5qjbh"])
    object: Literal["referral"]
    program: str | Program = Field(description="Expandable.")
    code: str = Field(description="What the referrer shares; other referrals may have the same.", examples=["7KPM2WTX"])
    share_url: str | None
    referrer: str | LoyaltyAccount = Field(description="Who shares the code; expandable.")
    referee: str | LoyaltyAccount | None = Field(description="Who used it, null while pending; expandable.")
    status: ReferralStatus
    reason: str | None = Field(description="Why it was rejected, expired or reversed.")
    reward: ReferralRewards
    qualify: ReferralQualify
    max_conversions: int | None = Field(description="How many referrals of the code may be converted.")
    payment: str | None = Field(description="The payment that converted it.")
    metadata: dict[str, str]
    attributed_at: Time | None
    expires_at: Time | None = Field(description="When the window ends.")
    converted_at: Time | None
    ended_at: Time | None = Field(description="When it was rejected, expired or reversed.")
    created_at: Time
    updated_at: Time


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
    customer: str | None
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
