"""What the demo's year comes to, as it was dated, on either engine."""

from typing import Any, Final

RULE: Final = {
    "members": 4_338,
    "earned": 8_902_670,
    "reversed": 516_114,
    "kept": 8_386_556,
    "outstanding": 8_386_556,
    "outstanding_value": 8_386_556,
    "payments": 19_960,
    "amount_pence": 1_066_668_454,
    "with_customer": 18_532,
    "refunds": 3_848,
    "refunded_pence": 51_615_445,
    "guest_payments": 1_428,
    "guest_points": 1_754_548,
    "events": 23_808,
}
"""The one rule, a point for each whole pound: as without tiers, campaign and rewards."""

TOP_MEMBERS: Final = {
    "cust_14646": 279_735,
    "cust_18102": 259_629,
    "cust_17450": 189_716,
    "cust_14911": 136_470,
    "cust_12415": 123_628,
}
TIERS: Final = {
    "members": {"bronze": 1_846, "silver": 1_644, "gold": 848},
    "promotions": 3_437,
    "demotions": 163,
}
CAMPAIGN: Final = {
    "starts_on": "2011-11-05",
    "members_reached": 1_592,
    "awards": 2_543,
    "spend_pence": 105_010_126,
    "earned": 1_066_470,
    "reversed": 16_322,
    "kept": 1_050_148,
}
REWARDS: Final = {
    "redeemed": 2_378_000,
    "returned": 529_000,
    "redemptions": 1_057,
    "applied": 863,
    "released": 77,
    "reversed": 8,
    "pending": 109,
    "again": 349,
    "value_pence": 2_159_500,
}
HELD: Final = RULE["kept"] + CAMPAIGN["kept"] - REWARDS["redeemed"] + REWARDS["returned"]


def check(figures: dict[str, Any]) -> None:
    """Holds the figures of a year as it was dated against these."""
    assert {name: figures[name] for name in RULE} == RULE
    assert {member["customer"]: member["balance"] for member in figures["top_members"]} == TOP_MEMBERS
    assert figures["tiers"] == TIERS
    assert figures["campaign"] == CAMPAIGN
    assert figures["rewards"] == REWARDS
    assert (figures["held"], figures["held_value"], figures["currency"]) == (HELD, HELD, "GBP")
