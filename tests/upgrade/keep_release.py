"""Keeps the rows of a test store with a bit of everything, as this release writes them, for the upgrade tests of later ones.

    .venv/bin/python -m tests.upgrade.keep_release tests/upgrade/release_0.1.0.json.gz

Run it when a release that brings a migration is cut; a file that was kept is never made anew.
"""

import asyncio
import gzip
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from vinr_engagement.audit import Origin
from vinr_engagement.commands import (
    Adjust,
    AdvanceClock,
    CreateAccount,
    MergeAccounts,
    ReceiveEvent,
    SetClock,
    Store,
    UpdateProgram,
    parse_event,
)
from vinr_engagement.foundation.clock import parse_instant
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.migrations import names
from vinr_engagement.foundation.settings import Settings

OPERATOR = Origin("tests")
BOOLEANS = {"earning_rules": {"active"}, "lots": {"pending", "grace_given"}}


async def live_a_little(store: Store) -> None:
    """Members with payments, refunds before and after, an adjustment, a debt, a merge, expired and pending points."""

    async def run(command: Any) -> Any:
        return await store.write_path.run(command, OPERATOR)

    await run(UpdateProgram("prog_default", {"currency": {"expiry_months": 3}}))
    await run(SetClock(parse_instant("2026-04-10T12:00:00Z")))
    await run(store.new_key("Checkout", "secret", []))
    for number in range(40):
        await run(ReceiveEvent(parse_event(_payment(number))))
        if number % 3 == 0:
            await run(ReceiveEvent(parse_event(_refund(number, 500 * (1 + number % 2)))))
    await run(ReceiveEvent(parse_event(_refund(99, 700))))
    accounts = [
        await run(CreateAccount("prog_default", f"cust_new_{number}", {"shop": "London"})) for number in range(4)
    ]
    await run(Adjust(accounts[0]["id"], 250, "goodwill", {}))
    await run(Adjust(accounts[1]["id"], 90, "goodwill", {}))
    await run(Adjust(accounts[1]["id"], -40, "correction", {}))
    await run(MergeAccounts(accounts[2]["id"], accounts[0]["id"], dry_run=False))
    await run(AdvanceClock(parse_instant("2026-07-15T00:00:00Z")))
    await run(ReceiveEvent(parse_event(_payment(77) | {"created_at": "2026-07-14T12:00:00Z"})))


def _payment(number: int) -> dict[str, Any]:
    body = {"id": f"pay_{number}", "amount": 1_000 + number, "currency": "GBP", "customer": f"cust_{number % 11}"}
    return _event(f"evt_{number}", "payment.completed", body)


def _refund(number: int, amount: int) -> dict[str, Any]:
    return _event(
        f"evt_re_{number}", "refund.completed", {"id": f"re_{number}", "payment": f"pay_{number}", "amount": amount}
    )


def _event(identifier: str, kind: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"id": identifier, "type": kind, "created_at": "2026-04-02T12:00:00Z", "data": {"object": body}}


async def rows_of(session: Session) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of a SQLite store, but for what migrations say of themselves."""
    listing = "select name from sqlite_master where type = 'table' and name not in ('schema_migrations')"
    kept = {}
    for (table,) in await session.fetch(listing):
        columns = [row[1] for row in await session.fetch(f"pragma table_info({table})")]
        rows = await session.fetch(f"select {', '.join(columns)} from {table}")
        flags = BOOLEANS.get(table, set())
        kept[table] = [
            {column: bool(value) if column in flags else value for column, value in zip(columns, row, strict=True)}
            for row in rows
        ]
    return kept


async def kept() -> bytes:
    """What the file holds."""
    with tempfile.TemporaryDirectory() as folder:
        store = await Store.open("test", Settings(database_url=f"sqlite:///{folder}/vinr.db", key_pepper="pepper"))
        try:
            await live_a_little(store)
            found = {"migrations": names(), "rows": await store.database.read(rows_of)}
        finally:
            await store.close()
    return gzip.compress(json.dumps(found, sort_keys=True).encode(), mtime=0)


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(asyncio.run(kept()))
