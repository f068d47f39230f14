"""What holds for every rule, payment and sequence of refunds."""

from contextlib import suppress
from fractions import Fraction
from math import ceil, floor
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.rulebook import facts_of, group, payment, rule, terms_of, verdict_of
from vinr_engagement import rules
from vinr_engagement.foundation.errors import Invalid

AMOUNTS = st.integers(1, 200_000)
BOUNDS = st.integers(0, 200_000)
FACTORS = st.integers(0, 50_000).map(lambda n: Fraction(n, 10_000))
ROUNDINGS: st.SearchStrategy[Any] = st.sampled_from(("down", "nearest", "up"))


@st.composite
def ladders(draw: st.DrawFn, amount: int) -> tuple[rules.Step, ...]:
    """Falling bounds, the last of zero, with factors that fall too."""
    bounds = [*sorted(draw(st.lists(st.integers(1, amount), max_size=3)), reverse=True), 0]
    factors = sorted((draw(FACTORS) for _ in bounds), reverse=True)
    return tuple((bound, f.numerator, f.denominator) for bound, f in zip(bounds, factors, strict=True))


@st.composite
def all_terms(draw: st.DrawFn) -> rules.Terms:
    """Terms of any shape, as a payment may have left them."""
    amount = draw(AMOUNTS)
    rate = draw(FACTORS)
    return rules.Terms(
        draw(st.sampled_from(("proportional", "fixed"))),
        rate.numerator,
        rate.denominator,
        draw(ROUNDINGS),
        amount=amount,
        eligible=draw(st.none() | st.integers(0, amount)),
        floor=draw(st.just(0) | st.integers(1, amount)),
        room=draw(st.none() | st.integers(0, 10_000)),
        steps=tuple(draw(st.lists(ladders(amount), max_size=2))),
    )


@given(all_terms(), BOUNDS, BOUNDS)
def test_points_are_monotone_and_never_negative(terms: rules.Terms, one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert 0 <= terms.points(low) <= terms.points(high) <= terms.points(terms.amount)
    assert terms.points(0) == 0


def reversed_after(terms: rules.Terms, refunds: list[int]) -> int:
    """What is taken back in all when each refund reverses what is due and was not reversed before."""
    assert terms.amount is not None
    earned, refunded, taken = terms.points(terms.amount), 0, 0
    for refund in refunds:
        refunded += refund
        taken += max(0, earned - terms.points(terms.amount - refunded) - taken)
    return taken


@given(all_terms(), st.data())
def test_any_partition_of_a_refund_ends_where_one_refund_ends(terms: rules.Terms, data: st.DataObject) -> None:
    assert terms.amount is not None
    total = data.draw(st.integers(0, terms.amount))
    cuts = sorted(data.draw(st.lists(st.integers(0, total), max_size=6)))
    parts = [end - start for start, end in zip([0, *cuts], [*cuts, total], strict=True)]
    parts = data.draw(st.permutations(parts))
    assert reversed_after(terms, parts) == reversed_after(terms, [total])
    assert reversed_after(terms, [terms.amount]) == terms.points(terms.amount)


def rounded(exact: Fraction, rounding: str) -> int:
    return {"down": floor(exact), "up": ceil(exact), "nearest": floor(exact + Fraction(1, 2))}[rounding]


@given(
    amount=AMOUNTS,
    net=BOUNDS,
    per=st.integers(1, 1000),
    rates=st.tuples(st.integers(1, 50_000).map(lambda n: Fraction(n, 10_000)), FACTORS, FACTORS, FACTORS),
    share=st.none() | st.integers(0, 200_000),
    rounding=ROUNDINGS,
)
def test_price_is_the_exact_product_rounded_once(
    amount: int, net: int, per: int, rates: tuple[Fraction, ...], share: int | None, rounding: Any
) -> None:
    points, own, tier, campaign = rates
    fields: dict[str, Any] = (
        {"conditions": group(("event.line_items.amount", "exists", True))} if share is not None else {}
    )
    priced = verdict_of(
        rule(award={"type": "per_amount", "per": per, "points": float(points)}, multiplier=float(own), **fields),
        payment(amount, line_items=[{"amount": share}]),
        rounding=rounding,
        tier=("gold", tier),
        campaigns=[rules.CampaignFactor("camp_1", campaign)],
    )
    eligible = amount if share is None else min(share, amount)

    def oracle(net: int) -> int:
        return rounded(points * eligible * net / amount / per * own * tier * campaign, rounding)

    assert priced.explanation["rounded"] == oracle(amount)
    if priced.terms is not None:
        assert priced.terms.points(net) == oracle(min(net, amount))


@given(
    amount=AMOUNTS, net=BOUNDS, bounds=st.lists(BOUNDS, min_size=1, max_size=4), match=st.sampled_from(("all", "any"))
)
def test_lower_bounds_hold_again_on_the_net_amount(amount: int, net: int, bounds: list[int], match: str) -> None:
    """Judging the conditions afresh on a smaller payment agrees with the floor, as long as bounds are all there is."""
    conditions = group(*(("event.amount", "gte", bound) for bound in bounds), match=match)
    bounded = rule(award={"type": "fixed", "points": 7}, conditions=conditions)
    first = verdict_of(bounded, payment(amount))
    if first.terms is not None:
        assert first.terms.points(min(net, amount)) == verdict_of(bounded, payment(min(net, amount))).points


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("2026-01-01T00:00:00Z"),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(("a", "amount", "0", "sku")), inner, max_size=4)
    ),
    max_leaves=12,
)
EVENTS = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("amount", "currency", "metadata", "a"), JSON)
    | {"line_items": JSON | st.lists(st.dictionaries(st.sampled_from(("amount", "sku")), JSON), max_size=4)},
)
VALUES = {
    "eq": JSON,
    "gt": st.integers(-5, 5),
    "between": st.just([0, 5]),
    "in": st.lists(st.integers(0, 5) | st.text(min_size=1, max_size=3) | st.booleans(), min_size=1, max_size=5),
    "not_in": st.just(["a", 1]),
    "contains": st.sampled_from(("a", 1, True)),
    "exists": st.booleans(),
    "lte": st.just("2026-01-01T00:00:00Z"),
}
FACTS = st.sampled_from(
    (
        "event.amount",
        "event.a",
        "event.a.0.a",
        "event.metadata.a.b",
        "event.line_items.amount",
        "event.line_items.sku.a",
        "customer.a",
    )
)


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    """Any group of conditions, not always a valid one."""
    chosen = draw(st.lists(st.tuples(FACTS, st.sampled_from(sorted(VALUES))), max_size=4))
    return group(*((f, op, draw(VALUES[op])) for f, op in chosen), match=draw(st.sampled_from(("all", "any"))))


@given(
    conditions(),
    EVENTS,
    JSON,
    st.sampled_from(({"type": "fixed", "points": 5}, {"type": "per_amount", "per": 1, "points": 1})),
)
def test_no_event_makes_evaluation_raise(
    group: dict[str, Any], event: dict[str, Any], customer: Any, award: Any
) -> None:
    try:
        compiled = rule(award=award, conditions=group)
    except Invalid:
        return
    verdict = verdict_of(compiled, event, customer={"a": customer, "metadata": customer})
    assert verdict.matched is (verdict.reason is None) is (verdict.points > 0)
    msgspec.json.encode(verdict)


@given(conditions(), EVENTS, JSON)
def test_what_an_event_rules_out_holds_for_no_member(
    group: dict[str, Any], event: dict[str, Any], customer: Any
) -> None:
    try:
        compiled = rules.parse_conditions(group)
    except Invalid:
        return
    if compiled is None:
        return
    ruled_out = compiled.ruled_out(event)
    facts = facts_of(event, customer={"a": customer})
    holds = compiled.judge(facts).holds
    assert compiled.hold(facts) is holds
    assert not (ruled_out and holds)
    asked = [each["fact"] for each in group["conditions"]]
    if group["match"] == "all" and all(fact.startswith("event.") and "line_items" not in fact for fact in asked):
        assert ruled_out is not holds


@given(JSON)
def test_a_definition_is_compiled_or_refused(junk: Any) -> None:
    for field in ("trigger", "award", "earn", "conditions", "multipliers", "cap", "budget", "multiplier", "starts_at"):
        with suppress(Invalid):
            rule(**{field: junk})


@given(conditions(), EVENTS)
def test_normalising_twice_changes_nothing(group: dict[str, Any], event: dict[str, Any]) -> None:
    definition = {
        "trigger": "payment.completed",
        "earn": {"points_per_currency_unit": 2},
        "conditions": group["conditions"],
        "multipliers": [{"when": {"tier": "gold"}, "factor": 2}],
    }
    plain = rules.normalise(definition)
    assert rules.normalise(plain) == plain
    try:
        compiled = rules.parse_rule(definition)
    except Invalid:
        return
    assert rules.parse_rule(plain).definition == compiled.definition == plain
    assert verdict_of(rules.parse_rule(plain), event) == verdict_of(compiled, event)


@given(AMOUNTS, st.integers(-5, 300_000), st.integers(-5, 300_000))
def test_limits_never_award_more_than_is_left(amount: int, cap: int, budget: int) -> None:
    terms = terms_of(rule(), payment(amount + 100))
    limited = rules.limit(terms, cap_points=cap, budget_points=budget)
    assert limited.points == max(0, min(terms.points(amount + 100), cap, budget)) == limited.terms.points(amount + 100)
    assert (limited.reason is None) is (limited.points > 0)
