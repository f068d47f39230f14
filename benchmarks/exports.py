"""``python -m benchmarks.exports [rows]``: how fast each report of so many ledger rows is made, and with how much memory.

Each is made by ``vinr report`` in a process of its own, beside nothing else, from a store that was filled with plain rows.
"""

import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import time
from typing import Final

from benchmarks import servers
from vinr_engagement.commands import Store
from vinr_engagement.foundation.settings import Settings

KINDS: Final = (
    ("transactions", "csv"),
    ("transactions", "parquet"),
    ("liability_journal", "csv"),
)
PERIOD: Final = ("--from", "2025-01-01", "--to", "2026-01-01")
_EXPLANATION: Final = (
    '{"award":{"type":"per_amount","per":100,"points":1},"base":{"amount":4999,"currency":"GBP"},"exact":"49.99",'
    '"multipliers":[{"origin":"tier","factor":"1.5"}],"rounded":74,"result":74}'
)
_FILL: Final = (
    "with recursive numbers (n) as (select {first} union all select n + 1 from numbers where n < {last})"
    " insert into transactions select n % 4096, 'loy_06evgt3m8x4k9c2p7r1w' || (n % 50000), 'ptx_06evgt4q1m8x4k9c2p' || n,"
    " 'loy_06evgt3m8x4k9c2p7r1w' || (n % 50000), 'prog_default', 'points',"
    " case n % 5 when 0 then 'redeem' when 1 then 'expire' else 'earn' end,"
    " case when n % 5 < 2 then -(n % 97) else n % 211 end, n % 5000, 'purchase', 'payment', 'pay_06evgt4q1m8x4k9' || n,"
    " 'evt_shop_06evgt4q1m8' || n, 'rule_default', 3, null, null, null,"
    " {start} + cast(n as bigint) * {step}, {start} + cast(n as bigint) * {step} + 31536000000000, 0, n % 211,"
    " '{explanation}', '{{\"channel\":\"web\"}}', {start} + cast(n as bigint) * {step}, {start} + cast(n as bigint) * {step}"
    " from numbers"
)
_START: Final = 1735689600000000
_YEAR: Final = 365 * 24 * 3_600 * 1_000_000
_AT_ONCE: Final = 100_000


def main() -> None:
    """Fills a store on each engine, and prints a line for each report."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    for name in ("sqlite", "postgresql"):
        with servers.running(name, None, 1) as engine:
            _measure(
                f"sqlite:///{engine.folder}/vinr.db"
                if name == "sqlite"
                else servers.new_database(engine.url, "exports"),
                rows,
            )


def _measure(url: str, rows: int) -> None:
    asyncio.run(_fill(url, rows))
    for kind, form in KINDS:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds, size, peak = _make(url, kind, form)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        processor = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        print(
            f"{url.partition(':')[0]}: {kind} as {form}: {rows:,} rows in {seconds:.1f} s, {rows / seconds:,.0f} rows/s,"
            f" {processor:.1f} s of processor, {size / 1e6:,.1f} MB, {peak / 1024:.0f} MiB of memory at most"
        )


def _make(url: str, kind: str, form: str) -> tuple[float, int, int]:
    """Seconds, bytes, and the most memory of the process, in KiB."""
    command = [sys.executable, "-c", _RUN, "report", kind, "--environment", "test", *PERIOD, "--format", form]
    started = time.perf_counter()
    with tempfile.TemporaryFile() as target, tempfile.TemporaryFile("w+") as told:
        environment = {**os.environ, "VINR_DATABASE_URL": url}
        subprocess.run(command, env=environment, stdout=target, stderr=told, check=True)
        seconds = time.perf_counter() - started
        told.seek(0)
        return seconds, os.fstat(target.fileno()).st_size, int(told.read().splitlines()[-1])


_RUN: Final = (
    "import atexit, pathlib, re, sys; from vinr_engagement.entrypoints.cli import main;"
    "status = pathlib.Path('/proc/self/status'); peak = lambda: re.search(r'VmHWM:\\s+(\\d+)', status.read_text())[1];"
    "atexit.register(lambda: print(peak(), file=sys.stderr)); main()"
)
"""Tells the most memory that it had, in KiB, last."""


async def _fill(url: str, rows: int) -> None:
    store = await Store.open("test", Settings(database_url=url))
    for first in range(0, rows, _AT_ONCE):
        last = min(rows, first + _AT_ONCE) - 1
        step = _YEAR // rows
        sql = _FILL.format(first=first, last=last, start=_START, step=step, explanation=_EXPLANATION)
        await store.database.write(lambda session, sql=sql: session.execute(sql))
    await store.close()


if __name__ == "__main__":
    main()
