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


@dataclass(eq=False)
class RewardSpec:
    """What points buy. ``id`` is what the product calls it, once it is made; ``credit`` is in pence."""

    program: str
    type: str
    cost: int
    inventory: int | None
    per_member_limit: int | None
    on_refund: str
    credit: int = 300
    tiers: tuple[str, ...] = ()
    active: bool = True
    id: str = ""

    def definition(self) -> dict[str, Any]:
        return {
            "program": self.program,
            "name": self.type,
            "type": self.type,
            "cost": self.cost,
            "value": VALUES.get(self.type, {"amount": self.credit, "currency": "GBP"}),
            "inventory": self.inventory,
            "per_member_limit": self.per_member_limit,
            "on_refund": self.on_refund,
            "eligibility": {"tiers": list(self.tiers)},
        }


VALUES: dict[str, dict[str, Any]] = {
    "discount_percent": {"percent": 10},
    "free_product": {"product": "mug"},
    "partner": {"partner": "Cinema", "sku": "seat"},
}


@dataclass(eq=False)
class ProgramSpec:
    """A program, its rules and its rewards; ``credit`` says whether there is store credit."""

    id: str
    currency: str
    zone: str
    rounding: str
    expiry: dict[str, Any] | None
    hold_days: int
    clawback: str
    auto_enroll: bool
    rules: list[RuleSpec] = field(default_factory=list)
    rewards: list[RewardSpec] = field(default_factory=list)
    credit: bool = False
    grace_days: int = 0
    ttl_hours: int | None = 24
    status: str = "active"

    @property
    def features(self) -> frozenset[str]:
        return frozenset(("rewards",) * bool(self.rewards) + ("credit",) * self.credit)

    def definition(self) -> dict[str, Any]:
        return {
            "name": self.id,
            "auto_enroll": self.auto_enroll,
            "timezone": self.zone,
            "default_currency": self.currency,
            "currency": {"rounding": self.rounding, "expiry": self.expiry},
            "hold_days": self.hold_days,
            "clawback": self.clawback,
            "return_grace_days": self.grace_days,
            "redemption_ttl_hours": self.ttl_hours,
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
def reward_specs(draw: st.DrawFn, program: str) -> list[RewardSpec]:
    """A discount, and at times other things; few of some."""
    types = ["discount_amount", *draw(st.lists(st.sampled_from(REWARD_TYPES), max_size=2))]
    return [
        RewardSpec(
            program,
            kind,
            draw(st.sampled_from((1, 20, 60, 150))),
            draw(st.sampled_from((None, None, None, 1, 3))),
            draw(st.sampled_from((None, None, 1, 2))),
            draw(st.sampled_from(("return", "return", "keep"))),
        )
        for kind in types
    ]


REWARD_TYPES = ("discount_amount", "discount_percent", "store_credit", "free_product", "partner")


@st.composite
def program_specs(draw: st.DrawFn, program: str, features: frozenset[str] = frozenset()) -> ProgramSpec:
    """A program of any kind, with rewards and store credit where the shop has them."""
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
        rewards=draw(reward_specs(program)) if "rewards" in features else [],
        credit="credit" in features,
        grace_days=draw(st.sampled_from((0, 0, 7, 40))) if features & {"rewards", "credit"} else 0,
        ttl_hours=draw(st.sampled_from((24, 24, 400, None))) if "rewards" in features else 24,
    )


FEATURES = st.sampled_from(
    (
        *((), (), ("rewards",), ("rewards",), ("credit",)),
        ("rewards", "credit"),
    )
).map(frozenset)
"""What a shop has beyond earning; few at a time, so that few steps tell much of each."""


@st.composite
def shops(draw: st.DrawFn) -> tuple[ProgramSpec, ...]:
    """One program or two, alike in what they have."""
    features = draw(FEATURES)
    names = draw(st.sampled_from((("prog_default", "prog_other"), ("prog_default",))))
    return tuple(draw(program_specs(name, features)) for name in names)


SHOPS = shops()


def dearer(rule: RuleSpec) -> RuleSpec:
    """The rule at twice its rate."""
    return replace(rule, points=str(2 * Fraction(rule.points)) if rule.per is None else "2.5")
