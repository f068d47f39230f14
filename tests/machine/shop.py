"""The programs and rules of one example, in the product's words and as plain data for the model."""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

Condition = tuple[str, str, Any]
CHANNELS = ("web", "till")


@dataclass
class RuleSpec:
    """An earning rule. ``bonus`` is a multiplier on a condition; ``match`` says how conditions combine."""

    id: str
    program: str
    trigger: str
    points: str
    per: int | None = None
    conditions: list[Condition] = field(default_factory=list)
    match: str = "all"
    multiplier: str = "1"
    bonus: tuple[Condition, str] | None = None
    cap_points: int | None = None
    cap_times: int | None = None
    window: str | None = None
    budget: int | None = None

    @property
    def rate(self) -> Fraction:
        """Points per minor unit, or points."""
        return Fraction(self.points) / (self.per or 1)

    def definition(self) -> dict[str, Any]:
        fixed = {"type": "fixed", "points": int(Fraction(self.points))}
        cap = {"points": self.cap_points, "times": self.cap_times}
        return {
            "program": self.program,
            "name": self.id,
            "trigger": self.trigger,
            "award": fixed if self.per is None else {"type": "per_amount", "per": self.per, "points": self.points},
            "multiplier": self.multiplier,
            "conditions": {"match": self.match, "conditions": [_condition(each) for each in self.conditions]},
            "multipliers": [{"when": [_condition(self.bonus[0])], "factor": self.bonus[1]}] if self.bonus else [],
            "cap": cap if self.window else None,
            "window": self.window,
            "budget": None if self.budget is None else {"points": self.budget},
        }


def _condition(condition: Condition) -> dict[str, Any]:
    return dict(zip(("fact", "op", "value"), condition, strict=True))


@dataclass
class ProgramSpec:
    """A program and its rules."""

    id: str
    currency: str
    zone: str
    rounding: str
    expiry: dict[str, Any] | None
    hold_days: int
    clawback: str
    auto_enroll: bool
    rules: list[RuleSpec] = field(default_factory=list)
    status: str = "active"

    def definition(self) -> dict[str, Any]:
        return {
            "name": self.id,
            "auto_enroll": self.auto_enroll,
            "timezone": self.zone,
            "default_currency": self.currency,
            "currency": {"rounding": self.rounding, "expiry": self.expiry},
            "hold_days": self.hold_days,
            "clawback": self.clawback,
        }


EXPIRIES = (
    st.none()
    | st.builds(lambda months: {"type": "rolling", "months": months}, st.sampled_from((1, 2, 12, 18)))
    | st.builds(
        lambda month, day, least: {"type": "fixed", "month": month, "day": day, "min_months": least},
        st.sampled_from((1, 2, 3, 12)),
        st.sampled_from((1, 28, 29)),
        st.sampled_from((0, 1, 6)),
    )
    | st.builds(lambda months: {"type": "inactivity", "months": months}, st.sampled_from((1, 3, 12)))
)
AMOUNT_CONDITIONS = st.sampled_from(
    (
        [],
        [],
        [("event.amount", "gte", 1_000)],
        [("event.amount", "gt", 999), ("event.amount", "lte", 9_000)],
        [("event.amount", "between", [500, 6_000])],
        [("event.metadata.channel", "eq", "web"), ("event.amount", "gte", 400)],
    )
)
PARTICULAR_CONDITIONS = st.sampled_from(
    (
        [("event.amount", "gte", 2_000)],
        [("orders_lifetime", "eq", 0)],
        [("spend_30d", "lt", 5_000)],
        [("event.metadata.channel", "eq", "web"), ("event.amount", "gt", 3_000)],
        [("points_balance", "lt", 100)],
    )
)
BONUSES: st.SearchStrategy[Any] = st.sampled_from(
    (
        None,
        (("event.amount", "gte", 3_000), "2"),
        (("points_balance", "gte", 60), "1.5"),
        (("event.metadata.channel", "eq", "till"), "0"),
        (("spend_lifetime", "gte", 4_000), "3"),
    )
)
CAPS: st.SearchStrategy[dict[str, Any]] = st.just({}) | st.builds(
    lambda points, times, window: {"cap_points": points, "cap_times": times, "window": window},
    st.none() | st.integers(1, 500),
    st.integers(1, 4),
    st.sampled_from(("day", "week", "month", "lifetime")),
)
BUDGETS = st.none() | st.none() | st.integers(1, 2_000)


@st.composite
def rule_specs(draw: st.DrawFn, program: str) -> list[RuleSpec]:
    """Rules on payments, invoices, reviews and enrolment."""

    def spec(name: str, trigger: str, points: str, **more: Any) -> RuleSpec:
        return RuleSpec(f"rule_{program}_{name}", program, trigger, points, **more)

    spending = spec(
        "a_spend",
        "payment.completed",
        draw(st.sampled_from(("1", "1.5", "0.3333"))),
        per=draw(st.sampled_from((1, 10, 100))),
        conditions=draw(AMOUNT_CONDITIONS),
        match=draw(st.sampled_from(("all", "any"))),
        multiplier=draw(st.sampled_from(("1", "1.25"))),
        bonus=draw(BONUSES),
        budget=draw(BUDGETS),
        **draw(CAPS),
    )
    particular = spec(
        "b_particular",
        "payment.completed",
        "50",
        conditions=draw(PARTICULAR_CONDITIONS),
        budget=draw(BUDGETS),
        **draw(CAPS),
    )
    invoiced = spec("c_invoice", "invoice.paid", "2", per=50, bonus=draw(BONUSES), conditions=draw(AMOUNT_CONDITIONS))
    review = spec("d_review", "review.created", "25", **draw(CAPS), budget=draw(BUDGETS))
    welcome = spec("e_welcome", "loyalty.account.created", "10", budget=draw(BUDGETS))
    chosen = draw(st.lists(st.sampled_from(range(4)), unique=True, max_size=4))
    others = [particular, invoiced, review, welcome]
    return [spending, *(others[index] for index in sorted(chosen))]


@st.composite
def program_specs(draw: st.DrawFn, program: str) -> ProgramSpec:
    """A program of any kind."""
    return ProgramSpec(
        id=program,
        currency=draw(st.sampled_from(("GBP", "GBP", "GBP", "EUR"))),
        zone=draw(st.sampled_from(("UTC", "Europe/London", "America/New_York", "Asia/Kolkata"))),
        rounding=draw(st.sampled_from(("down", "nearest", "up"))),
        expiry=draw(EXPIRIES),
        hold_days=draw(st.sampled_from((0, 14))),
        clawback=draw(st.sampled_from(("negative", "clamp"))),
        auto_enroll=draw(st.sampled_from((True, True, True, False))),
        rules=draw(rule_specs(program)),
    )


SHOPS = st.tuples(program_specs("prog_default"), program_specs("prog_other")) | program_specs("prog_default").map(
    lambda only: (only,)
)


def dearer(rule: RuleSpec) -> RuleSpec:
    """The rule at twice its rate."""
    return replace(rule, points=str(2 * Fraction(rule.points)) if rule.per is None else "2.5")
