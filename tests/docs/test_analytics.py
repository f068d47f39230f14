"""docs/guides/analytics.md: each figure is in its tables, and what the page says of them holds."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from tests.docs.shop import open_shop
from tests.docs.tables import GUIDES, blocks, codes, prose, tables
from vinr_engagement import analytics
from vinr_engagement.analytics.liability import MATURED_MONTHS
from vinr_engagement.commands import foresight
from vinr_engagement.entrypoints.api.analytics_shapes import AnalyticsSummary, Liability
from vinr_engagement.foundation.clock import format_instant

GUIDE = GUIDES / "analytics.md"
SUMMARY, METRICS, LIABILITY = tables(GUIDE)
FRAME = {"object", "program", "timezone", "currency", "period", "as_of", "unsettled_accounts"}
WHOLE = {"points_liability", "estimate"}

pytestmark = pytest.mark.anyio


def figures(shape: type[BaseModel]) -> set[str]:
    """The fields of an answer, those of objects in it by their path."""
    found = set()
    for name, field in shape.model_fields.items():
        inner: Any = field.annotation
        if name in FRAME:
            continue
        if name not in WHOLE and isinstance(inner, type) and issubclass(inner, BaseModel):
            found |= {f"{name}.{each}" for each in inner.model_fields}
        else:
            found.add(name)
    return found


def test_every_figure_is_explained() -> None:
    assert {name for row in SUMMARY for name in codes(row["figure"])} == figures(AnalyticsSummary)
    listed = {name for row in LIABILITY for name in codes(row["figure"])}
    assert listed | {"points_liability"} == figures(Liability)


def test_every_metric_is_listed() -> None:
    assert sorted(name for row in METRICS for name in codes(row["metric"])) == sorted(analytics.METRICS)


def test_numbers_are_those_of_the_code() -> None:
    text = prose(GUIDE)
    assert f"There are at most {analytics.MOST_BUCKETS}." in text
    assert f"12 months unless asked otherwise, {analytics.MOST_MONTHS} at most" in text
    assert f"for up to {foresight.FORESEEN_AT_MOST:,} members" in text
    assert f"in the last {MATURED_MONTHS} such months" in text
    assert format_instant(1774998000000000) == "2026-03-31T23:00:00Z"
    assert format_instant(1777590000000000) == "2026-04-30T23:00:00Z"


async def test_the_query_says_what_the_report_says(tmp_path: Path) -> None:
    (query,) = blocks(GUIDE, "sql earned")
    async with open_shop(tmp_path, "2026-04-10T12:00:00Z") as shop:
        await shop.play("pays £120; refund £20; is given 25")
        rows = await shop.store.database.read(lambda session: session.fetch(query.text))
    assert [(kind, int(points)) for kind, points in rows] == [("adjust", 25), ("earn", 120), ("reverse", -20)]
