"""``bonus_points {trigger, points, conditions?}``: points for an event, in a row of their own."""

from typing import Any

from vinr_engagement.campaigns.mechanics.mechanic import Judged, Mechanic, read_occasion
from vinr_engagement.foundation.decimals import Rounding
from vinr_engagement.rules import MOST_POINTS, Terms
from vinr_engagement.rules.fields import mapping, whole

KIND = "bonus_points"
FIELDS = ("type", "trigger", "points", "conditions")


class BonusPoints(Mechanic, frozen=True, eq=False, kw_only=True):
    """The same points for each event; of a payment they stay until it is refunded in full or a lower bound fails."""

    points: int

    def award(self, judged: Judged, rounding: Rounding) -> Terms:
        return Terms("fixed", self.points, 1, rounding, amount=judged.amount if self.pays else None, floor=judged.floor)


def parse(value: dict[str, Any], param: str) -> BonusPoints:
    """From its JSON. Raises ``Invalid`` with the path of the faulty field."""
    mapping(value, param, FIELDS, "bonus_points")
    points = whole(value.get("points"), f"{param}.points", 1, MOST_POINTS, "points")
    return BonusPoints(kind=KIND, definition=value, points=points, **read_occasion(value, param, items=True))
