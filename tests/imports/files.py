"""Files to import, and importing them into a store of the test's own."""

import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from vinr_engagement.audit import Origin
from vinr_engagement.commands import Store
from vinr_engagement.commands.verify import verify
from vinr_engagement.entrypoints.imports.refused import default_path
from vinr_engagement.entrypoints.imports.run import Importer, KindName, Plan, Result
from vinr_engagement.entrypoints.imports.source import format_of
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.settings import Settings

Json = dict[str, Any]
TESTS = Origin("tests")
TABLES = ("accounts", "transactions", "lots", "received_events", "outgoing_events", "payments", "refunds", "imports")


@asynccontextmanager
async def opened(database_url: str) -> AsyncIterator[Store]:
    """The test store, which is right when the block ends."""
    store = await Store.open("test", Settings(database_url=database_url))
    try:
        yield store
        assert (await verify(store.database)).faults == []
    finally:
        await store.close()


def written(path: Path, lines: Iterable[Json]) -> Path:
    """NDJSON."""
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


async def run_import(
    store: Store,
    kind: KindName,
    path: Path,
    advance: Callable[[int, int], None] = lambda read, lines: None,
    **options: Any,
) -> Result:
    """Imports a file as the command does."""
    form = format_of(str(path))
    return await Importer(store, Plan(kind, str(path), form, default_path(str(path), form), **options), advance).run()


async def counts(store: Store) -> dict[str, int]:
    """How many rows there are."""

    async def read(session: Session) -> dict[str, int]:
        return {name: (await session.fetch(f"select count(*) from {name}"))[0][0] for name in TABLES}

    return await store.database.read(read)


async def fetch(store: Store, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
    """Rows of the store."""
    return await store.database.read(lambda session: session.fetch(sql, *arguments))


def payment(number: int, customer: str | None = "cust_ada", **changes: Any) -> Json:
    """A payment of £10."""
    body = {"id": f"pay_{number}", "amount": 1000, "currency": "GBP", "customer": customer, **changes}
    body = {name: value for name, value in body.items() if value is not None}
    when = "2026-04-01T12:00:00Z"
    return {"id": f"evt_{number}", "type": "payment.completed", "created_at": when, "data": {"object": body}}


def refund(number: int, amount: int = 500) -> Json:
    """A refund of a payment."""
    body = {"id": f"re_{number}", "payment": f"pay_{number}", "amount": amount}
    when = "2026-04-02T12:00:00Z"
    return {"id": f"evt_re_{number}", "type": "refund.completed", "created_at": when, "data": {"object": body}}
