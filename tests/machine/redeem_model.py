"""What points buy: redemptions from the checkout's side of the counter, and who is told why not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.machine.ledger_model import Member, Taken
from tests.machine.money_model import Payment, Refused
from tests.machine.shop import RewardSpec
from tests.machine.whole import Whole

HOUR = 3_600 * 1_000_000
ITEMS = ("free_product", "partner")
Told = tuple[str, str, str | None]
"""A redemption, what an event made of it, and why."""


@dataclass(eq=False)
class Redemption:
    """``clock`` says what time it is: points return at the moment asked for, but neither before they went nor after now."""

    member: Member
    reward: RewardSpec
    quantity: int
    points: int
    on_refund: str
    taken: Taken
    stocked: bool
    created_at: int
    releases_at: int | None
    clock: Callable[[], int]
    status: str = "pending"
    payment: str | None = None
    id: str = ""
    code: str | None = None

    def learn(self, shown: dict[str, Any]) -> None:
        self.id, self.code = shown["id"], (shown["discount"] or {}).get("code")

    def released_by_time_at(self) -> int | None:
        return self.releases_at if self.status == "pending" else None

    def give_back(self, at: int) -> None:
        self.member.give_back(self.taken, max(self.created_at, min(at, self.clock())))

    def release(self, at: int) -> None:
        self.give_back(at)
        self.status = "released"

    def take(self) -> None:
        """Takes the points, anew for one that was released."""
        self.taken = self.member.debit(self.points, self.clock(), "redeem")
        self.stocked = self.reward.inventory is not None

    def apply(self, payment: str | None, payments: dict[str, Payment]) -> None:
        self.status = "applied"
        if payment is not None:
            self.payment = payment
            payments.setdefault(payment, Payment()).redemptions.append(self)


class Redeeming(Whole):
    """The part of the model that is about rewards."""

    def redeem(self, member: Member, reward: RewardSpec, quantity: int) -> Redemption:
        self.own(member)
        if reward.type == "discount_percent" and quantity > 1:
            raise Refused("parameter_invalid")
        self.refuse(member, reward, quantity)
        ttl = member.program.ttl_hours if reward.type.startswith("discount") else None
        releases_at = None if ttl is None else self.now + ttl * HOUR
        points = reward.cost * quantity
        bought = Redemption(
            member, reward, quantity, points, reward.on_refund, [], False, self.now, releases_at, lambda: self.now
        )
        bought.take()
        self.redemptions.append(bought)
        member.redemptions.append(bought)
        if reward.type == "store_credit":
            self.grant(member, reward.credit * quantity, "GBP", None, "earn")
            bought.apply(None, self.payments)
        return bought

    def refuse(self, member: Member, reward: RewardSpec, quantity: int) -> None:
        if member.status != "active":
            raise Refused("account_closed")
        if member.program.status != "active":
            raise Refused("program_paused")
        if not reward.active:
            raise Refused("reward_inactive")
        if reward.tiers and self.tier_of(member) not in reward.tiers:
            raise Refused("reward_not_eligible")
        if why := self.used_up(member, reward, quantity):
            raise Refused(why)
        if member.balance < reward.cost * quantity:
            raise Refused("insufficient_points")

    def used_up(self, member: Member, reward: RewardSpec, quantity: int) -> str | None:
        had = [each for each in self.redemptions if each.reward is reward and each.status != "released"]
        used = sum(each.quantity for each in had if each.member is member)
        if reward.inventory is not None and self.taken_of(reward) + quantity > reward.inventory:
            return "reward_out_of_stock"
        if reward.per_member_limit is not None and used + quantity > reward.per_member_limit:
            return "redemption_limit_reached"
        return None

    def taken_of(self, reward: RewardSpec) -> int:
        """What its stock counts: what was redeemed while there was an end of it, and not released."""
        had = [each for each in self.redemptions if each.reward is reward and each.status != "released"]
        return sum(each.quantity for each in had if each.stocked)

    # by hand

    def apply_by_hand(self, bought: Redemption, payment: str | None) -> Redemption:
        if bought.status == "pending":
            bought.apply(payment, self.payments)
        elif bought.status != "applied" or (payment is not None and bought.payment not in (None, payment)):
            raise Refused("redemption_not_pending")
        elif payment is not None and bought.payment is None and bought.reward.type != "store_credit":
            bought.apply(payment, self.payments)
        if payment is not None and bought.payment == payment:
            self.return_points(self.payments[payment])
        return bought

    def fulfill(self, bought: Redemption) -> Redemption:
        if bought.reward.type not in ITEMS:
            raise Refused("redemption_not_an_item")
        if bought.status == "pending":
            bought.apply(None, self.payments)
        elif bought.status != "applied":
            raise Refused("redemption_not_pending")
        return bought

    def release(self, bought: Redemption) -> Redemption:
        if bought.status != "pending":
            raise Refused("redemption_not_pending")
        bought.release(self.now)
        return bought

    # with payments

    def named(self, body: dict[str, Any]) -> tuple[list[Redemption], list[Told]]:
        """Those that the payment names, each once, and what is said of names that are none."""
        metadata = body.get("metadata", {})
        by_id = {bought.id: bought for bought in self.redemptions if bought.id}
        by_code = {bought.code: bought for bought in self.redemptions if bought.code}
        found: list[Redemption] = []
        unknown: list[Told] = []
        for text, known in ((metadata.get("redemption", ""), by_id), (metadata.get("discount_code", ""), by_code)):
            for name in [part.strip() for part in text.split(",") if part.strip()]:
                bought = known.get(name if known is by_id else name.upper())
                if bought is None:
                    unknown.append((name, "unknown", "resource_missing"))
                elif bought not in found:
                    found.append(bought)
        return found, unknown

    def use(self, body: dict[str, Any], payment: str) -> list[Told]:
        found, unknown = self.named(body)
        return [*[(bought.id, *self.use_one(bought, payment)) for bought in found], *unknown]

    def use_one(self, bought: Redemption, payment: str) -> tuple[str, str | None]:
        if bought.reward.type == "store_credit":
            return "applied", "not_of_a_payment"
        if bought.status == "reversed":
            return "conflict", "reversed"
        if bought.status == "released":
            if why := self.cannot_take_again(bought):
                return "conflict", why
            bought.take()
        elif bought.payment == payment:
            return "applied", None
        elif bought.payment is not None:
            return "conflict", "applied_to_another_payment"
        bought.apply(payment, self.payments)
        return "applied", None

    def cannot_take_again(self, bought: Redemption) -> str | None:
        if bought.member.status != "active":
            return "account_closed"
        if why := self.used_up(bought.member, bought.reward, bought.quantity):
            return why
        return "insufficient_points" if bought.member.balance < bought.points else None

    def let_go(self, body: dict[str, Any], at: int) -> list[Told]:
        """The payment failed."""
        told: list[Told] = []
        found, unknown = self.named(body)
        for bought in found:
            if bought.status == "pending":
                bought.release(at)
                told.append((bought.id, "released", None))
            else:
                told.append((bought.id, bought.status, "not_pending"))
        return [*told, *unknown]

    @staticmethod
    def return_points(payment: Payment) -> list[Told]:
        """A full refund returns the points of what the payment used, unless the reward keeps them."""
        told: list[Told] = []
        if not payment.refunded_at or payment.amount is None or payment.net:
            return told
        for bought in payment.redemptions:
            if bought.status == "applied" and bought.on_refund == "return":
                bought.give_back(max(payment.completed_at, payment.refunded_at))
                bought.status = "reversed"
                told.append((bought.id, "reversed", None))
        return told
