"""``/v1/webhook-endpoints/{endpoint}/deliveries``: what was sent where, and having it sent again."""

from typing import Annotated, Literal

from fastapi import Query, Response
from pydantic import Field

from vinr_engagement import webhooks
from vinr_engagement.commands import Redeliver, ReplayEvents
from vinr_engagement.entrypoints.api.answers import Caller, Errors, found_or_missing, json_answer, perform
from vinr_engagement.entrypoints.api.errors import Fault
from vinr_engagement.entrypoints.api.fields import Id, Instant, Shape, Wire
from vinr_engagement.entrypoints.api.paging import CreatedAt, PageShape, Paging
from vinr_engagement.entrypoints.api.webhook_endpoints import Patterns, webhook_endpoints
from vinr_engagement.entrypoints.api.webhook_shapes import (
    DeliveryStatus,
    WebhookDelivery,
    WebhookDeliveryInFull,
    WebhookReplay,
)
from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import real_now
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Page
from vinr_engagement.outbox.log import Entry
from vinr_engagement.webhooks import DeliveryRow, EndpointRow, matching
from vinr_engagement.webhooks import queries as webhook_queries
from vinr_engagement.webhooks.deliveries import MOST_REPLAYED


class DeliveryList(Shape):
    """A page of deliveries, newest first."""

    object: Literal["list"]
    data: list[WebhookDelivery]
    page: PageShape


class ListDeliveries(Paging, CreatedAt):
    """Which deliveries to list."""

    status: DeliveryStatus | None = Field(None, description="Only those with this status.")
    event: Id | None = Field(None, description="Only those of this event.")


class EventReplay(Wire):
    """Which events to tell again: those recorded from one time on and before another, by the store's clock."""

    from_: Instant = Field(alias="from", description="The first moment.", examples=["2026-04-01T12:00:00Z"])
    to: Instant = Field(description="The first moment that does not belong to it.", examples=["2026-04-01T13:00:00Z"])
    types: Patterns = Field(
        default_factory=lambda: ["*"], description="Of what the endpoint takes, only these types and families."
    )


@webhook_endpoints.get("/{endpoint}/deliveries", "list_deliveries", DeliveryList, errors=("parameter_invalid",))
async def list_deliveries(caller: Caller, endpoint: str, query: Annotated[ListDeliveries, Query()]) -> Response:
    """List the deliveries of an endpoint

    Newest first, for 30 days. One that was not attempted yet is not among them.
    """

    async def place(session: Session, cursor: str) -> str | None:
        return cursor if await webhook_queries.get_delivery(session, endpoint, cursor) else None

    async def read(session: Session) -> Page[DeliveryRow]:
        found_or_missing(await webhook_queries.get_endpoint(session, endpoint), "webhook endpoint", endpoint)
        window = await query.window(session, place)
        return await webhook_queries.list_deliveries(
            session, window, endpoint, status=query.status, event=query.event, created_at=query.span()
        )

    page = await caller.read(read)
    return json_answer(query.answer(page, [webhooks.delivery_snapshot(row) for row in page.rows]))


@webhook_endpoints.get("/{endpoint}/deliveries/{delivery}", "retrieve_delivery", WebhookDeliveryInFull)
async def get_delivery(caller: Caller, endpoint: str, delivery: str) -> Response:
    """Retrieve a delivery

    With all its attempts.
    """

    async def read(session: Session) -> DeliveryRow | None:
        found_or_missing(await webhook_queries.get_endpoint(session, endpoint), "webhook endpoint", endpoint)
        return await webhook_queries.get_delivery(session, endpoint, delivery)

    row = found_or_missing(await caller.read(read), "delivery", delivery)
    return json_answer(webhooks.delivery_in_full(row))


@webhook_endpoints.write(
    "POST",
    "/{endpoint}/deliveries/{delivery}/redeliver",
    "redeliver",
    WebhookDeliveryInFull,
    errors=("webhook_endpoint_disabled",),
)
async def redeliver(caller: Caller, errors: Errors, endpoint: str, delivery: str) -> Response:
    """Deliver an event again

    At once, with the whole schedule of retries before it, whether it failed or not.
    """
    return await perform(caller, errors, Redeliver(endpoint, delivery, real_now()))


@webhook_endpoints.write(
    "POST",
    "/{endpoint}/replay",
    "replay",
    WebhookReplay,
    errors=("webhook_endpoint_disabled", "webhook_replay_too_large"),
)
async def replay(caller: Caller, errors: Errors, endpoint: str, body: EventReplay) -> Response:
    """Tell an endpoint again of what happened

    Of each event that it takes and that was recorded in a span of time, in their order, beside what is new.
    """
    if body.to <= body.from_:
        raise Fault("parameter_invalid", "to must be later than from.", param="to")
    wanted = webhooks.types_of(matching.check(body.types, "types"))
    entries = await caller.read(lambda session: _entries(session, endpoint, body, wanted))
    if len(entries) > MOST_REPLAYED:
        message = f"from and to span more than {MOST_REPLAYED:,} events that the endpoint takes; choose a shorter span."
        raise Fault("webhook_replay_too_large", message, param="to")
    return await perform(caller, errors, ReplayEvents(endpoint, entries, real_now()))


async def _entries(session: Session, endpoint: str, body: EventReplay, wanted: frozenset[str]) -> list[Entry]:
    row = found_or_missing(await webhook_queries.get_endpoint(session, endpoint), "webhook endpoint", endpoint)
    taken = wanted & _types_taken(row)
    return await webhook_queries.told_between(session, body.from_, body.to, taken, MOST_REPLAYED)


def _types_taken(row: EndpointRow) -> frozenset[str]:
    return webhooks.types_of(json.decode(row.body)["enabled_events"])
