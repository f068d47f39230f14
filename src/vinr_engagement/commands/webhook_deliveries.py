"""Having events delivered again."""

from collections.abc import Sequence
from typing import Any, ClassVar

from vinr_engagement import webhooks
from vinr_engagement.commands.context import Context, Decision, no_such
from vinr_engagement.commands.webhook_endpoints import enabled
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.outbox.log import Entry


class Redeliver(Decision):
    """Sends the event of one delivery again, at once; its retries begin anew. ``now`` is real time."""

    def __init__(self, endpoint: str, delivery: str, now: Instant) -> None:
        self.endpoint = endpoint
        self.delivery = delivery
        self.now = now

    def decide(self, context: Context) -> dict[str, Any]:
        endpoint = enabled(context, self.endpoint)
        row = context.state.find(webhooks.DELIVERIES, (self.delivery,))
        if row is None or row.endpoint != endpoint.id:
            raise no_such("delivery", self.delivery)
        webhooks.ask_again(context.state.change(row), self.now)
        return webhooks.delivery_in_full(row)


class ReplayEvents(Decision):
    """Tells an endpoint of events again, in their order, each as a delivery of its own. ``now`` is real time."""

    alone: ClassVar[bool] = True

    def __init__(self, endpoint: str, entries: Sequence[Entry], now: Instant) -> None:
        self.endpoint = endpoint
        self.entries = entries
        self.now = now

    def decide(self, context: Context) -> dict[str, Any]:
        endpoint = enabled(context, self.endpoint)
        for row in webhooks.to_replay(endpoint.id, self.entries, self.now):
            context.state.append(row)
        return {"object": "webhook_replay", "endpoint": endpoint.id, "events": len(self.entries)}
