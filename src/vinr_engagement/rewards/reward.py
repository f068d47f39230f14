"""A reward: what it costs, what it gives, who may have it and how many there are."""

from typing import Any

import msgspec

from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import Instant, format_instant
from vinr_engagement.rewards.tables import RewardRow
from vinr_engagement.rewards.types import LONGEST_NAME, TYPES, Artifact, RewardType
from vinr_engagement.rules import fields

MOST_COST = 1_000_000_000
"""Points for one piece."""
MOST_INVENTORY = 1_000_000_000
MOST_TIERS = 50
LONGEST_DESCRIPTION = 2_000
DEFAULTS: dict[str, Any] = {
    "description": None,
    "type": "discount_amount",
    "active": True,
    "inventory": None,
    "per_member_limit": None,
    "eligibility": None,
    "starts_at": None,
    "ends_at": None,
    "on_refund": "return",
    "metadata": {},
}
"""What a reward has unless it says otherwise."""


class Reward(msgspec.Struct, frozen=True):
    """A compiled reward. ``inventory`` is how many there ever were (``None`` for no end of them); ``tiers`` and ``segment``
    say who may have it, and are empty where everybody may.
    """

    id: str
    program: str
    name: str
    type: str
    cost: int
    value: dict[str, Any]
    active: bool
    inventory: int | None
    per_member_limit: int | None
    tiers: frozenset[str]
    segment: str | None
    starts_at: Instant | None
    ends_at: Instant | None
    on_refund: str
    definition: dict[str, Any]

    @property
    def kind(self) -> RewardType:
        """What its type says."""
        return TYPES[self.type]

    def artifact(self, quantity: int) -> Artifact:
        """What a member gets for so many."""
        return self.kind.artifact(self.value, quantity)

    def is_on(self, now: Instant) -> bool:
        """Whether it may be redeemed now, by anybody."""
        began = self.starts_at is None or self.starts_at <= now
        return self.active and began and (self.ends_at is None or now < self.ends_at)


def parse_reward(definition: dict[str, Any]) -> Reward:
    """Compiles a definition of the wire's shape. Raises ``Invalid`` with the path of the faulty field."""
    given = {**DEFAULTS, **definition}
    kind = fields.choice(given["type"], "type", TYPES, "type")
    value = TYPES[kind].check(_mapping(given.get("value"), "value"))
    tiers, segment = _eligibility(given["eligibility"])
    description = given["description"]
    kept: dict[str, Any] = {
        **given,
        "name": fields.text(given.get("name"), "name", LONGEST_NAME, "name"),
        "description": None if description is None else _description(description),
        "type": kind,
        "cost": fields.whole(given.get("cost"), "cost", 1, MOST_COST, "cost"),
        "value": value,
        "inventory": _optional(given["inventory"], "inventory", 0, MOST_INVENTORY),
        "per_member_limit": _optional(given["per_member_limit"], "per_member_limit", 1, MOST_INVENTORY),
        "eligibility": None if not tiers and segment is None else {"tiers": list(tiers), "segment": segment},
        "on_refund": fields.choice(given["on_refund"], "on_refund", ("return", "keep"), "on_refund"),
    }
    if kept["starts_at"] is not None and kept["ends_at"] is not None and kept["ends_at"] <= kept["starts_at"]:
        raise fields.refuse("ends_at", "ends_at must be after starts_at.")
    return _compiled(kept, tiers, segment)


def _compiled(kept: dict[str, Any], tiers: tuple[str, ...], segment: str | None) -> Reward:
    names = (
        *("id", "program", "name", "type", "cost", "value", "active", "inventory", "per_member_limit"),
        *("starts_at", "ends_at", "on_refund"),
    )
    return Reward(
        **{name: kept.get(name, "") for name in names}, tiers=frozenset(tiers), segment=segment, definition=kept
    )


def _mapping(value: Any, param: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise fields.refuse(param, f"{param} must be an object, not {fields.kind_of(value)}.")
    return value


def _description(value: Any) -> str:
    return fields.text(value, "description", LONGEST_DESCRIPTION, "description")


def _optional(value: Any, param: str, least: int, most: int) -> int | None:
    return None if value is None else fields.whole(value, param, least, most, param)


def _eligibility(value: Any) -> tuple[tuple[str, ...], str | None]:
    if value is None:
        return (), None
    fields.mapping(value, "eligibility", ("tiers", "segment"), "eligibility")
    listed = fields.listing(value.get("tiers") or [], "eligibility.tiers", MOST_TIERS, "tiers")
    tiers = tuple(
        fields.text(tier, f"eligibility.tiers[{place}]", LONGEST_DESCRIPTION, "A tier")
        for place, tier in enumerate(listed)
    )
    segment = value.get("segment")
    return tiers, None if segment is None else fields.text(segment, "eligibility.segment", 255, "segment")


def row_of(reward: Reward) -> RewardRow:
    """The row that holds a reward."""
    kept = reward.definition
    return RewardRow(reward.id, reward.program, reward.active, json.text(kept), kept["created_at"], kept["updated_at"])


def reward_of(row: RewardRow) -> Reward:
    """The reward that a row holds."""
    return parse_reward(json.decode(row.body))


def reward_snapshot(definition: dict[str, Any], taken: int) -> dict[str, Any]:
    """The reward as the API shows it; ``taken`` is what its stock counts. Nothing remains where more were taken."""
    inventory = definition["inventory"]
    shown = {name: definition[name] for name in _SHOWN}
    for name in ("starts_at", "ends_at", "created_at", "updated_at"):
        shown[name] = None if definition[name] is None else format_instant(definition[name])
    shown["remaining"] = None if inventory is None else max(0, inventory - taken)
    return {"id": definition["id"], "object": "reward", **shown}


_SHOWN = (
    *("program", "name", "description", "type", "cost", "value", "active", "inventory", "per_member_limit"),
    *("eligibility", "starts_at", "ends_at", "on_refund", "metadata", "created_at", "updated_at"),
)
