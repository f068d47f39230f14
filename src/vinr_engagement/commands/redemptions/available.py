"""What a member can have now, what is short, and why."""

from collections.abc import Iterable, Iterator
from typing import Any

from vinr_engagement import members, rewards
from vinr_engagement.commands.configuration import ProgramRules
from vinr_engagement.commands.context import Context, Decision, due_lots, due_redemptions
from vinr_engagement.commands.redemptions.applicant import applicant_needs, applicant_of, taken
from vinr_engagement.commands.redemptions.cost import cost_of
from vinr_engagement.foundation.database import Need
from vinr_engagement.members import Account
from vinr_engagement.rewards import Reward


class MemberRewards(Decision):
    """The active rewards of a member's program, each with whether they can have one now and if not why not.

    To be tried out: nothing is to be written.
    """

    def __init__(self, account: str) -> None:
        self.account = account

    def needs(self, context: Context) -> Iterator[Iterable[Need]]:
        key = members.account_key(self.account)
        yield [(members.ACCOUNTS, key)]
        account = context.state.known(members.ACCOUNTS, key)
        if account is None:
            return
        entry = context.configuration.programs[account.program]
        asked = [need for reward in _offered(entry) for need in applicant_needs(entry, account, reward)]
        yield [*due_lots(context, [account]), *asked]
        yield due_redemptions(context, [account])

    def decide(self, context: Context) -> list[dict[str, Any]]:
        account = context.own_account(self.account)
        entry = context.configuration.programs[account.program]
        return [self._line(context, entry, account, reward) for reward in _offered(entry)]

    def _line(self, context: Context, entry: ProgramRules, account: Account, reward: Reward) -> dict[str, Any]:
        cost = cost_of(context, entry, account, reward)
        refusal = rewards.refusal_of(reward, applicant_of(context, entry, account, reward), cost.points, 1)
        return {
            **rewards.reward_snapshot(reward.definition, taken(context, reward)),
            "cost": cost.points,
            "campaign": cost.campaign,
            "available": refusal is None,
            "reason": None if refusal is None else refusal.code,
            "points_short": max(0, cost.points - account.balance),
        }


def _offered(entry: ProgramRules) -> list[Reward]:
    return [reward for reward in entry.rewards.values() if reward.active]
