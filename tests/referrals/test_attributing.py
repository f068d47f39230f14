"""Making codes and using them: what comes of it, and every refusal."""

import pytest

from tests.referrals.conftest import ACCOUNTS, BOTH, PROGRAM, REFERRALS, Shop

pytestmark = pytest.mark.anyio


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
        await shop.refuse("program_paused", 409, customer="bob")
        await shop.api.patch(PROGRAM, {"status": "archived"})
        await shop.refuse("program_archived", 409, customer="bob")
