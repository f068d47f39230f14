"""Referrals beside all else: rules that react, merges, erasure, other programs, keys; and reading them."""

from typing import Any

import pytest

from tests.referrals.conftest import ACCOUNTS, ATTRIBUTE, PROGRAM, REFERRALS, Shop

pytestmark = pytest.mark.anyio


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

    async def test_what_became_of_a_merged_referee_is_not_forgotten(self, shop: Shop) -> None:
        referral = await shop.attribute("bob")
        await shop.clock("2026-05-01T12:00:00Z")
        new = await shop.api.enrol("bob_now")
        await shop.api.post(f"{ACCOUNTS}/merge", {"source": referral["referee"], "target": new["id"]})
        found = await shop.api.get(REFERRALS, params={"referee": new["id"]})
        assert [(row["id"], row["status"]) for row in found["data"]] == [(referral["id"], "expired")]
        error = await shop.refuse("referee_already_referred", referee=new["id"])
        assert error["resource"] == referral["id"]

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
