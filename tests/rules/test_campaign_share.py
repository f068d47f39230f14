"""What of an award is a campaign's: cut by its budget, and what refunds leave of it."""

from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.rulebook import payment, rule, terms_of
from vinr_engagement import rules

DOUBLE = rules.CampaignFactor("camp_1", Fraction(2))
FROM_50 = rules.CampaignFactor("camp_1", Fraction(2), floor=5_000)
HALF_AGAIN = rules.CampaignFactor("camp_2", Fraction(3, 2))


def doubled(amount: int, *factors: rules.CampaignFactor) -> rules.Terms:
    return terms_of(rule(), payment(amount), campaigns=factors or [DOUBLE])


CASES = [
    # why, room, {net: (points, left of the share)} for 100.00 at 1 point per 1.00
    ("no limit", None, {10_000: (200, 100), 6_000: (120, 60), 1_999: (39, 20), 0: (0, 0)}),
    ("cut to the room", 30, {10_000: (130, 30), 8_000: (110, 30), 2_999: (59, 30), 2_000: (40, 20), 0: (0, 0)}),
    ("no room", 0, {10_000: (100, 0), 5_000: (50, 0)}),
    ("more room than it takes", 500, {10_000: (200, 100), 100: (2, 1)}),
]


@pytest.mark.parametrize(("why", "room", "nets"), CASES, ids=[case[0] for case in CASES])
def test_a_double(why: str, room: int | None, nets: dict[int, tuple[int, int]]) -> None:
    boosted = rules.limit_boost(doubled(10_000), room)
    assert (boosted.points, boosted.extra) == nets[10_000]
    for net, expected in nets.items():
        assert (boosted.terms.points(net), boosted.terms.boost_left(net, boosted.extra)) == expected


def test_below_its_least_spend_it_counts_nothing_and_the_next_campaign_goes_on() -> None:
    boosted = rules.limit_boost(doubled(10_000, FROM_50, HALF_AGAIN), None)
    assert [boosted.terms.points(net) for net in (10_000, 5_000, 4_999)] == [200, 100, 74]
    assert [boosted.terms.boost_left(net, boosted.extra) for net in (10_000, 5_000, 4_999)] == [100, 50, 0]


def test_a_cap_of_the_rule_comes_first() -> None:
    limited = rules.limit(doubled(10_000), cap_points=130)
    assert rules.limit_boost(limited.terms, None)[:3] == (130, 30, 0)
    capped = rules.limit(doubled(10_000), cap_points=80)
    assert rules.limit_boost(capped.terms, None)[:3] == (80, 0, 0)


def test_terms_are_stored_with_the_campaign_in_them() -> None:
    terms = rules.limit_boost(doubled(10_000), 30).terms
    assert msgspec.json.decode(msgspec.json.encode(terms), type=rules.Terms) == terms


@st.composite
def boosts(draw: st.DrawFn) -> rules.Boosted:
    """An award with a campaign in it, cut or not."""
    amount = draw(st.integers(1, 100_000))
    factors = draw(st.lists(st.tuples(st.integers(10_001, 60_000), st.integers(0, amount)), min_size=1, max_size=3))
    campaigns = [
        rules.CampaignFactor(f"camp_{number}", Fraction(factor, 10_000), floor)
        for number, (factor, floor) in enumerate(factors)
    ]
    award: dict[str, Any] = {"award": {"type": "per_amount", "per": draw(st.integers(1, 300)), "points": 1}}
    rounding = draw(st.sampled_from(("down", "nearest", "up")))
    terms = msgspec.structs.replace(
        terms_of(rule(**award), payment(amount), campaigns=campaigns, rounding="up"), rounding=rounding
    )
    return rules.limit_boost(terms, draw(st.none() | st.integers(0, 2_000)))


NETS = st.lists(st.integers(0, 100_000), max_size=6)


@given(boosts(), NETS)
def test_refunds_in_pieces_end_where_one_refund_ends(boosted: rules.Boosted, nets: list[int]) -> None:
    """The member's points and what the campaign counts, however the net amount came down."""
    terms, points, left = boosted.terms, boosted.points, boosted.extra
    for net in sorted(nets, reverse=True):
        assert terms.points(net) <= points
        points, left = terms.points(net), min(left, terms.boost_left(net, boosted.extra))
    last = min(nets, default=None)
    assert (points, left) == (terms.points(last), terms.boost_left(last, boosted.extra))
    assert terms.boost_left(0, boosted.extra) == 0


@given(boosts(), st.integers(0, 100_000))
def test_a_budget_is_never_freed_of_points_that_are_still_given(boosted: rules.Boosted, net: int) -> None:
    terms = boosted.terms
    if net >= terms.boost[0][0]:
        still_given = terms.points(net) - terms.plain_points(net)
        assert min(still_given, boosted.extra) <= terms.boost_left(net, boosted.extra) <= boosted.extra
