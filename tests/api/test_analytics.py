"""`/v1/loyalty/analytics` over HTTP: the figures of a small shop, what is asked wrongly, and that nothing is settled."""

from typing import Any

import pytest

from tests.api.conftest import Api, Json, payment
from tests.api.redeeming import PROGRAM, REDEMPTIONS, TRANSACTIONS, a_reward, advance, stop_clock, tell
from tests.contract.rows import nothing_written
from tests.webhooks.conftest import SILENT
from vinr_engagement import analytics
from vinr_engagement.commands.verify import verify
from vinr_engagement.entrypoints.worker.jobs import Job, jobs_of
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.errors import Contention

ANALYTICS = "/v1/loyalty/analytics"
SUMMARY = f"{ANALYTICS}/summary"
SERIES = f"{ANALYTICS}/timeseries"
APRIL = {"period[gte]": "2026-04-01", "period[lt]": "2026-05-01"}

pytestmark = pytest.mark.anyio


def roll_up(api: Api) -> Job:
    """The worker's job."""
    (job,) = [job for job in jobs_of(api.stores["test"], SILENT) if job.name == "roll_up_analytics"]
    return job


async def paid(api: Api, event: str, customer: str, amount: int, at: str, **more: Any) -> Json:
    """A payment of then."""
    return await api.post("/v1/events", {**payment(event, customer, amount, **more), "created_at": at})


async def a_spring(api: Api) -> dict[str, str]:
    """Ann pays £500 in March and £200 in April, of which she gets £50 back; she redeems 300 and releases them. Bob pays £100 in
    April and is closed, Cy holds credit. It is the 10th of April.
    """
    await stop_clock(api, "2026-03-10T12:00:00Z")
    await api.patch(PROGRAM, {"currency": {"point_value": 2, "expiry_months": 2}, "return_grace_days": 30})
    tiers = [{"name": "Silver", "rank": 0, "threshold": 0}, {"name": "Gold", "rank": 1, "threshold": 600}]
    await api.patch(PROGRAM, {"tier_config": {"tiers": tiers}})
    ann = (await api.enrol("ann"))["id"]
    await paid(api, "evt_1", "ann", 50_000, "2026-03-10T12:00:00Z")
    await advance(api, "2026-04-10T09:05:00Z")
    bob = (await api.enrol("bob"))["id"]
    cy = (await api.enrol("cy"))["id"]
    await paid(api, "evt_2", "ann", 20_000, "2026-04-09T23:30:00Z")
    await paid(api, "evt_3", "bob", 10_000, "2026-04-10T09:00:00Z")
    await tell(
        api,
        "evt_4",
        "refund.completed",
        {"id": "re_1", "payment": "pay_evt_2", "amount": 5_000},
        "2026-04-10T09:00:00Z",
    )
    reward = await a_reward(api)
    bought = await api.post(REDEMPTIONS, {"account": ann, "reward": reward["id"]})
    await api.post(f"{REDEMPTIONS}/{bought['id']}/release", {})
    await api.post(REDEMPTIONS, {"account": ann, "reward": reward["id"], "metadata": {}})
    await api.post(TRANSACTIONS, {"account": cy, "amount": 25, "reason": "goodwill"})
    await api.post("/v1/loyalty/credit/issue", {"account": cy, "amount": 1_500, "currency": "EUR"})
    await api.post(f"/v1/loyalty/accounts/{bob}/close", {})
    return {"ann": ann, "bob": bob, "cy": cy}


async def test_a_period_in_figures(api: Api) -> None:
    await a_spring(api)
    await advance(api, "2026-04-10T09:07:00Z")
    for rolled_up in (False, True):
        if rolled_up:
            await roll_up(api).step()
        found = await api.get(SUMMARY, params=APRIL)
        assert found["timezone"] == "Europe/London"
        assert found["period"] == {"gte": "2026-03-31T23:00:00Z", "lt": "2026-04-30T23:00:00Z"}
        assert found["as_of"] == "2026-04-10T09:07:00Z"
        assert found["enrollment"] == {"total": 2, "new": 2, "closed": 1, "merged": 0}
        assert found["active_members_90d"] == 2
        assert found["points"] == {
            "earned": 300,
            "adjusted": 25,
            "redeemed": 600,
            "returned": 300,
            "reversed": 50,
            "expired": 0,
            "outstanding_before": 500,
            "outstanding": 475,
            "pending": 0,
        }
        assert found["points_liability"] == {"amount": 950, "currency": "GBP"}
        assert found["redemption_rate"] == "1.0909"  # 300 of 275
        assert found["breakage"] == {"points": 0, "rate": "0.0000"}
        assert found["redemptions"] == {"count": 2, "points": 600, "applied": 0, "released": 1, "reversed": 0}
        assert [(tier["tier"], tier["members"]) for tier in found["tiers"]] == [("silver", 1), ("gold", 1)]
        (credit,) = found["credit"]
        assert credit == {
            "currency": "EUR",
            "issued": 1_500,
            "spent": 0,
            "returned": 0,
            "reversed": 0,
            "expired": 0,
            "outstanding_before": 0,
            "outstanding": 1_500,
        }


async def test_days_are_the_programs_own(api: Api) -> None:
    """Ann's payment of 23:30 in UTC is one of the next day in London."""
    await a_spring(api)
    params = {"period[gte]": "2026-04-09", "period[lt]": "2026-04-11", "metrics": "earned,outstanding,members"}
    found = await api.get(SERIES, params=params)
    assert [(day["start"], day["end"]) for day in found["data"]] == [
        ("2026-04-08T23:00:00Z", "2026-04-09T23:00:00Z"),
        ("2026-04-09T23:00:00Z", "2026-04-10T23:00:00Z"),
    ]
    assert [day["values"] for day in found["data"]] == [
        {"earned": 0, "outstanding": 500, "members": 1},
        {"earned": 300, "outstanding": 475, "members": 2},
    ]
    await roll_up(api).step()
    assert await api.get(SERIES, params=params) == found
    weeks = await api.get(SERIES, params={**APRIL, "interval": "week"})
    assert [week["start"][:10] for week in weeks["data"]][:3] == ["2026-03-31", "2026-04-05", "2026-04-12"]


async def test_what_is_owed(api: Api) -> None:
    await a_spring(api)
    found = await api.get(f"{ANALYTICS}/liability")
    assert found["points"] == {"outstanding": 475, "pending": 0, "debt": 0, "held": 475}
    assert found["points_liability"] == {"amount": 950, "currency": "GBP"}
    assert [(row["month"], row["points"], row["amount"]) for row in found["by_earning_month"]] == [
        ("2026-03", 200, 400),
        ("2026-04", 275, 550),
    ]
    assert [(row["month"], row["points"]) for row in found["by_expiry_month"]] == [("2026-05", 200), ("2026-06", 275)]
    assert found["estimate"]["expected_redemption_rate"] is None
    assert "still open" in found["estimate"]["method"]


async def test_an_estimate_goes_by_months_that_ended(api: Api) -> None:
    """Of March's 500 points 300 were redeemed, and 200 expired in May; April's are still open."""
    ann = (await a_spring(api))["ann"]
    (pending,) = (await api.get(REDEMPTIONS, params={"account": ann, "status": "pending"}))["data"]
    await api.post(f"{REDEMPTIONS}/{pending['id']}/apply", {})
    await advance(api, "2026-05-15T12:00:00Z")
    found = await api.get(f"{ANALYTICS}/liability")
    assert found["estimate"] == {
        "expected_redemption_rate": "0.6000",
        "expected_points": 165,
        "expected_liability": {"amount": 330, "currency": "GBP"},
        "method": (
            "Of the 500 points given in 2026-03, in months of which nothing is open any more, 300 were redeemed and 200 expired;"
            " those that refunds took back are left out. The same share is expected of every open point, however old it is."
        ),
    }
    assert [row["expected_points"] for row in found["by_earning_month"]] == [165]


async def test_cohorts(api: Api) -> None:
    await a_spring(api)
    found = await api.get(f"{ANALYTICS}/cohorts", params={"months": "3"})
    assert found["data"] == [
        {
            "cohort": "2026-03",
            "members": 1,
            "periods": [
                {"index": 0, "active": 1, "active_rate": "1.0000", "earned": 500, "redeemed": 0},
                {"index": 1, "active": 1, "active_rate": "1.0000", "earned": 200, "redeemed": 600},
            ],
        },
        {
            "cohort": "2026-04",
            "members": 2,
            "periods": [{"index": 0, "active": 1, "active_rate": "0.5000", "earned": 100, "redeemed": 0}],
        },
    ]
    await roll_up(api).step()
    assert (await api.get(f"{ANALYTICS}/cohorts", params={"months": "3"}))["data"] == found["data"]


async def test_reports_see_what_time_did_and_settle_nothing(api: Api) -> None:
    """A year passes, and nobody sweeps: everything has expired, and no report writes it."""
    await a_spring(api)
    await roll_up(api).step()
    moved = "update store_state set clock_now = clock_now + 31536000000000"
    await api.stores["test"].database.write(lambda session: session.execute(moved))
    async with nothing_written(api):
        year = {"period[gte]": "2026-03-01", "period[lt]": "2027-04-01"}
        found = await api.get(SUMMARY, params=year)
        owed = await api.get(f"{ANALYTICS}/liability")
        await api.get(SERIES, params={**year, "interval": "month"})
        await api.get(f"{ANALYTICS}/cohorts")
    # 600 were redeemed; the second redemption was released after a day, and its points expired when their grace was over
    assert found["points"]["outstanding"] == owed["points"]["outstanding"] == 0
    assert found["points"]["expired"] == 775
    assert found["redemptions"] == {"count": 2, "points": 600, "applied": 0, "released": 2, "reversed": 0}
    assert owed["by_earning_month"] == owed["by_expiry_month"] == []
    await api.stores["test"].sweep()
    assert await api.get(SUMMARY, params=year) == found
    assert (await verify(api.stores["test"].database)).faults == []


REFUSED: dict[str, tuple[str, Json, str]] = {
    "no program": (SUMMARY, {"program": "prog_none"}, "program"),
    "no quarter of an hour": (SUMMARY, {"period[gte]": "2026-04-01T12:07:00Z"}, "period[gte]"),
    "no day": (SUMMARY, {"period[lt]": "2026-02-30"}, "period[lt]"),
    "backwards": (SUMMARY, {"period[gte]": "2026-04-02", "period[lt]": "2026-04-01"}, "period[gte]"),
    "to come": (SUMMARY, {"period[gte]": "2190-04-02"}, "period[gte]"),
    "unknown metric": (SERIES, {"metrics": "earned,burnt"}, "metrics"),
    "too many buckets": (SERIES, {"period[gte]": "2020-01-01"}, "interval"),
    "unknown interval": (SERIES, {"interval": "year"}, "interval"),
    "too many cohorts": (f"{ANALYTICS}/cohorts", {"months": "37"}, "months"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_refused(sqlite_api: Api, name: str) -> None:
    path, params, param = REFUSED[name]
    missing = name == "no program"
    error = await sqlite_api.refused(
        "GET",
        path,
        params=params,
        status=404 if missing else 400,
        code="resource_missing" if missing else "parameter_invalid",
    )
    assert error["param"] == param


async def test_a_key_needs_the_scope(sqlite_api: Api) -> None:
    key = await sqlite_api.new_key("test", "accounts:read")
    await sqlite_api.refused("GET", SUMMARY, key=key, status=403, code="permission_denied")
    assert await sqlite_api.get(SUMMARY, key=await sqlite_api.new_key("test", "analytics:read"))


async def test_a_new_timezone_has_the_days_counted_anew(api: Api) -> None:
    await a_spring(api)
    await roll_up(api).step()
    await api.patch(PROGRAM, {"timezone": "Asia/Kathmandu"})
    await api.refused("GET", SUMMARY, status=409, code="analytics_not_ready")
    await roll_up(api).step()
    found = await api.get(SUMMARY, params=APRIL)
    assert found["period"]["gte"] == "2026-03-31T18:15:00Z"
    assert found["points"]["earned"] == 300
    assert (await verify(api.stores["test"].database)).faults == []


async def test_a_store_from_before_is_counted_by_the_worker(api: Api) -> None:
    """As the migration leaves a store that has members: nothing was counted, and commits went on leaving movements behind."""
    await a_spring(api)
    before = await api.get(SUMMARY, params=APRIL)
    store = api.stores["test"]
    for sql in ("delete from movements", "update analytics_state set built_at = null"):
        await store.database.write(lambda session, sql=sql: session.execute(sql))
    await paid(api, "evt_9", "ann", 1_000, "2026-04-10T09:00:00Z")
    await api.refused("GET", SUMMARY, status=409, code="analytics_not_ready")
    await roll_up(api).step()
    after = await api.get(SUMMARY, params=APRIL)
    assert after["points"]["earned"] == before["points"]["earned"] + 10
    assert await store.database.ask("select count(*) from movements") == [(0,)]
    assert (await verify(store.database)).faults == []


class Overtaken:
    """A database in which, between what a worker reads and what it writes, another worker rolls up."""

    def __init__(self, database: Any) -> None:
        self.ask, self.read, self._database = database.ask, database.read, database

    async def write(self, work: Any) -> Any:
        assert await analytics.roll_up(self._database, 5) == 5
        return await self._database.write(work)


async def test_movements_are_added_once_however_workers_meet(api: Api) -> None:
    """Who was overtaken is refused, and looks again."""
    await a_spring(api)
    database = api.stores["test"].database
    expected = await api.get(SUMMARY, params=APRIL)
    with pytest.raises(Contention):
        await analytics.roll_up(Overtaken(database), 3)  # type: ignore[arg-type]
    assert await api.get(SUMMARY, params=APRIL) == expected
    with pytest.raises(Contention):
        await analytics.rebuild(Overtaken(database), 1)  # type: ignore[arg-type]
    while await analytics.roll_up(database, 2):
        assert await api.get(SUMMARY, params=APRIL) == expected
    assert await api.get(SUMMARY, params=APRIL) == expected
    assert (await verify(database)).faults == []


FAULTS = {
    "a total": "update analytics_totals set amount = amount + 7 where kind = 'earned' and span = 1",
    "a missing total": "delete from analytics_totals where kind = 'enrolled'",
    "a cohort": "update analytics_cohorts set redeemed = redeemed + 1",
    "somebody who did nothing": "update analytics_activity set day = day + 1",
    "a movement that was lost": "delete from movements",
}


@pytest.mark.parametrize("name", FAULTS)
async def test_verify_finds_what_is_wrong_and_a_rebuild_heals_it(sqlite_api: Api, name: str) -> None:
    await a_spring(sqlite_api)
    await roll_up(sqlite_api).step()
    await paid(sqlite_api, "evt_8", "ann", 1_000, "2026-04-10T09:00:00Z")
    database = sqlite_api.stores["test"].database

    async def damage(session: Session) -> int:
        return await session.execute(FAULTS[name])

    assert await database.write(damage)
    assert {fault.invariant for fault in (await verify(database)).faults} == {"analytics"}
    await analytics.rebuild(database, 1)
    assert (await verify(database)).faults == []


async def test_what_is_pending_on_the_day_of_a_bound(api: Api) -> None:
    """In all, what was ever pending comes to nothing: what came and will go within the same movement is found all the same."""
    await stop_clock(api, "2026-04-10T10:20:00Z")
    await api.patch(PROGRAM, {"hold_days": 14})
    await api.enrol("ann")
    await paid(api, "evt_1", "ann", 15_400, "2026-04-10T10:20:00Z")
    await advance(api, "2026-04-11T10:00:00Z")
    params = {"period[gte]": "2026-04-10T10:15:00Z", "period[lt]": "2026-04-10T10:30:00Z"}
    for how in ("not rolled up", "rolled up", "rebuilt"):
        if how == "rolled up":
            await roll_up(api).step()
        elif how == "rebuilt":
            await analytics.rebuild(api.stores["test"].database, 1)
        assert (await api.get(SUMMARY, params=params))["points"]["pending"] == 154, how
