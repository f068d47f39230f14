"""Making, changing and ending webhook endpoints; each change is in the audit log.

Times are real time, handed in as ``now``; ``head`` is the end of the log of events as the caller saw it, for what is shown.
"""

from typing import Any, ClassVar

from vinr_engagement import audit, outbox, webhooks
from vinr_engagement.commands.configuring import merged
from vinr_engagement.commands.context import Context, Decision, Statement, no_such
from vinr_engagement.foundation import ids, json
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.errors import Conflict
from vinr_engagement.webhooks import CursorRow, EndpointRow, Verdict

_BEGIN = (
    "insert into webhook_cursors (endpoint, holder, begins_at, position, within, ahead, failures)"
    " select $1, '', $2, coalesce(max(position), 0), 0, '[]', 0 from event_batches"
)
"""A new endpoint is told of what comes after it."""
_BEGIN_AGAIN = (
    "update webhook_cursors set holder = '', begins_at = $2, within = 0, ahead = '[]',"
    " failures = 0, failing_since = null, probe_at = null,"
    " position = (select coalesce(max(position), 0) from event_batches) where endpoint = $1"
)
_FRESH_START = (
    "update webhook_cursors set holder = '', failures = 0, failing_since = null, probe_at = null where endpoint = $1"
)
"""Another URL has not failed yet; whoever works on the endpoint looks at it anew."""
_STOP = "update webhook_cursors set holder = '' where endpoint = $1"
_END_PENDING = (
    "update webhook_deliveries set status = 'failed', next_attempt_at = null, updated_at = $2"
    " where endpoint = $1 and next_attempt_at is not null"
)
_FORGET = "delete from webhook_cursors where endpoint = $1"


class CreateEndpoint(Decision):
    """A new endpoint from ``{url, enabled_events, description, status, metadata}``; its secret is answered this once.

    Raises ``Conflict`` (``webhook_endpoint_limit``) where the store has as many as it may, ``Invalid``, ``Unprocessable``.
    """

    alone: ClassVar[bool] = True

    def __init__(self, definition: dict[str, Any], secret: str, now: Instant, *, allow_private: bool) -> None:
        self.definition = definition
        self.secret = secret
        self.now = now
        self.allow_private = allow_private

    def decide(self, context: Context) -> dict[str, Any]:
        url = webhooks.check_url(self.definition["url"], allow_private=self.allow_private)
        body = webhooks.check_body(self.definition)
        _refuse_too_many(context)
        status = self.definition.get("status", "enabled")
        reason = "requested" if status == "disabled" else None
        row = EndpointRow(
            ids.new_id("we"), url, status, reason, self.secret, None, None, 0, json.text(body), self.now, self.now
        )
        context.state.insert(row)
        context.statements.append(Statement(_BEGIN, (row.id, self.now)))
        _note(context, "webhook_endpoint.created", None, row)
        return {**webhooks.endpoint_snapshot(row, webhooks.new_cursor(row.id, self.now, 0), 0), "secret": self.secret}


def _refuse_too_many(context: Context) -> None:
    held = sum(len(context.state.select(webhooks.ENDPOINTS_BY_STATUS, (status,))) for status in ("enabled", "disabled"))
    if held >= webhooks.MOST_ENDPOINTS:
        raise Conflict(
            "webhook_endpoint_limit",
            f"This store has {held} webhook endpoints, as many as it may; delete one that is not needed.",
        )


class UpdateEndpoint(Decision):
    """Replaces the fields given; ``metadata`` is merged key by key. One that is enabled again begins at the end of the log."""

    alone: ClassVar[bool] = True

    def __init__(self, endpoint: str, changes: dict[str, Any], now: Instant, head: int, *, allow_private: bool) -> None:
        self.endpoint = endpoint
        self.changes = changes
        self.now = now
        self.head = head
        self.allow_private = allow_private

    def decide(self, context: Context) -> dict[str, Any]:
        row, cursor = _found(context, self.endpoint)
        before = webhooks.configuration_of(row)
        body = webhooks.check_body(merged(json.decode(row.body), self.changes, ("metadata",)))
        context.state.change(row)
        if self.changes.get("url", row.url) != row.url:
            row.url = webhooks.check_url(self.changes["url"], allow_private=self.allow_private)
            context.statements.append(Statement(_FRESH_START, (row.id,)))
        row.body, row.updated_at = json.text(body), self.now
        self._switch(context, row)
        _note(context, "webhook_endpoint.updated", before, row)
        began_again = before["status"] == "disabled" and row.status == "enabled"
        shown = webhooks.new_cursor(row.id, self.now, self.head) if began_again else cursor
        return webhooks.endpoint_snapshot(row, shown, self.head)

    def _switch(self, context: Context, row: EndpointRow) -> None:
        status = self.changes.get("status", row.status)
        if status == "disabled" and row.status == "enabled":
            _disable(context, row, "requested", self.now)
        elif status == "enabled" and row.status == "disabled":
            row.status, row.disabled_reason = "enabled", None
            context.statements.append(Statement(_BEGIN_AGAIN, (row.id, self.now)))


class RotateSecret(Decision):
    """A new secret, answered this once; the former one signs as well for ``overlap_hours``."""

    alone: ClassVar[bool] = True

    def __init__(self, endpoint: str, secret: str, overlap_hours: int, now: Instant, head: int) -> None:
        self.endpoint = endpoint
        self.secret = secret
        self.overlap_hours = overlap_hours
        self.now = now
        self.head = head

    def decide(self, context: Context) -> dict[str, Any]:
        row, cursor = _found(context, self.endpoint)
        before = webhooks.configuration_of(row)
        webhooks.rotate(context.state.change(row), self.secret, self.overlap_hours, self.now)
        _note(context, "webhook_endpoint.secret_rotated", before, row)
        return {**webhooks.endpoint_snapshot(row, cursor, self.head), "secret": self.secret}


class DeleteEndpoint(Decision):
    """Ends an endpoint; nothing is sent to it any more. Its deliveries are forgotten in time."""

    alone: ClassVar[bool] = True

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    def decide(self, context: Context) -> dict[str, Any]:
        row, _ = _found(context, self.endpoint)
        context.state.delete(row)
        context.statements.append(Statement(_FORGET, (row.id,)))
        before = webhooks.configuration_of(row)
        audit.note(context.state, context.origin, "webhook_endpoint.deleted", row.id, before, None, context.now)
        return {"id": row.id, "object": "webhook_endpoint", "deleted": True}


class DisableEndpoint(Decision):
    """Gives up an endpoint that is gone or keeps failing, and tells so; answers whether it was enabled."""

    alone: ClassVar[bool] = True

    def __init__(self, endpoint: str, reason: Verdict, now: Instant) -> None:
        self.endpoint = endpoint
        self.reason = reason
        self.now = now

    def decide(self, context: Context) -> bool:
        row = context.state.find(webhooks.ENDPOINTS, (self.endpoint,))
        if row is None or row.status == "disabled":
            return False
        before = webhooks.configuration_of(row)
        context.state.change(row)
        row.updated_at = self.now
        _disable(context, row, self.reason, self.now)
        _note(context, "webhook_endpoint.disabled", before, row)
        snapshot = webhooks.configuration_of(row)
        outbox.record(context.state, row, "webhook_endpoint.disabled", snapshot, context.now, {"status": "enabled"})
        return True


def _disable(context: Context, row: EndpointRow, reason: str, now: Instant) -> None:
    """What it still waited for has failed: it would come too late, and can be asked for again."""
    row.status, row.disabled_reason = "disabled", reason
    context.statements.append(Statement(_STOP, (row.id,)))
    context.statements.append(Statement(_END_PENDING, (row.id, now)))


def _found(context: Context, identifier: str) -> tuple[EndpointRow, CursorRow]:
    row = context.state.find(webhooks.ENDPOINTS, (identifier,))
    cursor = context.state.find(webhooks.CURSORS, (identifier,))
    if row is None or cursor is None:
        raise no_such("webhook endpoint", identifier)
    return row, cursor


def enabled(context: Context, identifier: str) -> EndpointRow:
    """An endpoint that takes deliveries. Raises ``NotFound``, and ``Conflict`` (``webhook_endpoint_disabled``)."""
    row, _ = _found(context, identifier)
    if row.status == "disabled":
        raise Conflict(
            "webhook_endpoint_disabled",
            f"Webhook endpoint {row.id} is disabled; enable it first, by setting its status.",
            resource=row.id,
        )
    return row


def _note(context: Context, action: str, before: Any, row: EndpointRow) -> None:
    after = webhooks.configuration_of(row)
    audit.note(context.state, context.origin, action, row.id, before, after, context.now)
