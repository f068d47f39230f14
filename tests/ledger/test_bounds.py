"""An account holds, owes and has earned no more points than every reader of JSON understands."""

from collections.abc import Callable

import pytest

from tests.ledger.book import Book, Credit, program_of
from vinr_engagement.foundation.errors import Unprocessable

MOST = 2**53 - 1


def owing(points: int) -> Book:
    book = Book(program_of())
    book.debit(points, allow_negative=True)
    return book


def holding(points: int, *, available_in: int = 0) -> Book:
    book = Book(program_of())
    book.credit(Credit(points, available_in=available_in))
    return book


def holding_twice(points: int) -> Book:
    book = holding(points - 1, available_in=3)
    book.account.lifetime_points = 0
    book.credit(Credit(1))
    return book


def having_earned(points: int) -> Book:
    book = holding(points - 1)
    book.debit(points - 1)
    book.credit(Credit(1))
    return book


AT_MOST: dict[str, Callable[[int], Book]] = {
    "held": holding,
    "pending": lambda points: holding(points, available_in=3),
    "held and pending together": holding_twice,
    "owed": owing,
    "earned in all": having_earned,
}


@pytest.mark.parametrize("what", AT_MOST)
def test_the_most_there_can_be_and_not_a_point_more(what: str) -> None:
    book = AT_MOST[what](MOST)
    assert MOST in (abs(book.account.balance) + book.account.pending_balance, book.account.lifetime_points)
    with pytest.raises(Unprocessable) as refused:
        AT_MOST[what](MOST + 1)
    assert refused.value.code == "points_out_of_range"
