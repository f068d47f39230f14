"""What one posting writes: the row, its lot, when the account is due next, and how it explains itself."""

from typing import Any

import pytest

from tests.ledger.book import NOW, Book, Credit, program_of
from vinr_engagement import ledger
from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import DAY
from vinr_engagement.foundation.errors import Unprocessable
from vinr_engagement.ledger import Cause, Source, Transaction


def explained(row: Transaction) -> Any:
    return json.decode(row.explanation)


def test_a_credit_opens_a_lot_of_the_same_id_with_the_dates_of_its_row() -> None:
    book = Book(program_of())
    lot = book.credit(Credit(30, days_ago=2, available_in=3, expires_in=90))
    (row,) = book.rows
    assert (row.id, row.bucket, row.amount, row.balance_after, row.qualifying) == (lot.id, lot.bucket, 30, 0, 30)
    assert (row.available_at, row.expires_at, row.effective_at) == (NOW + 3 * DAY, NOW + 90 * DAY, NOW - 2 * DAY)
    assert (lot.available_at, lot.expires_at, lot.closes_at) == (NOW + 3 * DAY, NOW + 90 * DAY, NOW + 90 * DAY)
    assert (lot.amount, lot.remaining, lot.expired, lot.pending) == (30, 30, 0, True)
    assert (lot.noticed_for, lot.grace_given, lot.effective_at, lot.unit) == (None, False, NOW - 2 * DAY, "points")
    assert (book.account.balance, book.account.pending_balance) == (0, 30)


def test_points_never_expire_before_they_are_available() -> None:
    """A long hold on points with a short life: they can be spent for an instant, and then they are gone."""
    book = Book(program_of())
    lot = book.credit(Credit(30, available_in=9, expires_in=3))
    assert (lot.expires_at, lot.closes_at) == (NOW + 3 * DAY, NOW + 9 * DAY)


@pytest.mark.parametrize(
    ("given", "notice_days", "due_in"),
    [
        (Credit(1), 14, None),
        (Credit(1, available_in=3), 14, 3),
        (Credit(1, expires_in=20), 14, 6),
        (Credit(1, expires_in=20), 0, 20),
        (Credit(1, expires_in=15), 14, 1),
        (Credit(1, expires_in=14), 14, 14),
        (Credit(1, expires_in=5), 14, 5),
        (Credit(1, available_in=3, expires_in=20), 14, 3),
        (Credit(1, available_in=10, expires_in=20), 14, 6),
    ],
)
def test_the_account_is_due_at_the_first_thing_that_time_will_do(
    given: Credit, notice_days: int, due_in: int | None
) -> None:
    book = Book(program_of(expiring_notice_days=notice_days))
    book.credit(given)
    assert book.account.next_due_at == (None if due_in is None else NOW + due_in * DAY)


def test_the_soonest_of_all_that_is_due_counts() -> None:
    book = Book(program_of())
    for days in (5, 3, 9):
        book.credit(Credit(1, available_in=days))
    assert book.account.next_due_at == NOW + 3 * DAY


def test_whoever_gets_points_too_late_to_be_warned_is_not_warned_again() -> None:
    book = Book(program_of())
    lot = book.credit(Credit(1, expires_in=14))
    assert lot.noticed_for == NOW + 14 * DAY
    book.settle(NOW + 13 * DAY)
    assert book.told == ["loyalty.points.earned"]


def test_points_whose_time_was_over_when_they_came_expire_at_once() -> None:
    book = Book(program_of())
    lot = book.credit(Credit(30, days_ago=9, expires_in=0))
    assert [(row.type, row.amount, row.effective_at) for row in book.rows] == [
        ("earn", 30, NOW - 9 * DAY),
        ("expire", -30, NOW),
    ]
    assert (lot.remaining, lot.expired, book.account.balance, book.account.next_due_at) == (0, 30, 0, None)


def test_an_expiry_says_which_points_and_when() -> None:
    book = Book(program_of())
    lot = book.credit(Credit(30, expires_in=2))
    book.debit(12)
    book.settle(NOW + 5 * DAY)
    row = book.rows[-1]
    assert (row.type, row.reason, row.source_type, row.source_id) == ("expire", "expired", "expiry", lot.id)
    assert (row.effective_at, row.created_at, row.balance_after) == (NOW + 2 * DAY, NOW + 5 * DAY, 0)
    lots = [{"lot": lot.id, "amount": 18}]
    assert explained(row) == {"lots": lots, "expired_at": "2026-04-03T12:00:00Z", "result": -18}


@pytest.mark.parametrize(("type_of", "counts"), [("redeem", True), ("adjust", False)])
def test_redeeming_is_activity_and_an_adjustment_is_not(type_of: str, counts: bool) -> None:
    book = Book(program_of())
    book.credit(Credit(30, days_ago=5))
    book.debit(1, type_of=type_of)
    assert book.account.activity_at == (NOW if counts else NOW - 5 * DAY)


def test_earning_is_activity_when_it_happened_and_other_credits_are_none() -> None:
    book = Book(program_of())
    book.credit(Credit(30, days_ago=5))
    book.credit(Credit(30, days_ago=8))
    assert book.account.activity_at == NOW - 5 * DAY
    cause, dates = Cause("adjust", Source("adjustment", None)), {"effective_at": NOW, "available_at": NOW}
    ledger.credit(book.state, book.account, book.program, 1, cause, {}, NOW, expires_at=None, **dates)
    assert book.account.activity_at == NOW - 5 * DAY


def test_a_debit_may_take_all_and_says_from_which_points() -> None:
    book = Book(program_of())
    first, second = book.credit(Credit(30, days_ago=2)), book.credit(Credit(30, days_ago=1))
    row = book.debit(60)
    lots = [{"lot": first.id, "amount": 30}, {"lot": second.id, "amount": 30}]
    assert explained(row) == {"lots": lots, "result": -60}
    assert (row.amount, row.balance_after, row.uncollected, row.qualifying) == (-60, 0, 0, 0)


@pytest.mark.parametrize(
    ("clawback", "balance", "uncollected", "debt"), [("negative", -15, 0, 15), ("clamp", 0, 15, 0)]
)
def test_what_cannot_be_taken_back_is_a_debt_or_is_written_off(
    clawback: str, balance: int, uncollected: int, debt: int
) -> None:
    book = Book(program_of(clawback=clawback))
    lot, other = book.credit(Credit(30, days_ago=1)), book.credit(Credit(10))
    book.debit(25)
    row = book.reverse(lot, 30, 30)
    lots = [{"lot": lot.id, "amount": 5}, {"lot": other.id, "amount": 10}]
    told = {"lots": lots, "due": 30, "expired_before": 0, "debt": debt, "result": -30 + uncollected}
    assert explained(row) == told
    assert (row.amount, row.uncollected, row.reverses) == (-30 + uncollected, uncollected, lot.id)
    assert (book.account.balance, lot.remaining, other.remaining) == (balance, 0, 0)


def test_points_that_are_still_pending_are_taken_back_from_there() -> None:
    book = Book(program_of())
    lot = book.credit(Credit(30, available_in=3))
    book.credit(Credit(50))
    book.reverse(lot, 20, 20)
    assert (book.account.balance, book.account.pending_balance, lot.remaining) == (50, 10, 10)


def test_what_expired_before_is_named_when_points_are_taken_back() -> None:
    book = Book(program_of())
    lot = book.credit(Credit(30, expires_in=1))
    book.settle(NOW + DAY)
    book.credit(Credit(50), NOW + DAY)
    row = book.reverse(lot, 5, 35, NOW + DAY)
    assert (explained(row)["expired_before"], explained(row)["due"], row.amount) == (30, 35, -5)


def test_points_that_wait_for_activity_wait_from_the_later_of_activity_and_credit() -> None:
    book = Book(program_of())
    lot = book.credit(Credit(30, days_ago=40, inactivity_months=1))
    assert (lot.expired, book.account.balance) == (30, 0)
    kept = book.credit(Credit(30, days_ago=10, inactivity_months=1))
    assert ledger.closes_at(kept, book.account, book.program) == NOW + 21 * DAY
    book.debit(1, type_of="redeem")
    assert ledger.closes_at(kept, book.account, book.program) == NOW + 30 * DAY


def test_a_hold_that_is_longer_than_the_wait_for_activity_is_kept() -> None:
    book = Book(program_of())
    lot = book.credit(Credit(30, available_in=90, inactivity_months=1))
    assert ledger.closes_at(lot, book.account, book.program) == NOW + 90 * DAY


def test_a_debit_is_no_debt_unless_that_is_said() -> None:
    book = Book(program_of())
    with pytest.raises(Unprocessable):
        ledger.debit(book.state, book.account, book.program, 1, Cause("adjust", Source("adjustment", None)), NOW)


def test_a_single_point_expires_like_any_other() -> None:
    book = Book(program_of())
    book.credit(Credit(1, expires_in=2))
    book.settle(NOW + 2 * DAY)
    assert [(row.type, row.amount) for row in book.rows] == [("earn", 1), ("expire", -1)]


def test_late_points_that_a_debt_took_have_nothing_left_to_expire() -> None:
    book = Book(program_of())
    book.debit(50, allow_negative=True)
    book.credit(Credit(30, days_ago=9, expires_in=0))
    assert [(row.type, row.amount) for row in book.rows] == [("adjust", -50), ("earn", 30)]
