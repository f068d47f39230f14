"""`/v1/loyalty/campaigns` over HTTP, on both engines: made, launched by the clock, told of and merged."""

import asyncio

import pytest

from tests.api.campaigning import (
    BONUS,
    CAMPAIGNS,
    DOUBLE,
    END,
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
)
from tests.api.conftest import Api, Json, payment
from vinr_engagement.commands import Store
from vinr_engagement.entrypoints.worker.jobs import _announce

pytestmark = pytest.mark.anyio


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
