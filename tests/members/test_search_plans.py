"""What the engines do to find a member: they look into indexes, however many members there are and whatever is typed."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from vinr_engagement.commands import Store
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Window
from vinr_engagement.foundation.settings import Settings
from vinr_engagement.members import queries, search

pytestmark = pytest.mark.anyio

MEMBERS = 20_000
NUMBERS = {
    "sqlite": f"with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < {MEMBERS})",
    "postgresql": f"with numbers (n) as (select generate_series(1, {MEMBERS}))",
}
MAKE = (
    (
        "insert into accounts (bucket, id, program, customer, status, balance, pending_balance, lifetime_points, tier, buckets,"
        " metadata, sequence, activity_at, enrolled_at, created_at, updated_at, redemptions) {numbers} select n % 4096,"
        " 'loy_' || n, 'prog_default', 'cust_' || n, 'active', 0, 0, 0, case n % 50 when 0 then 'gold' else 'basic' end, '[]',"
        " '{{}}', 1, 1, 1, 1, 1, 0 from numbers"
    ),
    (
        "insert into customer_links (bucket, customer, program, account) {numbers}"
        " select n % 4096, 'cust_' || n, 'prog_default', 'loy_' || n from numbers"
    ),
    (
        "insert into customer_terms (bucket, customer, term) {numbers} select n % 4096, 'cust_' || n,"
        " case n % 2 when 0 then 'a' else 'b' end || n || ' smith' from numbers"
    ),
)


class Explaining:
    """Asks the engine how it would go about each statement."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.engine = session.engine
        self.plans: list[str] = []

    async def fetch(self, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
        how = "explain query plan " if self.engine == "sqlite" else "explain "
        steps = await self._session.fetch(how + sql, *arguments)
        self.plans.append("\n".join(str(step[-1]) for step in steps))
        return await self._session.fetch(sql, *arguments)

    async def execute(self, sql: str, *arguments: Any) -> int:
        return await self._session.execute(sql, *arguments)

    async def find(self, table: Any, keys: Any) -> list[Any]:
        return await self._session.find(table, keys)

    async def gather(self, wanted: Any) -> list[list[Any]]:
        return await self._session.gather(wanted)

    async def save(self, changes: Any) -> None:
        await self._session.save(changes)

    async def rows(self, table: Any, where: str, *arguments: Any) -> list[Any]:
        await self.fetch(f"select {', '.join(table.columns)} from {table.name} where {where}", *arguments)
        return await self._session.rows(table, where, *arguments)


async def fill(session: Session) -> None:
    for statement in MAKE:
        await session.execute(statement.format(numbers=NUMBERS[session.engine]))
    if session.engine == "postgresql":
        await session.execute("analyze")


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """A store with as many members."""
    opened = await Store.open("test", Settings(database_url=database_url))
    await opened.database.write(fill)
    yield opened
    await opened.close()


async def test_whatever_is_typed_is_looked_up(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "SEARCHED_AT_MOST", 100)  # of 20,000 members, as 1,000 are of a million

    async def ask(session: Session) -> None:
        asked = Explaining(session)
        for status in ("active", None):
            for text in ("a", "a77", "smith", "nobody", "cust_1", "loy_", "ann@shop.example"):
                await queries.list_accounts(asked, Window(25), search=text, status=status, program="prog_default")
        assert len(asked.plans) == 28
        for plan in asked.plans:
            for whole in ("Seq Scan", "SCAN accounts", "SCAN customer", "SCAN a", "SCAN l"):
                steps = [step.strip(" ->") for step in plan.split("\n")]
                assert not any(step.startswith(whole) and "INDEX" not in step for step in steps), plan

    await store.database.read(ask)


async def test_a_tier_in_which_nobody_is_is_looked_up(store: Store) -> None:
    async def ask(session: Session) -> None:
        asked = Explaining(session)
        await queries.list_accounts(asked, Window(25), tier="nowhere")
        assert all("accounts_tier" in plan for plan in asked.plans), asked.plans
        assert len(asked.plans) == 2
        if session.engine == "postgresql":  # or it plans for tiers in which half of all members are, once it knows them
            assert await session.fetch("show plan_cache_mode") == [("force_custom_plan",)]

    await store.database.read(ask)
