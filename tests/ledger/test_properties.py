"""What holds for every ledger: order of lots, debt, time, and points taken back, on rows in memory."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ledger.book import NOW, Book, Credit, program_of
from vinr_engagement import ledger
from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import DAY
from vinr_engagement.foundation.errors import Unprocessable
from vinr_engagement.programs import Program

NEVER = 1 << 62
DAYS = st.integers(1, 60)
AMOUNTS = st.integers(1, 100)
CREDITS = st.builds(
    Credit,
    AMOUNTS,
    st.integers(0, 50),
    st.just(0) | DAYS,
    st.none() | DAYS,
    st.none() | st.sampled_from((1, 2)),
)
PROGRAMS = st.builds(
    program_of, clawback=st.sampled_from(("negative", "clamp")), expiring_notice_days=st.sampled_from((0, 3, 14))
)


def closing(book: Book) -> Callable[[ledger.Lot], tuple[int, int, str]]:
    def order(lot: ledger.Lot) -> tuple[int, int, str]:
        closes = ledger.closes_at(lot, book.account, book.program)
        return (NEVER if closes is None else closes, lot.effective_at, lot.id)

    return order


@given(st.lists(CREDITS, max_size=8), st.integers(1, 400))
def test_debits_consume_the_lots_that_expire_first_then_the_oldest(credits: list[Credit], amount: int) -> None:
    book = Book(program_of())
    for each in credits:
        book.credit(each)
    before = {lot.id: lot.remaining for lot in book.lots}
    available = sorted((lot for lot in book.lots if not lot.pending and lot.remaining), key=closing(book))
    row = book.debit(amount, allow_negative=True)
    expected, left = [], amount
    for lot in available:
        part = min(left, before[lot.id])
        if part:
            expected.append({"lot": lot.id, "amount": part})
        left -= part
    assert json.decode(row.explanation)["lots"] == expected
    book.check()


@given(st.lists(CREDITS, max_size=5), st.integers(1, 400))
def test_a_debit_beyond_the_balance_is_refused_and_changes_nothing(credits: list[Credit], beyond: int) -> None:
    book = Book(program_of())
    for each in credits:
        book.credit(each)
    before = book.outcome()
    with pytest.raises(Unprocessable) as refused:
        book.debit(book.account.balance + beyond)
    assert refused.value.code == "insufficient_points"
    assert refused.value.details == {"balance": book.account.balance, "required": book.account.balance + beyond}
    assert book.outcome() == before


@given(PROGRAMS, st.integers(1, 300), st.lists(CREDITS, min_size=1, max_size=6))
def test_debts_are_paid_by_what_becomes_available_and_not_before(
    program: Program, debt: int, credits: list[Credit]
) -> None:
    book = Book(program)
    book.debit(debt, allow_negative=True)
    for each in credits:
        book.credit(each)
        book.check()
    for day in sorted({each.available_in for each in credits}):
        pending = {lot.id for lot in book.lots if lot.pending}
        book.settle(NOW + day * DAY)
        book.check()
        assert {lot.id for lot in book.lots if lot.pending} <= pending
        assert all(lot.pending == (lot.available_at > NOW + day * DAY) for lot in book.lots if lot.remaining)


@given(
    PROGRAMS,
    st.integers(0, 200),
    st.lists(CREDITS, min_size=1, max_size=6),
    st.lists(st.integers(1, 130 * 24), max_size=12, unique=True),
)
def test_time_in_one_jump_writes_what_small_steps_write(
    program: Program, debt: int, credits: list[Credit], hours: list[int]
) -> None:
    jump, steps = Book(program), Book(program)
    for book in (jump, steps):
        if debt:
            book.debit(debt, allow_negative=True)
        for each in credits:
            book.credit(each)
    end = NOW + 130 * DAY
    jump.settle(end)
    for hour in [*sorted(hours), 130 * 24]:
        steps.settle(NOW + hour * DAY // 24)
        steps.check()
    assert jump.outcome() == steps.outcome()
    jump.check()
    late = jump.rows[len(credits) + bool(debt) :]
    assert [row.effective_at for row in late if row.effective_at > NOW] == sorted(
        row.effective_at for row in late if row.effective_at > NOW
    )


@given(st.lists(CREDITS, min_size=1, max_size=6), st.integers(0, 3_000), st.integers(1, 400))
def test_the_account_is_due_no_later_than_its_next_change(credits: list[Credit], hours: int, debt: int) -> None:
    book = Book(program_of())
    for each in credits:
        book.credit(each)
    book.debit(debt, allow_negative=True)
    now = NOW + hours * DAY // 24
    book.settle(now)
    changes = [lot.available_at for lot in book.lots if lot.remaining and lot.pending]
    closes = [ledger.closes_at(lot, book.account, book.program) for lot in book.lots if lot.remaining]
    soonest = min([*changes, *(at for at in closes if at is not None)], default=NEVER)
    assert soonest > now
    assert soonest == NEVER or (book.account.next_due_at is not None and book.account.next_due_at <= soonest)


def test_points_pay_a_debt_before_they_expire_at_the_same_instant() -> None:
    book = Book(program_of())
    book.debit(50, allow_negative=True)
    book.credit(Credit(100, available_in=5, expires_in=5))
    book.settle(NOW + 5 * DAY)
    assert [(row.type, row.amount) for row in book.rows] == [("adjust", -50), ("earn", 100), ("expire", -50)]
    assert book.account.balance == 0


def test_all_that_becomes_available_does_so_before_anything_expires_at_the_same_instant() -> None:
    book = Book(program_of())
    book.debit(50, allow_negative=True)
    book.credit(Credit(30, available_in=5, expires_in=5))
    book.credit(Credit(40, available_in=5))
    book.settle(NOW + 5 * DAY)
    book.check()
    assert book.account.balance == 20
    assert [row.type for row in book.rows] == ["adjust", "earn", "earn"]


@given(
    PROGRAMS,
    st.lists(CREDITS, max_size=4),
    AMOUNTS,
    st.booleans(),
    st.integers(0, 300),
    st.lists(st.integers(0, 60), min_size=1, max_size=6),
)
def test_points_taken_back_in_parts_end_where_all_at_once_ends(
    program: Program, others: list[Credit], earned: int, held: bool, spent: int, parts: list[int]
) -> None:
    together, apart = Book(program), Book(program)
    total = min(sum(parts), earned)
    for book in (together, apart):
        lot = book.credit(Credit(earned, available_in=14 if held else 0))
        for each in others:
            book.credit(each)
        if spent:
            book.debit(spent, allow_negative=spent % 2 == 0 or book.account.balance < spent)
        due = 0
        for part in parts if book is apart else [total]:
            more = min(part, earned - due)
            due += more
            if more:
                book.reverse(lot, more, due)
                book.check()
        assert due == total
    taken = [
        sum(row.uncollected - row.amount for row in book.rows if row.type == "reverse") for book in (together, apart)
    ]
    assert taken == [total, total]
    assert together.account.balance == apart.account.balance
    assert together.account.pending_balance == apart.account.pending_balance
    assert [lot.remaining for lot in together.lots] == [lot.remaining for lot in apart.lots]


@given(st.lists(st.tuples(st.booleans(), CREDITS), min_size=2, max_size=8), st.integers(0, 200), st.integers(0, 200))
def test_merging_keeps_every_point_and_pays_debts(
    credits: list[tuple[bool, Credit]], debt: int, other_debt: int
) -> None:
    target = Book(program_of())
    source = Book(target.program, target.state)
    for first, each in credits:
        (source if first else target).credit(each)
    for book, amount in ((source, debt), (target, other_debt)):
        if amount:
            book.debit(amount, allow_negative=True)
    before = sum(book.account.balance + book.account.pending_balance for book in (source, target))
    active_at = max(source.account.activity_at, target.account.activity_at)
    ledger.merge_lots(target.state, source.account, target.account, target.program)
    lots, account = source.lots + target.lots, target.account
    assert account.balance + account.pending_balance == before
    assert sum(lot.remaining for lot in lots if lot.pending) == account.pending_balance
    assert sum(lot.remaining for lot in lots if not lot.pending) == max(0, account.balance)
    assert account.activity_at == active_at
    closes = [ledger.closes_at(lot, account, target.program) for lot in lots if lot.remaining]
    changes = [at for at in (*closes, *(lot.available_at for lot in lots if lot.pending)) if at is not None]
    assert not changes or (account.next_due_at is not None and account.next_due_at <= min(changes))
    assert (source.account.balance, source.account.pending_balance, source.account.lifetime_points) == (0, 0, 0)
