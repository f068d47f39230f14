"""What the parts of the model share, and ask of one another."""

from typing import TYPE_CHECKING, Any

from tests.machine.ledger_model import Member
from tests.machine.money_model import Heard, Payment
from tests.machine.shop import ProgramSpec, RuleSpec

if TYPE_CHECKING:
    from tests.machine.credit_model import Returned
    from tests.machine.redeem_model import Redemption, Told
    from tests.machine.referral_model import Referral
    from tests.machine.tier_model import Move, Standing

Event = dict[str, Any]


class Whole:
    """Each part says what it does; the model is all of them."""

    def __init__(self, programs: tuple[ProgramSpec, ...], now: int) -> None:
        self.programs = {program.id: program for program in programs}
        self.now = now
        self.members: list[Member] = []
        self.payments: dict[str, Payment] = {}
        self.redemptions: list[Redemption] = []
        self.referrals: list[Referral] = []
        self.standings: dict[Member, Standing] = {}
        self.moves: dict[Member, list[Move]] = {}

    @staticmethod
    def own(member: Member) -> Member:
        raise NotImplementedError

    def holder(self, customer: str, program: str) -> Member | None:
        raise NotImplementedError

    def enroll(self, program: str, customer: str | None, at: int) -> Member:
        raise NotImplementedError

    def rules(self, program: str, trigger: str) -> list[RuleSpec]:
        raise NotImplementedError

    def evaluate(self, name: str, event: Event, payment: Payment | None = None, only: Member | None = None) -> Heard:
        raise NotImplementedError

    def name_of(self, payment: Payment) -> str:
        return next(name for name, known in self.payments.items() if known is payment)

    def tier_of(self, member: Member) -> str | None:
        raise NotImplementedError

    def grant(self, member: Member, amount: int, currency: str, expires_at: int | None, kind: str) -> None:
        raise NotImplementedError

    def use(self, body: dict[str, Any], payment: str) -> "list[Told]":
        raise NotImplementedError

    def let_go(self, body: dict[str, Any], at: int) -> "list[Told]":
        raise NotImplementedError

    @staticmethod
    def return_points(payment: Payment) -> "list[Told]":
        raise NotImplementedError

    def return_shares(self, payment: Payment) -> "list[Returned]":
        raise NotImplementedError

    def credit_of_failed(self, payment: Payment, at: int) -> "list[Returned]":
        raise NotImplementedError

    @staticmethod
    def credit_missing(payment: Payment) -> "list[Returned]":
        raise NotImplementedError

    def take_progress_back(self, payment: Payment, programs: list[Heard], at: int) -> None:
        raise NotImplementedError

    def reverse_referrals(self, payment: Payment) -> None:
        raise NotImplementedError
