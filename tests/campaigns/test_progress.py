"""A member's way through challenges: any history of payments, refunds and merges ends where counting it anew ends."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vinr_engagement import campaigns
from vinr_engagement.campaigns import Challenge, Completion, Progress
from vinr_engagement.campaigns.mechanics import parse_mechanic
from vinr_engagement.rules import Facts, Terms


def challenge(**fields: Any) -> Challenge:
    body = {"type": "challenge", "trigger": "payment.completed", "points": 100, **fields}
    found = parse_mechanic(body, "mechanics[0]")
    assert isinstance(found, Challenge)
    return found


def contribution(of: Challenge, amount: int, **event: Any) -> Terms:
    judged = of.judge(Facts({"amount": amount, "currency": "GBP", **event}, {}, 0))
    assert judged.holds
    return of.contribution(judged)


FROM_50 = [{"fact": "event.amount", "op": "gte", "value": 5_000}]
A_COFFEE = [{"fact": "event.line_items.sku", "op": "eq", "value": "coffee"}]
ITEMS = [{"sku": "coffee", "amount": 400}, {"sku": "cake", "amount": 600}]
COUNTS = [
    # why, challenge, event, {net: what it counts}
    ("a payment is one until all is refunded", {"count": 3}, {}, {1_000: 1, 1: 1, 0: 0}),
    ("or until a lower bound fails", {"count": 3, "conditions": FROM_50}, {"amount": 6_000}, {6_000: 1, 5_000: 1, 4_999: 0}),
    ("money counts net", {"amount": 10_000}, {}, {1_000: 1_000, 999: 999, 0: 0}),
    ("only of the items asked for", {"amount": 10_000, "conditions": A_COFFEE}, {"line_items": ITEMS}, {1_000: 400, 500: 200}),
    ("an item makes a payment count", {"count": 5, "conditions": A_COFFEE}, {"line_items": ITEMS}, {1_000: 1, 1: 1, 0: 0}),
    ("an event without money counts for good", {"count": 2, "trigger": "review.written"}, {}, {0: 1}),
]  # fmt: skip


@pytest.mark.parametrize(("why", "fields", "event", "nets"), COUNTS, ids=[case[0] for case in COUNTS])
def test_what_counts(why: str, fields: dict[str, Any], event: dict[str, Any], nets: dict[int, int]) -> None:
    terms = contribution(challenge(**fields), **{"amount": 1_000, **event})
    assert {net: terms.points(net) for net in nets} == nets


@pytest.mark.parametrize(
    ("fields", "value", "most", "met"),
    [
        ({"count": 3}, 2, 1, 0),
        ({"count": 3}, 3, 1, 1),
        ({"count": 3}, 9, 1, 1),
        ({"count": 3}, 9, 2, 2),
        ({"count": 3, "repeatable": True}, 9, 1, 3),
        ({"amount": 10_000, "repeatable": True}, 29_999, 1, 2),
    ],
)
def test_how_often_the_target_is_met(fields: dict[str, Any], value: int, most: int, met: int) -> None:
    assert challenge(**fields).completions(value, most) == met


PAYMENTS = st.lists(st.tuples(st.integers(1, 500), st.lists(st.integers(0, 500), max_size=3)), max_size=8)
CHALLENGES = st.builds(
    lambda kind, target, repeatable: challenge(**{kind: target}, repeatable=repeatable),
    st.sampled_from(("count", "amount")),
    st.integers(1, 600),
    st.booleans(),
)


def counted_anew(of: Challenge, payments: list[tuple[int, list[int]]]) -> tuple[int, int]:
    """Progress and completions by the net amounts alone."""
    value = sum(
        (1 if net else 0) if of.measure == "count" else net
        for amount, refunds in payments
        for net in [max(0, amount - sum(refunds))]
    )
    return value, value // of.target if of.repeatable else min(1, value // of.target)


@given(CHALLENGES, PAYMENTS)
def test_progress_is_what_counting_anew_finds(of: Challenge, payments: list[tuple[int, list[int]]]) -> None:
    progress, given_in_all = Progress(), 0
    for amount, refunds in payments:
        terms, net = contribution(of, amount), amount
        counted = terms.points(amount)
        progress.value += counted
        if (met := progress.missing(of)) > 0:
            progress.completions.append(Completion("ptx", 0, met, met, of.points * met, 0, 0, 0, budgeted=False))
            given_in_all += of.points * met
        for refund in refunds:
            net = max(0, net - refund)
            progress.value -= counted - terms.points(net)
            counted = terms.points(net)
            while (unmet := -progress.missing(of)) > 0:
                newest = progress.newest()
                due = newest.release(min(unmet, newest.met))
                newest.reversed += due.points
                given_in_all -= due.points
            progress.drop_reversed()
    value, met = counted_anew(of, payments)
    assert (progress.value, progress.met) == (value, met)
    assert given_in_all == met * of.points == sum(each.points for each in progress.completions)
    assert campaigns.progress_of(campaigns.encoded({"0": progress}))["0"] == progress


@given(st.integers(1, 20), st.integers(0, 5_000), st.lists(st.integers(1, 20), max_size=5))
def test_a_bonus_that_was_cut_goes_in_proportion_and_whole_in_the_end(met: int, points: int, steps: list[int]) -> None:
    completion = Completion("ptx", 0, met, met, points, 0, 0, 0, budgeted=True)
    for step in steps:
        before = completion.points
        due = completion.release(min(step, completion.met) or 0) if completion.met else None
        assert due is None or before - due.points == completion.points >= 0
        assert completion.points + completion.due == points
    if completion.met:
        completion.release(completion.met)
    assert (completion.met, completion.times, completion.points, completion.due) == (0, 0, 0, points)


def test_nothing_is_taken_back_for_a_merge() -> None:
    once = challenge(count=2)
    done = Progress(2, 0, 1, [Completion("ptx_1", 0, 1, 1, 100, 0, 0, 0, budgeted=False)])
    both = campaigns.progress_of(campaigns.combined(*[campaigns.encoded({"0": done})] * 2))["0"]
    assert (both.value, both.most, both.met, both.missing(once)) == (4, 2, 2, 0)


def test_half_of_two_members_is_a_whole() -> None:
    half = campaigns.encoded({"0": Progress(1)})
    assert campaigns.progress_of(campaigns.combined(half, half))["0"].missing(challenge(count=2)) == 1
    assert campaigns.combined("{}", "{}") == "{}"
