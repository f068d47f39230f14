"""Random histories: the figures of any period are what a few sums over the rows say, whatever was rolled up before."""

from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from tests.analytics import naive
from tests.machine.driver import Driver
from tests.machine.machine import BASE, LoyaltyMachine
from vinr_engagement import analytics
from vinr_engagement.analytics.tables import QUARTER
from vinr_engagement.commands import Store, foresight
from vinr_engagement.foundation.clock import parse_instant
from vinr_engagement.foundation.database import Session
from vinr_engagement.programs import PROGRAMS, program_of

FEW = {"sqlite": 30, "postgresql": 10}
Json = dict[str, Any]


class ReportingMachine(LoyaltyMachine):
    """The machine, with somebody who asks for figures now and then, and a worker who rolls up when it pleases."""

    @rule(limit=st.integers(1, 20))
    def roll_up(self, limit: int) -> None:
        self.driver.wait(analytics.roll_up(self.driver.store.database, limit))

    @rule()
    def rebuild(self) -> None:
        self.driver.wait(analytics.rebuild(self.driver.store.database, 1))

    @rule(
        first=st.integers(-40 * 96, 40 * 96),
        length=st.integers(1, 60 * 96),
        interval=st.sampled_from(("day", "week", "month")),
    )
    def report(self, first: int, length: int, interval: str) -> None:
        self.finish_edit()
        store = self.driver.store
        for program in self.world.model.programs.values():
            now = self.driver.wait(store.now())
            gte = min((BASE // QUARTER + first) * QUARTER, now // QUARTER * QUARTER - QUARTER)
            lt = min(gte + length * QUARTER, now)
            told = self.driver.wait(reports(store, program.id, gte, lt, interval))
            self.driver.sweep()
            rows = self.driver.wait(store.database.read(partial(naive.read_rows, identifier=program.id, now=now)))
            compare(told, rows, gte, lt)


async def reports(store: Store, program: str, gte: int, lt: int, interval: Any) -> Json:
    """All four, of one snapshot, with nothing settled."""

    async def read(session: Session) -> Json:
        now = await store.now_in(session)
        (row,) = await session.rows(PROGRAMS, "id = $1", program)
        seen = await foresight.foresee(store.write_path, session, program, now)
        books = await analytics.open_books(session, program_of(row), now, seen.ahead)
        period = analytics.Period(gte, lt)
        return {
            "summary": await analytics.summary(books, period),
            "timeseries": await analytics.timeseries(books, period, interval, analytics.METRICS),
            "liability": await analytics.liability(books, seen.changes),
            "cohorts": await analytics.cohorts(books, 36),
        }

    return await store.database.read(read)


def compare(told: Json, rows: naive.Rows, gte: int, lt: int) -> None:
    expected = naive.summary(rows, gte, lt)
    assert told["summary"]["points"] == expected["points"]
    assert {name: told["summary"][name] for name in expected} == expected
    _compare_series(told["timeseries"], rows, gte, lt)
    _compare_liability(told["liability"], naive.liability(rows))
    _compare_cohorts(told["cohorts"], naive.cohorts(rows))


def _compare_series(told: Json, rows: naive.Rows, gte: int, lt: int) -> None:

    spans = [(parse_instant(each["start"]), parse_instant(each["end"])) for each in told["data"]]
    assert (spans[0][0], spans[-1][1]) == (gte, lt)
    assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]
    for (start, end), each in zip(spans, told["data"], strict=True):
        expected = naive.summary(rows, start, end)
        points = expected["points"]
        assert each["values"] == {
            **{kind: points[kind] for kind in ("earned", "adjusted", "redeemed", "returned", "reversed", "expired")},
            "enrolled": expected["enrollment"]["new"],
            "redemptions": expected["redemptions"]["count"],
            "outstanding": points["outstanding"],
            "points_liability": expected["points_liability"]["amount"],
            "pending": points["pending"],
            "members": expected["enrollment"]["total"],
            "active_members_90d": expected["active_members_90d"],
        }


def _compare_liability(told: Json, expected: Json) -> None:
    assert told["points"] == expected["points"]
    assert {each["month"]: each["points"] for each in told["by_earning_month"]} == expected["by_earning_month"]
    assert {each["month"]: each["points"] for each in told["by_expiry_month"]} == expected["by_expiry_month"]


def _compare_cohorts(told: Json, expected: dict[tuple[str, str], Json]) -> None:
    found = {}
    for cohort in told["data"]:
        year, month = map(int, cohort["cohort"].split("-"))
        for each in cohort["periods"]:
            later = year * 12 + month - 1 + each["index"]
            did = {name: each[name] for name in ("active", "earned", "redeemed")}
            if any(did.values()):
                found[cohort["cohort"], f"{later // 12:04d}-{later % 12 + 1:02d}"] = did
    assert found == {key: did for key, did in expected.items() if any(did.values())}


@pytest.mark.timeout(600)
def test_figures_of_random_histories(database_url: str) -> None:
    driver = Driver(database_url)
    machine = type("Machine", (ReportingMachine,), {"driver": driver})
    chosen = settings(
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
        max_examples=FEW["sqlite" if database_url.startswith("sqlite") else "postgresql"],
        stateful_step_count=30,
        derandomize=True,
    )
    try:
        run_state_machine_as_test(machine, settings=chosen)
    finally:
        driver.close()
