"""What all mechanics of campaigns have in common.

A kind of mechanic is one module: a struct made of its JSON, and what it does with an event, as answers to three questions.
What a kind does not do, it does not answer.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import msgspec

from vinr_engagement.foundation.decimals import Rounding
from vinr_engagement.rules import (
    PAYING_TRIGGERS,
    UNCONDITIONAL,
    Conditions,
    Facts,
    Failure,
    Judgement,
    Needs,
    Terms,
    amount_of,
    parse_conditions,
    parse_trigger,
)
from vinr_engagement.rules.fields import refuse


class Judged(msgspec.Struct, frozen=True):
    """Whether a mechanic applies to an event; ``floor`` is the least net amount at which it still does after a refund.

    ``amount`` is the event's, in minor units; ``eligible`` the part of it that the conditions left, None for all.
    """

    holds: bool
    failed: tuple[Failure, ...] = ()
    amount: int | None = None
    eligible: int | None = None
    floor: int = 0


class Mechanic(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """One mechanic of a campaign. ``trigger`` is the event that it reacts to, None for one that reacts to none."""

    kind: str
    definition: dict[str, Any]
    trigger: str | None = None
    conditions: Conditions | None = None
    least_amount: int = 0

    @property
    def needs(self) -> Needs:
        """What has to be gathered before it can be judged."""
        return Needs() if self.conditions is None else self.conditions.needs

    @property
    def pays(self) -> bool:
        """Whether it reacts to money paid, which may come back."""
        return self.trigger in PAYING_TRIGGERS

    def judge(self, facts: Facts) -> Judged:
        """Whether it applies to an event that has its trigger. Never raises for any event."""
        amount = amount_of(facts.event)
        if self.least_amount and (amount is None or amount < self.least_amount):
            short = {"fact": "event.amount", "op": "gte", "value": self.least_amount, "found": amount}
            return Judged(False, (short,))
        held = UNCONDITIONAL if self.conditions is None else self.conditions.judge(facts)
        floor = max(held.floor, self.least_amount)
        return Judged(held.holds, held.failed, amount, _eligible(held, amount), floor)

    def factor(self) -> Fraction | None:
        """By how much it multiplies what rules give for the event."""
        return None

    def award(self, judged: Judged, rounding: Rounding) -> Terms | None:
        """What it gives for the event, besides what rules give."""
        return None

    def contribution(self, judged: Judged) -> Terms | None:
        """What the event adds to the member's progress, and what is left of that after refunds."""
        return None

    def discounted_cost(self, reward: str) -> int | None:
        """What a reward costs in points while the campaign is active."""
        return None


def _eligible(held: Judgement, amount: int | None) -> int | None:
    if held.eligible is None or amount is None:
        return None
    total = sum(price for item in held.eligible if type(price := item.get("amount")) is int)
    return max(0, min(total, amount))


def read_occasion(value: Mapping[str, Any], param: str, *, items: bool) -> dict[str, Any]:
    """``trigger`` and ``conditions`` as fields of a mechanic; ``items`` whether conditions may be about line items."""
    conditions = parse_conditions(value.get("conditions"), f"{param}.conditions")
    if conditions is not None and conditions.on_items and not items:
        raise refuse(f"{param}.conditions", "A factor counts for the whole award: it cannot go by event.line_items.")
    trigger = parse_trigger(value.get("trigger"), f"{param}.trigger")
    if trigger.startswith("referral."):
        raise refuse(
            f"{param}.trigger", "Campaigns do not react to referrals: write an earning rule, with a recipient."
        )
    return {"trigger": trigger, "conditions": conditions}
