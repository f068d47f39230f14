"""A store, test or live: its database and the write path to it."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Any

from vinr_engagement.audit import Origin
from vinr_engagement.campaigns import queries as campaign_queries
from vinr_engagement.commands.api_keys import API_KEYS, ApiKey, CreateKey
from vinr_engagement.commands.backtest import backtest
from vinr_engagement.commands.clock import clock_set
from vinr_engagement.commands.events.incoming import EventIn
from vinr_engagement.commands.furnish import Furnish
from vinr_engagement.commands.preview import Preview
from vinr_engagement.commands.settle import Settle
from vinr_engagement.commands.trial import trial_of
from vinr_engagement.commands.write_path import OnBatch, WritePath
from vinr_engagement.foundation import keys
from vinr_engagement.foundation.bell import Bell
from vinr_engagement.foundation.clock import SECOND, Instant, real_now
from vinr_engagement.foundation.database import Database, Session
from vinr_engagement.foundation.database.open import open_store
from vinr_engagement.foundation.settings import Environment, Settings

SWEEP_ACCOUNTS = 500
"""Accounts that one step of the sweep settles."""

BACKLOG_COUNTED = 10_000
"""A longer backlog is told as this many accounts: counting further would cost more than it tells."""

_ENGINE = Origin("engine")


@dataclass(frozen=True, slots=True)
class Backlog:
    """What the sweep has before it: accounts that are due, and since when the first of them, by the store's clock."""

    accounts: int
    seconds: float


class Store:
    """One isolated store. Open it with :meth:`open`."""

    def __init__(self, environment: Environment, database: Database, settings: Settings) -> None:
        self.environment: Environment = environment
        self.database = database
        self.settings = settings
        self.write_path = WritePath(database, real_time_only=environment == "live", lanes=settings.lanes)
        self.relayed = Bell()
        """Rings when this process's relay gave events their place in the log."""
        self.jobs_done: Counter[str] = Counter()
        """What this process's background jobs did, by job; ``jobs_failed`` counts the steps that failed."""
        self.jobs_failed: Counter[str] = Counter()
        self._backtesting = asyncio.Lock()
        self.webhook_attempts: Counter[str] = Counter(succeeded=0, failed=0)
        """Attempts of this process to deliver webhooks, by what came of them."""

    @classmethod
    async def open(cls, environment: Environment, settings: Settings, *, migrate: bool = True) -> "Store":
        """Opens a store, brings its schema up to date and sees to it that ``prog_default`` is there."""
        store = cls(environment, open_store(settings.database_url, environment), settings)
        if migrate:
            try:
                if await store.database.pending_migrations():  # otherwise no lock is waited for
                    await store.database.migrate()
                await store.write_path.run(Furnish(), _ENGINE)
            except BaseException:
                await store.close()
                raise
        return store

    async def now(self) -> Instant:
        """What time it is in this store."""
        return real_now() if self.environment == "live" else await self.database.read(self.now_in)

    async def now_in(self, session: Session) -> Instant:
        """What time it is in this store, asked on a session of its own database."""
        if self.environment == "live":
            return real_now()
        moment = await clock_set(session)
        return real_now() if moment is None else moment

    async def preview(
        self, event: EventIn, definitions: list[dict[str, Any]] | None, account: str | None
    ) -> dict[str, Any]:
        """What an event would bring, without effect. Raises ``Refusal``."""
        return await self.write_path.try_out(Preview(event, definitions, account), _ENGINE)

    async def backtest(
        self, program: str, definitions: list[dict[str, Any]], replaces: list[str], last: int
    ) -> dict[str, Any]:
        """What the last events of a program would bring by its rules and by proposed ones, without effect. Raises ``Refusal``.

        One at a time: each leaves the better part of the process to others.
        """
        async with self._backtesting:
            context = await self.write_path.view(_ENGINE)
            return await backtest(self.database, context, trial_of(context, program, definitions, replaces), last)

    async def api_key(self, secret_hash: str) -> ApiKey | None:
        """The key with this digest, revoked or not."""

        async def find(session: Session) -> list[ApiKey]:
            return await session.rows(API_KEYS, "hash = $1", secret_hash)

        found = await self.database.read(find)
        return found[0] if found else None

    def new_key(self, name: str, kind: str, scopes: list[str]) -> CreateKey:
        """The command that makes a key for this store."""
        secret = keys.new_key(self.environment, kind)
        return CreateKey(name, kind, scopes, secret, keys.hash_key(secret, self.settings.key_pepper))

    async def due_accounts(self, limit: int = SWEEP_ACCOUNTS) -> list[str]:
        """Accounts that time has changed, those that have waited longest first."""
        now = await self.now()

        async def find(session: Session) -> list[str]:
            rows = await session.fetch(
                "select id from accounts where next_due_at is not null and next_due_at <= $1"
                " order by next_due_at limit $2",
                now,
                limit,
            )
            return [identifier for (identifier,) in rows]

        return await self.database.read(find)

    async def due_campaigns(self, limit: int) -> list[str]:
        """Campaigns that have started or ended by the store's clock and of which the world was not told yet."""
        now = await self.now()
        return await self.database.read(lambda session: campaign_queries.due_campaigns(session, now, limit))

    async def backlog(self) -> Backlog:
        """How far the sweep is behind, counted up to :data:`BACKLOG_COUNTED` accounts."""
        now = await self.now()

        async def measure(session: Session) -> Backlog:
            ((count, earliest),) = await session.fetch(
                "select count(*), min(next_due_at) from (select next_due_at from accounts where next_due_at is not null"
                " and next_due_at <= $1 order by next_due_at limit $2) as due",
                now,
                BACKLOG_COUNTED,
            )
            return Backlog(count, 0.0 if earliest is None else (now - earliest) / SECOND)

        return await self.database.read(measure)

    def observe(self, on_batch: OnBatch) -> None:
        """From here on each batch that is committed is told of."""
        self.write_path.on_batch = on_batch

    async def sweep(self) -> int:
        """Settles all accounts that are due, in batches; answers how many."""
        count = 0
        while due := await self.due_accounts():
            settled = await self.write_path.run(Settle(due), _ENGINE)
            if settled == 0:
                break
            count += settled
        return count

    async def close(self) -> None:
        """Finishes what was accepted and lets go of the database."""
        await self.write_path.close()
        await self.database.close()
