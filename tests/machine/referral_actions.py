"""Codes, and those who use them, as data that Hypothesis draws."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.machine.actions import FRIEND, Action, Asked, Shown, World
from tests.machine.driver import bind
from tests.machine.referral_model import Code, Referral
from vinr_engagement import commands
from vinr_engagement.referrals import Terms


def learn(found: Referral, shown: dict[str, Any]) -> None:
    found.id, found.code.text = shown["id"], shown["code"]
    if found.referee is not None:
        bind(found.referee, shown["referee"])


def told(found: Referral) -> Shown:
    return Shown({"status": found.status}, partial(learn, found))


@dataclass
class Refer(Action):
    member: int
    points: tuple[int, int]
    minimum: int
    window_days: int
    max_conversions: int | None

    def asked(self, world: World) -> Asked | None:
        member = world.spender(self.member)
        if member is None or not member.program.referrals:
            return None
        code = Code(member.program, member, *self.points, self.minimum, self.window_days, self.max_conversions)
        terms = Terms(*self.points, self.minimum, self.window_days, self.max_conversions)
        return Asked(
            commands.CreateReferral(member.program.id, str(member.id), terms, {}),
            lambda: told(world.model.refer(code)),
        )


@dataclass
class Attribute(Action):
    """By a member, or by a customer: one nobody has heard of where neither is given."""

    code: int
    member: int | None
    customer: str | None

    def asked(self, world: World) -> Asked | None:
        codes = list({each.code.text: each.code for each in world.model.referrals if each.id}.values())
        if not codes:
            return None
        code = codes[-1 - self.code % len(codes)]
        member = None if self.member is None else world.member(self.member)
        named = world.friend if self.customer == FRIEND else self.customer
        customer = None if member is not None else named or world.new_friend()
        account = None if member is None else str(member.id)
        return Asked(
            commands.AttributeReferral(code.text.lower(), account, customer),
            lambda: told(world.model.attribute(code, member, customer)),
        )
