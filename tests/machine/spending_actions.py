"""What members do with points and store credit, and the tiers that they are given, as data that Hypothesis draws."""

from dataclasses import dataclass

from tests.machine.actions import Action, Asked, Shown, World, metadata_of
from tests.machine.redeem_model import Redemption
from vinr_engagement import commands


def shown(bought: Redemption) -> Shown:
    fields = {"status": bought.status, "points": bought.points, "quantity": bought.quantity, "payment": bought.payment}
    return Shown(fields, bought.learn)


@dataclass
class Redeem(Action):
    member: int
    reward: int
    quantity: int = 1

    def asked(self, world: World) -> Asked | None:
        member = world.spender(self.member)
        if member is None or not member.program.rewards:
            return None
        reward = member.program.rewards[self.reward % len(member.program.rewards)]
        return Asked(
            commands.RedeemReward(str(member.id), reward.id, self.quantity, {}),
            lambda: shown(world.model.redeem(member, reward, self.quantity)),
        )


@dataclass
class OfRedemption(Action):
    """Applied, for a payment or for none, handed over, or released."""

    what: str
    redemption: int
    payment: int | None = None

    def asked(self, world: World) -> Asked | None:
        bought, model = world.redemption(self.redemption), world.model
        if bought is None:
            return None
        if self.what == "fulfill":
            return Asked(commands.FulfillRedemption(bought.id), lambda: shown(model.fulfill(bought)))
        if self.what == "release":
            return Asked(commands.ReleaseRedemption(bought.id, None), lambda: shown(model.release(bought)))
        payment = None if self.payment is None else world.payment(self.payment)
        return Asked(commands.ApplyRedemption(bought.id, payment), lambda: shown(model.apply_by_hand(bought, payment)))


@dataclass
class Fail(Action):
    """A payment fails or expires for good; a new one, unless ``payment`` says which."""

    payment: int | None
    uses: tuple[int, ...]
    by_code: bool
    expires: bool
    ago: int

    def asked(self, world: World) -> Asked:
        name = f"pay_{world.next_payment}" if self.payment is None else world.payment(self.payment)
        body = {"id": name, "metadata": metadata_of(world, "web", None, self.uses, by_code=self.by_code)}
        kind = "payment.expired" if self.expires else "payment.failed"
        return world.event(kind, world.model.now - self.ago, body)


@dataclass
class IssueCredit(Action):
    member: int
    amount: int
    currency: str
    expires_in: int | None

    def asked(self, world: World) -> Asked | None:
        member = world.spender(self.member)
        if member is None or not member.program.credit:
            return None
        expires_at = None if self.expires_in is None else world.model.now + self.expires_in
        return Asked(
            commands.IssueCredit(str(member.id), self.amount, self.currency, "goodwill", {}, expires_at),
            lambda: Shown(world.model.issue(member, self.amount, self.currency, expires_at)),
        )


@dataclass
class SpendCredit(Action):
    """``all_of_it``: what the wallet holds, and ``amount`` does not count."""

    member: int
    amount: int
    currency: str
    payment: int | None
    all_of_it: bool = False

    def asked(self, world: World) -> Asked | None:
        member = world.spender(self.member)
        if member is None or not member.program.credit:
            return None
        name = f"pay_{world.next_payment}" if self.payment is None else world.payment(self.payment)
        amount = (member.wallet(self.currency).balance if self.all_of_it else self.amount) or self.amount
        return Asked(
            commands.SpendCredit(str(member.id), amount, self.currency, name),
            lambda: Shown(world.model.spend(member, amount, self.currency, name)),
        )


@dataclass
class Pin(Action):
    """``tier`` of ``None`` takes the pin away."""

    member: int
    tier: int | None
    lasts: int | None

    def asked(self, world: World) -> Asked | None:
        member = world.spender(self.member)
        if member is None or member.program.tiers is None:
            return None
        tier = None if self.tier is None else self.tier % len(member.program.tiers.thresholds)
        until = None if self.lasts is None or tier is None else world.model.now + self.lasts
        command = commands.PinTier(str(member.id), None if tier is None else f"t{tier}", until, None)
        return Asked(command, lambda: Shown(world.model.pin(member, tier, until)))
