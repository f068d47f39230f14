"""``vinr report``: the same file, without a server."""

import asyncio
import json
from typing import Any

import pytest
from click.testing import CliRunner

from tests.api.redeeming import a_member
from tests.reports.conftest import Bureau, read
from vinr_engagement.entrypoints.cli import main

pytestmark = pytest.mark.anyio
PERIOD = ("--from", "2026-04-01", "--to", "2026-05-01")


async def run(database_url: str, *arguments: str) -> Any:
    """What the command prints and how it ends."""
    command, known = ["report", *arguments], {"VINR_DATABASE_URL": database_url}
    return await asyncio.to_thread(CliRunner().invoke, main, command, env=known)


@pytest.mark.parametrize("kind", ["transactions", "liability_journal", "redemptions"])
@pytest.mark.parametrize("form", ["csv", "parquet"])
async def test_it_writes_what_the_api_gives(bureau: Bureau, database_url: str, kind: str, form: str) -> None:
    await a_member(bureau.api, 70)
    report, rows = await bureau.made(kind, ("2026-04-01", "2026-05-01"), form)
    ended = await run(database_url, kind, "--environment", "test", *PERIOD, "--format", form)
    assert ended.exit_code == 0, ended.output
    assert read(kind, form, ended.stdout_bytes) == rows
    assert json.loads(ended.stderr) == {"rows": len(rows), **report["totals"]}
    live = await run(database_url, kind, *PERIOD, "--format", form)
    assert sum(row.get("amount") or row.get("adjusted_up") or 0 for row in read(kind, form, live.stdout_bytes)) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_is_wrong_is_said_in_a_line(bureau: Bureau, database_url: str) -> None:
    for arguments, told in (
        (("transactions", "--program", "prog_none", *PERIOD), "There is no program 'prog_none'"),
        (("transactions", "--from", "2026-04-01", "--to", "2026-04-01"), "period.lt must be later than period.gte"),
        (("transactions", "--from", "April", "--to", "2026-04-01"), "period.gte must be a day such as 2026-04-01"),
    ):
        ended = await run(database_url, *arguments)
        assert (ended.exit_code, ended.stdout) == (1, "")
        assert told in ended.stderr
        assert ended.stderr.count("\n") == 1
