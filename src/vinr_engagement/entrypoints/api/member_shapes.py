"""Customers, members, and what a member holds of store credit, as they go out."""

from typing import Any, Literal, Union

from pydantic import Field

from vinr_engagement.entrypoints.api.fields import Shape, Time
from vinr_engagement.entrypoints.api.program_shapes import Program


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
