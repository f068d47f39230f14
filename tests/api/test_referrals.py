"""Referrals from the code to the payout and back, over HTTP: every transition, every refusal, what each side is left with."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.api.conftest import Api, Json, payment
from vinr_engagement.commands.verify import verify

pytestmark = pytest.mark.anyio

REFERRALS = "/v1/loyalty/referrals"
ATTRIBUTE = f"{REFERRALS}/attribute"
ACCOUNTS = "/v1/loyalty/accounts"
PROGRAM = "/v1/loyalty/programs/prog_default"
BOTH = {"referrer": {"points": 500}, "referee": {"points": 200}}
NOON = "2026-04-01T12:00:00Z"


class Shop:
    """A program whose only points are those of referrals, on 1 April 2026, with Ann, who has a code to share."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.ann = ""
        self.code = ""

    async def make_code(self, **more: Any) -> Json:
        """A new code of Ann's: 500 points for her, 200 for whoever pays £20 or more within 30 days."""
        asked = {"program": "prog_default", "referrer": self.ann, "reward": BOTH,
                 "qualify": {"first_payment_minimum": 2_000}, **more}  # fmt: skip
        made = await self.api.post(REFERRALS, asked)
        self.code = made["code"]
        return made

    async def attribute(self, customer: str) -> Json:
        """A customer uses Ann's code."""
        return await self.api.post(ATTRIBUTE, {"code": self.code, "customer": customer})

    async def refuse(self, code: str, status: int = 422, **asked: Any) -> Json:
        """Nobody can be attributed so, and nothing is written."""
        before = await self.api.get("/v1/events")
        error = await self.api.refused("POST", ATTRIBUTE, {"code": self.code, **asked}, status=status, code=code)
        assert await self.api.get("/v1/events") == before
        return error

    async def pay(self, customer: str, amount: int = 3_000, at: str = NOON, **more: Any) -> Json:
        """What a payment made of the customer's referral; payments are numbered by customer unless told otherwise."""
        event = payment(f"evt_{customer}_{amount}_{at}", customer, amount, **{"id": f"pay_{customer}", **more})
        outcome = await self.api.post("/v1/events", {**event, "created_at": at})
        found: Json = outcome["programs"][0]
        return found

    async def refund(self, payment_id: str, amount: int) -> Json:
        body = {"id": f"re_{payment_id}_{amount}", "payment": payment_id, "amount": amount}
        return await self.api.post("/v1/events", {"id": f"evt_{body['id']}", "type": "refund.completed",
                                                  "created_at": NOON, "data": {"object": body}})  # fmt: skip

    async def account(self, customer: str) -> Json:
        found = await self.api.get(ACCOUNTS, params={"customer": customer})
        account: Json = found["data"][0]
        return account

    async def balances(self, *customers: str) -> list[int]:
        return [(await self.account(customer))["balance"] for customer in customers]

    async def status(self, referral: Json) -> tuple[str, str | None]:
        found = await self.api.get(f"{REFERRALS}/{referral['id']}")
        return found["status"], found["reason"]

    async def told(self, account: str) -> list[str]:
        """What happened to an account's referrals, oldest first."""
        events = await self.api.get("/v1/events", params={"account": account, "type": "referral.*"})
        return [event["type"].removeprefix("referral.") for event in reversed(events["data"])]

    async def clock(self, moment: str) -> None:
        await self.api.post("/v1/test-helpers/clock/advance", {"to": moment})


@pytest.fixture
async def shop(api: Api) -> AsyncIterator[Shop]:
    """Ann's shop; whatever a test did, `verify` finds nothing wrong in the end."""
    await api.post("/v1/test-helpers/clock", {"now": NOON})
    await api.patch("/v1/loyalty/earning-rules/rule_default", {"active": False})
    found = Shop(api)
    found.ann = (await api.enrol("ann"))["id"]
    await found.make_code()
    yield found
    assert (await verify(api.stores["test"].database)).faults == []


class TestMaking:
    async def test_a_code_is_readable_and_pending(self, shop: Shop) -> None:
        made = await shop.make_code(metadata={"flyer": "spring"})
        assert len(made["code"]) == 8
        assert not set(made["code"]) & set("0OQ1IL")
        assert (made["object"], made["status"], made["referrer"], made["referee"]) == (
            "referral", "pending", shop.ann, None,
        )  # fmt: skip
        assert (made["reward"], made["qualify"]) == (BOTH, {"first_payment_minimum": 2_000, "window_days": 30})
        assert made["metadata"] == {"flyer": "spring"}
        assert await shop.told(shop.ann) == ["created", "created"]
        assert await shop.api.get(f"{REFERRALS}/{made['id']}") == made

    async def test_either_reward_may_be_left_out(self, shop: Shop) -> None:
        made = await shop.make_code(reward={"referee": {"points": 50}})
        assert made["reward"] == {"referrer": None, "referee": {"points": 50}}
        await shop.attribute("bob")
        await shop.pay("bob")
        assert await shop.balances("ann", "bob") == [0, 50]

    async def test_links_come_from_the_request_or_the_program_or_are_null(self, shop: Shop) -> None:
        assert (await shop.make_code())["share_url"] is None
        await shop.api.patch(PROGRAM, {"referral_share_url": "https://shop.example/join?by={code}"})
        made = await shop.make_code()
        assert made["share_url"] == f"https://shop.example/join?by={made['code']}"
        made = await shop.make_code(share_url="https://other.example/{code}")
        assert made["share_url"] == f"https://other.example/{made['code']}"

    @pytest.mark.parametrize("link", ["https://shop.example/join", "shop.example/{code}", "javascript:{code}"])
    async def test_a_link_needs_a_place_for_the_code(self, shop: Shop, link: str) -> None:
        asked = {"program": "prog_default", "referrer": shop.ann, "share_url": link}
        error = await shop.api.refused("POST", REFERRALS, asked, status=400, code="parameter_invalid")
        assert error["param"] == "share_url"
        changes = {"referral_share_url": link}
        error = await shop.api.refused("PATCH", PROGRAM, changes, status=400, code="parameter_invalid")
        assert error["param"] == "referral_share_url"

    async def test_who_may_not(self, shop: Shop) -> None:
        asked = {"program": "prog_default", "referrer": shop.ann}
        other = await shop.api.post("/v1/loyalty/programs", {"name": "Other"})
        await shop.api.refused(
            "POST", REFERRALS, {**asked, "referrer": "loy_none"}, status=404, code="resource_missing"
        )
        await shop.api.refused(
            "POST", REFERRALS, {**asked, "program": "prog_none"}, status=404, code="resource_missing"
        )
        await shop.api.refused(
            "POST", REFERRALS, {**asked, "program": other["id"]}, status=409, code="program_mismatch"
        )
        await shop.api.patch(PROGRAM, {"status": "paused"})
        await shop.api.refused("POST", REFERRALS, asked, status=409, code="program_paused")
        await shop.api.patch(PROGRAM, {"status": "archived"})
        await shop.api.refused("POST", REFERRALS, asked, status=409, code="program_archived")
        await shop.api.patch(PROGRAM, {"status": "active"})
        await shop.api.post(f"{ACCOUNTS}/{shop.ann}/close")
        await shop.api.refused("POST", REFERRALS, asked, status=409, code="account_closed")


class TestAttributing:
    async def test_the_first_takes_the_referral_itself_the_next_have_their_own(self, shop: Shop) -> None:
        made = await shop.make_code()
        first = await shop.attribute("bob")
        second = await shop.attribute("cat")
        assert (first["id"], first["status"]) == (made["id"], "attributed")
        assert first["expires_at"] == "2026-05-01T12:00:00Z"
        assert second["id"] != first["id"]
        assert [second[name] for name in ("code", "reward", "qualify", "referrer")] == [
            first[name] for name in ("code", "reward", "qualify", "referrer")
        ]
        for referral, customer in ((first, "bob"), (second, "cat")):
            account = await shop.account(customer)
            assert referral["referee"] == account["id"]
            assert await shop.told(account["id"]) == ["attributed"]

    async def test_a_customer_is_enrolled_with_the_welcome_bonus(self, shop: Shop) -> None:
        rule = {
            "program": "prog_default",
            "trigger": "loyalty.account.created",
            "award": {"type": "fixed", "points": 7},
        }
        await shop.api.post("/v1/loyalty/earning-rules", rule)
        await shop.attribute("bob")
        assert await shop.balances("bob") == [7]

    async def test_case_does_not_matter(self, shop: Shop) -> None:
        shop.code = f" {shop.code.lower()} "
        assert (await shop.attribute("bob"))["status"] == "attributed"

    async def test_an_unknown_code(self, shop: Shop) -> None:
        shop.code = "NONESUCH"
        error = await shop.refuse("referral_code_unknown", 404, customer="bob")
        assert error["param"] == "code"

    async def test_whoever_is_referred_is_named_once(self, shop: Shop) -> None:
        for asked in ({}, {"referee": shop.ann, "customer": "bob"}):
            await shop.refuse("parameter_invalid", 400, **asked)

    async def test_nobody_refers_themselves(self, shop: Shop) -> None:
        await shop.refuse("referral_self", referee=shop.ann)
        await shop.refuse("referral_self", customer="ann")

    async def test_nobody_refers_whom_they_were_merged_with(self, shop: Shop) -> None:
        old = await shop.api.enrol("ann_before")
        await shop.api.post(f"{ACCOUNTS}/merge", {"source": old["id"], "target": shop.ann})
        await shop.refuse("referral_self", customer="ann_before")
        await shop.refuse("account_merged", 409, referee=old["id"])

    async def test_who_was_referred_before_at_any_time(self, shop: Shop) -> None:
        first = await shop.attribute("bob")
        code = shop.code
        for _ in range(2):
            error = await shop.refuse("referee_already_referred", customer="bob")
            assert error["resource"] == first["id"]
            await shop.make_code()
        shop.code = code
        await shop.clock("2026-06-01T12:00:00Z")
        assert await shop.status(first) == ("expired", "expired")
        await shop.refuse("referee_already_referred", customer="bob")

    async def test_who_has_paid(self, shop: Shop) -> None:
        await shop.api.enrol("bob")
        await shop.pay("bob", 1)
        await shop.refuse("referee_already_paid", customer="bob")
        await shop.refund("pay_bob", 1)
        await shop.refuse("referee_already_paid", referee=(await shop.account("bob"))["id"])

    async def test_a_code_that_has_converted_enough(self, shop: Shop) -> None:
        await shop.make_code(max_conversions=1)
        first = await shop.attribute("bob")
        await shop.attribute("cat")
        await shop.pay("bob")
        await shop.refuse("referral_code_exhausted", customer="dan")
        await shop.refund("pay_bob", 3_000)
        assert await shop.status(first) == ("reversed", "refund")
        assert (await shop.attribute("dan"))["status"] == "attributed"

    async def test_a_referrer_who_brings_too_many(self, shop: Shop) -> None:
        await shop.api.patch(PROGRAM, {"referral_limit": {"attributions": 2, "window_days": 7}})
        await shop.attribute("bob")
        await shop.make_code()
        await shop.attribute("cat")
        await shop.refuse("referral_velocity_exceeded", customer="dan")
        await shop.clock("2026-04-08T00:00:00Z")
        await shop.attribute("dan")
        await shop.api.patch(PROGRAM, {"referral_limit": None})
        for name in ("eve", "fay", "gus"):
            await shop.attribute(name)

    async def test_fifty_in_thirty_days_unless_told_otherwise(self, shop: Shop) -> None:
        program = await shop.api.get(PROGRAM)
        assert program["referral_limit"] == {"attributions": 50, "conversions": None, "window_days": 30}
        for number in range(50):
            await shop.attribute(f"customer_{number}")
        await shop.refuse("referral_velocity_exceeded", customer="one_more")

    async def test_closed_sides(self, shop: Shop) -> None:
        bob = await shop.api.enrol("bob")
        await shop.api.post(f"{ACCOUNTS}/{bob['id']}/close")
        error = await shop.refuse("account_closed", 409, customer="bob")
        assert error["resource"] == bob["id"]
        await shop.api.post(f"{ACCOUNTS}/{bob['id']}/reopen")
        await shop.api.post(f"{ACCOUNTS}/{shop.ann}/close")
        error = await shop.refuse("account_closed", 409, customer="bob")
        assert error["resource"] == shop.ann

    async def test_a_paused_program_and_another_one(self, shop: Shop) -> None:
        other = await shop.api.post("/v1/loyalty/programs", {"name": "Other"})
        member = await shop.api.post(ACCOUNTS, {"program": other["id"]})
        await shop.refuse("program_mismatch", 409, referee=member["id"])
        await shop.refuse("resource_missing", 404, referee="loy_none")
        await shop.api.patch(PROGRAM, {"status": "paused"})
        await shop.refuse("program_paused", customer="bob")
        await shop.api.patch(PROGRAM, {"status": "archived"})
        await shop.refuse("program_archived", 409, customer="bob")


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


class TestRules:
    @pytest.mark.parametrize(
        ("recipient", "ann", "bob"),
        [("referrer", 530, 200), ("referee", 500, 230), ("both", 530, 230), (None, 530, 230), ("member", 500, 230)],
    )
    async def test_rules_react_for_whom_they_say(self, shop: Shop, recipient: str | None, ann: int, bob: int) -> None:
        await self.react("referral.converted", recipient=recipient)
        await shop.attribute("bob")
        await shop.pay("bob")
        assert await shop.balances("ann", "bob") == [ann, bob]
        await shop.refund("pay_bob", 900)
        assert await shop.balances("ann", "bob") == [ann, bob]
        await shop.refund("pay_bob", 101)
        assert await shop.balances("ann", "bob") == [0, 0]

    @pytest.fixture(autouse=True)
    def _rules(self, shop: Shop) -> None:
        self.shop = shop

    async def react(self, trigger: str, **more: Any) -> None:
        award = {"type": "fixed", "points": 30}
        rule = {"program": "prog_default", "trigger": trigger, "award": award, **more}
        await self.shop.api.post("/v1/loyalty/earning-rules", rule)

    async def test_they_wait_like_the_payouts(self, shop: Shop) -> None:
        await shop.api.patch(PROGRAM, {"hold_days": 14})
        await self.react("referral.converted")
        await shop.attribute("bob")
        await shop.pay("bob")
        assert [(await shop.account(name))["pending_balance"] for name in ("ann", "bob")] == [530, 230]

    async def test_caps_count_for_each_side(self, shop: Shop) -> None:
        await self.react("referral.converted", cap={"times": 1}, window="lifetime")
        for customer in ("bob", "cat"):
            await shop.attribute(customer)
            await shop.pay(customer)
        assert await shop.balances("ann", "bob", "cat") == [1_030, 230, 230]
        await shop.refund("pay_bob", 3_000)
        await shop.attribute("dan")
        await shop.pay("dan")
        assert await shop.balances("ann", "bob", "dan") == [1_030, 0, 230]

    async def test_conditions_look_at_the_side_that_is_paid(self, shop: Shop) -> None:
        await shop.api.patch(f"{ACCOUNTS}/{shop.ann}", {"metadata": {"vip": "yes"}})
        await self.react("referral.converted", conditions=[{"fact": "metadata.vip", "op": "eq", "value": "yes"}])
        await shop.attribute("bob")
        await shop.pay("bob")
        assert await shop.balances("ann", "bob") == [530, 200]

    async def test_other_facts_of_a_referral(self, shop: Shop) -> None:
        await self.react("referral.created", recipient="both")
        await self.react("referral.attributed", recipient="referrer")
        await self.react("referral.reversed", recipient="referee")
        await shop.make_code()
        assert await shop.balances("ann") == [30]
        await shop.attribute("bob")
        assert await shop.balances("ann", "bob") == [60, 0]
        await shop.pay("bob")
        await shop.refund("pay_bob", 3_000)
        assert await shop.balances("ann", "bob") == [60, 30]

    async def test_what_time_ended_is_dated_by_its_end(self, shop: Shop) -> None:
        await self.react("referral.rejected", recipient="referrer")
        await shop.attribute("bob")
        await shop.clock("2026-05-20T12:00:00Z")
        await shop.api.get(REFERRALS)
        (row,) = (await shop.api.get("/v1/loyalty/transactions", params={"account": shop.ann}))["data"]
        assert (row["amount"], row["effective_at"]) == (30, "2026-05-01T12:00:00Z")

    async def test_reactions_end(self, shop: Shop) -> None:
        await self.react("loyalty.points.earned")
        await shop.attribute("bob")
        assert (await shop.pay("bob"))["cascade_limit"] is True


class TestTogether:
    async def test_a_merged_referrer_is_paid_by_the_survivor(self, shop: Shop) -> None:
        referral = await shop.attribute("bob")
        await shop.attribute("cat")
        new = await shop.api.enrol("ann_now")
        await shop.api.post(f"{ACCOUNTS}/merge", {"source": shop.ann, "target": new["id"]})
        assert (await shop.api.get(f"{REFERRALS}/{referral['id']}"))["referrer"] == new["id"]
        await shop.pay("bob")
        assert await shop.balances("ann_now", "bob") == [500, 200]
        await shop.attribute("dan")
        await shop.pay("dan")
        assert await shop.balances("ann_now", "dan") == [1_000, 200]
        await shop.refund("pay_bob", 3_000)
        assert await shop.balances("ann_now", "bob") == [500, 0]

    async def test_a_merged_referee_converts_as_the_survivor(self, shop: Shop) -> None:
        referral = await shop.attribute("bob")
        new = await shop.api.enrol("bob_now")
        await shop.api.post(f"{ACCOUNTS}/merge", {"source": referral["referee"], "target": new["id"]})
        await shop.refuse("referee_already_referred", customer="bob_now")
        assert (await shop.pay("bob_now"))["referral"]["status"] == "converted"
        assert await shop.balances("ann", "bob_now") == [500, 200]
        await shop.refund("pay_bob_now", 3_000)
        assert await shop.balances("ann", "bob_now") == [0, 0]

    async def test_a_merged_referee_still_expires(self, shop: Shop) -> None:
        referral = await shop.attribute("bob")
        new = await shop.api.enrol("bob_now")
        await shop.api.post(f"{ACCOUNTS}/merge", {"source": referral["referee"], "target": new["id"]})
        await shop.clock("2026-05-01T12:00:00Z")
        await shop.api.stores["test"].sweep()
        assert await shop.told(new["id"]) == ["rejected"]
        assert await shop.status(referral) == ("expired", "expired")

    @pytest.mark.parametrize("way", ["into the referrer", "into the referee"])
    async def test_both_sides_merged_into_one(self, shop: Shop, way: str) -> None:
        referral = await shop.attribute("bob")
        pair = (referral["referee"], shop.ann) if way == "into the referrer" else (shop.ann, referral["referee"])
        await shop.api.post(f"{ACCOUNTS}/merge", {"source": pair[0], "target": pair[1]})
        assert await shop.status(referral) == ("rejected", "referral_self")
        assert (await shop.told(pair[1]))[-1] == "rejected"
        await shop.pay("bob")
        assert await shop.balances("bob") == [0]

    async def test_of_two_open_ones_the_earlier_stays(self, shop: Shop) -> None:
        first = await shop.attribute("bob")
        await shop.clock("2026-04-02T12:00:00Z")
        second = await shop.attribute("cat")
        await shop.api.post(f"{ACCOUNTS}/merge", {"source": first["referee"], "target": second["referee"]})
        assert [await shop.status(each) for each in (first, second)] == [
            ("attributed", None),
            ("rejected", "referee_already_referred"),
        ]
        assert (await shop.pay("cat", at="2026-04-02T12:00:00Z"))["referral"]["id"] == first["id"]

    async def test_both_paid_and_then_merged(self, shop: Shop) -> None:
        referral = await shop.attribute("bob")
        await shop.pay("bob")
        await shop.api.post(f"{ACCOUNTS}/merge", {"source": referral["referee"], "target": shop.ann})
        assert await shop.balances("ann") == [700]
        await shop.refund("pay_bob", 3_000)
        assert await shop.balances("ann") == [0]

    async def test_erasing_blanks_metadata(self, shop: Shop) -> None:
        await shop.make_code(metadata={"note": "Ann from the choir"})
        referral = await shop.attribute("bob")
        await shop.api.post(f"{ACCOUNTS}/{shop.ann}/erase")
        assert (await shop.api.get(f"{REFERRALS}/{referral['id']}"))["metadata"] == {}
        events = await shop.api.get("/v1/events", params={"account": referral["referee"]})
        assert "choir" not in str(events)
        assert {event["type"]: event["data"]["object"] is None for event in events["data"]} == {
            "loyalty.account.created": False,
            "referral.attributed": True,
        }
        await shop.pay("bob")
        assert await shop.balances("bob") == [200]

    async def test_an_export_has_both_sides(self, shop: Shop) -> None:
        await shop.make_code()
        referral = await shop.attribute("bob")
        for account in (shop.ann, referral["referee"]):
            export = await shop.api.get(f"{ACCOUNTS}/{account}/export")
            assert referral["id"] in [row["id"] for row in export["referrals"]]

    async def test_one_event_converts_in_each_program(self, shop: Shop) -> None:
        other = (await shop.api.post("/v1/loyalty/programs", {"name": "Other", "default_currency": "GBP"}))["id"]
        eve = await shop.api.post(ACCOUNTS, {"program": other, "customer": "eve"})
        mine = await shop.attribute("bob")
        asked = {"program": other, "referrer": eve["id"], "reward": {"referrer": {"points": 9}}}
        shop.code = (await shop.api.post(REFERRALS, asked))["code"]
        theirs = await shop.attribute("bob")
        await shop.pay("bob")
        assert [(await shop.status(each))[0] for each in (mine, theirs)] == ["converted", "converted"]
        await shop.refund("pay_bob", 2_000)
        assert [(await shop.status(each))[0] for each in (mine, theirs)] == ["reversed", "converted"]


class TestReading:
    async def test_filters(self, shop: Shop) -> None:
        made = await shop.make_code()
        bob, cat = await shop.attribute("bob"), await shop.attribute("cat")
        first = [row["id"] for row in (await shop.api.get(REFERRALS))["data"]]
        assert first[:2] == [cat["id"], bob["id"]]
        for query, expected in (
            ({"referrer": shop.ann}, first),
            ({"referee": bob["referee"]}, [bob["id"]]),
            ({"status": "pending"}, first[2:]),
            ({"code": made["code"].lower()}, first[:2]),
            ({"program": "prog_none"}, []),
        ):
            found = await shop.api.get(REFERRALS, params=query)
            assert [row["id"] for row in found["data"]] == expected, query

    async def test_pages_and_expansion(self, shop: Shop) -> None:
        await shop.attribute("bob")
        await shop.attribute("cat")
        first = await shop.api.get(REFERRALS, params={"limit": 1, "expand[]": "referee"})
        assert first["data"][0]["referee"]["customer"] == "cat"
        after = {"limit": 1, "starting_after": first["page"]["next_cursor"]}
        second = await shop.api.get(REFERRALS, params=after)
        assert (len(second["data"]), second["page"]["has_more"]) == (1, False)
        await shop.api.refused("GET", REFERRALS, params={"starting_after": "ref_none"}, status=400,
                               code="parameter_invalid")  # fmt: skip
        await shop.api.refused("GET", f"{REFERRALS}/ref_none", status=404, code="resource_missing")

    async def test_a_key_needs_the_scope(self, shop: Shop) -> None:
        reader = await shop.api.new_key("test", "referrals:read")
        await shop.api.get(REFERRALS, key=reader)
        await shop.api.refused("POST", ATTRIBUTE, {"code": shop.code, "customer": "bob"}, key=reader, status=403,
                               code="permission_denied")  # fmt: skip
        writer = await shop.api.new_key("test", "referrals:write")
        await shop.api.post(ATTRIBUTE, {"code": shop.code, "customer": "bob"}, key=writer)
        other = await shop.api.new_key("test", "accounts:write")
        await shop.api.refused("GET", REFERRALS, key=other, status=403, code="permission_denied")
