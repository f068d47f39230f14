"""From the JSON of a campaign to a compiled one, and what it is at a moment. See ``docs/guides/campaigns.md``."""

from typing import Any, Literal

import msgspec

from vinr_engagement.campaigns.mechanics import Mechanic, parse_mechanic
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.rules import Needs, normalise_conditions
from vinr_engagement.rules.fields import LARGEST, choice, listing, mapping, refuse, text, whole

Status = Literal["draft", "scheduled", "active", "ended", "archived"]
METRICS = ("members_reached", "points_given", "spend", "awards")
MOST_MECHANICS = 10
_AUDIENCES = {"all": (), "tier": ("tier",), "segment": ("segment",)}


class Audience(msgspec.Struct, frozen=True):
    """Whom a campaign is for: everyone, a tier or a segment, as they are before an event."""

    type: str = "all"
    tier: str | None = None
    segment: str | None = None


class MemberLimit(msgspec.Struct, frozen=True):
    """What one member gets from a campaign at most, over its whole life."""

    points: int | None = None
    times: int | None = None


class Campaign(msgspec.Struct, frozen=True, eq=False):
    """A compiled campaign; instants are microseconds, ``ends_at`` is the first that does not belong to it."""

    id: str
    program: str
    name: str
    audience: Audience
    starts_at: Instant | None
    ends_at: Instant | None
    mechanics: tuple[Mechanic, ...]
    budget: int | None
    limit: MemberLimit
    state: str

    @property
    def launched(self) -> bool:
        """Whether it gives anything, if the schedule lets it."""
        return self.state == "launched"

    @property
    def archived(self) -> bool:
        """Whether it is over for good."""
        return self.state == "archived"

    @property
    def segments(self) -> frozenset[str]:
        """The segments that it names."""
        named = frozenset(() if self.audience.segment is None else (self.audience.segment,))
        return named.union(*(mechanic.needs.segments for mechanic in self.mechanics))

    def needs(self, trigger: str) -> Needs:
        """What has to be gathered to judge it for an event of a trigger."""
        found = Needs(segments=frozenset(() if self.audience.segment is None else (self.audience.segment,)))
        for mechanic in self.mechanics:
            if mechanic.trigger == trigger:
                found |= mechanic.needs
        return found

    def closed(self, at: Instant) -> Literal["not_started", "ended"] | None:
        """Why a moment does not belong to it; None if it does."""
        if self.starts_at is not None and at < self.starts_at:
            return "not_started"
        return "ended" if self.ends_at is not None and at >= self.ends_at else None


def status_at(state: str, starts_at: Instant | None, ends_at: Instant | None, now: Instant) -> Status:
    """What a campaign is at a moment: what people made of it, or what the schedule says of one that was launched."""
    if state != "launched":
        return "draft" if state == "draft" else "archived"
    if starts_at is not None and now < starts_at:
        return "scheduled"
    return "ended" if ends_at is not None and now >= ends_at else "active"


def parse_campaign(definition: dict[str, Any]) -> Campaign:
    """Compiles a definition in the spelling of :func:`normalise`. Raises ``Invalid`` with the path of the faulty field."""
    schedule = definition["schedule"]
    starts_at, ends_at = schedule["starts_at"], schedule["ends_at"]
    if starts_at is not None and ends_at is not None and starts_at >= ends_at:
        raise refuse("schedule.ends_at", "schedule.ends_at must be after schedule.starts_at.")
    _check_goal(definition["goal"])
    budget = definition["budget"]
    return Campaign(
        id=definition["id"],
        program=definition["program"],
        name=text(definition.get("name"), "name", 200, "name"),
        audience=_audience(definition["audience"]),
        starts_at=starts_at,
        ends_at=ends_at,
        mechanics=_mechanics(definition.get("mechanics")),
        budget=None if budget is None else _points(budget, "budget"),
        limit=_limit(definition["per_member_limit"]),
        state=definition.get("state") or "draft",
    )


def normalise(definition: dict[str, Any]) -> dict[str, Any]:
    """The one spelling of a definition: every field there, a limit that is a number as ``times``. Judges nothing else."""
    limit, listed = definition.get("per_member_limit"), definition.get("mechanics")
    schedule = definition.get("schedule") or {}
    return {
        **definition,
        "mechanics": [_spelled(entry) for entry in listed] if isinstance(listed, list) else listed,
        "audience": definition.get("audience") or {"type": "all"},
        "schedule": {name: schedule.get(name) for name in ("starts_at", "ends_at")},
        "goal": definition.get("goal"),
        "budget": definition.get("budget"),
        "per_member_limit": {"times": limit} if type(limit) is int else limit,
        "metadata": definition.get("metadata") or {},
    }


def _spelled(mechanic: Any) -> Any:
    if not isinstance(mechanic, dict) or mechanic.get("conditions") is None:
        return mechanic
    return {**mechanic, "conditions": normalise_conditions(mechanic["conditions"])}


def _mechanics(value: Any) -> tuple[Mechanic, ...]:
    entries = listing(value, "mechanics", MOST_MECHANICS, "mechanics")
    if not entries:
        raise refuse("mechanics", f"A campaign needs 1 to {MOST_MECHANICS} mechanics.")
    return tuple(parse_mechanic(entry, f"mechanics[{place}]") for place, entry in enumerate(entries))


def _audience(value: Any) -> Audience:
    if not isinstance(value, dict):
        raise refuse("audience", 'audience is an object, like {"type": "tier", "tier": "gold"}.')
    kind = choice(value.get("type"), "audience.type", tuple(_AUDIENCES), "The audience's type")
    mapping(value, "audience", ("type", *_AUDIENCES[kind]), f"An audience of type {kind}")
    named = {name: text(value.get(name), f"audience.{name}", 255, name) for name in _AUDIENCES[kind]}
    return Audience(kind, **named)


def _check_goal(value: Any) -> None:
    if value is None:
        return
    mapping(value, "goal", ("metric", "target"), "A goal")
    choice(value.get("metric"), "goal.metric", METRICS, "metric")
    whole(value.get("target"), "goal.target", 1, LARGEST, "target")


def _points(value: Any, param: str) -> int:
    mapping(value, param, ("points",), f"A {param}")
    return whole(value.get("points"), f"{param}.points", 1, LARGEST, "points")


def _limit(value: Any) -> MemberLimit:
    if value is None:
        return MemberLimit()
    mapping(value, "per_member_limit", ("points", "times"), "A per_member_limit")
    given = {
        name: whole(value[name], f"per_member_limit.{name}", 1, LARGEST, name)
        for name in ("points", "times")
        if value.get(name) is not None
    }
    if not given:
        raise refuse("per_member_limit", "per_member_limit limits points, times or both; a number alone is times.")
    return MemberLimit(**given)
