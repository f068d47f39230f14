"""The jobs. Each works in small steps that bear being done twice, so that stopping, or a second worker, harms nothing."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from structlog.typing import FilteringBoundLogger

from vinr_engagement import analytics, outbox, reports, webhooks
from vinr_engagement.audit import Origin
from vinr_engagement.commands import AnnounceCampaigns, Settle, Store, retention
from vinr_engagement.entrypoints.worker.reporter import JOB as MAKE_REPORTS
from vinr_engagement.entrypoints.worker.reporter import Reporter
from vinr_engagement.foundation.bell import Bell
from vinr_engagement.foundation.clock import real_now
from vinr_engagement.foundation.errors import Contention, Unavailable

ACCOUNTS_A_STEP: Final = 50
"""Few, so that requests beside the sweep hardly wait for it."""
CAMPAIGNS_A_STEP: Final = 20
BATCHES_A_STEP: Final = 500
BATCHES_PURGED_AT_ONCE: Final = 1_000
DELIVERIES_PURGED_AT_ONCE: Final = 1_000
PIECES_PURGED_AT_ONCE: Final = 20
REPORTS_REST_SECONDS: Final = 0.5
RELAY_REST_SECONDS: Final = 0.25
"""How late at most the relay sees what other processes committed."""
RELAY_BREATH_SECONDS: Final = 0.1
"""Under load commits are placed together: each time costs the database a commit."""
ROLL_UP_SECONDS: Final = 1.0
"""Readers add what was not rolled up yet: the longer it waits, the more is added to the totals in one commit."""
MOVEMENTS_A_STEP: Final = 500
SET_ASIDE_SECONDS: Final = 600

_WORKER: Final = Origin("worker")


async def _nothing() -> None:
    """Most jobs have nothing in hand between two steps."""


@dataclass(frozen=True, slots=True)
class Job:
    """``step`` does a little and answers how much.

    After a step that found nothing the job rests for a while, unless ``woken_by`` rings; after work it takes a breath.
    ``let_go`` gives up what the job has in hand between steps: it is stopped, or another worker does it from now on.
    """

    name: str
    rest_seconds: float
    step: Callable[[], Awaitable[int]]
    woken_by: Bell | None = None
    breath_seconds: float = 0.02
    let_go: Callable[[], Awaitable[None]] = _nothing


def jobs_of(store: Store, log: FilteringBoundLogger) -> list[Job]:
    """Everything that is to be done in a store."""
    reporter = Reporter(store, log)
    return [
        Job("sweep", 1.0, Sweep(store, log).step),
        Job("announce_campaigns", 1.0, lambda: _announce(store)),
        Job(
            "relay_events",
            RELAY_REST_SECONDS,
            lambda: _relay(store),
            store.write_path.committed,
            RELAY_BREATH_SECONDS,
        ),
        Job("roll_up_analytics", ROLL_UP_SECONDS, lambda: _roll_up(store, log), breath_seconds=ROLL_UP_SECONDS),
        Job("purge_events", 60.0, lambda: outbox.log.purge(store.database, real_now(), BATCHES_PURGED_AT_ONCE)),
        Job("purge_webhook_deliveries", 60.0, lambda: _purge_deliveries(store)),
        Job(MAKE_REPORTS, REPORTS_REST_SECONDS, reporter.step, let_go=reporter.let_go),
        Job("purge_reports", 60.0, lambda: _purge_reports(store)),
        Job("purge_idempotency_keys", 60.0, lambda: retention.purge_idempotency_keys(store.database, real_now())),
    ]


async def _announce(store: Store) -> int:
    """Tells of a few campaigns that started or ended by the store's clock; answers how many facts were told."""
    due = await store.due_campaigns(CAMPAIGNS_A_STEP)
    if not due:
        return 0
    told: int = await store.write_path.run(AnnounceCampaigns(due), _WORKER)
    return told


async def _purge_deliveries(store: Store) -> int:
    return await webhooks.progress.purge(store.database, real_now(), DELIVERIES_PURGED_AT_ONCE)


async def _purge_reports(store: Store) -> int:
    return await reports.keeping.purge(store.database, real_now(), PIECES_PURGED_AT_ONCE)


async def _roll_up(store: Store, log: FilteringBoundLogger) -> int:
    """Adds what commits changed to the totals of analytics; counts them anew where they never were, or a timezone changed."""
    if await analytics.is_ready(store.database):
        return await analytics.roll_up(store.database, MOVEMENTS_A_STEP)
    started = time.perf_counter()
    await analytics.rebuild(store.database, real_now())
    log.info("analytics_rebuilt", store=store.environment, seconds=round(time.perf_counter() - started, 3))
    return 1


async def _relay(store: Store) -> int:
    """Gives what was committed its place in the log; answers how many batches."""
    placed = await outbox.log.place(store.database, BATCHES_A_STEP)
    if placed:
        store.relayed.ring()
    return placed


class Sweep:
    """Settles the accounts that are due by the store's clock, those that have waited longest first.

    An account that cannot be settled is logged and set aside for a while: it does not hold up the others.
    """

    def __init__(self, store: Store, log: FilteringBoundLogger) -> None:
        self._store = store
        self._log = log
        self._set_aside: dict[str, float] = {}

    async def step(self) -> int:
        """Settles a few; answers how many. Raises ``Unavailable`` or ``Contention`` where the database takes no work."""
        due = await self._due()
        if not due:
            return 0
        try:
            return await self._settle(due)
        except (Contention, Unavailable):
            raise
        except Exception:  # noqa: BLE001 (each is tried by itself, and logs its own)
            return sum([await self._settle_one(account) for account in due])

    async def _due(self) -> list[str]:
        now = time.monotonic()
        self._set_aside = {account: until for account, until in self._set_aside.items() if until > now}
        due = await self._store.due_accounts(ACCOUNTS_A_STEP + len(self._set_aside))
        return [account for account in due if account not in self._set_aside]

    async def _settle(self, accounts: list[str]) -> int:
        settled: int = await self._store.write_path.run(Settle(accounts), _WORKER)
        return settled

    async def _settle_one(self, account: str) -> int:
        try:
            return await self._settle([account])
        except (Contention, Unavailable):
            raise
        except Exception as error:  # noqa: BLE001 (whatever is wrong with one account, the others are settled)
            self._set_aside[account] = time.monotonic() + SET_ASIDE_SECONDS
            self._log.error("account_not_settled", store=self._store.environment, account=account, exc_info=error)
            return 0
