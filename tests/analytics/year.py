"""The demo's year as analytics has it: the figures of the command, and of the ledger, to the point."""

from typing import Any

from tests.analytics import naive
from tests.analytics.test_histories import reports
from tests.demo.figures import CAMPAIGN, HELD, REWARDS, RULE, TIERS
from vinr_engagement import analytics
from vinr_engagement.commands import Store
from vinr_engagement.commands.verify import verify
from vinr_engagement.foundation.clock import parse_instant
from vinr_engagement.foundation.settings import Settings

BEGIN, END = parse_instant("2010-12-01T00:00:00Z"), parse_instant("2012-01-01T00:00:00Z")


async def check_year(database_url: str) -> None:
    """A year that was played as it was dated: before it is rolled up, on the way, and after."""
    store = await Store.open("test", Settings(database_url=database_url))
    try:
        first = await reports(store, "prog_default", BEGIN, END, "month")
        _check(first)
        now = await store.now()
        rows = await store.database.read(lambda session: naive.read_rows(session, "prog_default", now))
        expected = naive.summary(rows, BEGIN, END)
        assert {name: first["summary"][name] for name in expected} == expected
        await analytics.roll_up(store.database, 100)
        assert _without_now(await reports(store, "prog_default", BEGIN, END, "month")) == _without_now(first)
        while await analytics.roll_up(store.database, 5_000):
            pass
        assert _without_now(await reports(store, "prog_default", BEGIN, END, "month")) == _without_now(first)
        assert (await verify(store.database)).faults == []
    finally:
        await store.close()


def _check(found: dict[str, Any]) -> None:
    points, months = found["summary"]["points"], found["timeseries"]["data"]
    assert points["earned"] == RULE["earned"] + CAMPAIGN["earned"]
    assert points["reversed"] == RULE["reversed"] + CAMPAIGN["reversed"]
    assert (points["redeemed"], points["returned"]) == (REWARDS["redeemed"], REWARDS["returned"])
    assert points["outstanding"] == HELD
    assert sum(month["values"]["earned"] for month in months) == points["earned"]
    assert [month["values"]["outstanding"] for month in months][-1] == HELD
    assert found["summary"]["enrollment"]["total"] == RULE["members"]
    assert {tier["tier"]: tier["members"] for tier in found["summary"]["tiers"]} == TIERS["members"]
    assert found["liability"]["points"]["outstanding"] == HELD
    assert (
        sum(month["points"] for month in found["liability"]["by_earning_month"]) == found["liability"]["points"]["held"]
    )


def _without_now(found: dict[str, Any]) -> dict[str, Any]:
    return {name: {key: value for key, value in each.items() if key != "as_of"} for name, each in found.items()}
