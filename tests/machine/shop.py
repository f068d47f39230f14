"""The programs and rules of one example, in the product's words and as plain data for the model."""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from tests.machine.campaign_shop import CampaignSpec, SegmentSpec

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
    recipient: str | None = None

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
            "conditions": {"match": self.match, "conditions": [condition_of(each) for each in self.conditions]},
            "multipliers": [{"when": [condition_of(self.bonus[0])], "factor": self.bonus[1]}] if self.bonus else [],
            "cap": cap if self.window else None,
            "window": self.window,
            "budget": None if self.budget is None else {"points": self.budget},
            **({} if self.recipient is None else {"recipient": self.recipient}),
        }


def condition_of(condition: Condition) -> dict[str, Any]:
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


@dataclass
class TierSpec:
    """Tiers ``t0``, ``t1``, …, each with its threshold and multiplier."""

    qualify_on: str
    period: str
    months: int
    starts_month: int
    thresholds: tuple[int, ...]
    multipliers: tuple[str, ...]
    mode: str
    grace_days: int

    def reached(self, value: int) -> int:
        return max(number for number, threshold in enumerate(self.thresholds) if max(0, value) >= threshold)

    def definition(self) -> dict[str, Any]:
        lasting = {} if self.period == "lifetime" else {"months": self.months}
        begins = {"starts_month": self.starts_month} if self.period == "calendar" else {}
        both = zip(self.thresholds, self.multipliers, strict=True)
        return {
            "qualify_on": self.qualify_on,
            "period": {"type": self.period, **lasting, **begins},
            "tiers": [
                {"key": f"t{rank}", "name": f"T{rank}", "rank": rank, "threshold": threshold, "multiplier": multiplier}
                for rank, (threshold, multiplier) in enumerate(both)
            ],
            "downgrade": {"mode": self.mode, "grace_days": self.grace_days},
        }


@dataclass
class Season:
    """What a program has of campaigns, and whom they are for; all of it empty in a shop without."""

    segments: "list[SegmentSpec]" = field(default_factory=list)
    campaigns: "list[CampaignSpec]" = field(default_factory=list)


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
    tiers: TierSpec | None = None
    credit: bool = False
    referrals: bool = False
    referral_limit: dict[str, Any] | None = None
    grace_days: int = 0
    ttl_hours: int | None = 24
    status: str = "active"
    season: Season = field(default_factory=Season)

    @property
    def features(self) -> frozenset[str]:
        there = {"rewards": self.rewards, "credit": self.credit, "tiers": self.tiers, "referrals": self.referrals}
        return frozenset(name for name, each in {**there, "campaigns": self.season.campaigns}.items() if each)

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
            "referral_limit": self.referral_limit,
            **({} if self.tiers is None else {"tier_config": self.tiers.definition()}),
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
def reward_specs(draw: st.DrawFn, program: str, tiers: TierSpec | None) -> list[RewardSpec]:
    """A discount, and at times other things; few of some."""
    types = ["discount_amount", *draw(st.lists(st.sampled_from(REWARD_TYPES), max_size=2))]
    return [
        RewardSpec(
            program,
            kind,
            draw(st.sampled_from((1, 20, 60, 90))),
            draw(st.sampled_from((None, None, 1, 2, 6))),
            draw(st.sampled_from((None, None, None, 1, 2))),
            draw(st.sampled_from(("return", "return", "keep"))),
            tiers=() if tiers is None else draw(st.sampled_from(((), ("t1",), ("t0", "t1")))),
        )
        for kind in types
    ]


@st.composite
def tier_specs(draw: st.DrawFn) -> TierSpec:
    """Two tiers or three, near enough to be reached and left by a payment or two."""
    qualify_on = draw(st.sampled_from(("points", "points", "spend")))
    steps = ((0, 50), (0, 60, 200), (0, 1, 100)) if qualify_on == "points" else ((0, 3_000), (0, 1_000, 9_000))
    thresholds = draw(st.sampled_from(steps))
    return TierSpec(
        qualify_on,
        draw(st.sampled_from(("lifetime", "rolling", "rolling", "rolling", "calendar", "calendar"))),
        draw(st.sampled_from((1, 3, 12))),
        draw(st.sampled_from((1, 2, 4))),
        thresholds,
        draw(st.sampled_from((("1", "1.5", "2"), ("1", "1", "0.5"), ("1.1", "1.25", "3"))))[: len(thresholds)],
        draw(st.sampled_from(("immediate", "immediate", "period_end", "period_end", "never"))),
        draw(st.sampled_from((0, 0, 7, 40))),
    )


REFERRAL_LIMITS: st.SearchStrategy[dict[str, Any] | None] = st.sampled_from(
    (
        None,
        {"attributions": 50, "conversions": None, "window_days": 30},
        {"attributions": 2, "conversions": None, "window_days": 1},
        {"attributions": 3, "conversions": 1, "window_days": 30},
    )
)
REWARD_TYPES = ("discount_amount", "discount_percent", "store_credit", "free_product", "partner")


@st.composite
def program_specs(draw: st.DrawFn, program: str, features: frozenset[str] = frozenset()) -> ProgramSpec:
    """A program of any kind, with what the shop has beyond earning."""
    tiers = draw(tier_specs()) if "tiers" in features else None
    rules = draw(rule_specs(program))
    if "referrals" in features and tiers is None and draw(st.booleans()):
        recipient = draw(st.sampled_from(("referrer", "referee", "both")))
        rules.append(RuleSpec(f"rule_{program}_f_friends", program, "referral.converted", "30", recipient=recipient))
    return ProgramSpec(
        id=program,
        currency=draw(st.sampled_from(("GBP", "GBP", "GBP", "EUR"))),
        zone=draw(st.sampled_from(("UTC", "Europe/London", "America/New_York", "Asia/Kolkata"))),
        rounding=draw(st.sampled_from(("down", "nearest", "up"))),
        expiry=draw(EXPIRIES),
        hold_days=draw(st.sampled_from((0, 14))),
        clawback=draw(st.sampled_from(("negative", "clamp"))),
        auto_enroll=draw(st.sampled_from((True, True, True, False))),
        rules=rules,
        rewards=draw(reward_specs(program, tiers)) if "rewards" in features else [],
        tiers=tiers,
        credit="credit" in features,
        referrals="referrals" in features,
        referral_limit=draw(REFERRAL_LIMITS) if "referrals" in features else None,
        grace_days=draw(st.sampled_from((0, 0, 7, 40))) if features & {"rewards", "credit"} else 0,
        ttl_hours=draw(st.sampled_from((24, 24, 400, None))) if "rewards" in features else 24,
    )


def dearer(rule: RuleSpec) -> RuleSpec:
    """The rule at twice its rate."""
    return replace(rule, points=str(2 * Fraction(rule.points)) if rule.per is None else "2.5")
