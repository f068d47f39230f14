"""What time does to lots, and when the account is due for it next."""

from copy import copy
from types import SimpleNamespace
from typing import cast

import pytest

from tests.ledger.book import NOW, Book, Credit, program_of
from vinr_engagement import ledger
from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import DAY
from vinr_engagement.foundation.database import State
from vinr_engagement.ledger import Holder, Lot
from vinr_engagement.members import ACCOUNTS


def test_an_expiry_is_announced_once_so_many_days_before() -> None:
    book = Book(program_of(expiring_notice_days=14))
    lot = book.credit(Credit(30, expires_in=30))
    book.settle(NOW + 16 * DAY - 1)
    assert book.told == ["loyalty.points.earned"]
    book.settle(NOW + 16 * DAY)
    assert book.told == ["loyalty.points.earned", "loyalty.points.expiring"]
    assert (lot.noticed_for, book.account.next_due_at) == (NOW + 30 * DAY, NOW + 30 * DAY)
    book.settle(NOW + 29 * DAY)
    assert len(book.told) == 2
    book.settle(NOW + 30 * DAY)
    assert (book.told[2:], book.account.next_due_at) == (["loyalty.points.expired"], None)


def test_nobody_is_warned_where_the_program_gives_no_notice() -> None:
    book = Book(program_of(expiring_notice_days=0))
    book.credit(Credit(30, expires_in=30))
    book.settle(NOW + 30 * DAY)
    assert book.told == ["loyalty.points.earned", "loyalty.points.expired"]


def test_a_deadline_that_activity_moved_is_announced_anew() -> None:
    book = Book(program_of(expiring_notice_days=14))
    book.credit(Credit(30, inactivity_months=2))
    book.settle(NOW + 50 * DAY)
    book.debit(1, NOW + 50 * DAY, type_of="redeem")
    book.settle(NOW + 105 * DAY)
    assert book.told.count("loyalty.points.expiring") == 2


def test_points_that_become_available_are_told_of_and_nothing_is_due_after_that() -> None:
    book = Book(program_of())
    book.credit(Credit(30, available_in=3))
    book.settle(NOW + 3 * DAY)
    assert book.told == ["loyalty.points.earned", "loyalty.points.available"]
    assert (book.account.balance, book.account.pending_balance, book.account.next_due_at) == (30, 0, None)


def test_points_that_went_into_a_debt_have_no_expiry_to_wait_for() -> None:
    book = Book(program_of())
    book.debit(50, allow_negative=True)
    book.credit(Credit(30, available_in=3, expires_in=60))
    book.settle(NOW + 3 * DAY)
    assert (book.account.balance, book.account.next_due_at) == (-20, None)


def test_an_account_is_due_from_the_very_instant_on() -> None:
    book = Book(program_of())
    assert not ledger.is_due(book.account, NOW)
    book.credit(Credit(30, available_in=3))
    assert not ledger.is_due(book.account, NOW + 3 * DAY - 1)
    assert ledger.is_due(book.account, NOW + 3 * DAY)


def as_read(book: Book) -> Book:
    """The same account and lots, as a later batch reads them from the database."""
    read = Book(book.program)
    read.account, read.state = copy(book.account), State()
    key = (read.account.bucket, read.account.id)
    read.state.gathered(ACCOUNTS, [key], [read.account])
    read.state.selected(ledger.OPEN_LOTS, [key], [copy(lot) for lot in book.lots])
    read.state.begin()
    read.state.change(read.account)
    return read


def open_lots(book: Book) -> list[Lot]:
    return [copy(lot) for lot in ledger.open_lots(book.state, book.account)]


@pytest.mark.parametrize("given", [Credit(30, available_in=3), Credit(30, expires_in=3), Credit(30, expires_in=17)])
def test_what_time_changes_of_a_lot_is_announced_so_that_it_is_saved_and_can_be_undone(given: Credit) -> None:
    book = Book(program_of())
    book.credit(given)
    read = as_read(book)
    before = open_lots(read)
    read.settle(NOW + 3 * DAY)
    assert open_lots(read) != before
    read.state.undo()
    assert open_lots(read) == before


def test_what_a_debit_takes_from_a_lot_is_announced_too() -> None:
    book = Book(program_of())
    book.credit(Credit(30))
    read = as_read(book)
    before = open_lots(read)
    read.debit(10)
    assert open_lots(read) != before
    read.state.undo()
    assert open_lots(read) == before


def test_open_lots_are_those_of_points_with_something_left() -> None:
    book = Book(program_of())
    spent, left, pending, money = (
        book.credit(each) for each in (Credit(5), Credit(7), Credit(9, available_in=1), Credit(11))
    )
    money.unit = "EUR"
    spent.remaining = 0
    assert [lot.id for lot in ledger.open_lots(book.state, book.account)] == [left.id, pending.id]
    wallet = cast(Holder, SimpleNamespace(id=book.account.id, unit="EUR", all_buckets=book.account.all_buckets))
    assert [lot.id for lot in ledger.open_lots(book.state, wallet)] == [money.id]


def test_a_clawback_names_no_lot_that_it_took_nothing_from() -> None:
    book = Book(program_of())
    lot = book.credit(Credit(30, days_ago=1))
    book.debit(30)
    other = book.credit(Credit(50))
    row = book.reverse(lot, 10, 10)
    assert json.decode(row.explanation)["lots"] == [{"lot": other.id, "amount": 10}]


def test_a_single_point_pays_a_debt_of_one_in_a_merge() -> None:
    target = Book(program_of())
    source = Book(target.program, target.state)
    lot = target.credit(Credit(1))
    source.credit(Credit(4, expires_in=0, days_ago=1))
    source.debit(1, allow_negative=True)
    ledger.merge_lots(target.state, source.account, target.account, target.program)
    assert (lot.remaining, target.account.balance, target.account.lifetime_points) == (0, 0, 5)
    assert (source.account.next_due_at, source.account.lifetime_points) == (None, 0)


def test_a_merge_leaves_the_source_with_nothing_to_wait_for() -> None:
    target = Book(program_of())
    source = Book(target.program, target.state)
    source.credit(Credit(4, available_in=2))
    ledger.merge_lots(target.state, source.account, target.account, target.program)
    assert (source.account.next_due_at, target.account.next_due_at) == (None, NOW + 2 * DAY)
