"""What was earned in a life: it counts earns and qualifying credits, once each, and nothing ever takes from it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.ledger.book import NOW, Book, Credit, program_of
from vinr_engagement import ledger
from vinr_engagement.foundation.clock import DAY
from vinr_engagement.ledger import Cause, Source, Transaction

AMOUNTS = st.integers(1, 100)
DAYS = st.integers(1, 60)
EARNS = st.builds(Credit, AMOUNTS, st.integers(0, 50), st.just(0) | DAYS, st.none() | DAYS)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("earn"), EARNS),
        st.tuples(st.just("return"), AMOUNTS),
        st.tuples(st.just("recognise"), AMOUNTS),
        st.tuples(st.just("debit"), AMOUNTS),
        st.tuples(st.just("take back"), AMOUNTS),
        st.tuples(st.just("days pass"), DAYS),
    ),
    max_size=10,
)


class Life:
    """An account to which everything happens that may."""

    def __init__(self, clawback: Any) -> None:
        self.book = Book(program_of(clawback=clawback))
        self.now = NOW
        self.counted = 0

    def happens(self, step: str, what: Any) -> None:
        if step == "earn":
            self.book.credit(what, self.now)
            self.counted += what.amount
        elif step == "return":
            self._given_back(what)
        elif step == "recognise":
            self._recognised(what)
            self.counted += what
        elif step == "debit":
            self.book.debit(what, self.now, allow_negative=True)
        elif step == "days pass":
            self.now += what * DAY
            self.book.settle(self.now)
        elif self.book.lots:
            lot = self.book.lots[0]
            amount = min(what, lot.amount)
            self.book.reverse(lot, amount, amount, self.now)

    def _given_back(self, amount: int) -> Transaction:
        """Points that a cancelled redemption brings back: earned once, counted once."""
        book = self.book
        cause = Cause("adjust", Source("redemption", "red_1"))
        dates = {"effective_at": self.now, "available_at": self.now, "expires_at": None}
        return ledger.credit(
            book.state, book.account, book.program, amount, cause, {}, self.now, qualifying=False, **dates
        )

    def _recognised(self, points: int) -> Transaction:
        """What was earned, and spent, before the member came here."""
        book = self.book
        cause = Cause("adjust", Source("adjustment", None))
        return ledger.recognise(book.state, book.account, points, cause, {}, self.now, effective_at=self.now)


@given(st.sampled_from(("negative", "clamp")), STEPS)
def test_lifetime_points_are_what_was_earned_and_never_fall(clawback: str, steps: list[tuple[str, Any]]) -> None:
    life = Life(clawback)
    for step, what in steps:
        before = life.book.account.lifetime_points
        life.happens(step, what)
        assert life.book.account.lifetime_points >= before
        assert life.book.account.lifetime_points == life.counted == sum(row.qualifying for row in life.book.rows)
        life.book.check()


def test_what_was_earned_elsewhere_is_recognised_without_points() -> None:
    life = Life("negative")
    row = life._recognised(500)
    assert (row.type, row.amount, row.qualifying, row.balance_after) == ("adjust", 0, 500, 0)
    assert (life.book.account.balance, life.book.account.lifetime_points, life.book.lots) == (0, 500, [])
