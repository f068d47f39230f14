"""Outbox to signed deliveries: endpoints, which events each wants, what was sent, and what comes next."""

from vinr_engagement.webhooks import progress, queries, schedule, signing
from vinr_engagement.webhooks.deliveries import (
    Outcome,
    ask_again,
    delivery_in_full,
    delivery_snapshot,
    entry_of,
    first_of,
    lost,
    record,
    record_beside,
    to_replay,
)
from vinr_engagement.webhooks.endpoint import (
    MOST_ENDPOINTS,
    check_body,
    check_url,
    configuration_of,
    endpoint_snapshot,
    literal_address,
    new_cursor,
    refuse_closed,
    rotate,
    secrets_at,
)
from vinr_engagement.webhooks.health import Health, Verdict
from vinr_engagement.webhooks.matching import types_of
from vinr_engagement.webhooks.resolving import check_where_it_leads
from vinr_engagement.webhooks.tables import (
    CURSORS,
    DELIVERIES,
    ENDPOINTS,
    ENDPOINTS_BY_STATUS,
    CursorRow,
    DeliveryRow,
    EndpointRow,
)

__all__ = [
    "CURSORS",
    "DELIVERIES",
    "ENDPOINTS",
    "ENDPOINTS_BY_STATUS",
    "MOST_ENDPOINTS",
    "CursorRow",
    "DeliveryRow",
    "EndpointRow",
    "Health",
    "Outcome",
    "Verdict",
    "ask_again",
    "check_body",
    "check_url",
    "check_where_it_leads",
    "configuration_of",
    "delivery_in_full",
    "delivery_snapshot",
    "endpoint_snapshot",
    "entry_of",
    "first_of",
    "literal_address",
    "lost",
    "new_cursor",
    "progress",
    "queries",
    "record",
    "record_beside",
    "refuse_closed",
    "rotate",
    "schedule",
    "secrets_at",
    "signing",
    "to_replay",
    "types_of",
]
