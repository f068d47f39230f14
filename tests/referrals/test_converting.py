"""From the first payment to the payout and back: every transition, and what each side is left with."""

import pytest

from tests.api.conftest import Json
from tests.referrals.conftest import ACCOUNTS, NOON, PROGRAM, REFERRALS, Shop

pytestmark = pytest.mark.anyio


class TestConverting:
    async def test_both_sides_are_paid_at_once(self, shop: Shop) -> None:
        referral = await shop.attribute("bob")
        outcome = await shop.pay("bob")
        assert outcome["referral"] == {"id": referral["id"], "status": "converted", "reason": None}
        assert (outcome["status"], outcome["reason"]) == ("processed", None)
        bob = referral["referee"]
        assert [(row["account"], row["amount"]) for row in outcome["transactions"]] == [(shop.ann, 500), (bob, 200)]
        assert await shop.balances("ann", "bob") == [500, 200]
        found = await shop.api.get(f"{REFERRALS}/{referral['id']}")
        assert (found["status"], found["payment"], found["converted_at"]) == ("converted", "pay_bob", NOON)
        rows = await shop.api.get("/v1/loyalty/transactions", params={"account": shop.ann})
        (row,) = rows["data"]
        assert (row["reason"], row["source"]) == ("referral", {"type": "referral", "id": referral["id"]})
        assert row["explanation"] == {"award": {"type": "referral", "points": 500, "side": "referrer"}, "result": 500}
        assert (await shop.account("ann"))["lifetime_points"] == 500
        assert await shop.told(bob) == ["attributed", "converted"]

    async def test_only_once(self, shop: Shop) -> None:
        await shop.attribute("bob")
        await shop.pay("bob")
        assert (await shop.pay("bob", id="pay_2", amount=4_000))["referral"] is None
        assert await shop.balances("ann", "bob") == [500, 200]

    @pytest.mark.parametrize(
        ("more", "reason"),
        [
            ({"amount": 1_999}, "below_minimum"),
            ({"amount": 90_000, "currency": "JPY"}, "currency_not_default"),
            ({"at": "2026-04-01T11:54:59Z"}, "outside_window"),
        ],
    )
    async def test_a_payment_that_does_not_qualify_is_passed_over(self, shop: Shop, more: Json, reason: str) -> None:
        referral = await shop.attribute("bob")
        outcome = await shop.pay("bob", id="pay_1", **more)
        assert outcome["referral"] == {"id": referral["id"], "status": "attributed", "reason": reason}
        assert (await shop.pay("bob", 2_000))["referral"]["status"] == "converted"
        assert await shop.balances("ann", "bob") == [500, 200]

    async def test_without_a_minimum_any_currency_will_do_but_not_a_payment_of_nothing(self, shop: Shop) -> None:
        await shop.make_code(qualify={})
        await shop.attribute("bob")
        assert (await shop.pay("bob", 0, id="pay_0"))["referral"]["reason"] == "below_minimum"
        assert (await shop.pay("bob", 1, currency="JPY"))["referral"]["status"] == "converted"

    async def test_the_window_goes_by_the_time_of_the_event(self, shop: Shop) -> None:
        referral = await shop.attribute("bob")
        await shop.clock("2026-05-01T11:59:00Z")
        late = await shop.pay("bob", id="pay_late", at="2026-05-01T12:00:00Z")
        assert late["referral"]["reason"] == "outside_window"
        assert (await shop.pay("bob", at="2026-05-01T11:59:59Z"))["referral"]["status"] == "converted"
        assert (await shop.api.get(f"{REFERRALS}/{referral['id']}"))["converted_at"] == "2026-05-01T11:59:00Z"

    async def test_a_window_that_is_over_needs_no_payment(self, shop: Shop) -> None:
        referral = await shop.attribute("bob")
        await shop.clock("2026-05-01T12:00:00Z")
        found = await shop.api.get(f"{REFERRALS}/{referral['id']}")
        assert (found["status"], found["ended_at"]) == ("expired", "2026-05-01T12:00:00Z")
        assert await shop.told(referral["referee"]) == ["attributed", "rejected"]
        assert (await shop.pay("bob", at="2026-05-01T11:00:00Z"))["referral"] is None
        assert await shop.balances("ann", "bob") == [0, 0]

    async def test_lists_tell_of_windows_that_are_over(self, shop: Shop) -> None:
        await shop.attribute("bob")
        await shop.clock("2026-05-01T12:00:00Z")
        assert [row["status"] for row in (await shop.api.get(REFERRALS))["data"]] == ["expired"]

    async def test_payouts_wait_for_the_return_window(self, shop: Shop) -> None:
        await shop.api.patch(PROGRAM, {"hold_days": 14})
        await shop.attribute("bob")
        await shop.pay("bob")
        for customer, points in (("ann", 500), ("bob", 200)):
            account = await shop.account(customer)
            assert (account["balance"], account["pending_balance"]) == (0, points)
        await shop.clock("2026-04-15T12:00:00Z")
        assert await shop.balances("ann", "bob") == [500, 200]

    async def test_a_closed_referrer_is_not_paid(self, shop: Shop) -> None:
        referral = await shop.attribute("bob")
        await shop.api.post(f"{ACCOUNTS}/{shop.ann}/close")
        outcome = await shop.pay("bob")
        assert outcome["referral"] == {"id": referral["id"], "status": "rejected", "reason": "account_closed"}
        assert await shop.status(referral) == ("rejected", "account_closed")
        assert await shop.told(referral["referee"]) == ["attributed", "rejected"]
        assert await shop.balances("bob") == [0]

    async def test_a_closed_referee_does_not_convert(self, shop: Shop) -> None:
        referral = await shop.attribute("bob")
        await shop.api.post(f"{ACCOUNTS}/{referral['referee']}/close")
        assert (await shop.pay("bob", id="pay_1"))["reason"] == "account_closed"
        await shop.api.post(f"{ACCOUNTS}/{referral['referee']}/reopen")
        assert (await shop.pay("bob", 2_500))["referral"]["status"] == "converted"

    async def test_more_than_the_code_allows(self, shop: Shop) -> None:
        await shop.make_code(max_conversions=1)
        first, second = await shop.attribute("bob"), await shop.attribute("cat")
        await shop.pay("bob")
        assert (await shop.pay("cat"))["referral"]["reason"] == "referral_code_exhausted"
        assert [await shop.status(each) for each in (first, second)] == [
            ("converted", None),
            ("rejected", "referral_code_exhausted"),
        ]
        assert await shop.balances("ann", "bob", "cat") == [500, 200, 0]

    async def test_more_than_the_program_allows(self, shop: Shop) -> None:
        await shop.api.patch(PROGRAM, {"referral_limit": {"conversions": 1}})
        await shop.attribute("bob")
        referral = await shop.attribute("cat")
        await shop.pay("bob")
        assert (await shop.pay("cat"))["referral"]["reason"] == "referral_velocity_exceeded"
        assert await shop.status(referral) == ("rejected", "referral_velocity_exceeded")
        await shop.refuse("referral_velocity_exceeded", customer="dan")


class TestReversing:
    async def test_above_the_minimum_both_keep_everything(self, shop: Shop) -> None:
        referral = await shop.attribute("bob")
        await shop.pay("bob")
        await shop.refund("pay_bob", 1_000)
        assert await shop.status(referral) == ("converted", None)
        assert await shop.balances("ann", "bob") == [500, 200]

    async def test_below_the_minimum_both_are_clawed_back(self, shop: Shop) -> None:
        referral = await shop.attribute("bob")
        await shop.pay("bob")
        await shop.refund("pay_bob", 600)
        await shop.refund("pay_bob", 401)
        assert await shop.status(referral) == ("reversed", "refund")
        assert await shop.balances("ann", "bob") == [0, 0]
        assert await shop.told(referral["referee"]) == ["attributed", "converted", "reversed"]
        await shop.refund("pay_bob", 100)
        assert await shop.balances("ann", "bob") == [0, 0]

    @pytest.mark.parametrize(("clawback", "left"), [("negative", -300), ("clamp", 0)])
    async def test_a_payout_that_was_spent_is_owed(self, shop: Shop, clawback: str, left: int) -> None:
        await shop.api.patch(PROGRAM, {"clawback": clawback})
        await shop.attribute("bob")
        await shop.pay("bob")
        await shop.api.post("/v1/loyalty/transactions", {"account": shop.ann, "amount": -300})
        await shop.refund("pay_bob", 3_000)
        assert await shop.balances("ann", "bob") == [left, 0]

    async def test_pending_payouts_are_taken_back_as_well(self, shop: Shop) -> None:
        await shop.api.patch(PROGRAM, {"hold_days": 14})
        await shop.attribute("bob")
        await shop.pay("bob")
        await shop.refund("pay_bob", 3_000)
        assert (await shop.account("ann"))["pending_balance"] == 0
        await shop.clock("2026-04-15T12:00:00Z")
        assert await shop.balances("ann", "bob") == [0, 0]

    async def test_a_refund_that_arrives_first(self, shop: Shop) -> None:
        referral = await shop.attribute("bob")
        await shop.refund("pay_bob", 2_000)
        await shop.pay("bob")
        assert await shop.status(referral) == ("reversed", "refund")
        assert await shop.balances("ann", "bob") == [0, 0]

    async def test_a_lost_dispute(self, shop: Shop) -> None:
        referral = await shop.attribute("bob")
        await shop.pay("bob")
        body = {"id": "dp_1", "payment": "pay_bob", "status": "lost"}
        event = {"id": "evt_dp", "type": "dispute.resolved", "created_at": NOON, "data": {"object": body}}
        await shop.api.post("/v1/events", event)
        assert await shop.status(referral) == ("reversed", "dispute")
        assert await shop.balances("ann", "bob") == [0, 0]
