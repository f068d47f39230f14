"""An import that is stopped, however, goes on where it was and doubles nothing. The real `vinr`, in processes of its own."""

import asyncio
import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.imports.files import Json, fetch, opened, payment, refund, run_import, written
from vinr_engagement.entrypoints.imports import run

VINR = Path(sys.executable).with_name("vinr")
LINES = 8_000
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def environment(database_url: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("VINR_")}
    return {**inherited, "VINR_DATABASE_URL": database_url, "COLUMNS": "80"}


def vinr(database_url: str, *arguments: Any, **options: Any) -> "subprocess.CompletedProcess[str]":
    command = [str(VINR), *map(str, arguments)]
    environ = environment(database_url)
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False, **options)


def a_file(folder: Path) -> Path:
    """Payments of 400 members, a refund for every tenth; every thousandth line is wrong."""
    lines = []
    for number in range(LINES):
        wrong = {"amount": "x"} if number % 1000 == 999 else {}
        lines.append(payment(number, f"cust_{number % 400}", **wrong))
        if number % 10 == 0:
            lines.append(refund(number))
    return written(folder / "a.ndjson", lines)


async def _account(store: Any) -> list[tuple[Any, ...]]:
    return await fetch(store, "select count(*), sum(balance), sum(lifetime_points) from accounts")


async def _committed(database_url: str) -> int:
    async with opened(database_url) as store:
        ((count,),) = await fetch(store, "select count(*) from received_events")
        return count


def test_killed_at_any_moment(database_url: str, tmp_path: Path) -> None:
    path = a_file(tmp_path)
    assert vinr(database_url, "migrate").returncode == 0
    command = [str(VINR), "import", "events", str(path), "--batch", "50"]
    kills = 0
    for seconds in (1.2, 1.8, 2.4):
        with subprocess.Popen(command, env=environment(database_url), stdout=subprocess.DEVNULL) as process:
            time.sleep(seconds)
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                kills += 1
        assert asyncio.run(_committed(database_url)) <= LINES * 11 // 10
    assert kills
    last = vinr(database_url, "import", "events", path, "--json")
    report = json.loads(last.stdout)
    assert (last.returncode, report["difference"]) == (3, 0)
    refused = [json.loads(line) for line in (tmp_path / "a.refused.ndjson").read_text().splitlines()]
    assert len(refused) == len({line["line"] for line in refused}) == LINES // 1000
    lines = report["lines"]
    assert (lines["read"], lines["refused"]) == (LINES * 11 // 10, {"parameter_invalid": LINES // 1000})
    assert lines["accepted"] + lines["duplicates"] == lines["read"] - LINES // 1000

    async def check() -> None:
        async with opened(database_url) as store:
            assert await _account(store) == [(400, (LINES - 8) * 10 - LINES // 10 * 5, (LINES - 8) * 10)]

    asyncio.run(check())


class Stopped(Exception):
    """The test stops the import."""


@pytest.mark.anyio
@pytest.mark.parametrize("form", ["ndjson", "ndjson.gz", "csv"])
@ON_SQLITE
async def test_goes_on_after_the_line_that_was_remembered(
    form: str, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "REMEMBER_SECONDS", 0)
    path = tmp_path / f"a.{form}"
    if form == "csv":
        rows = [f"m{number},cust_{number},{points}" for number in range(40) for points in (number, 5)]
        path.write_text("id,customer,points\n" + "\n".join(rows))
        kind: run.KindName = "members"
    else:
        kind = "events"
        lines: list[Json] = [payment(number, f"cust_{number}") for number in range(39)]
        data = "".join(json.dumps(line) + "\n" for line in [*lines, payment(99, amount=None)]).encode()
        path.write_bytes(gzip.compress(data) if form.endswith("gz") else data)
    async with opened(database_url) as store:
        count = 0

        def stop(read: int, lines: int) -> None:
            nonlocal count
            count += 1
            if count == 5:
                raise Stopped

        with pytest.raises(Stopped):
            await run_import(store, kind, path, stop, batch=3)
        result = await run_import(store, kind, path, batch=3)
        totals = result.totals
        assert result.resumed_after == (12 if kind == "events" else 25)
        assert (totals.read, totals.accepted + totals.duplicates + totals.refusals) == (40, 40)
        assert totals.refused == {"parameter_invalid" if kind == "members" else "parameter_missing": 1}
        assert totals.difference == 0
        again = await run_import(store, kind, path)
        assert (again.resumed_after, again.totals.accepted) == (0, 0)


@ON_SQLITE
def test_the_command(database_url: str, tmp_path: Path) -> None:
    assert vinr(database_url, "migrate").returncode == 0
    sent = "".join(json.dumps(line) + "\n" for line in (payment(1), refund(1)))
    tried = vinr(database_url, "import", "events", "-", "--dry-run", input=sent)
    assert tried.returncode == 0, tried.stderr
    done = vinr(database_url, "import", "events", "-", input=sent)
    assert done.returncode == 0, done.stderr
    assert "Lines read" in done.stdout
    assert "10.00 GBP" in done.stdout
    live = vinr(database_url, "import", "events", "-", "--environment", "live", "--json", input=sent)
    assert json.loads(live.stdout)["lines"]["accepted"] == 2
    bad = vinr(database_url, "import", "members", "-", "--refused", tmp_path / "r.ndjson", input="{}\n")
    assert (bad.returncode, (tmp_path / "r.ndjson").exists()) == (3, True)


WRONG = [
    (("a.txt",), 2, "--format ndjson or csv"),
    (("none.ndjson",), 1, "Cannot read none.ndjson"),
    (("b.csv",), 1, "id among them"),
    (("b.csv", "--refused", "b.csv"), 2, "name another file"),
    (("c.ndjson.gz",), 1, "Cannot read c.ndjson.gz"),
]


@ON_SQLITE
def test_wrong_use(database_url: str, tmp_path: Path) -> None:
    assert vinr(database_url, "migrate").returncode == 0
    for name in ("a.txt", "b.csv", "c.ndjson.gz"):
        (tmp_path / name).write_text("amount,customer\n1,2\n")
    for arguments, code, told in WRONG:
        done = vinr(database_url, "import", "events", *arguments, cwd=tmp_path)
        assert (done.returncode, done.stderr.count("\n")) == (code, 1), done.stderr
        assert told in done.stderr


@ON_SQLITE
def test_memory_stays_bounded(database_url: str, tmp_path: Path) -> None:
    """Ten times the lines take hardly more memory."""
    assert vinr(database_url, "migrate").returncode == 0
    code = (
        "import resource, sys; from vinr_engagement.entrypoints.cli import main; main(sys.argv[1:], standalone_mode=False);"
        " print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    peaks = []
    for count in (2_000, 20_000):
        path = written(
            tmp_path / f"{count}.ndjson", (payment(number, f"cust_{number % 50}") for number in range(count))
        )
        done = subprocess.run(
            [sys.executable, "-c", code, "import", "events", str(path)],
            env=environment(database_url), capture_output=True, text=True, timeout=200, check=True,
        )  # fmt: skip
        peaks.append(int(done.stdout.split()[-1]))
    assert peaks[1] < peaks[0] + 80_000, peaks
