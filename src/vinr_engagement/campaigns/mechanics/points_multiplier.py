"""``points_multiplier {trigger, factor, min_spend?, conditions?}``: what rules give for an event, times a factor."""

from fractions import Fraction
from typing import Any

from vinr_engagement.campaigns.mechanics.mechanic import Mechanic, read_occasion
from vinr_engagement.rules import MOST_FACTOR
from vinr_engagement.rules.fields import LARGEST, exact, mapping, refuse, whole

KIND = "points_multiplier"
FIELDS = ("type", "trigger", "factor", "min_spend", "conditions")


class PointsMultiplier(Mechanic, frozen=True, eq=False, kw_only=True):
    """The highest factor of all campaigns counts for an event; ``min_spend`` is in minor units, of the net amount."""

    times: Fraction

    def factor(self) -> Fraction:
        return self.times


def parse(value: dict[str, Any], param: str) -> PointsMultiplier:
    """From its JSON. Raises ``Invalid`` with the path of the faulty field."""
    mapping(value, param, FIELDS, "A points_multiplier")
    factor = exact(value.get("factor"), f"{param}.factor", Fraction(0), MOST_FACTOR, "factor")
    if factor <= 1:
        raise refuse(f"{param}.factor", "factor must be more than 1: a campaign adds points.")
    least = value.get("min_spend")
    least = 0 if least is None else whole(least, f"{param}.min_spend", 0, LARGEST, "min_spend, in minor units,")
    occasion = read_occasion(value, param, items=False)
    return PointsMultiplier(kind=KIND, definition=value, least_amount=least, times=factor, **occasion)
