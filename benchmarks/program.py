"""What the shop has set up: a plain program, and one with everything on.

Both begin as a fresh install does, with a point per whole pound. Ids are fixed where rows of a filled store name them.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from vinr_engagement.audit import Origin
from vinr_engagement.commands import (
    CreateCampaign,
    CreateReward,
    CreateRule,
    CreateSegment,
    Store,
    UpdateProgram,
)
from vinr_engagement.commands.context import Command
from vinr_engagement.foundation.clock import DAY, real_now
from vinr_engagement.programs import DEFAULT_PROGRAM

Furnishing = Callable[[Store], Awaitable[None]]
"""Sets a new store up, the same way whichever store it is."""
Definition = dict[str, Any]

_TRIGGER = {"program": DEFAULT_PROGRAM, "trigger": "payment.completed"}
RULE_APP: Definition = {
    **_TRIGGER,
    "name": "5 points for buying in the app",
    "award": {"type": "fixed", "points": 5},
    "conditions": [{"fact": "event.metadata.channel", "op": "eq", "value": "app"}],
}
"""The second rule of either program: looked at for each event, met by one in ten."""
REWARD: Definition = {
    "program": DEFAULT_PROGRAM,
    "name": "£1 off",
    "type": "discount_amount",
    "cost": 100,
    "value": {"amount": 100, "currency": "GBP"},
}
"""Without an end of it."""
TIERS: Definition = {
    "qualify_on": "spend",
    "period": {"type": "rolling", "months": 12},
    "tiers": [
        {"name": "Bronze", "rank": 0, "threshold": 0},
        {"name": "Silver", "rank": 1, "threshold": 1_500, "multiplier": "1.25"},
        {"name": "Gold", "rank": 2, "threshold": 12_000, "multiplier": "1.5"},
    ],
    "downgrade": {"mode": "immediate", "grace_days": 30},
}
"""A filled store's members are in silver; about one in ten comes up to gold with the next payment."""
SEGMENTS: dict[str, Definition] = {
    "seg_regulars": {
        "program": DEFAULT_PROGRAM,
        "name": "Regulars",
        "match": "all",
        "conditions": [
            {"fact": "spend_90d", "op": "gte", "value": 10_000},
            {"fact": "orders_90d", "op": "gte", "value": 2},
        ],
    },
    "seg_home": {
        "program": DEFAULT_PROGRAM,
        "name": "At home, with news",
        "match": "all",
        "conditions": [
            {"fact": "country", "op": "eq", "value": "GB"},
            {"fact": "email_subscribed", "op": "eq", "value": True},
        ],
    },
}
"""One by what members did, one by what they are; every second member is in the latter."""
RULES: dict[str, Definition] = {
    "rule_app": {**RULE_APP, "cap": {"times": 20}, "window": "month"},
    "rule_upper": {
        **_TRIGGER,
        "name": "10 points from £100 for silver and gold",
        "award": {"type": "fixed", "points": 10},
        "conditions": [
            {"fact": "tier", "op": "in", "value": ["silver", "gold"]},
            {"fact": "event.amount", "op": "gte", "value": 10_000},
        ],
    },
    "rule_regulars": {
        **_TRIGGER,
        "name": "3 points for regulars, 30 a month",
        "award": {"type": "fixed", "points": 3},
        "conditions": [{"fact": "segment", "op": "eq", "value": "seg_regulars"}],
        "cap": {"points": 30},
        "window": "month",
    },
    "rule_spenders": {
        **_TRIGGER,
        "name": "A point per £10 once £200 were spent in 90 days, two at home",
        "award": {"type": "per_amount", "per": 1_000, "points": 1},
        "multipliers": [{"when": {"segment": "seg_home"}, "factor": 2}],
        "conditions": [{"fact": "spend_90d", "op": "gte", "value": 20_000}],
    },
}
"""With the one of a fresh install they are five."""
CAMPAIGN: Definition = {
    "program": DEFAULT_PROGRAM,
    "name": "Half as many again at home",
    "status": "active",
    "schedule": {"starts_at": real_now() - 7 * DAY},
    "audience": {"type": "segment", "segment": "seg_home"},
    "mechanics": [{"type": "points_multiplier", "trigger": "payment.completed", "factor": "1.5"}],
}
"""On for a week: it raises what the events that are measured bring to every second member, not what was filled in."""


async def plain(store: Store) -> None:
    """Two rules, and a reward."""
    await _run(store, CreateRule(dict(RULE_APP), "rule_app"), CreateReward(dict(REWARD)))


async def everything(store: Store) -> None:
    """Five rules, three tiers, two segments, a campaign, and a reward."""
    await _run(store, UpdateProgram(DEFAULT_PROGRAM, {"tier_config": TIERS}))
    await _run(store, *(CreateSegment(dict(definition), name) for name, definition in SEGMENTS.items()))
    await _run(store, *(CreateRule(dict(definition), name) for name, definition in RULES.items()))
    await _run(store, CreateCampaign(dict(CAMPAIGN), "camp_home"), CreateReward(dict(REWARD)))


async def _run(store: Store, *commands: Command) -> None:
    for command in commands:
        await store.write_path.run(command, Origin("benchmarks"))
