"""Reading endpoints and deliveries."""

from vinr_engagement.foundation.clock import SECOND, Instant
from vinr_engagement.foundation.database import Database, Session
from vinr_engagement.foundation.database.page import Filters, Page, Span, Window, page
from vinr_engagement.outbox.log import Entry
from vinr_engagement.webhooks.tables import CURSORS, DELIVERIES, ENDPOINTS, CursorRow, DeliveryRow, EndpointRow


async def get_endpoint(session: Session, identifier: str) -> EndpointRow | None:
    """One endpoint by its id."""
    found = await session.find(ENDPOINTS, [(identifier,)])
    return found[0] if found else None


async def list_endpoints(session: Session, window: Window, *, status: str | None = None) -> Page[EndpointRow]:
    """Endpoints, newest first."""
    return await page(session, ENDPOINTS, window, Filters().equal("status", status))


async def cursors_of(session: Session, endpoints: list[EndpointRow]) -> dict[str, CursorRow]:
    """How each is doing."""
    found = await session.find(CURSORS, [(row.id,) for row in endpoints]) if endpoints else []
    return {row.endpoint: row for row in found}


async def get_delivery(session: Session, endpoint: str, identifier: str) -> DeliveryRow | None:
    """One delivery of an endpoint."""
    found = [row for row in await session.find(DELIVERIES, [(identifier,)]) if row.endpoint == endpoint]
    return found[0] if found else None


async def list_deliveries(
    session: Session,
    window: Window,
    endpoint: str,
    *,
    status: str | None = None,
    event: str | None = None,
    created_at: Span | None = None,
) -> Page[DeliveryRow]:
    """Deliveries of an endpoint, newest first."""
    filters = Filters().equal("endpoint", endpoint).equal("status", status).equal("event", event)
    return await page(session, DELIVERIES, window, filters.between("created_at", created_at))


async def told_between(
    session: Session, first: Instant, end: Instant, wanted: frozenset[str], most: int
) -> list[Entry]:
    """Events of these types recorded from ``first`` on and before ``end``, in the order of their ids; one more than ``most``
    where there are more. Times are those of the store's clock.
    """
    filters = Filters().where("created_at >= {} and created_at < {}", first, end).among("type", sorted(wanted))
    sql = f"select bucket, account, id, type from outgoing_events where {filters.sql()} order by id limit {most + 1}"
    return [Entry(*row) for row in await session.fetch(sql, *filters.arguments)]


async def longest_wait(database: Database, now: Instant) -> float:
    """For how many seconds the first batch of events has waited that an enabled endpoint was not told of."""
    sql = (
        "select min(b.created_at) from webhook_endpoints e join webhook_cursors c on c.endpoint = e.id"
        " join event_batches b on b.position = c.position + 1 where e.status = 'enabled'"
    )
    ((earliest,),) = await database.ask(sql)
    return 0.0 if earliest is None else max(0, now - earliest) / SECOND
