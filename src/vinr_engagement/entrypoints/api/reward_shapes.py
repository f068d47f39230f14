"""The parts of rewards and redemptions on the wire. The rewards room judges what comes in; here it is described."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, WithJsonSchema

from vinr_engagement.entrypoints.api.fields import Id, Shape, Time, Wire
from vinr_engagement.entrypoints.api.program_shapes import Program
from vinr_engagement.entrypoints.api.rule_shapes import CURRENCY
from vinr_engagement.rewards.reward import MOST_TIERS
from vinr_engagement.rewards.types import LONGEST_NAME, MOST_AMOUNT, MOST_PIECES, TYPES

RewardType = Literal[*TYPES]  # type: ignore[valid-type]
OnRefund = Literal["return", "keep"]
RedemptionStatus = Literal["pending", "applied", "released", "reversed"]
Currency = Annotated[str, WithJsonSchema(CURRENCY)]
Percent = Annotated[Any, WithJsonSchema({"type": ["number", "string"], "description": "More than 0, at most 100."})]
Text = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]


class MoneyValue(Shape):
    """For `discount_amount` and `store_credit`, in minor units."""

    amount: Annotated[int, Field(ge=1, le=MOST_AMOUNT)]
    currency: Currency


class PercentValue(Shape):
    """For `discount_percent`."""

    percent: Percent


class ProductValue(Shape):
    """For `free_product`."""

    product: Text
    quantity: Annotated[int, Field(ge=1, le=MOST_PIECES)] = 1


class PartnerValue(Shape):
    """For `partner`."""

    partner: Text
    sku: Text


Value = MoneyValue | PercentValue | ProductValue | PartnerValue
_VALUES: tuple[type[BaseModel], ...] = (MoneyValue, PercentValue, ProductValue, PartnerValue)
ValueIn = Annotated[
    Any,
    WithJsonSchema(
        {
            "anyOf": [{"$ref": f"#/components/schemas/{shape.__name__}"} for shape in _VALUES],
            "description": "As the type has it.",
            "examples": [{"amount": 500, "currency": "GBP"}],
        }
    ),
]


class Eligibility(Wire):
    """Who may have it: members of one of these tiers, in this segment."""

    tiers: Annotated[list[Id], Field(max_length=MOST_TIERS)] = Field(
        default_factory=list, description="Keys of the program's tiers; any tier unless given.", examples=[["gold"]]
    )
    segment: Id | None = Field(None, description="A segment of the program.")


class EligibilityShape(Shape):
    """Who may have it."""

    tiers: list[str]
    segment: str | None


class Reward(Shape):
    """What points buy."""

    id: str = Field(examples=["rwd_06evgt4q1m8x4k9c2p7r1wz5qj"])
    object: Literal["reward"]
    program: str | Program = Field(description="Expandable.")
    name: str = Field(examples=["£5 off"])
    description: str | None
    type: RewardType  # type: ignore[valid-type]
    cost: int = Field(description="Points for one.", ge=1)
    value: Value
    active: bool
    inventory: int | None = Field(description="How many there are in all; null for no end of them.")
    remaining: int | None = Field(description="How many are left; null for no end of them.")
    per_member_limit: int | None
    eligibility: EligibilityShape | None
    starts_at: Time | None
    ends_at: Time | None
    on_refund: OnRefund
    metadata: dict[str, str]
    created_at: Time
    updated_at: Time


class Discount(Shape):
    """Off one payment, which names its code or the redemption."""

    type: Literal["amount", "percent"]
    amount: int | None = Field(None, description="In minor units.")
    percent: Percent | None = None
    currency: str | None = None
    code: str = Field(description="Unguessable, for one payment.", examples=["RW-7KQ2MX9PTBW4HJ3C"])


class Item(Shape):
    """To hand over."""

    type: Literal["product", "partner"]
    product: str | None = None
    partner: str | None = None
    sku: str | None = None
    quantity: int


class GrantedCredit(Shape):
    """Store credit that was granted at once, in minor units."""

    amount: int
    currency: str
    transaction: str = Field(description="The row of the member's wallet.")


class RedemptionConflict(Shape):
    """Why a payment could not use a redemption that it names."""

    payment: str
    reason: str = Field(examples=["insufficient_points"])
