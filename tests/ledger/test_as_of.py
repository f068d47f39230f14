"""Balances as they stood, from rows alone: what the account had then, whenever it is asked."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.ledger.book import NOW, Book, Credit, program_of
from vinr_engagement import ledger
from vinr_engagement.foundation.clock import DAY, HOUR

AMOUNTS = st.integers(1, 100)
DAYS = st.integers(1, 20)
HELD = st.builds(Credit, AMOUNTS, available_in=st.just(0) | DAYS, expires_in=st.none() | DAYS)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("credit"), HELD),
        st.tuples(st.just("debit"), AMOUNTS),
        st.tuples(st.just("take back"), AMOUNTS),
        st.tuples(st.just("days pass"), DAYS),
    ),
    min_size=1,
    max_size=10,
)


def happens(book: Book, step: str, what: Any, now: int) -> None:
    if step == "credit":
        book.credit(what, now)
    elif step == "debit":
        book.debit(what, now, allow_negative=True)
    elif step == "take back" and book.lots:
        lot = book.lots[-1]
        book.reverse(lot, min(what, lot.amount), what, now)


def standing(book: Book) -> tuple[int, int, int]:
    return book.account.balance, book.account.pending_balance, book.account.lifetime_points


@given(STEPS)
def test_each_moment_stands_as_it_stood_then(steps: list[tuple[str, Any]]) -> None:
    book, now = Book(program_of()), NOW
    stood = {NOW - 1: (0, 0, 0)}
    for step, what in [*steps, ("days pass", 60)]:
        for _ in range(what if step == "days pass" else 0):
            now += DAY
            book.settle(now)
            stood[now] = standing(book)
        happens(book, step, what, now)
        stood[now] = standing(book)
    assert {moment: ledger.balances_as_of(book.rows, moment) for moment in stood} == stood


def test_points_are_pending_until_the_instant_at_which_they_become_available() -> None:
    book = Book(program_of())
    book.credit(Credit(30, available_in=2))
    available_at = NOW + 2 * DAY
    assert ledger.balances_as_of(book.rows, NOW - 1) == (0, 0, 0)
    assert ledger.balances_as_of(book.rows, NOW) == (0, 30, 30)
    assert ledger.balances_as_of(book.rows, available_at - 1) == (0, 30, 30)
    assert ledger.balances_as_of(book.rows, available_at) == (30, 0, 30)


def test_what_was_taken_from_pending_points_is_pending_no_more() -> None:
    book = Book(program_of())
    book.credit(Credit(50))
    lot = book.credit(Credit(30, available_in=2))
    book.reverse(lot, 10, 10, NOW + HOUR)
    book.debit(5, NOW + HOUR)
    assert ledger.balances_as_of(book.rows, NOW + HOUR) == (45, 20, 80)
