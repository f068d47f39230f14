"""Who brought whom: codes, those who used them, and what both sides get for a first payment."""

from dataclasses import dataclass, field
from typing import Any

from tests.machine.ledger_model import DAY, Award, Member
from tests.machine.money_model import Heard, Payment, Refused
from tests.machine.shop import ProgramSpec
from tests.machine.whole import Whole

MINUTE = 60 * 1_000_000


@dataclass(eq=False)
class Code:
    """A code and its terms; ``text`` is what the product made of it."""

    program: ProgramSpec
    owner: Member
    referrer_points: int
    referee_points: int
    minimum: int
    window_days: int
    max_conversions: int | None
    text: str = ""
    referrals: "list[Referral]" = field(default_factory=list)

    @property
    def used_up(self) -> bool:
        converted = sum(each.status == "converted" for each in self.referrals)
        return self.max_conversions is not None and converted >= self.max_conversions

    def enough(self, net: int) -> bool:
        return net > 0 and net >= self.minimum


@dataclass(eq=False)
class Referral:
    code: Code
    status: str = "pending"
    referee: Member | None = None
    attributed_at: int = 0
    expires_at: int = 0
    converted_at: int | None = None
    payment: str | None = None
    id: str = ""

    @property
    def referrer(self) -> Member:
        return self.code.owner.resolved()


class Referring(Whole):
    """The part of the model that is about referrals."""

    def refer(self, code: Code) -> Referral:
        if code.program.status != "active":
            raise Refused("program_paused")
        if self.own(code.owner).status != "active":
            raise Refused("account_closed")
        return self.another(code)

    def another(self, code: Code) -> Referral:
        made = Referral(code)
        code.referrals.append(made)
        self.referrals.append(made)
        return made

    def attribute(self, code: Code, referee: Member | None, customer: str | None) -> Referral:
        """Somebody uses a code: a member, or a customer, who becomes one."""
        referrer = code.owner.resolved()
        if code.program.status != "active":
            raise Refused("program_paused")
        if referrer.status != "active":
            raise Refused("account_closed")
        found = self.holder(customer, code.program.id) if customer is not None else referee
        if found is not None:
            self.refuse_referee(code, referrer, self.own(found))
        elif customer == referrer.customer:
            raise Refused("referral_self")
        self.refuse_too_many(code, referrer)
        if found is None:
            found = self.enroll(code.program.id, customer, self.now)
        used = next((each for each in code.referrals if each.status == "pending"), None) or self.another(code)
        used.status, used.referee, used.attributed_at = "attributed", found, self.now
        used.expires_at = self.now + code.window_days * DAY
        return used

    def refuse_referee(self, code: Code, referrer: Member, referee: Member) -> None:
        if referee.program is not code.program:
            raise Refused("program_mismatch")
        if referee.status != "active":
            raise Refused("account_closed")
        named = referee.customer
        if referee is referrer or (named is not None and named == referrer.customer):
            raise Refused("referral_self")
        if any(each.referee is not None and each.referee.resolved() is referee for each in self.referrals):
            raise Refused("referee_already_referred")
        if any(buy.member.resolved() is referee for each in self.payments.values() for buy in each.purchases.values()):
            raise Refused("referee_already_paid")

    def refuse_too_many(self, code: Code, referrer: Member) -> None:
        limit = code.program.referral_limit
        if limit is not None:
            brought, converted = self.brought(referrer, self.now)
            most = limit["conversions"]
            if brought >= limit["attributions"] or (most is not None and converted >= most):
                raise Refused("referral_velocity_exceeded")
        if code.used_up:
            raise Refused("referral_code_exhausted")

    def brought(self, referrer: Member, at: int) -> tuple[int, int]:
        """How many a member brought, and how many of them converted, on the day of ``at`` and those before it in the window."""
        limit = referrer.program.referral_limit
        days = range(at // DAY - (limit or {})["window_days"] + 1, at // DAY + 1)
        theirs = [each for each in self.referrals if each.referrer is referrer]
        attributed = sum(each.referee is not None and each.attributed_at // DAY in days for each in theirs)
        return attributed, sum(each.converted_at is not None and each.converted_at // DAY in days for each in theirs)

    def open_referral(self, member: Member) -> Referral | None:
        open_ones = [each for each in self.referrals if each.status == "attributed" and each.referee is not None]
        return next(
            (each for each in open_ones if each.referee is not None and each.referee.resolved() is member), None
        )

    def end_windows(self) -> None:
        for each in self.referrals:
            if each.status == "attributed" and each.expires_at <= self.now:
                each.status = "expired"

    def convert(self, member: Member, payment: Payment, body: dict[str, Any], at: int, heard: Heard) -> list[int]:
        """Whether the payment is the one that was waited for; answers what that brought, as the event's answer lists it."""
        found = self.open_referral(member)
        if found is None:
            return []
        missed = self.passed_over(found, body, at)
        if missed is not None:
            heard.referral = (found, "attributed", missed)
            return []
        reason = self.why_not(found, min(at, self.now))
        heard.status, heard.reason = "processed", None
        heard.referral = (found, "converted" if reason is None else "rejected", reason)
        if reason is not None:
            found.status = "rejected"
            return []
        found.status, found.payment, found.converted_at = "converted", self.name_of(payment), min(at, self.now)
        sides = [(found.referrer, found.code.referrer_points), (member, found.code.referee_points)]
        listed = [
            amount for side, points in sides for amount in self.pay(found, payment, member, side, points, None, at)
        ]
        for rule in self.rules(member.program.id, "referral.converted"):
            for name, side in (("referrer", found.referrer), ("referee", member)):
                if rule.recipient in (name, "both"):
                    listed += self.pay(found, payment, member, side, int(rule.rate), rule.id, at)
        return listed

    def pay(
        self,
        found: Referral,
        payment: Payment,
        referee: Member,
        side: Member,
        points: int,
        rule: str | None,
        at: int,
    ) -> list[int]:
        if points == 0:
            return []
        before = len(side.rows)
        lot = side.credit("earn", points, self.now, effective_at=min(at, self.now), held=True, counts=True)
        award = Award(side, rule, None, points, lot, lambda net: points if found.code.enough(net) else 0)
        side.awards.append(award)
        payment.awards.append(award)
        return [row.amount for row in side.rows[before:]] if side is referee else [points]

    @staticmethod
    def passed_over(found: Referral, body: dict[str, Any], at: int) -> str | None:
        if not found.attributed_at - 5 * MINUTE <= at < found.expires_at:
            return "outside_window"
        if found.code.minimum and body["currency"] != found.code.program.currency:
            return "currency_not_default"
        return None if found.code.enough(body["amount"]) else "below_minimum"

    def why_not(self, found: Referral, at: int) -> str | None:
        limit = found.code.program.referral_limit
        if found.referrer.status != "active":
            return "account_closed"
        most = None if limit is None else limit["conversions"]
        if most is not None and self.brought(found.referrer, at)[1] >= most:
            return "referral_velocity_exceeded"
        return "referral_code_exhausted" if found.code.used_up else None

    def reverse_referrals(self, payment: Payment) -> None:
        """Refunds left too little of the payment."""
        for each in self.referrals:
            theirs = each.status == "converted" and self.payments[str(each.payment)] is payment
            if theirs and not each.code.enough(payment.net):
                each.status = "reversed"

    def combine_referrals(self, survivor: Member) -> None:
        """After a merge nobody waits for a payment of themselves, nor for two of one member."""
        theirs = [each for each in self.referrals if each.referee is not None and each.referee.resolved() is survivor]
        waiting = sorted((each for each in theirs if each.status == "attributed"), key=lambda each: each.attributed_at)
        others = [each for each in waiting if each.referrer is not survivor]
        for each in waiting:
            if each not in others[:1]:
                each.status = "rejected"
