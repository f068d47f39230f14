"""Where each endpoint stands, kept by whoever works on it; one who was replaced meanwhile saves nothing."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.database import Changes, Database, Session, Wanted
from vinr_engagement.webhooks.deliveries import KEPT
from vinr_engagement.webhooks.health import Health
from vinr_engagement.webhooks.tables import CURSORS, DELIVERIES, CursorRow, DeliveryRow
from vinr_engagement.webhooks.window import Place, ahead_text


class Replaced(Exception):
    """Another worker has taken the endpoint over, or somebody disabled it: what is in hand must not be saved."""


class Outlook(NamedTuple):
    """What waits for an enabled endpoint: batches after ``position`` up to ``head``, and deliveries from ``due_at`` on.

    ``holder`` may save its progress.
    """

    endpoint: str
    holder: str
    position: int
    head: int
    due_at: Instant | None


_LOOK = (
    "select e.id, c.holder, c.position, (select coalesce(max(position), 0) from event_batches),"
    " (select min(d.next_attempt_at) from webhook_deliveries d where d.endpoint = e.id and d.next_attempt_at is not null)"
    " from webhook_endpoints e join webhook_cursors c on c.endpoint = e.id where e.status = 'enabled' order by e.id"
)


async def look(database: Database) -> list[Outlook]:
    """What waits, for each enabled endpoint."""
    return [Outlook(*row) for row in await database.ask(_LOOK)]


async def take(database: Database, endpoint: str, holder: str) -> CursorRow | None:
    """Makes ``holder`` the one who may save; call it once the lease is held. ``None`` where the endpoint is gone."""

    async def write(session: Session) -> CursorRow | None:
        sql = "update webhook_cursors set holder = $1 where endpoint = $2"
        if await session.execute(sql, holder, endpoint) == 0:
            return None
        return (await session.find(CURSORS, [(endpoint,)]))[0]

    return await database.write(write)


_MOVE = "update webhook_cursors set position = $3, within = $4, ahead = $5 where endpoint = $1 and holder = $2"
_NOTE = (
    "update webhook_cursors set failures = $3, failing_since = $4, probe_at = $5, last_success_at = $6,"
    " last_failure_at = $7 where endpoint = $1 and holder = $2"
)


async def save_first(
    database: Database, endpoint: str, holder: str, place: Place, health: Health, rows: Sequence[DeliveryRow]
) -> None:
    """Notes first attempts and moves on behind them. Raises ``Replaced``."""

    async def write(session: Session) -> None:
        await _note(session, endpoint, holder, health)
        await session.execute(_MOVE, endpoint, holder, place.position, place.within, ahead_text(place))
        if rows:
            await session.save(Changes({}, {}, {DELIVERIES: rows}))

    await database.write(write)


Change = Callable[[DeliveryRow], None]


async def save_again(
    database: Database, endpoint: str, holder: str, health: Health, changes: dict[str, Change]
) -> None:
    """Notes further attempts: ``changes`` are made to the deliveries as they are now, by id. Raises ``Replaced``."""

    async def write(session: Session) -> None:
        await _note(session, endpoint, holder, health)
        (rows,) = await session.gather([Wanted(DELIVERIES, [(identifier,) for identifier in changes], lock=True)])
        pairs = []
        for row in rows:
            before = DeliveryRow(*[getattr(row, name) for name in DELIVERIES.columns])
            changes[row.id](row)
            pairs.append((before, row))
        if pairs:
            await session.save(Changes({}, {DELIVERIES: pairs}, {}))

    await database.write(write)


async def _note(session: Session, endpoint: str, holder: str, health: Health) -> None:
    state = (health.failures, health.failing_since, health.probe_at, health.last_success_at, health.last_failure_at)
    if await session.execute(_NOTE, endpoint, holder, *state) == 0:
        raise Replaced(endpoint)


async def due(session: Session, endpoint: str, now: Instant, limit: int) -> list[DeliveryRow]:
    """Deliveries whose next attempt is due, those that have waited longest first."""
    where = "endpoint = $1 and next_attempt_at <= $2 order by next_attempt_at, id limit $3"
    return await session.rows(DELIVERIES, where, endpoint, now, limit)


async def purge(database: Database, now: Instant, limit: int) -> int:
    """Forgets up to ``limit`` deliveries made longer than :data:`KEPT` before ``now`` (real time); answers how many."""

    async def write(session: Session) -> int:
        return await session.execute(
            "delete from webhook_deliveries where id in"
            " (select id from webhook_deliveries where created_at < $1 order by created_at limit $2)",
            now - KEPT,
            limit,
        )

    old = await database.ask("select 1 from webhook_deliveries where created_at < $1 limit 1", now - KEPT)
    return await database.write(write) if old else 0
