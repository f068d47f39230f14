"""Webhook endpoints and deliveries as they go out."""

from typing import Annotated, Literal

from pydantic import Field

from vinr_engagement.entrypoints.api.fields import Shape, Time
from vinr_engagement.webhooks.endpoint import MOST_PATTERNS

EndpointStatus = Literal["enabled", "disabled"]
DisabledReason = Literal["requested", "failing", "gone"]
DeliveryStatus = Literal["pending", "succeeded", "failed"]
AttemptError = Literal["timeout", "connection_failed", "address_refused", "redirected", "http_error"]
_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD9yQDJ2l3sWY="  # noqa: S105 (an example)


class EndpointConfiguration(Shape):
    """Where events go, as it is configured."""

    id: str = Field(examples=["we_06evgt2f0k4x9c2p7r1wz5qjbh"])
    object: Literal["webhook_endpoint"]
    url: str = Field(examples=["https://shop.example/webhooks"])
    enabled_events: Annotated[list[str], Field(max_length=MOST_PATTERNS)] = Field(
        description="Types of events, families such as `loyalty.points.*`, or `*` for all."
    )
    description: str | None
    status: EndpointStatus
    disabled_reason: DisabledReason | None = Field(
        description="`requested` by somebody, `failing` for five days, or `gone`: it answered 410."
    )
    previous_secret_expires_at: Time | None = Field(description="Until when the secret before this one signs too.")
    metadata: dict[str, str]
    created_at: Time
    updated_at: Time


class WebhookEndpoint(EndpointConfiguration):
    """Where events go, and how that is going."""

    lag: int = Field(
        ge=0, description="Batches of events, one for each commit, that wait for their first attempt; 0 if disabled."
    )
    failures_in_a_row: int = Field(ge=0, description="Attempts that failed since the last success.")
    failing_since: Time | None = Field(description="When the first of them failed.")
    last_success_at: Time | None
    last_failure_at: Time | None


class WebhookEndpointSecret(WebhookEndpoint):
    """An endpoint with its new secret. It is shown this once; a repeat under the same `Idempotency-Key` shows null."""

    secret: str | None = Field(examples=[_SECRET])


class DeletedEndpoint(Shape):
    """An endpoint that is no more."""

    id: str
    object: Literal["webhook_endpoint"]
    deleted: Literal[True]


class WebhookAttempt(Shape):
    """One attempt to deliver an event."""

    at: Time
    succeeded: bool
    http_status: int | None = Field(description="What was answered; null where nothing was.")
    error: AttemptError | None
    detail: str | None = Field(description="The error in words.")
    response: str | None = Field(description="The first 1,024 bytes of the answer.")
    duration_ms: int = Field(ge=0)


class WebhookDelivery(Shape):
    """One event for one endpoint."""

    id: str = Field(examples=["whd_06evgt4q1m8x4k9c2p7r1wz5qj"])
    object: Literal["webhook_delivery"]
    endpoint: str
    event: str = Field(description="The event; `GET /v1/events/{id}` shows what is sent.")
    event_type: str
    origin: Literal["event", "replay"] = Field(
        description="Whether it was told when it happened, or again by a replay."
    )
    status: DeliveryStatus
    attempt_count: int = Field(ge=0)
    last_http_status: int | None
    last_error: AttemptError | None
    next_attempt_at: Time | None = Field(description="Null unless it is pending.")
    created_at: Time
    updated_at: Time


class WebhookDeliveryInFull(WebhookDelivery):
    """One event for one endpoint, with every attempt."""

    attempts: list[WebhookAttempt] = Field(description="The oldest first.")


class WebhookReplay(Shape):
    """Events that are told again."""

    object: Literal["webhook_replay"]
    endpoint: str
    events: int = Field(ge=0, description="How many: each is a delivery of its own.")
