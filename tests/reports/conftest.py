"""An API whose reports are made when a test says so, and their files read back as others would read them."""

import csv
import io
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import structlog
from pyarrow import parquet

from tests.api.conftest import Api, Json, close_api, open_api
from tests.stores import sqlite_url
from vinr_engagement.entrypoints.worker.reporter import Reporter
from vinr_engagement.foundation.clock import instant_of
from vinr_engagement.reports import COLUMNS, MOVEMENTS

REPORTS = "/v1/reports"
CLOCK = "/v1/test-helpers/clock"
PROGRAM = "/v1/loyalty/programs/prog_default"
EVER = ("2020-01-01", "2029-12-31")
NOON = "2026-04-01T12:00:00Z"
GROWS = ("earned", "adjusted_up", "returned")
"""Movements by which more is owed."""

Row = dict[str, Any]


class Bureau:
    """Asks for reports and has them made. ``made`` and what reads files are all that tests need of them."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.reporter = self.new_reporter()

    def new_reporter(self, **more: Any) -> Reporter:
        """One as another worker has it."""
        return Reporter(self.api.stores["test"], structlog.get_logger(), **more)

    async def ask(self, kind: str, period: tuple[str, str] = EVER, form: str = "csv", **more: Any) -> Json:
        """A report that waits."""
        body = {"type": kind, "program": "prog_default", "period": {"gte": period[0], "lt": period[1]}, "format": form}
        return await self.api.post(REPORTS, {**body, **more})

    async def work(self) -> None:
        """Makes whatever waits."""
        while await self.reporter.step():
            pass

    async def made(
        self, kind: str, period: tuple[str, str] = EVER, form: str = "csv", **more: Any
    ) -> tuple[Json, list[Row]]:
        """A completed report, and its rows."""
        asked = await self.ask(kind, period, form, **more)
        await self.work()
        report = await self.api.get(f"{REPORTS}/{asked['id']}")
        assert report["status"] == "completed", report["error"]
        rows = read(kind, form, await self.file(report))
        assert len(rows) == report["rows"]
        return report, rows

    async def file(self, report: Json, **headers: str) -> bytes:
        """All of a file."""
        answer = await self.api.call("GET", report["download"], headers=headers)
        assert answer.status_code == 200, answer.text
        return bytes(answer.content)

    async def journal(self, period: tuple[str, str] = EVER, **more: Any) -> list[Row]:
        """The lines of a journal, which add up."""
        report, rows = await self.made("liability_journal", period, **more)
        check_journal(report, rows)
        return rows


def read(kind: str, form: str, content: bytes) -> list[Row]:
    """The rows of a file with values as Python has them; times as instants, days as dates."""
    return _read_csv(kind, content) if form == "csv" else _read_parquet(kind, content)


def _read_csv(kind: str, content: bytes) -> list[Row]:
    header, *lines = csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True)
    kinds = {column.name: column.kind for column in COLUMNS[kind]}
    assert header == list(kinds)
    return [{name: _value(kinds[name], text) for name, text in zip(header, line, strict=True)} for line in lines]


def _value(kind: str, text: str) -> Any:
    if text == "":
        return None
    if kind == "whole":
        return int(text)
    if kind == "time":
        return instant_of(datetime.fromisoformat(text))
    return date.fromisoformat(text) if kind == "day" else text


def _read_parquet(kind: str, content: bytes) -> list[Row]:
    table = parquet.read_table(pa.BufferReader(content))
    assert table.column_names == [column.name for column in COLUMNS[kind]]
    return [{name: _plain(value) for name, value in row.items()} for row in table.to_pylist()]


def _plain(value: Any) -> Any:
    return instant_of(value) if isinstance(value, datetime) else value


def check_journal(report: Json, rows: list[Row]) -> None:
    """Each line adds up, each begins where the one before it ended, and the totals are those of the lines."""
    last: dict[str, int] = {}
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        assert row["opening_balance"] == last.get(row["unit"], row["opening_balance"])
        last[row["unit"]] = row["closing_balance"]
        change = sum(row[name] if name in GROWS else -row[name] for name in MOVEMENTS)
        assert row["closing_balance"] - row["opening_balance"] == change
        assert row["credit"] - row["debit"] == change * row["unit_value"]
        assert row["closing_value"] == row["closing_balance"] * row["unit_value"]
        assert row["opening_value"] == row["opening_balance"] * row["unit_value"]
        for name in (*MOVEMENTS, "debit", "credit", "recorded_after_period"):
            sums[row["unit"]][name] += row[name]
    for totals in report["totals"]["units"]:
        unit = totals["unit"]
        assert {name: totals[name] for name in (*MOVEMENTS, "debit", "credit")} == {
            name: sums[unit][name] for name in (*MOVEMENTS, "debit", "credit")
        }
        assert totals["recorded_after_period"]["amount"] == sums[unit]["recorded_after_period"]
        assert totals["closing_balance"] == totals["opening_balance"] + totals["amount"]
        assert last.get(unit, totals["closing_balance"]) == totals["closing_balance"]


@pytest.fixture
async def bureau(database_url: str) -> AsyncIterator[Bureau]:
    """An API over two empty stores, and its reports."""
    api = await open_api(database_url)
    office = Bureau(api)
    await api.post(CLOCK, {"now": NOON})
    yield office
    await office.reporter.let_go()
    await close_api(api)


@pytest.fixture
async def sqlite_bureau(tmp_path: Path) -> AsyncIterator[Bureau]:
    """As ``bureau``, on SQLite alone: for what is refused before a database hears of it."""
    api = await open_api(sqlite_url(tmp_path))
    office = Bureau(api)
    await api.post(CLOCK, {"now": NOON})
    yield office
    await office.reporter.let_go()
    await close_api(api)
