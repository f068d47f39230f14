"""What campaigns give and take back, over HTTP, on both engines."""

import pytest

from tests.api.campaigning import (
    BONUS,
    CAMPAIGNS,
    DOUBLE,
    END,
    IN_THE_APP,
    INSIDE,
    START,
    THREE,
    campaign,
    is_sound,
    launch,
    pay,
    progress,
    refund,
    results,
    rows,
)
from tests.api.conftest import Api, Json

pytestmark = pytest.mark.anyio


class TestMultiplier:
    async def test_doubles_what_rules_give_and_says_how_much_that_is(self, api: Api) -> None:
        made = await launch(api)
        account = await api.enrol("cust_a")
        outcome = await pay(api, 1)
        assert outcome["rules"][0]["points"] == 200
        (row,) = await rows(api, account["id"])
        assert outcome["campaigns"] == [
            {
                "campaign": made["id"], "mechanic": "points_multiplier", "index": 0, "matched": True, "points": 100,
                "reason": None, "failed": [], "transaction": row["id"],
            }
        ]  # fmt: skip
        assert (row["amount"], row["campaign"], row["rule"]) == (200, made["id"], "rule_default")
        assert row["explanation"]["campaign"] == {"campaign": made["id"], "points": 100, "points_left": None, "cut": 0}
        expanded = await api.get(f"/v1/loyalty/transactions/{row['id']}", params={"expand[]": "campaign"})
        assert expanded["campaign"]["status"] == "active"
        assert (await progress(api, made, account))["points"] == 100
        await refund(api, 1, 4_000)
        assert (await progress(api, made, account))["points"] == 60
        assert (await rows(api, account["id"]))[-1]["campaign"] == made["id"]
        found = await results(api, made)
        assert (found["points_given"], found["spend"], found["members_reached"], found["awards"]) == (60, 6_000, 1, 1)
        await refund(api, 2, 6_000)
        assert [(await results(api, made))[name] for name in ("points_given", "spend", "members_reached")] == [0, 0, 0]
        await is_sound(api)

    @pytest.mark.parametrize(
        ("changes", "amount", "reason"),
        [
            ({"audience": {"type": "tier", "tier": "gold"}}, 10_000, "not_in_audience"),
            ({"mechanics": [{**DOUBLE, "min_spend": 10_001}]}, 10_000, "condition_failed"),
            ({"mechanics": [{**DOUBLE, "conditions": IN_THE_APP}]}, 10_000, "condition_failed"),
            ({}, 49, "zero_award"),
        ],
    )  # fmt: skip
    async def test_why_not(self, sqlite_api: Api, changes: Json, amount: int, reason: str) -> None:
        tiers = [{"name": "Basic", "rank": 0, "threshold": 0}, {"name": "Gold", "rank": 1, "threshold": 10_000}]
        await sqlite_api.patch("/v1/loyalty/programs/prog_default", {"tier_config": {"tiers": tiers}})
        await launch(sqlite_api, **changes)
        await sqlite_api.enrol("cust_a")
        (looked,) = (await pay(sqlite_api, 1, amount))["campaigns"]
        assert (looked["matched"], looked["points"], looked["reason"]) == (False, 0, reason)
        if reason == "condition_failed":
            assert looked["failed"][0]["fact"].startswith("event.")

    async def test_goes_by_the_time_of_the_event(self, api: Api) -> None:
        await launch(api, now="2026-04-10T00:00:00Z")
        await api.enrol("cust_a")
        reasons = {}
        for number, at in enumerate(("2026-04-03T23:59:59.999999Z", START, "2026-04-05T23:59:59.999999Z", END)):
            reasons[at] = (await pay(api, number, at=at))["campaigns"][0]["reason"]
        assert list(reasons.values()) == ["not_started", None, None, "ended"]

    async def test_of_several_the_best_counts(self, api: Api) -> None:
        first = await launch(api, {**DOUBLE, "factor": "1.5"}, name="First")
        best = await api.post(CAMPAIGNS, campaign({**DOUBLE, "factor": 3, "min_spend": 5_000}, name="Best"))
        account = await api.enrol("cust_a")
        outcome = await pay(api, 1)
        assert [(each["campaign"], each["points"], each["reason"]) for each in outcome["campaigns"]] == [
            (first["id"], 0, "not_the_best"),
            (best["id"], 200, None),
        ]
        await refund(api, 1, 6_000)  # below the best one's min_spend the other one counts
        assert (await api.get(f"/v1/loyalty/accounts/{account['id']}"))["balance"] == 60
        await is_sound(api)

    async def test_archiving_stops_it_and_refunds_still_know_it(self, api: Api) -> None:
        made = await launch(api, DOUBLE, THREE)
        account = await api.enrol("cust_a")
        await pay(api, 1)
        await api.patch(f"{CAMPAIGNS}/{made['id']}", {"status": "archived"})
        assert (await pay(api, 2))["campaigns"] == []
        await refund(api, 1, 10_000)
        found = await progress(api, made, account)
        assert (found["points"], found["challenges"][0]["progress"]) == (0, 0)
        await is_sound(api)


class TestLimits:
    async def test_the_budget_cuts_what_the_campaign_adds_and_refunds_free_it(self, api: Api) -> None:
        made = await launch(api, budget={"points": 130})
        for name in ("a", "b", "c"):
            await api.enrol(f"cust_{name}")
        assert (await pay(api, 1, customer="cust_a"))["rules"][0]["points"] == 200
        cut = await pay(api, 2, customer="cust_b")
        assert (cut["rules"][0]["points"], cut["campaigns"][0]["points"]) == (130, 30)
        spent = await pay(api, 3, customer="cust_c")
        assert (spent["rules"][0]["points"], spent["campaigns"][0]["reason"]) == (100, "budget_exhausted")
        assert (await results(api, made))["budget_left"] == 0
        await is_sound(api)
        await refund(api, 1, 5_000, payment_number=1)
        assert (await results(api, made))["budget_left"] == 50
        assert (await pay(api, 4, customer="cust_c"))["campaigns"][0]["points"] == 50
        await is_sound(api)

    async def test_a_member_gets_it_so_often(self, api: Api) -> None:
        made = await launch(api, per_member_limit=2)
        account = await api.enrol("cust_a")
        points = [(await pay(api, number))["campaigns"][0]["points"] for number in range(3)]
        assert points == [100, 100, 0]
        assert (await pay(api, 4))["campaigns"][0]["reason"] == "limit_reached"
        await refund(api, 1, 10_000, payment_number=1)
        assert (await pay(api, 5))["campaigns"][0]["points"] == 100
        assert (await progress(api, made, account))["times"] == 2
        await is_sound(api)

    async def test_a_member_gets_so_many_points(self, api: Api) -> None:
        await launch(api, BONUS, per_member_limit={"points": 700})
        await api.enrol("cust_a")
        given = [(await pay(api, number))["campaigns"][0] for number in range(3)]
        assert [(each["points"], each["reason"]) for each in given] == [(500, None), (200, None), (0, "limit_reached")]
        await is_sound(api)

    async def test_two_rules_in_one_event_are_one_time(self, api: Api) -> None:
        made = await launch(api, per_member_limit=1)
        rule = {"program": "prog_default", "trigger": "payment.completed", "award": {"type": "fixed", "points": 10}}
        await api.post("/v1/loyalty/earning-rules", rule)
        account = await api.enrol("cust_a")
        outcome = await pay(api, 1)
        assert sorted(each["points"] for each in outcome["rules"]) == [20, 200]
        assert outcome["campaigns"][0]["points"] == 110
        assert (await progress(api, made, account))["times"] == 1
        await is_sound(api)


class TestBonus:
    async def test_is_a_row_of_its_own_that_stays_until_the_full_refund(self, api: Api) -> None:
        made = await launch(api, BONUS)
        account = await api.enrol("cust_a")
        await pay(api, 1)
        _, row = await rows(api, account["id"])
        assert (row["amount"], row["reason"], row["rule"], row["campaign"]) == (500, "campaign", None, made["id"])
        assert row["source"] == {"type": "payment", "id": "pay_1"}
        await refund(api, 1, 9_999)
        assert (await progress(api, made, account))["points"] == 500
        await refund(api, 2, 1)
        assert (await api.get(f"/v1/loyalty/accounts/{account['id']}"))["balance"] == 0
        assert (await progress(api, made, account))["times"] == 0
        await is_sound(api)

    async def test_enrols_a_newcomer_alone(self, api: Api) -> None:
        await api.patch("/v1/loyalty/programs/prog_default", {"auto_enroll": True})
        await launch(api, BONUS, {**DOUBLE, "trigger": "review.written"})
        outcome = await pay(api, 1, 50, customer="cust_new")
        assert (outcome["enrolled"], outcome["balance"]) == (True, 500)
        body = {
            "id": "evt_x",
            "type": "review.written",
            "created_at": INSIDE,
            "data": {"object": {"customer": "cust_2"}},
        }
        outcome = (await api.post("/v1/events", body))["programs"][0]
        assert (outcome["status"], outcome["campaigns"][0]["matched"]) == ("ignored", False)

    async def test_what_the_welcome_used_up_is_not_there_for_the_purchase(self, api: Api) -> None:
        await api.patch("/v1/loyalty/programs/prog_default", {"auto_enroll": True})
        welcome = {**BONUS, "trigger": "loyalty.account.created", "points": 50}
        await launch(api, DOUBLE, welcome, per_member_limit=1)
        outcome = await pay(api, 1, customer="cust_new")
        assert (outcome["balance"], outcome["campaigns"][0]["reason"]) == (150, "limit_reached")
        await is_sound(api)

    async def test_for_what_the_engine_says_itself(self, api: Api) -> None:
        welcome = {**BONUS, "trigger": "loyalty.account.created", "points": 50}
        await launch(api, welcome)
        assert (await api.enrol("cust_a"))["balance"] == 50
        await is_sound(api)

    async def test_for_a_segment_as_it_was_before(self, api: Api) -> None:
        conditions = [{"fact": "orders_lifetime", "op": "gte", "value": 1}]
        segment = await api.post(
            "/v1/loyalty/segments", {"program": "prog_default", "name": "S", "conditions": conditions}
        )
        await launch(api, BONUS, audience={"type": "segment", "segment": segment["id"]})
        await api.enrol("cust_a")
        assert [(await pay(api, number))["campaigns"][0]["reason"] for number in (1, 2)] == ["not_in_audience", None]


class TestChallenge:
    async def test_the_third_payment_completes_it_once(self, api: Api) -> None:
        made = await launch(api, THREE)
        account = await api.enrol("cust_a")
        looked = [(await pay(api, number, 100))["campaigns"][0] for number in range(1, 5)]
        assert [(each["points"], each["reason"]) for each in looked] == [
            (0, "progressed"),
            (0, "progressed"),
            (100, None),
            (0, "progressed"),
        ]
        found = await progress(api, made, account)
        assert found == {
            "object": "campaign_progress", "campaign": made["id"], "account": account["id"],
            "points": 100, "times": 1, "spend": 400,
            "challenges": [
                {
                    "object": "challenge_progress", "campaign": made["id"], "account": account["id"], "index": 0,
                    "measure": "count", "target": 3, "progress": 4, "remaining": 0, "repeatable": False,
                    "completions": 1, "points": 100,
                }
            ],
        }  # fmt: skip
        exported = await api.get(f"/v1/loyalty/accounts/{account['id']}/export")
        assert exported["campaigns"] == [found]
        types = [event["type"] for event in (await api.get("/v1/events", params={"type": "campaign.*"}))["data"]]
        assert types == [
            *("campaign.progressed", "campaign.completed", "campaign.progressed", "campaign.progressed"),
            "campaign.started",
        ]
        await is_sound(api)

    async def test_refunds_take_progress_back_and_the_bonus_with_it(self, api: Api) -> None:
        made = await launch(api, THREE)
        account = await api.enrol("cust_a")
        for number in (1, 2, 3):
            await pay(api, number)
        await refund(api, 1, 9_999, payment_number=2)
        assert (await progress(api, made, account))["challenges"][0]["completions"] == 1
        answer = await refund(api, 2, 1, payment_number=2)
        assert [line["amount"] for line in answer["programs"][0]["transactions"]] == [-100]
        found = (await progress(api, made, account))["challenges"][0]
        assert (found["progress"], found["completions"], found["remaining"]) == (2, 0, 1)
        await is_sound(api)
        assert (await pay(api, 4))["campaigns"][0]["points"] == 100
        amounts = [row["amount"] for row in await rows(api, account["id"]) if row["source"]["type"] == "campaign"]
        assert amounts == [100, -100, 100]
        await is_sound(api)

    async def test_by_amount_again_and_again(self, api: Api) -> None:
        spend = {
            "type": "challenge",
            "trigger": "payment.completed",
            "amount": 10_000,
            "points": 50,
            "repeatable": True,
        }
        made = await launch(api, spend)
        account = await api.enrol("cust_a")
        points = [
            (await pay(api, number, amount))["campaigns"][0]["points"] for number, amount in ((1, 9_000), (2, 25_000))
        ]
        assert points == [0, 150]
        await refund(api, 1, 5_000, payment_number=2)
        found = (await progress(api, made, account))["challenges"][0]
        assert (found["progress"], found["completions"], found["points"], found["remaining"]) == (29_000, 2, 100, 1_000)
        await refund(api, 2, 20_000, payment_number=2)
        found = (await progress(api, made, account))["challenges"][0]
        assert (found["progress"], found["completions"], found["points"]) == (9_000, 0, 0)
        assert (await results(api, made))["spend"] == 9_000
        await is_sound(api)

    async def test_a_bonus_beyond_the_budget_is_not_given(self, api: Api) -> None:
        once = {**THREE, "count": 1, "repeatable": True}
        made = await launch(api, once, budget={"points": 150})
        account = await api.enrol("cust_a")
        assert [(await pay(api, number))["campaigns"][0]["points"] for number in (1, 2, 3)] == [100, 50, 0]
        for number in (3, 2, 1):
            await refund(api, number, 10_000, payment_number=number)
            await is_sound(api)
        assert (await results(api, made))["budget_left"] == 150
        assert (await api.get(f"/v1/loyalty/accounts/{account['id']}"))["balance"] == 0

    async def test_other_events_count_and_nothing_takes_them_back(self, api: Api) -> None:
        made = await launch(
            api, {**THREE, "trigger": "review.written", "count": 2}, {**BONUS, "trigger": "review.written"}
        )
        account = await api.enrol("cust_a")
        for number in (1, 2):
            body = {"type": "review.written", "created_at": INSIDE, "data": {"object": {"customer": "cust_a"}}}
            await api.post("/v1/events", {"id": f"evt_{number}", **body})
        assert (await progress(api, made, account))["points"] == 1_100
        await is_sound(api)

    async def test_what_expired_of_the_bonus_counts_as_taken(self, api: Api) -> None:
        await api.patch("/v1/loyalty/programs/prog_default", {"currency": {"expiry_months": 1}})
        made = await launch(api, {**THREE, "count": 1})
        account = await api.enrol("cust_a")
        await pay(api, 1)
        await api.post("/v1/test-helpers/clock/advance", {"to": "2026-06-01T00:00:00Z"})
        await refund(api, 1, 10_000)
        assert (await api.get(f"/v1/loyalty/accounts/{account['id']}"))["balance"] == 0
        assert (await progress(api, made, account))["challenges"][0]["completions"] == 0
        await is_sound(api)
