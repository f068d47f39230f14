"""Time changes points and wallets of one account together: what is written does not depend on who watched."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.ledger.book import NOW, Book, Credit, program_of
from vinr_engagement import credit, ledger
from vinr_engagement.foundation.clock import DAY
from vinr_engagement.ledger import Cause, Holder, Source

CURRENCIES = ("EUR", "GBP")
HORIZON = 40
Given = tuple[str, int, int | None]


class Purses(Book):
    """An account with points and two wallets."""

    def __init__(self, given_: list[Given], **policies: Any) -> None:
        super().__init__(program_of(**policies))
        account = self.account
        self.wallets = {
            currency: self.state.insert(credit.Wallet(account.bucket, account.id, currency, 0))
            for currency in CURRENCIES
        }
        self.holders: dict[str, Holder] = {
            "points": account, **{name: credit.purse(account, wallet) for name, wallet in self.wallets.items()}
        }  # fmt: skip
        for unit, amount, days in given_:
            self.issue(unit, amount, days)

    def issue(self, unit: str, amount: int, days: int | None) -> None:
        cause = Cause("adjust", Source("adjustment", None))
        ledger.credit(
            self.state, self.holders[unit], self.program, amount, cause, {}, NOW,
            effective_at=NOW, available_at=NOW, expires_at=None if days is None else NOW + days * DAY, qualifying=False,
        )  # fmt: skip

    def settle(self, now: int) -> None:
        if ledger.is_due(self.account, now):
            holders = self.holders.values()
            self.account.next_due_at = ledger.settle_all(self.state, holders, self.program, now, now)

    def balances(self) -> dict[str, int]:
        return {unit: holder.balance for unit, holder in self.holders.items()}


GIVEN = st.lists(
    st.tuples(
        st.sampled_from(("points", *CURRENCIES)), st.integers(1, 500), st.one_of(st.none(), st.integers(1, HORIZON))
    ),
    max_size=6,
)


@given(GIVEN, st.lists(st.integers(1, HORIZON), max_size=5), st.sampled_from((0, 3)))
def test_time_in_one_jump_writes_what_small_steps_write(given_: list[Given], stops: list[int], notice: int) -> None:
    jump, steps = (Purses(given_, expiring_notice_days=notice) for _ in range(2))
    for day in sorted(stops):
        steps.settle(NOW + day * DAY)
    for purses in (jump, steps):
        purses.settle(NOW + HORIZON * DAY)
    assert jump.balances() == steps.balances()
    assert written(jump) == written(steps)
    assert jump.told == steps.told
    assert jump.account.next_due_at == steps.account.next_due_at


def written(purses: Purses) -> list[Any]:
    """The rows in their order, but for their ids and for when they were recorded."""
    return [(row.unit, row.type, row.amount, row.balance_after, row.effective_at) for row in purses.rows]


@given(GIVEN)
def test_a_wallet_holds_what_its_rows_and_lots_say_and_leaves_points_alone(given_: list[Given]) -> None:
    purses = Purses(given_)
    purses.settle(NOW + HORIZON // 2 * DAY)
    for unit, balance in purses.balances().items():
        assert balance == sum(row.amount for row in purses.rows if row.unit == unit)
        assert balance == sum(lot.remaining for lot in purses.lots if lot.unit == unit)
    assert purses.account.lifetime_points == purses.account.pending_balance == 0


def test_what_happens_to_credit_keeps_no_points_alive() -> None:
    purses = Purses([("EUR", 500, None)])
    before = purses.account.activity_at
    spent = Cause("redeem", Source("payment", "pay_1"))
    ledger.debit(purses.state, purses.holders["EUR"], purses.program, 200, spent, NOW + DAY)
    assert purses.account.activity_at == before
    assert purses.told == ["credit.issued", "credit.spent"]


def test_credit_is_not_announced_before_it_expires_and_the_account_sleeps_until_then() -> None:
    purses = Purses([("EUR", 500, 20)], expiring_notice_days=14)
    assert purses.account.next_due_at == NOW + 20 * DAY
    purses.settle(NOW + 20 * DAY)
    assert purses.told == ["credit.issued", "credit.expired"]


def test_lots_of_one_unit_are_never_taken_for_another() -> None:
    purses = Purses([("points", 100, 1), ("GBP", 300, 2), ("EUR", 500, None)])
    purses.state.change(purses.account)
    row = ledger.debit(
        purses.state, purses.holders["EUR"], purses.program, 450, Cause("redeem", Source("payment", "pay_1")), NOW
    )
    assert [lot for _, lot, _ in ledger.taken_by(row)] == [lot.id for lot in purses.lots if lot.unit == "EUR"]
    assert purses.balances() == {"points": 100, "GBP": 300, "EUR": 50}


def test_book_is_the_one_of_points() -> None:
    """The same account, settled by either way, has the same points."""
    purses = Purses([])
    purses.credit(Credit(100, expires_in=5))
    purses.settle(NOW + 5 * DAY)
    assert purses.account.balance == 0
