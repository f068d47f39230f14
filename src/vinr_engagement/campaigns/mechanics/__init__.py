"""What campaigns do: one module for each kind of mechanic, and the list of them."""

from collections.abc import Callable
from typing import Any

from vinr_engagement.campaigns.mechanics import bonus_points, challenge, featured_reward, points_multiplier
from vinr_engagement.campaigns.mechanics.challenge import Challenge
from vinr_engagement.campaigns.mechanics.featured_reward import FeaturedReward
from vinr_engagement.campaigns.mechanics.mechanic import Judged, Mechanic
from vinr_engagement.rules.fields import choice, kind_of, refuse

__all__ = ["KINDS", "Challenge", "FeaturedReward", "Judged", "Mechanic", "parse_mechanic"]

KINDS: dict[str, Callable[[dict[str, Any], str], Mechanic]] = {
    module.KIND: module.parse for module in (points_multiplier, bonus_points, challenge, featured_reward)
}


def parse_mechanic(value: Any, param: str) -> Mechanic:
    """Compiles the JSON of a mechanic. Raises ``Invalid`` with the path of the faulty field."""
    if not isinstance(value, dict):
        raise refuse(param, f"A mechanic must be an object, not {kind_of(value)}.")
    return KINDS[choice(value.get("type"), f"{param}.type", tuple(KINDS), "The mechanic's type")](value, param)
