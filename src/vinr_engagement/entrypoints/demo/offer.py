"""What the demo's program has besides its one rule, a point for each whole pound.

The tiers have no factors, so the points of the rule stay what they would be without them.
"""

from typing import Any, Final, NamedTuple

from vinr_engagement.audit import Origin
from vinr_engagement.commands import CreateReward, Store, UpdateProgram
from vinr_engagement.programs import DEFAULT_PROGRAM

TIER_MONTHS: Final = 12
TIERS: Final[dict[str, int]] = {"Bronze": 0, "Silver": 50_000, "Gold": 200_000}
"""What must be spent in the last :data:`TIER_MONTHS` months, in pence, by the name of the tier."""
REDEMPTION_DAYS: Final = 30
"""What is redeemed and not used for so long is given back."""


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


async def furnish(store: Store, origin: Origin) -> dict[str, Offer]:
    """Gives the default program its tiers and rewards; answers the rewards by their id."""
    tiers = [{"name": name, "rank": rank, "threshold": least} for rank, (name, least) in enumerate(TIERS.items())]
    changes = {
        "redemption_ttl_hours": 24 * REDEMPTION_DAYS,
        "tier_config": {
            "qualify_on": "spend",
            "period": {"type": "rolling", "months": TIER_MONTHS},
            "tiers": tiers,
            "downgrade": {"mode": "immediate"},
        },
    }
    await store.write_path.run(UpdateProgram(DEFAULT_PROGRAM, changes), origin)
    made = [await store.write_path.run(CreateReward(offer.definition()), origin) for offer in OFFERS]
    return {reward["id"]: offer for reward, offer in zip(made, OFFERS, strict=True)}
