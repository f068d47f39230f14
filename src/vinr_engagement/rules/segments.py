"""Segments: named groups of members, by what they are and what they did. See ``docs/guides/segments.md``."""

from typing import Any

import msgspec

from vinr_engagement.rules.conditions import Conditions, normalise_conditions, parse_conditions
from vinr_engagement.rules.facts import Facts, Needs
from vinr_engagement.rules.fields import refuse, text

MOST_NAME = 200


class Segment(msgspec.Struct, frozen=True, eq=False):
    """A compiled segment: a member is in it while its conditions hold; without any, every member is."""

    id: str
    program: str
    name: str
    conditions: Conditions | None

    @property
    def needs(self) -> Needs:
        """What has to be gathered before a member can be judged."""
        return Needs() if self.conditions is None else self.conditions.needs

    def holds(self, facts: Facts) -> bool:
        """Whether the member of these facts is in it, at their time."""
        return self.conditions is None or self.conditions.hold(facts)


def parse_segment(definition: dict[str, Any]) -> Segment:
    """Compiles ``{program, name, match, conditions}``. Raises ``Invalid`` with the path of the faulty field.

    A segment speaks of members alone: neither of an event nor of other segments.
    """
    group = {"match": definition.get("match") or "all", "conditions": definition.get("conditions") or []}
    compiled = parse_conditions(normalise_conditions(group), "", event_facts=False)
    if compiled is not None and compiled.needs.segments:
        raise refuse("conditions", "A segment cannot ask about other segments: write their conditions here.")
    return Segment(
        id=definition.get("id") or "",
        program=definition.get("program") or "",
        name=text(definition.get("name"), "name", MOST_NAME, "name"),
        conditions=compiled,
    )
