"""``challenge {trigger, count | amount, points, repeatable}``: points once the member has done something often enough."""

from typing import Any, Literal

from vinr_engagement.campaigns.mechanics.mechanic import Judged, Mechanic, read_occasion
from vinr_engagement.rules import MOST_POINTS, Terms
from vinr_engagement.rules.fields import LARGEST, flag, mapping, refuse, whole

KIND = "challenge"
FIELDS = ("type", "trigger", "count", "amount", "points", "repeatable", "conditions")


class Challenge(Mechanic, frozen=True, eq=False, kw_only=True):
    """``target`` is a number of events, or money in minor units; each time it is met brings ``points``."""

    measure: Literal["count", "amount"]
    target: int
    points: int
    repeatable: bool

    def contribution(self, judged: Judged) -> Terms:
        """One for an event, as long as anything is left of its payment and its lower bounds hold; or its net amount."""
        amount = judged.amount if self.pays else None
        if self.measure == "count":
            return Terms("fixed", 1, 1, "down", amount=amount, floor=judged.floor)
        if amount is None:
            return Terms("fixed", judged.amount or 0, 1, "down")
        return Terms("proportional", 1, 1, "down", amount=amount, eligible=judged.eligible, floor=judged.floor)

    def completions(self, value: int, most: int) -> int:
        """How often the target is met by a progress of ``value``: once, or ``most`` times, unless it is repeatable."""
        met = value // self.target
        return met if self.repeatable else min(met, most)


def parse(value: dict[str, Any], param: str) -> Challenge:
    """From its JSON. Raises ``Invalid`` with the path of the faulty field."""
    mapping(value, param, FIELDS, "A challenge")
    given = [name for name in ("count", "amount") if value.get(name) is not None]
    if len(given) != 1:
        raise refuse(f"{param}.count", "A challenge needs a count of events or an amount in minor units: one of them.")
    repeatable = value.get("repeatable")
    return Challenge(
        kind=KIND,
        definition=value,
        measure="count" if given[0] == "count" else "amount",
        target=whole(value[given[0]], f"{param}.{given[0]}", 1, LARGEST, given[0]),
        points=whole(value.get("points"), f"{param}.points", 1, MOST_POINTS, "points"),
        repeatable=False if repeatable is None else flag(repeatable, f"{param}.repeatable", "repeatable"),
        **read_occasion(value, param, items=True),
    )
