"""What comes back of a spend depends on how much was refunded in all, not on how the refunds were cut."""

from collections import Counter
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vinr_engagement import credit
from vinr_engagement.ledger import Taken

AMOUNTS = st.integers(1, 10**9)
TAKEN = st.lists(st.integers(1, 10**6), min_size=1, max_size=6).map(
    lambda parts: [(7, f"ptx_{place}", part) for place, part in enumerate(parts)]
)
LOTS: list[Taken] = [(7, "ptx_june", 600), (7, "ptx_july", 300), (7, "ptx_never", 100)]


@st.composite
def refunds(draw: st.DrawFn) -> tuple[int, list[int]]:
    """A payment, and refunds of it that are not more than it in all."""
    paid = draw(AMOUNTS)
    cuts = draw(st.lists(st.integers(0, paid), min_size=1, max_size=8))
    marks = [0, *sorted(cuts)]
    return paid, [after - before for before, after in pairwise(marks)]


@given(AMOUNTS, refunds())
def test_refunds_in_any_number_and_order_end_where_one_of_their_sum_ends(
    spent: int, given_: tuple[int, list[int]]
) -> None:
    paid, parts = given_
    for order in (parts, parts[::-1]):
        returned = 0
        for refunded in accumulate(order):
            due = credit.due_back(spent, refunded, paid)
            assert due >= returned, "a further refund never takes credit back"
            returned = due
        assert returned == spent * sum(parts) // paid


@given(AMOUNTS, AMOUNTS)
def test_a_full_refund_gives_back_all_and_a_smaller_one_less_or_equal(spent: int, paid: int) -> None:
    assert credit.due_back(spent, paid, paid) == spent
    assert 0 <= credit.due_back(spent, paid - 1, paid) <= spent


@pytest.mark.parametrize("paid", [0, None])
def test_nothing_comes_back_of_a_payment_of_nothing_or_one_unheard_of(paid: int | None) -> None:
    assert credit.due_back(500, 0, paid) == 0


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (0, 50, [("ptx_never", 50)]),
        (0, 100, [("ptx_never", 100)]),
        (50, 150, [("ptx_never", 50), ("ptx_july", 50)]),
        (100, 1_000, [("ptx_july", 300), ("ptx_june", 600)]),
        (400, 400, []),
    ],
)
def test_lots_get_back_what_was_taken_from_them_last(before: int, after: int, expected: list[tuple[str, int]]) -> None:
    assert [(lot, amount) for _, lot, amount in credit.parts_returned(LOTS, before, after)] == expected


@given(TAKEN, st.data())
def test_each_lot_ends_with_the_same_however_the_return_was_cut(taken: list[Taken], data: st.DataObject) -> None:
    total = sum(amount for _, _, amount in taken)
    end = data.draw(st.integers(0, total))
    marks = [0, *sorted(data.draw(st.lists(st.integers(0, end), max_size=5))), end]
    in_parts: Counter[str] = Counter()
    for before, after in pairwise(marks):
        in_parts.update({lot: amount for _, lot, amount in credit.parts_returned(taken, before, after)})
    at_once = Counter({lot: amount for _, lot, amount in credit.parts_returned(taken, 0, end)})
    assert in_parts == at_once
    assert sum(at_once.values()) == end
    assert all(at_once[lot] <= amount for _, lot, amount in taken)
