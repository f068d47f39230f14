"""What a reward costs a member."""

from typing import NamedTuple

from vinr_engagement.commands import campaigning
from vinr_engagement.commands.configuration import ProgramRules
from vinr_engagement.commands.context import Context
from vinr_engagement.members import Account
from vinr_engagement.rewards import Reward


class Cost(NamedTuple):
    """Points for one of a reward, and the campaign that made it cheaper, if one did."""

    points: int
    campaign: str | None = None


def cost_of(context: Context, entry: ProgramRules, account: Account, reward: Reward) -> Cost:
    """What a reward costs this member now. Nothing else knows what a reward costs. May raise ``NotGathered``."""
    featured = campaigning.featured_cost(context, entry, account, reward.id)
    if featured is None or featured[0] >= reward.cost:
        return Cost(reward.cost)
    return Cost(featured[0], featured[1].id)
