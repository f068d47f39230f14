"""The commands that end by themselves."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from vinr_engagement.audit import Origin
from vinr_engagement.commands import CreateAccount, Store
from vinr_engagement.foundation.database import Session, migrations
from vinr_engagement.foundation.settings import Settings

COMMANDS = (
    *(
        "backup",
        "demo",
        "docs",
        "import",
        "keys",
        "listen",
        "migrate",
        "rebuild",
        "report",
        "restore",
        "serve",
        "verify",
    ),
    "worker",
)
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def in_test_store(url: str, work: Callable[[Store], Awaitable[Any]]) -> Any:
    """What work on the test store answers, done in this process."""

    async def run() -> Any:
        store = await Store.open("test", Settings(database_url=url))
        try:
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(run())


@ON_SQLITE
def test_help_names_every_command(vinr: Any) -> None:
    text = vinr.succeeds("--help")
    assert all(f"\n  {command} " in text for command in COMMANDS)
    assert all("Usage: vinr" in vinr.succeeds(command, "--help") for command in COMMANDS)
    assert max(map(len, text.splitlines())) <= 80


@ON_SQLITE
def test_help_loads_nothing_that_is_slow(vinr: Any) -> None:
    import subprocess
    import sys

    code = (
        "import sys, vinr_engagement.entrypoints.cli; print(sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True).stdout
    assert "'click'" in loaded
    assert not any(f"'{name}'" in loaded for name in ("fastapi", "pydantic", "asyncpg", "msgspec", "rich", "uvicorn"))


@ON_SQLITE
@pytest.mark.parametrize(
    ("url", "code", "told"),
    [
        ("mysql://shop", 2, "sqlite:///"),
        ("", 2, "sqlite:///"),
        ("sqlite:///", 2, "sqlite:///vinr.db"),
        ("postgresql://shop:s3cret@127.0.0.1:port/shop", 2, "postgresql://user:password@host/database"),
        ("postgresql://shop:s3cret@127.0.0.1:1/shop", 1, "Cannot open the test store of postgresql://127.0.0.1:1/shop"),
        ("sqlite:////no/such/folder/vinr.db", 1, "unable to open database file"),
    ],
)
def test_a_wrong_database_is_named_in_one_line(vinr: Any, url: str, code: int, told: str) -> None:
    vinr.database_url = url
    complaint = vinr.fails("migrate", code=code)
    assert told in complaint
    assert "s3cret" not in complaint


@ON_SQLITE
@pytest.mark.parametrize(
    "command", ["keys list", "serve --port 0", "verify", "worker", "demo --database-url mysql://shop"]
)
def test_every_command_complains_in_one_line(vinr: Any, command: str) -> None:
    vinr.database_url = "mysql://shop"
    assert "not 'mysql'" in vinr.fails(*command.split(), code=2)


@ON_POSTGRESQL
def test_a_database_that_postgresql_does_not_know_is_named_in_one_line(vinr: Any) -> None:
    vinr.database_url = vinr.database_url.replace("/test_", "/untold_")
    assert "does not exist" in vinr.fails("migrate", code=1)


@ON_SQLITE
def test_a_wrong_setting_is_named(vinr: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(vinr), "environment", lambda self: {"VINR_RATE_LIMIT": "fast"})
    assert "VINR_RATE_LIMIT" in vinr.fails("serve", "--port", "0", code=2)


@pytest.mark.empty_database
def test_migrate(vinr: Any) -> None:
    checked = vinr("migrate", "--check")
    assert checked.returncode == 1
    every = ", ".join(migrations.names())
    assert checked.stdout.splitlines()[0] == f"test: pending {every}"
    assert vinr.succeeds("migrate").splitlines() == [f"test: applied {every}", f"live: applied {every}"]
    assert vinr.succeeds("migrate").splitlines() == ["test: up to date", "live: up to date"]
    assert vinr.succeeds("migrate", "--check")


def test_several_processes_may_migrate_at_once(vinr: Any) -> None:
    with ThreadPoolExecutor(3) as threads:
        done = [threads.submit(vinr, "migrate") for _ in range(3)]
    assert [(each.result().returncode, each.result().stderr) for each in done] == [(0, "")] * 3
    assert vinr.succeeds("migrate", "--check")


@pytest.mark.parametrize("command", [("keys", "create"), ("keys", "list"), ("verify",), ("worker",)])
@ON_SQLITE
def test_what_needs_a_database_says_how_to_make_one(vinr: Any, command: tuple[str, ...]) -> None:
    assert "run `vinr migrate`" in vinr.fails(*command, code=1)
    assert not list(vinr.folder.glob("*.db")), "looking for a database must not make one"


def test_keys(vinr: Any) -> None:
    vinr.succeeds("migrate")
    made = vinr("keys", "create", "--name", "Checkout")
    assert made.stdout.startswith("sk_test_")
    assert made.stdout.count("\n") == 1, "the secret alone, for scripts"
    restricted = vinr.succeeds(
        "keys", "create", "--environment", "live", "--scope", "accounts:read", "--scope", "events:write"
    )
    assert restricted.startswith("rk_live_")

    rows = [line.split("\t") for line in vinr.succeeds("keys", "list").splitlines()]
    assert [row[1:5] for row in rows] == [
        ["test", "Checkout", "secret", ""],
        ["live", "API key", "restricted", "accounts:read,events:write"],
    ]
    assert made.stdout.strip()[-4:] == rows[0][5][-4:]
    assert vinr.succeeds("keys", "list", "--environment", "live").count("\n") == 1

    identifier = rows[1][0]
    assert vinr.succeeds("keys", "revoke", identifier) == vinr.succeeds("keys", "revoke", identifier)
    revoked_at = [line.split("\t")[-1] for line in vinr.succeeds("keys", "list").splitlines()]
    assert [bool(moment) for moment in revoked_at] == [False, True]


@ON_SQLITE
def test_keys_refuse_what_does_not_exist(vinr: Any) -> None:
    vinr.succeeds("migrate")
    assert "accounts" in vinr.fails("keys", "create", "--scope", "accounts:delete", code=2)
    assert "'key_none'" in vinr.fails("keys", "revoke", "key_none", code=1)


def test_verify_finds_a_damaged_balance_and_says_by_how_much(vinr: Any) -> None:
    vinr.succeeds("migrate")

    async def enrol(store: Store) -> str:
        command = CreateAccount("prog_default", "cust_ada", {})
        account: dict[str, Any] = await store.write_path.run(command, Origin("tests"))
        identifier: str = account["id"]
        return identifier

    async def damage(store: Store) -> None:
        async def more(session: Session) -> int:
            return await session.execute("update accounts set balance = balance + 5")

        await store.database.write(more)

    account = in_test_store(vinr.database_url, enrol)
    clean = vinr.succeeds("verify")
    assert "test: all is right; checked 1 accounts" in clean
    assert "live: all is right; checked 0 accounts" in clean

    in_test_store(vinr.database_url, damage)
    found = vinr("verify")
    assert found.returncode == 1
    assert any(account in line and "5 more" in line for line in found.stdout.splitlines())
    assert vinr.succeeds("verify", "--environment", "live").startswith("live: all is right")
