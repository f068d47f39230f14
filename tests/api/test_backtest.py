"""Rules tried on what really happened: the figures are those of an independent reckoning, and nothing is written."""

import asyncio
from typing import Any

import pytest

from tests.api.conftest import Api, Json, payment
from vinr_engagement.commands import backtest
from vinr_engagement.foundation.database import Session

pytestmark = pytest.mark.anyio

RULES = "/v1/loyalty/earning-rules"
BACKTEST = f"{RULES}/backtest"
CAMPAIGNS = "/v1/loyalty/campaigns"
PROGRAM = "/v1/loyalty/programs/prog_default"
AMOUNTS = (1_050, 99, 20_000, 1_999, 0, 5_005, 100)
"""Minor units; the default program gives a point for each whole pound."""


async def shop(api: Api) -> None:
    """Two members who paid in turn, an hour between payments; a guest, and somebody who is not enrolled."""
    await api.patch(PROGRAM, {"auto_enroll": False})
    for name in ("cust_1", "cust_2"):
        await api.enrol(name)
    for number, amount in enumerate(AMOUNTS):
        await api.post("/v1/events", at_hour(number, payment(f"evt_{number}", f"cust_{1 + number % 2}", amount)))
    await api.pay("evt_stranger", "cust_nobody", 5_000)
    await api.post("/v1/events", payment("evt_guest", None, 5_000))


def at_hour(hour: int, event: Json) -> Json:
    return {**event, "created_at": f"2026-04-01T{hour:02}:00:00Z"}


def per_pound(points: Any, **more: Any) -> Json:
    award = {"type": "per_amount", "per": 100, "points": points, "currencies": ["GBP"]}
    return {"name": f"{points} a pound", "trigger": "payment.completed", "award": award, **more}


async def todays(api: Api) -> Json:
    """The rule that a fresh program has."""
    (rule,) = (await api.get(RULES, params={"program": "prog_default"}))["data"]
    return rule


async def tried(api: Api, *drafts: Json, **more: Any) -> Json:
    return await api.post(BACKTEST, {"program": "prog_default", "rules": list(drafts), **more})


def sums(answer: Json) -> dict[str, tuple[int, int, int]]:
    return {
        side: tuple(answer[side][name] for name in ("points", "awards", "members")) for side in ("today", "proposed")
    }


async def test_the_figures_are_those_of_a_reckoning(api: Api) -> None:
    await shop(api)
    today = await todays(api)
    answer = await tried(api, per_pound("2.5"), replaces=[today["id"]])
    once, more = [amount // 100 for amount in AMOUNTS], [amount * 25 // 1000 for amount in AMOUNTS]
    assert sums(answer) == {
        "today": (sum(once), sum(map(bool, once)), 2),
        "proposed": (sum(more), sum(map(bool, more)), 2),
    }
    assert (answer["events"], answer["members"]) == (len(AMOUNTS), 2)
    assert answer["period"] == {"first": "2026-04-01T00:00:00Z", "last": "2026-04-01T06:00:00Z"}
    less = sum(more) - sum(once)
    assert answer["difference"] == {"points": less, "percent": f"{less * 100 / sum(once):.1f}"}
    balances = {account["balance"] for account in (await api.get("/v1/loyalty/accounts"))["data"]}
    assert sum(balances) == answer["today"]["points"], "today's rules bring what they brought"
    kept, draft = answer["rules"]
    assert (kept["rule"], kept["side"], kept["version"], kept["points"]) == (today["id"], "today", 1, sum(once))
    assert (draft["rule"], draft["side"], draft["version"], draft["points"]) == (None, "proposed", None, sum(more))
    first = answer["examples"][0]
    assert (first["event"], first["amount"], first["currency"]) == ("evt_2", 20_000, "GBP")
    assert (first["today"]["points"], first["proposed"]["points"]) == (200, 500)
    assert [line["name"] for line in first["proposed"]["why"]] == ["2.5 a pound"]


async def test_the_same_rule_again_brings_the_same(api: Api) -> None:
    tiers = [
        {"name": "Basic", "rank": 0, "threshold": 0},
        {"name": "Gold", "rank": 1, "threshold": 100, "multiplier": "1.5"},
    ]
    await api.patch(PROGRAM, {"tier_config": {"tiers": tiers}})
    rule = await todays(api)
    capped = {
        "conditions": {"conditions": [{"fact": "event.amount", "op": "gte", "value": 1_000}]},
        "cap": {"points": 60},
    }
    await api.patch(f"{RULES}/{rule['id']}", {**capped, "window": "day", "starts_at": "2026-04-01T03:00:00Z"})
    double = {"type": "points_multiplier", "trigger": "payment.completed", "factor": 2}
    await api.post(CAMPAIGNS, {"program": "prog_default", "name": "Double", "status": "active", "mechanics": [double]})
    await shop(api)
    changed = await api.get(f"{RULES}/{rule['id']}")
    unset = ("id", "object", "program", "version", "created_at", "updated_at", "recipient")
    draft = {name: value for name, value in changed.items() if name not in unset and value is not None}
    answer = await tried(api, draft, replaces=[rule["id"]])
    assert answer["proposed"] == answer["today"]
    assert answer["today"]["points"] > 0
    assert answer["difference"] == {"points": 0, "percent": "0.0"}
    assert all(example["today"]["points"] == example["proposed"]["points"] for example in answer["examples"])
    kept = await tried(api)
    assert kept["proposed"] == kept["today"] == answer["today"]
    assert answer["notes"] == [
        "A member's tier, segments, balance and history are taken as they are now.",
        "Points are counted as they were first given: refunds are left out.",
        "Caps count from the first of these events on.",
        "Dates of rules are left out: each counts for all of these events.",
        "Multipliers of campaigns count on both sides, without their budgets and limits.",
        f"There are only {len(AMOUNTS)} such events among the last that were received.",
    ]


async def test_caps_count_from_one_event_to_the_next(api: Api) -> None:
    await shop(api)
    draft = per_pound(1, cap={"points": 50, "times": 3}, window="day", budget={"points": 1})
    answer = await tried(api, draft, replaces=[(await todays(api))["id"]])
    given = {1: [10, 40, 0, 0], 2: [0, 19, 50, 0]}  # cust_1 paid 1050, 20000, 0, 100; cust_2 paid 99, 1999, 5005
    assert answer["proposed"]["points"] == sum(given[1]) + 19 + 31
    assert answer["proposed"]["awards"] == 4
    why = {example["event"]: example["proposed"]["why"][0] for example in answer["examples"]}
    assert (why["evt_6"]["points"], why["evt_6"]["reason"]) == (0, "cap_reached")
    assert (why["evt_4"]["points"], why["evt_4"]["reason"]) == (0, "zero_award")
    assert "Budgets of rules are left out." in answer["notes"]


async def test_conditions_that_look_at_the_member(api: Api) -> None:
    await api.post(
        "/v1/events",
        {
            **payment("evt_c", None),
            "type": "customer.created",
            "data": {"object": {"id": "cust_1", "country": "FR"}},
        },
    )
    await shop(api)
    french = {"fact": "customer.country", "op": "eq", "value": "FR"}
    loyal = {"fact": "orders_lifetime", "op": "gte", "value": 4}
    segment = await api.post(
        "/v1/loyalty/segments", {"program": "prog_default", "name": "Loyal", "conditions": [loyal]}
    )
    for conditions in ([french], [loyal], [{"fact": "segment", "op": "eq", "value": segment["id"]}]):
        answer = await tried(
            api, per_pound(1, conditions={"conditions": conditions}), replaces=[(await todays(api))["id"]]
        )
        assert answer["proposed"]["points"] == sum(amount // 100 for amount in AMOUNTS[::2]), conditions
        assert answer["proposed"]["members"] == 1
    refused = next(each for each in answer["examples"] if each["event"] == "evt_5")["proposed"]["why"][0]
    assert (refused["matched"], refused["reason"]) == (False, "condition_failed")


async def test_only_what_a_rule_reacts_to_and_whom_the_program_knows(api: Api) -> None:
    await shop(api)
    visit = {"trigger": "shop.visited", "award": {"type": "fixed", "points": 3}}
    told = {"id": "evt_visit", "type": "shop.visited", "created_at": "2026-04-01T12:00:00Z"}
    await api.post("/v1/events", {**told, "data": {"object": {"customer": "cust_1"}}})
    await api.post(
        "/v1/events", {**told, "id": "evt_other", "type": "shop.left", "data": {"object": {"customer": "cust_1"}}}
    )
    standalone = (await api.enrol())["id"]
    named = {"metadata": {"loyalty_account": standalone}}
    await api.post("/v1/events", {**told, "id": "evt_named", "data": {"object": named}})
    await api.post(
        "/v1/events",
        {**payment("evt_twice", "cust_1", AMOUNTS[0]), "data": payment("evt_0", "cust_1", AMOUNTS[0])["data"]},
    )
    await api.post("/v1/events", {**payment("evt_back", None), "type": "refund.completed",
                                  "data": {"object": {"id": "re_1", "payment": "pay_evt_0", "amount": 1_050}}})  # fmt: skip
    welcome = {"trigger": "loyalty.account.created", "award": {"type": "fixed", "points": 100}}
    taken = {"trigger": "refund.completed", "award": {"type": "fixed", "points": 100}}
    answer = await tried(api, visit, welcome, taken)
    assert answer["events"] == len(AMOUNTS) + 2
    assert answer["proposed"]["points"] == answer["today"]["points"] + 6
    assert [rule["name"] for rule in answer["rules"] if rule["side"] == "proposed"][1:] == ["shop.visited"]
    assert "Rules left out, since no event that is sent triggers them: 2." in answer["notes"]
    own = (await api.post("/v1/loyalty/programs", {"name": "Other"}))["id"]
    empty = await api.post(BACKTEST, {"program": own, "rules": [per_pound(1)]})
    assert (empty["events"], empty["today"]["points"], empty["difference"]["percent"]) == (0, 0, None)
    assert empty["period"] == {"first": None, "last": None}
    assert "No event of the program triggers any of these rules." in empty["notes"]
    await api.patch(f"/v1/loyalty/programs/{own}", {"auto_enroll": True})
    newcomers = await api.post(BACKTEST, {"program": own, "rules": [per_pound(1)], "last": 3})
    assert (newcomers["events"], newcomers["members"]) == (3, 3)
    assert {example["account"] for example in newcomers["examples"]} == {None}


async def test_the_last_events_only(api: Api) -> None:
    await shop(api)
    answer = await tried(api, last=2)
    assert (answer["events"], answer["period"]["first"]) == (2, "2026-04-01T05:00:00Z")
    assert answer["today"]["points"] == 50 + 1


async def test_it_writes_nothing(api: Api) -> None:
    await shop(api)

    async def everything(session: Session) -> list[Any]:
        tables = (
            "accounts",
            "transactions",
            "rule_usage",
            "outgoing_events",
            "event_batches",
            "audit_log",
            "earning_rules",
        )
        return [(table, await session.fetch(f"select count(*) from {table}")) for table in tables]

    key = await api.new_key("test", "earning_rules:read")
    before = await api.stores["test"].database.read(everything)
    await api.post(BACKTEST, {"program": "prog_default", "rules": [per_pound(9)]}, key=key)
    assert await api.stores["test"].database.read(everything) == before


async def test_a_member_who_is_erased_or_closed_meanwhile(api: Api) -> None:
    await shop(api)
    one, two = [
        (await api.get("/v1/loyalty/accounts", params={"customer": name}))["data"][0]["id"]
        for name in ("cust_1", "cust_2")
    ]
    await api.post(f"/v1/loyalty/accounts/{one}/erase")
    assert (await tried(api))["events"] == 3
    await api.post(f"/v1/loyalty/accounts/{two}/close")
    assert (await tried(api))["events"] == 0


async def test_members_who_were_merged_count_as_one(api: Api) -> None:
    await shop(api)
    one, two = [account["id"] for account in (await api.get("/v1/loyalty/accounts"))["data"]]
    await api.post("/v1/loyalty/accounts/merge", {"source": one, "target": two})
    answer = await tried(api, per_pound(1, cap={"times": 1}, window="lifetime"), replaces=[(await todays(api))["id"]])
    assert (answer["members"], answer["proposed"]["awards"]) == (1, 1)


async def test_when_time_is_over_it_says_so(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    await shop(api)
    monkeypatch.setattr(backtest, "SECONDS", -1)
    answer = await tried(api)
    assert answer["events"] == 0
    assert f"Time was over after 0 of {len(AMOUNTS)} events." in answer["notes"]


async def test_only_so_many_events_are_looked_through(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    await shop(api)
    monkeypatch.setattr(backtest, "LOOKED_THROUGH", 4)  # a guest, a stranger, and two of the payments
    monkeypatch.setattr(backtest, "_PAGE", 1)
    answer = await tried(api)
    assert answer["events"] == 2
    assert "There are only 2 such events among the last that were received." in answer["notes"]


async def test_payments_go_on_while_rules_are_tried(api: Api) -> None:
    await shop(api)
    tries = [tried(api, per_pound(2)) for _ in range(3)]
    paid = [api.pay(f"evt_beside_{number}", "cust_1") for number in range(10)]
    answers = await asyncio.gather(*tries, *paid)
    assert {answer["status"] for answer in answers[3:]} == {"processed"}
    assert all(len(AMOUNTS) <= answer["events"] <= len(AMOUNTS) + len(paid) for answer in answers[:3])


async def test_what_is_refused(sqlite_api: Api) -> None:
    api = sqlite_api
    body = {"program": "prog_default", "rules": [per_pound(1)]}
    missing = [
        ({**body, "program": "prog_none"}, "program"),
        ({**body, "replaces": ["rule_none"]}, "replaces[0]"),
    ]
    for wrong, param in missing:
        assert (await api.refused("POST", BACKTEST, wrong, status=404, code="resource_missing"))["param"] == param
    faulty = [
        ({**body, "last": 0}, "last"),
        ({**body, "last": 1_001}, "last"),
        ({**body, "rules": [{**per_pound(1), "program": "prog_other"}]}, "rules[0].program"),
        ({**body, "rules": [{**per_pound(1), "award": {"type": "fixed"}}]}, "rules[0].award.points"),
        ({**body, "rules": [per_pound(1, conditions={"conditions": [{"fact": "segment", "op": "eq", "value": "seg_x"}]})]},
         "rules[0].conditions"),
    ]  # fmt: skip
    for wrong, param in faulty:
        assert (await api.refused("POST", BACKTEST, wrong, status=400, code="parameter_invalid"))["param"] == param
