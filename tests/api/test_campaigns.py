"""`/v1/loyalty/campaigns` over HTTP, on both engines: made, launched by the clock, giving, taking back, told of and checked."""

import asyncio
from typing import Any

import pytest

from tests.api.conftest import Api, Json, payment
from vinr_engagement.commands import Store
from vinr_engagement.commands.verify import verify
from vinr_engagement.entrypoints.worker.jobs import _announce

pytestmark = pytest.mark.anyio

CAMPAIGNS = "/v1/loyalty/campaigns"
START, INSIDE, END = "2026-04-04T00:00:00Z", "2026-04-04T12:00:00Z", "2026-04-06T00:00:00Z"
DOUBLE: Json = {"type": "points_multiplier", "trigger": "payment.completed", "factor": 2}
BONUS: Json = {"type": "bonus_points", "trigger": "payment.completed", "points": 500}
IN_THE_APP = [{"fact": "event.metadata.app", "op": "exists"}]
THREE: Json = {"type": "challenge", "trigger": "payment.completed", "count": 3, "points": 100}


def campaign(*mechanics: Json, **more: Any) -> Json:
    schedule = {"starts_at": START, "ends_at": END}
    body = {"program": "prog_default", "name": "Weekend", "schedule": schedule, "status": "active"}
    return {**body, "mechanics": list(mechanics) or [DOUBLE], **more}


async def launch(api: Api, *mechanics: Json, now: str = INSIDE, **more: Any) -> Json:
    """A campaign that was made before it started; the clock is set to ``now``."""
    await api.post("/v1/test-helpers/clock", {"now": "2026-04-01T00:00:00Z"})
    made = await api.post(CAMPAIGNS, campaign(*mechanics, **more))
    await api.post("/v1/test-helpers/clock/advance", {"to": now})
    return made


async def pay(
    api: Api, number: int, amount: int = 10_000, customer: str = "cust_a", at: str = INSIDE, **more: Any
) -> Json:
    """What a payment brought in the program."""
    event = payment(f"evt_{number}", customer, amount, id=f"pay_{number}", **more)
    outcome: Json = (await api.post("/v1/events", {**event, "created_at": at}))["programs"][0]
    return outcome


async def refund(api: Api, number: int, amount: int, payment_number: int = 1) -> Json:
    body = {"id": f"re_{number}", "payment": f"pay_{payment_number}", "amount": amount}
    event = {"id": f"evt_r{number}", "type": "refund.completed", "created_at": INSIDE, "data": {"object": body}}
    return await api.post("/v1/events", event)


async def rows(api: Api, account: str) -> list[Json]:
    listed = (await api.get("/v1/loyalty/transactions", params={"account": account, "limit": "100"}))["data"]
    return list(reversed(listed))


async def progress(api: Api, made: Json, account: Json) -> Json:
    return await api.get(f"{CAMPAIGNS}/{made['id']}/progress", params={"account": account["id"]})


async def results(api: Api, made: Json) -> Json:
    return await api.get(f"{CAMPAIGNS}/{made['id']}/results")


async def is_sound(api: Api) -> None:
    assert (await verify(api.stores["test"].database)).faults == []


class TestConfiguration:
    async def test_made_shown_and_listed_by_the_status_that_the_clock_gives(self, api: Api) -> None:
        await api.post("/v1/test-helpers/clock", {"now": "2026-04-01T00:00:00Z"})
        draft = await api.post(CAMPAIGNS, {**campaign(), "status": "draft"})
        assert draft["status"] == "draft"
        assert draft["id"].startswith("camp_")
        shown = {**campaign(), "audience": {"type": "all"}, "goal": None, "budget": None, "per_member_limit": None}
        expected = {**shown, "object": "campaign", "metadata": {}, "status": "draft"}
        assert draft == {**expected, **{name: draft[name] for name in ("id", "created_at", "updated_at")}}
        one = f"{CAMPAIGNS}/{draft['id']}"
        assert (await api.patch(one, {"status": "active"}))["status"] == "scheduled"
        for now, status in ((START, "active"), ("2026-04-05T23:59:59.999999Z", "active"), (END, "ended")):
            await api.post("/v1/test-helpers/clock/advance", {"to": now})
            assert (await api.get(one))["status"] == status
            for other in ("draft", "scheduled", "active", "ended", "archived"):
                listed = (await api.get(CAMPAIGNS, params={"status": other}))["data"]
                assert [entry["id"] for entry in listed] == ([draft["id"]] if other == status else [])
        assert (await api.patch(one, {"status": "archived"}))["status"] == "archived"
        assert [entry["status"] for entry in (await api.get(CAMPAIGNS))["data"]] == ["archived"]
        log = (await api.get("/v1/audit-log", params={"resource": draft["id"]}))["data"]
        assert [entry["action"] for entry in log] == ["campaign.updated", "campaign.updated", "campaign.created"]

    async def test_one_launched_without_a_beginning_begins_now(self, sqlite_api: Api) -> None:
        await sqlite_api.post("/v1/test-helpers/clock", {"now": INSIDE})
        made = await sqlite_api.post(CAMPAIGNS, campaign(schedule={}))
        assert (made["status"], made["schedule"]) == ("active", {"starts_at": INSIDE, "ends_at": None})

    @pytest.mark.parametrize(
        ("changes", "param"),
        [
            ({"mechanics": []}, "mechanics"),
            ({"mechanics": [{"type": "lottery"}]}, "mechanics[0].type"),
            ({"mechanics": [{**DOUBLE, "factor": 1}]}, "mechanics[0].factor"),
            ({"mechanics": [{**DOUBLE, "trigger": "paid"}]}, "mechanics[0].trigger"),
            ({"mechanics": [BONUS, {**DOUBLE, "points": 5}]}, "mechanics[1].points"),
            ({"mechanics": [{**THREE, "amount": 5}]}, "mechanics[0].count"),
            ({"mechanics": [{**BONUS, "conditions": [{"fact": "evnt.amount"}]}]}, "mechanics[0].conditions.conditions[0].fact"),
            ({"mechanics": [{"type": "featured_reward", "reward": "rwd_1", "cost": -1}]}, "mechanics[0].cost"),
            ({"audience": {"type": "vip"}}, "audience.type"),
            ({"audience": {"type": "tier", "tier": "gold"}}, "audience.tier"),
            ({"audience": {"type": "segment", "segment": "seg_none"}}, "audience.segment"),
            ({"audience": {"type": "all", "tier": "gold"}}, "audience.tier"),
            ({"schedule": {"starts_at": END, "ends_at": START}}, "schedule.ends_at"),
            ({"goal": {"metric": "fame", "target": 5}}, "goal.metric"),
            ({"goal": {"metric": "spend", "target": 0}}, "goal.target"),
            ({"budget": {"points": 0}}, "budget.points"),
            ({"per_member_limit": 0}, "per_member_limit.times"),
            ({"per_member_limit": {}}, "per_member_limit"),
            ({"status": "ended"}, "status"),
        ],
    )  # fmt: skip
    async def test_faults_are_named(self, sqlite_api: Api, changes: Json, param: str) -> None:
        body = {**campaign(), **changes}
        error = await sqlite_api.refused("POST", CAMPAIGNS, body, status=400, code="parameter_invalid")
        assert error["param"] == param

    async def test_what_may_be_changed_once_it_has_begun(self, api: Api) -> None:
        made = await launch(api, budget={"points": 50})
        one = f"{CAMPAIGNS}/{made['id']}"
        for changes, param in (
            ({"mechanics": [BONUS]}, "mechanics"),
            ({"audience": {"type": "tier", "tier": "x"}}, "audience"),
            ({"schedule": {"starts_at": "2026-04-05T00:00:00Z"}}, "schedule.starts_at"),
            ({"budget": None}, "budget"),
            ({"per_member_limit": 1}, "per_member_limit"),
            ({"status": "draft"}, "status"),
        ):
            error = await api.refused("PATCH", one, changes, status=409, code="campaign_begun")
            assert (error["param"], error["resource"]) == (param, made["id"])
        changed = await api.patch(
            one, {"name": "Longer", "budget": {"points": 70}, "schedule": {"ends_at": None}, "metadata": {"a": "b"}}
        )
        assert changed["schedule"] == {"starts_at": START, "ends_at": None}
        assert (changed["budget"], changed["mechanics"]) == ({"points": 70}, [DOUBLE])
        await api.patch(one, {"status": "archived"})
        await api.refused("PATCH", one, {"status": "active"}, status=409, code="campaign_archived")
        await api.refused("PATCH", one, {"schedule": {"ends_at": END}}, status=409, code="campaign_archived")
        assert (await api.patch(one, {"name": "Over"}))["name"] == "Over"

    async def test_a_segment_that_a_campaign_is_for_stays(self, api: Api) -> None:
        segment = await api.post("/v1/loyalty/segments", {"program": "prog_default", "name": "All"})
        made = await api.post(CAMPAIGNS, campaign(audience={"type": "segment", "segment": segment["id"]}))
        one = f"/v1/loyalty/segments/{segment['id']}"
        assert (await api.refused("DELETE", one, status=409, code="segment_in_use"))["resource"] == made["id"]
        await api.patch(f"{CAMPAIGNS}/{made['id']}", {"status": "archived"})
        assert (await api.call("DELETE", one)).status_code == 200


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


class TestTelling:
    async def test_the_clock_tells_of_start_and_end_once(self, api: Api) -> None:
        made = await launch(api, now="2026-05-01T00:00:00Z")
        await api.post("/v1/test-helpers/clock/advance", {"to": "2026-06-01T00:00:00Z"})
        events = (await api.get("/v1/events", params={"account": made["id"]}))["data"]
        told = [(event["type"], event["account_sequence"], event["data"]["object"]) for event in events]
        assert [(kind, number) for kind, number, _ in told] == [("campaign.ended", 2), ("campaign.started", 1)]
        assert [(each["status"], each["effective_at"]) for _, _, each in told] == [("ended", END), ("active", START)]
        await is_sound(api)

    async def test_the_worker_tells_where_nobody_moves_the_clock(self, api: Api) -> None:
        made = await api.post(CAMPAIGNS, campaign(schedule={"starts_at": "2190-01-01T00:00:00Z"}))
        store = api.stores["test"]
        assert await _announce(store) == 0
        moved = "update store_state set clock_now = 7000000000000000"
        await store.database.write(lambda session: session.execute(moved))
        assert [await _announce(store), await _announce(store)] == [1, 0]
        assert len((await api.get("/v1/events", params={"account": made["id"]}))["data"]) == 1

    async def test_two_workers_tell_once(self, api: Api) -> None:
        made = await api.post(CAMPAIGNS, campaign(schedule={"starts_at": "2190-01-01T00:00:00Z"}))
        moved = "update store_state set clock_now = 7000000000000000"
        first = api.stores["test"]
        await first.database.write(lambda session: session.execute(moved))
        second = await Store.open("test", first.settings, migrate=False)
        try:
            told = await asyncio.gather(*(_announce(store) for store in (first, second) for _ in range(3)))
        finally:
            await second.close()
        assert sum(told) == 1
        assert len((await api.get("/v1/events", params={"account": made["id"]}))["data"]) == 1
        await is_sound(api)

    async def test_archiving_a_running_one_ends_it(self, api: Api) -> None:
        made = await launch(api)
        await api.patch(f"{CAMPAIGNS}/{made['id']}", {"status": "archived"})
        events = (await api.get("/v1/events", params={"account": made["id"]}))["data"]
        assert [(event["type"], event["data"]["object"]["status"]) for event in events] == [
            ("campaign.ended", "archived"),
            ("campaign.started", "active"),
        ]

    async def test_rules_react_to_a_completed_challenge(self, api: Api) -> None:
        await launch(api, {**THREE, "count": 1})
        rule = {"program": "prog_default", "trigger": "campaign.completed", "award": {"type": "fixed", "points": 7}}
        await api.post("/v1/loyalty/earning-rules", rule)
        await api.enrol("cust_a")
        assert (await pay(api, 1, 0 + 10_000))["balance"] == 207


async def test_merging_adds_up_what_campaigns_brought(api: Api) -> None:
    made = await launch(api, DOUBLE, {**THREE, "count": 2}, per_member_limit={"points": 500})
    source, target = await api.enrol("cust_a"), await api.enrol("cust_b")
    for number, customer in enumerate(("cust_a", "cust_a", "cust_b", "cust_b")):
        await pay(api, number, 5_000, customer=customer)
    await api.post("/v1/loyalty/accounts/merge", {"source": source["id"], "target": target["id"]})
    found = await progress(api, made, target)
    assert (found["points"], found["spend"], found["challenges"][0]["completions"]) == (400, 20_000, 2)
    await is_sound(api)
    await refund(api, 1, 5_000, payment_number=0)
    found = (await progress(api, made, target))["challenges"][0]
    assert (found["progress"], found["completions"]) == (3, 1)
    await is_sound(api)


async def test_a_preview_shows_campaigns_and_gives_nothing(api: Api) -> None:
    made = await launch(api, DOUBLE, BONUS)
    account = await api.enrol("cust_a")
    event = {**payment("evt_1", "cust_a", 10_000), "created_at": INSIDE}
    rule = {"program": "prog_default", "trigger": "payment.completed", "award": {"type": "fixed", "points": 10}}
    for rules, points in ((None, [200, 500]), ([rule], [20, 500])):
        tried = await api.post("/v1/loyalty/earning-rules/preview", {"event": event, "rules": rules})
        assert [row["amount"] for row in tried["transactions"]] == points
        assert [each["campaign"] for each in tried["programs"][0]["campaigns"]] == [made["id"], made["id"]]
    assert (await progress(api, made, account))["points"] == 0


async def test_a_goal_and_how_far_it_is(api: Api) -> None:
    made = await launch(api, goal={"metric": "points_given", "target": 150})
    await api.enrol("cust_a")
    await pay(api, 1)
    assert (await results(api, made))["goal"] == {
        "metric": "points_given", "target": 150, "value": 100, "reached": False,
    }  # fmt: skip
    await pay(api, 2)
    assert (await results(api, made))["goal"]["reached"] is True
