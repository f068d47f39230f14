"""What a reward costs a member."""

from vinr_engagement.commands.configuration import ProgramRules
from vinr_engagement.commands.context import Context
from vinr_engagement.members import Account
from vinr_engagement.rewards import Reward


def cost_of(context: Context, entry: ProgramRules, account: Account, reward: Reward) -> int:
    """Points for one of a reward, for this member, now. Nothing else knows what a reward costs."""
    return reward.cost
