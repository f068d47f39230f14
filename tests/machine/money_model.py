"""What the model knows of a payment, and what it answers to an event."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.machine.ledger_model import Award, Member

if TYPE_CHECKING:
    from tests.machine.campaign_model import Contribution, Progress
    from tests.machine.credit_model import Returned, Spend
    from tests.machine.redeem_model import Redemption, Told
    from tests.machine.referral_model import Referral


ERASED = ""
"""The customer of a payment of somebody who was forgotten."""


class Refused(Exception):
    """What the product has to refuse, with its code."""


@dataclass
class Purchase:
    """What a payment counts for in one program: whose, which day."""

    member: Member
    day: int


@dataclass(eq=False)
class Payment:
    """``told`` is what an invoice had said of it, while the payment's own event is looked at: facts are those before it."""

    amount: int | None = None
    currency: str | None = None
    customer: str | None = None
    completed_at: int = 0
    completed: bool = False
    seen: int = 0
    summed: int = 0
    disputed: int = 0
    refunds: dict[str, int] = field(default_factory=dict)
    refunded_at: int = 0
    awards: list[Award] = field(default_factory=list)
    purchases: dict[str, Purchase] = field(default_factory=dict)
    failed: bool = False
    redemptions: "list[Redemption]" = field(default_factory=list)
    spends: "list[Spend]" = field(default_factory=list)
    contributions: "list[tuple[Progress, Contribution]]" = field(default_factory=list)
    told: tuple[int, str | None] | None = None

    @property
    def refunded(self) -> int:
        return 0 if self.amount is None else min(self.amount, max(self.seen, self.summed) + self.disputed)

    @property
    def net(self) -> int:
        return (self.amount or 0) - self.refunded

    def spend(self, currency: str) -> int:
        net, paid_in = self.told or (self.net, self.currency)
        return net if paid_in == currency else 0


@dataclass(eq=False)
class Heard:
    """What an event meant in a program."""

    program: str
    status: str
    reason: str | None = None
    member: Member | None = None
    amounts: list[int] = field(default_factory=list)
    referral: "tuple[Referral, str, str | None] | None" = None


@dataclass(eq=False)
class Answer:
    status: str
    reason: str | None = None
    programs: list[Heard] = field(default_factory=list)
    redemptions: "list[Told]" = field(default_factory=list)
    credit: "list[Returned]" = field(default_factory=list)
    erased: bool = False
    customer: str | None = None
    member: Member | None = None
    """Whom the event is about: a customer or, where it names none, a member."""
