"""``/v1/webhook-endpoints``: where events go."""

from typing import Annotated, Any, Literal

from fastapi import Query, Response
from pydantic import Field

from vinr_engagement import outbox, webhooks
from vinr_engagement.commands import CreateEndpoint, DeleteEndpoint, Reply, RotateSecret, UpdateEndpoint
from vinr_engagement.commands.context import Command
from vinr_engagement.entrypoints.api.answers import (
    Caller,
    Errors,
    found_or_missing,
    json_answer,
    perform,
    reply_answer,
)
from vinr_engagement.entrypoints.api.errors import ErrorWriter, Fault, is_kept, status_of
from vinr_engagement.entrypoints.api.exchange import Exchange
from vinr_engagement.entrypoints.api.fields import Metadata, MetadataChanges, Shape, Wire
from vinr_engagement.entrypoints.api.paging import PageShape, Paging
from vinr_engagement.entrypoints.api.routing import Resource
from vinr_engagement.entrypoints.api.webhook_shapes import (
    DeletedEndpoint,
    EndpointStatus,
    WebhookEndpoint,
    WebhookEndpointSecret,
)
from vinr_engagement.foundation import ids, json
from vinr_engagement.foundation.clock import real_now
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Page
from vinr_engagement.foundation.errors import Refusal
from vinr_engagement.webhooks import EndpointRow, signing
from vinr_engagement.webhooks import queries as webhook_queries
from vinr_engagement.webhooks.endpoint import (
    LONGEST_DESCRIPTION,
    LONGEST_OVERLAP_HOURS,
    LONGEST_URL,
    MOST_PATTERNS,
    OVERLAP_HOURS,
)
from vinr_engagement.webhooks.matching import PATTERNS
from vinr_engagement.webhooks.resolving import AddressRefused

webhook_endpoints = Resource("webhook_endpoints", "/v1/webhook-endpoints", "webhook_endpoints")

LOOKUP_SECONDS = 2.0
"""A name that is not found so soon is looked at when events are sent there."""
Url = Annotated[str, Field(min_length=1, max_length=LONGEST_URL, examples=["https://shop.example/webhooks"])]
Pattern = Annotated[str, Field(json_schema_extra={"enum": sorted(PATTERNS)})]
Patterns = Annotated[
    list[Pattern],
    Field(
        min_length=1,
        max_length=MOST_PATTERNS,
        description="Types of events, families such as `loyalty.points.*`, or `*` for all.",
        examples=[["loyalty.points.*", "loyalty.tier.changed"]],
    ),
]


class EndpointChanges(Wire):
    """The fields of an endpoint to replace; `metadata` is merged key by key."""

    url: Url = ""
    enabled_events: Patterns = Field(default_factory=list)
    description: Annotated[str, Field(max_length=LONGEST_DESCRIPTION)] | None = None
    status: EndpointStatus = Field(
        "enabled", description="One that is enabled again is told of what happens from then on; replay what it missed."
    )
    metadata: MetadataChanges = Field(default_factory=dict)

    def definition(self) -> dict[str, Any]:
        """The fields that were given."""
        return self.model_dump(exclude_unset=True)


class NewEndpoint(EndpointChanges):
    """An endpoint to make."""

    url: Url
    enabled_events: Patterns = Field(default_factory=lambda: ["*"])
    metadata: Metadata = Field(default_factory=dict)  # type: ignore[assignment]


class Rotation(Wire):
    """How the secret is replaced."""

    expires_in_hours: Annotated[int, Field(ge=0, le=LONGEST_OVERLAP_HOURS)] = Field(
        OVERLAP_HOURS, description="How long the old secret signs beside the new one; 0 to end it at once."
    )


class EndpointList(Shape):
    """A page of endpoints, newest first."""

    object: Literal["list"]
    data: list[WebhookEndpoint]
    page: PageShape


class ListEndpoints(Paging):
    """Which endpoints to list."""

    status: EndpointStatus | None = Field(None, description="Only those with this status.")


@webhook_endpoints.write(
    "POST", "", "create", WebhookEndpointSecret, errors=("webhook_url_refused", "webhook_endpoint_limit")
)
async def create_endpoint(caller: Caller, errors: Errors, body: NewEndpoint) -> Response:
    """Make a webhook endpoint

    It is told of what happens from now on. Its secret is in this answer and nowhere else.
    """
    await _check_url(caller, body.url)
    private, secret = caller.store.settings.webhook_allow_private, _new_secret()
    command = CreateEndpoint(body.definition(), secret, real_now(), allow_private=private)
    return await _told_once(caller, errors, command)


@webhook_endpoints.get("", "list", EndpointList, errors=("parameter_invalid",))
async def list_endpoints(caller: Caller, query: Annotated[ListEndpoints, Query()]) -> Response:
    """List webhook endpoints

    Newest first.
    """

    async def place(session: Session, cursor: str) -> str | None:
        return cursor if await webhook_queries.get_endpoint(session, cursor) else None

    async def read(session: Session) -> tuple[Page[EndpointRow], list[dict[str, Any]]]:
        page = await webhook_queries.list_endpoints(session, await query.window(session, place), status=query.status)
        return page, await _shown(session, page.rows)

    page, data = await caller.read(read)
    return json_answer(query.answer(page, data))


@webhook_endpoints.get("/{endpoint}", "retrieve", WebhookEndpoint)
async def get_endpoint(caller: Caller, endpoint: str) -> Response:
    """Retrieve a webhook endpoint"""

    async def read(session: Session) -> list[dict[str, Any]]:
        found = await webhook_queries.get_endpoint(session, endpoint)
        return await _shown(session, [] if found is None else [found])

    shown = await caller.read(read)
    return json_answer(found_or_missing(shown[0] if shown else None, "webhook endpoint", endpoint))


@webhook_endpoints.write("PATCH", "/{endpoint}", "update", WebhookEndpoint, errors=("webhook_url_refused",))
async def update_endpoint(caller: Caller, errors: Errors, endpoint: str, body: EndpointChanges) -> Response:
    """Change a webhook endpoint

    Deliveries that wait go to the new URL. One that is disabled waits for nothing any more.
    """
    changes = body.definition()
    if "url" in changes:
        await _check_url(caller, changes["url"])
    head, private = await caller.read(outbox.log.head), caller.store.settings.webhook_allow_private
    return await perform(caller, errors, UpdateEndpoint(endpoint, changes, real_now(), head, allow_private=private))


@webhook_endpoints.write("DELETE", "/{endpoint}", "delete", DeletedEndpoint)
async def delete_endpoint(caller: Caller, errors: Errors, endpoint: str) -> Response:
    """Delete a webhook endpoint

    Nothing is sent to it any more, and its deliveries cannot be looked up.
    """
    return await perform(caller, errors, DeleteEndpoint(endpoint))


@webhook_endpoints.write("POST", "/{endpoint}/rotate-secret", "rotate_secret", WebhookEndpointSecret)
async def rotate_secret(caller: Caller, errors: Errors, endpoint: str, body: Rotation | None = None) -> Response:
    """Replace the secret of a webhook endpoint

    Deliveries carry a signature of each until the old one expires. The new one is in this answer and nowhere else.
    """
    hours = OVERLAP_HOURS if body is None else body.expires_in_hours
    head = await caller.read(outbox.log.head)
    return await _told_once(caller, errors, RotateSecret(endpoint, _new_secret(), hours, real_now(), head))


async def _shown(session: Session, rows: list[EndpointRow]) -> list[dict[str, Any]]:
    cursors, head = await webhook_queries.cursors_of(session, rows), await outbox.log.head(session)
    return [webhooks.endpoint_snapshot(row, cursors[row.id], head) for row in rows]


def _new_secret() -> str:
    return signing.secret_of(ids.random_bytes(signing.KEY_BYTES))


async def _check_url(caller: Exchange, url: str) -> None:
    """Looks where a name leads today; a name that is not known yet is looked at again with every connection.

    Raises ``Invalid``, ``Unprocessable`` (``webhook_url_refused``).
    """
    allow_private = caller.store.settings.webhook_allow_private
    try:
        await webhooks.check_where_it_leads(url, LOOKUP_SECONDS, allow_private=allow_private)
    except AddressRefused as error:
        message = f"url: {error}; webhooks go to public addresses only."
        raise Fault("webhook_url_refused", message, param="url") from error


async def _told_once(caller: Exchange, errors: ErrorWriter, command: Command) -> Response:
    """As ``perform``, but what is kept for repeats of the request does not have the secret."""
    made: dict[str, Any] = {}

    def render(outcomes: list[Any]) -> tuple[Reply, bool]:
        (outcome,) = outcomes
        if isinstance(outcome, Refusal):
            caller.outcome = outcome.code
            return Reply(status_of(outcome), errors.body(outcome, caller.request_id)), is_kept(outcome)
        made.update(outcome)
        return Reply(200, json.encode({**outcome, "secret": None})), True

    reply = await caller.store.write_path.answer([command], caller.origin, render, caller.claim())
    return json_answer(made) if made and not reply.replayed else reply_answer(reply)
