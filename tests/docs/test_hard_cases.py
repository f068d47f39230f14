"""docs/guides/hard-cases.md"""

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import pytest

from tests.docs.shop import empty_store
from tests.docs.story import Story, settings
from tests.docs.tables import GUIDES, Row, Section, codes, sections, table
from vinr_engagement.commands.verify import verify

GUIDE = GUIDES / "hard-cases.md"
STORIES = {heading: found for heading, found in sections(GUIDE).items() if "| step |" in found.text}
ORDERS = table(GUIDE, "case", "program", "order")

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def told(database_url: str, text: str, programs: Iterable[str], names: Iterable[str]) -> AsyncIterator[Story]:
    """A story with what its text says is different. Whatever happens in it, nothing is wrong in the store."""
    async with empty_store(database_url) as store:
        story = Story(store)
        for changes in programs:
            await story.program(**json.loads(changes))
        for changes in settings(text, "rule"):
            await story.rule(**json.loads(changes))
        for definition in settings(text, "campaign"):
            await story.campaign(json.loads(definition))
        await story.open(names, [json.loads(reward) for reward in settings(text, "reward") or ["{}"]])
        yield story
        assert (await verify(store.database)).faults == []


def members_of(rows: list[Row]) -> list[str]:
    return list(dict.fromkeys(row.get("of") or "Ann" for row in rows))


@pytest.mark.parametrize("heading", STORIES)
async def test_story(heading: str, database_url: str) -> None:
    section: Section = STORIES[heading]
    (rows,) = section.tables
    async with told(database_url, section.text, settings(section.text, "program"), members_of(rows)) as story:
        shown = [await story.show(row) for row in rows]
        assert shown == rows
        assert await story.not_shown() == []


def lots_agree(row: Row) -> bool:
    return sum(int(lot) for lot in row["lots"].split(", ") if lot) == max(0, int(row["balance"]))


def test_lots_sum_to_the_balance() -> None:
    """As the page says of its own numbers."""
    rows = [row for section in STORIES.values() for found in section.tables for row in found if "lots" in row]
    assert rows
    assert [row for row in rows if not lots_agree(row)] == []


@pytest.mark.parametrize("row", ORDERS, ids=[f"{row['case']}: {row['order']}" for row in ORDERS])
async def test_order(row: Row, database_url: str) -> None:
    async with told(database_url, "", codes(row["program"]), ["Ann"]) as story:
        await story.play(row["order"])
        found = {column: await story.tells(column) for column in ("taken back", "expired", "balance")}
        assert found == {column: row[column] for column in found}


def test_orders_end_as_the_table_says() -> None:
    cases = {row["case"]: [each for each in ORDERS if each["case"] == row["case"]] for row in ORDERS}
    for name, rows in cases.items():
        assert len(rows) > 1, name
        assert len({row["program"] for row in rows}) == 1, name
        ends = {row["balance"] for row in rows}
        assert {row["same end"] for row in rows} == {"yes" if len(ends) == 1 else "no"}, name
