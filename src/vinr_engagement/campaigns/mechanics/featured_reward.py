"""``featured_reward {reward, cost}``: a reward for other points than usual while the campaign is active."""

from typing import Any

from vinr_engagement.campaigns.mechanics.mechanic import Mechanic
from vinr_engagement.rules import MOST_POINTS
from vinr_engagement.rules.fields import mapping, text, whole

KIND = "featured_reward"
FIELDS = ("type", "reward", "cost")


class FeaturedReward(Mechanic, frozen=True, eq=False, kw_only=True):
    """``cost`` in points, for those in the audience."""

    reward: str
    cost: int

    def discounted_cost(self, reward: str) -> int | None:
        return self.cost if reward == self.reward else None


def parse(value: dict[str, Any], param: str) -> FeaturedReward:
    """From its JSON. Raises ``Invalid`` with the path of the faulty field."""
    mapping(value, param, FIELDS, "A featured_reward")
    reward = text(value.get("reward"), f"{param}.reward", 255, "reward")
    cost = whole(value.get("cost"), f"{param}.cost", 1, MOST_POINTS, "cost")
    return FeaturedReward(kind=KIND, definition=value, reward=reward, cost=cost)
