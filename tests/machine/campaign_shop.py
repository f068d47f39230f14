"""Segments and campaigns of one example, in the product's words and as plain data for the model."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.machine.shop import Condition, ProgramSpec, Season, TierSpec, condition_of

DAY = 24 * 3_600 * 1_000_000
PAID, REVIEWED = "payment.completed", "review.created"


@dataclass(eq=False)
class SegmentSpec:
    """A group of members, by what they are and did."""

    id: str
    program: str
    conditions: list[Condition]
    match: str = "all"

    def definition(self) -> dict[str, Any]:
        conditions = [condition_of(each) for each in self.conditions]
        return {"program": self.program, "name": self.id, "match": self.match, "conditions": conditions}


@dataclass(eq=False)
class MechanicSpec:
    """``least`` is a condition on the amount, ``floor`` the least net amount at which it is met."""

    kind: str
    trigger: str
    factor: str = "1"
    points: int = 0
    measure: str = "count"
    target: int = 1
    repeatable: bool = False
    min_spend: int = 0
    least: int = 0

    @property
    def floor(self) -> int:
        return max(self.min_spend, self.least)

    def definition(self) -> dict[str, Any]:
        conditions = [{"fact": "event.amount", "op": "gte", "value": self.least}] if self.least else []
        common = {"type": self.kind, "trigger": self.trigger, "conditions": conditions}
        if self.kind == "points_multiplier":
            return {**common, "factor": self.factor, "min_spend": self.min_spend}
        if self.kind == "bonus_points":
            return {**common, "points": self.points}
        return {**common, "points": self.points, self.measure: self.target, "repeatable": self.repeatable}


@dataclass(eq=False)
class CampaignSpec:
    """A campaign; ``begins`` and ``ends`` count from the beginning of the example, ``base``."""

    id: str
    program: str
    begins: int
    ends: int | None
    mechanics: list[MechanicSpec]
    tier: str | None = None
    segment: str | None = None
    budget: int | None = None
    most_points: int | None = None
    most_times: int | None = None
    archived: bool = False
    base: int = 0

    def open_at(self, at: int) -> bool:
        over = self.ends is not None and at >= self.base + self.ends
        return self.base + self.begins <= at and not over and not self.archived

    def definition(self, base: int) -> dict[str, Any]:
        self.base = base
        ends_at = None if self.ends is None else base + self.ends
        limit = {"points": self.most_points, "times": self.most_times}
        return {
            "program": self.program,
            "name": self.id,
            "status": "active",
            "schedule": {"starts_at": base + self.begins, "ends_at": ends_at},
            "audience": self.audience(),
            "mechanics": [mechanic.definition() for mechanic in self.mechanics],
            "budget": None if self.budget is None else {"points": self.budget},
            "per_member_limit": limit if any(limit.values()) else None,
        }

    def audience(self) -> dict[str, Any]:
        if self.tier is not None:
            return {"type": "tier", "tier": self.tier}
        return {"type": "all"} if self.segment is None else {"type": "segment", "segment": self.segment}


SEGMENTS = st.sampled_from(
    (
        [("orders_lifetime", "gte", 1)],
        [("spend_lifetime", "gte", 4_000)],
        [("points_balance", "gte", 40), ("spend_30d", "lt", 6_000)],
    )
)
MULTIPLIER = st.builds(
    lambda factor, least, spend: MechanicSpec("points_multiplier", PAID, factor=factor, least=least, min_spend=spend),
    st.sampled_from(("2", "1.5", "1.3", "3")),
    st.sampled_from((0, 0, 1_500)),
    st.sampled_from((0, 0, 2_000)),
)
BONUS = st.builds(
    lambda trigger, points, least: MechanicSpec(
        "bonus_points", trigger, points=points, least=least * (trigger == PAID)
    ),
    st.sampled_from((PAID, PAID, REVIEWED)),
    st.sampled_from((7, 40)),
    st.sampled_from((0, 0, 2_500)),
)
CHALLENGE = st.builds(
    lambda trigger, measure, points, repeatable, least: MechanicSpec(
        "challenge",
        trigger,
        measure="count" if trigger == REVIEWED else measure[0],
        target=2 if trigger == REVIEWED else measure[1],
        points=points,
        repeatable=repeatable,
        least=least * (trigger == PAID),
    ),
    st.sampled_from((PAID, PAID, PAID, REVIEWED)),
    st.sampled_from((("count", 2), ("count", 1), ("count", 3), ("amount", 4_000), ("amount", 900))),
    st.sampled_from((30, 11)),
    st.booleans(),
    st.sampled_from((0, 0, 1_000)),
)
MECHANICS = st.lists(MULTIPLIER | BONUS | CHALLENGE, min_size=1, max_size=3)
SCHEDULES = st.sampled_from(((-60, None), (-60, None), (-60, 30), (-1, 20), (10, None), (10, 60)))


@st.composite
def campaign_specs(draw: st.DrawFn, program: str, number: int, tiers: TierSpec | None) -> CampaignSpec:
    """A campaign for all, for a tier or a segment; with a budget or a limit at times."""
    begins, ends = draw(SCHEDULES)
    audience = draw(st.sampled_from(("all", "all", "tier", "segment")))
    return CampaignSpec(
        f"camp_{program}_{number}",
        program,
        begins * DAY,
        None if ends is None else ends * DAY,
        draw(MECHANICS),
        tier="t1" if audience == "tier" and tiers is not None else None,
        segment=segment_of(program) if audience == "segment" else None,
        budget=draw(st.sampled_from((None, None, 30, 150, 600))),
        most_points=draw(st.sampled_from((None, None, None, 45, 200))),
        most_times=draw(st.sampled_from((None, None, None, 1, 3))),
    )


def segment_of(program: str) -> str:
    return f"seg_{program}"


@st.composite
def seasons(draw: st.DrawFn, program: str, tiers: TierSpec | None) -> Season:
    """A segment, and a campaign or two."""
    segment = SegmentSpec(segment_of(program), program, draw(SEGMENTS), draw(st.sampled_from(("all", "any"))))
    count = draw(st.sampled_from((1, 1, 2)))
    return Season([segment], [draw(campaign_specs(program, number, tiers)) for number in range(count)])


def hold_season(program: ProgramSpec, season: Season) -> ProgramSpec:
    """The program with these campaigns; its rule for particular payments is for members of the segment alone."""
    program.season = season
    for rule in program.rules:
        if rule.id.endswith("b_particular"):
            rule.conditions = [*rule.conditions, ("segment", "eq", segment_of(program.id))]
    return program
