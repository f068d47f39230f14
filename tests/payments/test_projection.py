"""How payments, refunds and disputes add up: in any order, never to more than was paid."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vinr_engagement import payments
from vinr_engagement.foundation import ids
from vinr_engagement.foundation.errors import Unprocessable
from vinr_engagement.payments import Payment

AMOUNTS = st.integers(0, 1_000)
HEARD = st.tuples(st.sampled_from(("refunded in all", "refund", "dispute")), AMOUNTS)


def paid(amount: int | None, **known: Any) -> Payment:
    payment = payments.expected_payment("pay_1")
    payment.amount, payment.currency, payment.customer = amount, None if amount is None else "EUR", "cust_1"
    for name, value in known.items():
        setattr(payment, name, value)
    return payment


def hear(payment: Payment, kind: str, amount: int) -> None:
    hearing: dict[str, Callable[[Payment, int], None]] = {
        "refunded in all": payments.refund_seen,
        "refund": payments.refund_completed,
        "dispute": payments.dispute_lost,
    }
    hearing[kind](payment, amount)


def test_of_a_payment_that_was_only_named_nothing_is_known() -> None:
    payment = payments.expected_payment("pay_1")
    assert payments.payment_key("pay_1") == (payment.bucket, payment.id) == (ids.bucket_of("pay_1"), "pay_1")
    known = (payment.completed_event, payment.amount, payment.currency, payment.customer, payment.completed_at)
    assert known == (None, None, None, None, None)
    assert (payment.refunded_seen, payment.refunded_sum, payment.disputed, payment.refunded) == (0, 0, 0, 0)
    assert (payment.refunded_at, payment.failed_at) == (None, None)
    assert payments.holders_of(payment) == []


def test_what_is_taken_from_a_payment_of_unknown_amount_waits_for_it() -> None:
    payment = payments.expected_payment("pay_1")
    payments.refund_completed(payment, 300)
    payments.dispute_lost(payment, 50)
    assert (payments.settle_refunds(payment), payment.refunded, payments.net_amount(payment)) == (0, 0, 0)
    payment.amount = 1_000
    assert (payments.settle_refunds(payment), payment.refunded, payments.net_amount(payment)) == (0, 350, 650)


@given(st.lists(HEARD, max_size=6), AMOUNTS, st.data())
def test_the_order_of_what_is_heard_makes_no_difference(
    heard: list[tuple[str, int]], amount: int, data: st.DataObject
) -> None:
    """Nor does it whether the payment itself is heard of first or last."""
    one, other = paid(None), paid(None)
    for payment, order in ((one, heard), (other, data.draw(st.permutations(heard)))):
        for kind, taken in order:
            hear(payment, kind, taken)
        payment.amount = amount
    assert payments.settle_refunds(one) == payments.settle_refunds(other)
    assert one == other
    assert 0 <= payments.net_amount(one) <= amount


@given(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS)
def test_the_larger_of_two_accounts_of_refunds_counts_and_disputes_come_on_top(
    amount: int, in_all: int, one_by_one: int, disputed: int
) -> None:
    payment = paid(amount, refunded_seen=in_all, refunded_sum=one_by_one, disputed=disputed)
    asked = max(in_all, one_by_one) + disputed
    assert payments.settle_refunds(payment) == max(0, asked - amount)
    assert payment.refunded == min(amount, asked)
    assert payments.net_amount(payment) == amount - payment.refunded


def test_a_cumulative_amount_that_comes_late_takes_nothing_back() -> None:
    payment = paid(1_000)
    payments.refund_seen(payment, 700)
    payments.refund_seen(payment, 200)
    assert payment.refunded_seen == 700


@pytest.mark.parametrize(
    ("take", "param"),
    [(payments.refund_seen, "data.object.amount_refunded"), (payments.refund_completed, "data.object.amount")],
)
def test_all_of_a_payment_may_be_refunded_and_not_a_penny_more(
    take: Callable[[Payment, int], None], param: str
) -> None:
    payment = paid(1_000)
    with pytest.raises(Unprocessable) as refused:
        take(payment, 1_001)
    assert (refused.value.code, refused.value.param) == ("refund_exceeds_payment", param)
    assert refused.value.details == {"amount": 1_000, "refunded": 0}
    assert payment == paid(1_000)
    take(payment, 1_000)
    assert (payments.settle_refunds(payment), payments.net_amount(payment)) == (0, 0)


def test_refunds_one_by_one_are_counted_together() -> None:
    payment = paid(1_000)
    payments.refund_completed(payment, 600)
    with pytest.raises(Unprocessable):
        payments.refund_completed(payment, 401)
    payments.refund_completed(payment, 400)
    assert payment.refunded_sum == 1_000


def test_a_lost_dispute_is_cut_to_what_was_paid_and_says_by_how_much() -> None:
    payment = paid(1_000)
    payments.refund_completed(payment, 800)
    payments.dispute_lost(payment, 300)
    payments.dispute_lost(payment, 25)
    assert (payments.settle_refunds(payment), payment.refunded) == (125, 1_000)


@pytest.mark.parametrize("amounts", [[None], [None, None], [300, None], [None, 300]])
def test_a_lost_dispute_without_an_amount_takes_all_that_is_left(amounts: list[int | None]) -> None:
    """Whatever else is disputed: nobody named an amount that could be too much."""
    payment = paid(1_000)
    for amount in amounts:
        payments.dispute_lost(payment, amount)
    assert (payments.settle_refunds(payment), payments.net_amount(payment)) == (0, 0)


def test_the_largest_payment_there_can_be_is_taken_back_whole() -> None:
    payment = paid(2**53 - 1)
    payments.dispute_lost(payment, None)
    assert (payments.settle_refunds(payment), payments.net_amount(payment)) == (0, 0)


@pytest.mark.parametrize(
    ("amount", "currency", "customer", "same"),
    [
        (1_000, "EUR", "cust_1", True),
        (1_001, "EUR", "cust_1", False),
        (1_000, "GBP", "cust_1", False),
        (1_000, "EUR", "cust_2", False),
        (1_000, "EUR", None, False),
    ],
)
def test_a_second_completion_has_to_say_what_the_first_said(
    amount: int, currency: str, customer: str | None, same: bool
) -> None:
    assert payments.same_payment(paid(1_000), amount, currency, customer) is same


def test_whoever_was_erased_may_be_named_by_any_name() -> None:
    forgotten = paid(1_000, customer="")
    assert payments.same_payment(forgotten, 1_000, "EUR", "cust_1")
    assert payments.same_payment(forgotten, 1_000, "EUR", None)
    assert not payments.same_payment(forgotten, 999, "EUR", "cust_1")


def test_a_payment_remembers_each_account_that_it_reached_once_and_in_order() -> None:
    payment = paid(1_000)
    payments.add_holder(payment, "prog_b", "loy_2", 7)
    payments.add_holder(payment, "prog_a", "loy_1", 3)
    payments.add_holder(payment, "prog_b", "loy_2", 7)
    assert payments.holders_of(payment) == [("prog_b", "loy_2", 7), ("prog_a", "loy_1", 3)]
