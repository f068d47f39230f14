"""What the demo's program has besides its one rule, a point for each whole pound.

The tiers have no factors, and what the campaign adds is counted apart: so the points of the rule are what they would be without.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from vinr_engagement.entrypoints.demo.door import Door
from vinr_engagement.entrypoints.demo.year import Event, busiest_days
from vinr_engagement.programs import DEFAULT_PROGRAM

TIER_MONTHS: Final = 12
TIERS: Final[dict[str, int]] = {"Bronze": 0, "Silver": 50_000, "Gold": 200_000}
"""What must be spent in the last :data:`TIER_MONTHS` months, in pence, by the name of the tier."""
REDEMPTION_DAYS: Final = 30
"""What is redeemed and not used for so long is given back."""


CAMPAIGN_DAYS: Final = 28
"""The campaign doubles points in the busiest days of the year, so many in a row."""


class Offer(NamedTuple):
    """A reward: ``cost`` in points, ``value`` in pence; ``inventory`` of ``None`` is no end of them."""

    name: str
    type: str
    cost: int
    value: int
    tiers: tuple[str, ...]
    inventory: int | None = None

    def definition(self) -> dict[str, Any]:
        """As the API takes it."""
        return {
            "program": DEFAULT_PROGRAM,
            "name": self.name,
            "type": self.type,
            "cost": self.cost,
            "value": {"amount": self.value, "currency": "GBP"},
            "eligibility": {"tiers": list(self.tiers)},
            "inventory": self.inventory,
            "per_member_limit": 1,
        }


OFFERS: Final = (
    Offer("£5 off", "discount_amount", 500, 500, ("bronze", "silver", "gold")),
    Offer("£25 off", "discount_amount", 2_000, 2_500, ("silver", "gold")),
    Offer("£100 of store credit", "store_credit", 7_500, 10_000, ("gold",), 100),
)


async def furnish(door: Door, events: Iterable[Event], zone: ZoneInfo) -> dict[str, Offer]:
    """Gives the default program its tiers, its campaign for the year of these events, and rewards, which it answers by id."""
    await door.send("PATCH", f"/v1/loyalty/programs/{DEFAULT_PROGRAM}", _PROGRAM)
    await door.send("POST", "/v1/loyalty/campaigns", _double_points(events, zone))
    made = [await door.send("POST", "/v1/loyalty/rewards", offer.definition()) for offer in OFFERS]
    return {reward["id"]: offer for reward, offer in zip(made, OFFERS, strict=True)}


_PROGRAM: Final[dict[str, Any]] = {
    "redemption_ttl_hours": 24 * REDEMPTION_DAYS,
    "tier_config": {
        "qualify_on": "spend",
        "period": {"type": "rolling", "months": TIER_MONTHS},
        "tiers": [{"name": name, "rank": rank, "threshold": least} for rank, (name, least) in enumerate(TIERS.items())],
        "downgrade": {"mode": "immediate"},
    },
}


def _double_points(events: Iterable[Event], zone: ZoneInfo) -> dict[str, Any]:
    first, last = busiest_days(events, CAMPAIGN_DAYS, zone.key)
    starts, ends = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
    return {
        "program": DEFAULT_PROGRAM,
        "name": "Double points",
        "status": "active",
        "schedule": {"starts_at": starts.isoformat(), "ends_at": ends.isoformat()},
        "mechanics": [{"type": "points_multiplier", "trigger": "payment.completed", "factor": 2}],
    }
