"""What becomes of a referral, without a store: which payments convert it, which refunds undo it, what limits count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vinr_engagement import members, referrals
from vinr_engagement.foundation.clock import DAY, MINUTE, parse_instant
from vinr_engagement.foundation.ids import bucket_of, carried_bucket
from vinr_engagement.referrals import Referral, ReferralDay, Terms

NOW = parse_instant("2026-04-01T12:00:00Z")
ANN = members.new_account("prog_default", "cust_ann", {}, NOW, NOW)


def attributed(terms: Terms | None = None) -> Referral:
    referral = referrals.new_referral(ANN, "7KPM2WTX", terms or Terms(first_payment_minimum=2_000), {}, NOW)
    referrals.attribute(referral, "loy_bob", NOW)
    return referral


def test_a_new_one_is_where_its_referrer_is() -> None:
    terms = Terms(5, 0, 1, 7, 3, "https://shop.example/{code}/{code}")
    referral = referrals.new_referral(ANN, "7KPM2WTX", terms, {"a": "b"}, NOW)
    assert carried_bucket(referral.id) == referral.bucket == bucket_of(ANN.id)
    assert referrals.referral_key(referral.id) == (referral.bucket, referral.id)
    assert (referral.status, referral.referee, referral.share_url) == (
        "pending", None, "https://shop.example/7KPM2WTX/7KPM2WTX",
    )  # fmt: skip


def test_another_has_the_same_terms_and_nothing_else_in_common() -> None:
    first = attributed(Terms(5, 6, 7, 8, 9, "https://shop.example/{code}"))
    next_one = referrals.another(first, ANN, NOW + DAY)
    told, again = referrals.referral_snapshot(first), referrals.referral_snapshot(next_one)
    different = {name for name in told if told[name] != again[name]}
    assert different == {"id", "status", "referee", "attributed_at", "expires_at", "created_at", "updated_at"}


WINDOW = [
    (-5 * MINUTE - 1, "outside_window"),
    (-5 * MINUTE, None),
    (0, None),
    (30 * DAY - 1, None),
    (30 * DAY, "outside_window"),
]


@pytest.mark.parametrize(("after", "reason"), WINDOW)
def test_the_window(after: int, reason: str | None) -> None:
    assert referrals.passed_over(attributed(), "GBP", 2_000, "GBP", NOW + after) == reason


AMOUNTS = [
    (2_000, 2_000, "GBP", None),
    (2_000, 1_999, "GBP", "below_minimum"),
    (2_000, 5_000, "EUR", "currency_not_default"),
    (0, 1, "EUR", None),
    (0, 0, "GBP", "below_minimum"),
]


@pytest.mark.parametrize(("minimum", "amount", "currency", "reason"), AMOUNTS)
def test_the_minimum(minimum: int, amount: int, currency: str, reason: str | None) -> None:
    referral = attributed(Terms(first_payment_minimum=minimum))
    assert referrals.passed_over(referral, "GBP", amount, currency, NOW) == reason


@given(minimum=st.integers(0, 50), amount=st.integers(0, 100), refunds=st.lists(st.integers(0, 30)))
def test_what_qualifies_is_what_refunds_may_leave(minimum: int, amount: int, refunds: list[int]) -> None:
    """A referral stands exactly as long as the net amount, by itself, would have converted it; it never comes back."""
    referral = attributed(Terms(first_payment_minimum=minimum))
    nets = [max(0, amount - sum(refunds[:count])) for count in range(len(refunds) + 1)]
    stands = [referrals.still_qualifies(referral, net) for net in nets]
    assert stands == [referrals.passed_over(referral, "GBP", net, "GBP", NOW) is None for net in nets]
    assert stands == sorted(stands, reverse=True)


def test_what_a_referrer_brought_within_some_days() -> None:
    days = [ReferralDay(1, ANN.id, day, day, 1) for day in (1, 3, 4, 10)]
    assert referrals.brought(days, 10, 1) == (10, 1)
    assert referrals.brought(days, 10, 7) == (14, 2)
    assert referrals.brought(days, 10, 8) == (17, 3)
    assert referrals.brought(days, 4, 30) == (8, 3)
    assert referrals.day_of(NOW) == referrals.day_of(NOW - 12 * 60 * MINUTE)
    assert referrals.day_of(NOW - 12 * 60 * MINUTE - 1) == referrals.day_of(NOW) - 1


def test_what_ends_is_dated_by_what_ended_it_and_not_after_now() -> None:
    referral = attributed()
    referrals.convert(referral, "pay_1", NOW + DAY, NOW + 1)
    assert (referral.status, referral.payment, referral.converted_at) == ("converted", "pay_1", NOW + 1)
    referrals.end(referral, "reversed", "refund", NOW + 2, NOW + 9)
    assert (referral.status, referral.reason, referral.ended_at, referral.updated_at) == (
        "reversed", "refund", NOW + 2, NOW + 9,
    )  # fmt: skip


def test_what_others_see() -> None:
    referral = attributed(Terms(5, 0, 2_000, 7, 3, "https://shop.example/{code}"))
    shown = referrals.referral_snapshot(referral)
    assert shown == {
        "id": referral.id,
        "object": "referral",
        "program": "prog_default",
        "code": "7KPM2WTX",
        "share_url": "https://shop.example/7KPM2WTX",
        "referrer": ANN.id,
        "referee": "loy_bob",
        "status": "attributed",
        "reason": None,
        "reward": {"referrer": {"points": 5}, "referee": None},
        "qualify": {"first_payment_minimum": 2_000, "window_days": 7},
        "max_conversions": 3,
        "payment": None,
        "metadata": {},
        "attributed_at": "2026-04-01T12:00:00Z",
        "expires_at": "2026-04-08T12:00:00Z",
        "converted_at": None,
        "ended_at": None,
        "created_at": "2026-04-01T12:00:00Z",
        "updated_at": "2026-04-01T12:00:00Z",
    }


def test_codes_and_ids_say_where_they_are() -> None:
    assert referrals.code_key("7KPM2WTX") == (bucket_of("7KPM2WTX"), "7KPM2WTX")
    assert referrals.referral_key("no id of ours") == (0, "no id of ours")
