"""The event intake: ``POST /v1/events`` and its batch, beside the web framework, since this is the hot path."""

from collections.abc import Sequence
from typing import Any, Final

from starlette.types import Receive

from vinr_engagement.commands import ReceiveEvent, Reply, parse_event
from vinr_engagement.entrypoints.api import limits
from vinr_engagement.entrypoints.api.body import parse_body, read_body
from vinr_engagement.entrypoints.api.elements import batch_elements, batch_reply
from vinr_engagement.entrypoints.api.errors import ErrorWriter, is_kept, status_of
from vinr_engagement.entrypoints.api.exchange import Exchange
from vinr_engagement.entrypoints.api.gate import require
from vinr_engagement.entrypoints.api.observe import Observer
from vinr_engagement.foundation.errors import Refusal

EVENTS: Final = "/v1/events"
EVENT_BATCH: Final = "/v1/events/batch"
_SCOPE: Final = "events:write"


class Intake:
    """Takes events in."""

    def __init__(self, writer: ErrorWriter, observer: Observer) -> None:
        self._writer = writer
        self._observer = observer

    async def one(self, exchange: Exchange, receive: Receive) -> tuple[int, bytes, bool]:
        """One event, answered with its outcome."""
        require(exchange, _SCOPE)
        raw = await read_body(receive, exchange.headers, limits.BODY_BYTES)
        exchange.body = parse_body(raw, exchange.headers)
        claim = exchange.claim()

        def render(outcomes: list[Any]) -> tuple[Reply, bool]:
            (outcome,) = outcomes
            if isinstance(outcome, Refusal):
                exchange.outcome = outcome.code
                return Reply(status_of(outcome), self._writer.body(outcome, exchange.request_id)), is_kept(outcome)
            exchange.outcome = outcome.status
            return Reply(200, outcome.encoded), True

        command = ReceiveEvent(parse_event(exchange.body))
        reply = await exchange.store.write_path.answer([command], exchange.origin, render, claim)
        self._observer.event("replayed" if reply.replayed else exchange.outcome or "unknown")
        return reply.status, reply.body, reply.replayed

    async def batch(self, exchange: Exchange, receive: Receive) -> tuple[int, bytes, bool]:
        """Up to 1,000 events in the order of the array, each answered by itself."""
        require(exchange, _SCOPE)
        raw = await read_body(receive, exchange.headers, limits.BATCH_BODY_BYTES)
        exchange.body = parse_body(raw, exchange.headers)
        claim = exchange.claim()
        elements = [_command_of(event) for event in batch_elements(exchange.body, "events")]
        self._observer.batch(EVENT_BATCH, len(elements))
        answered: Sequence[Any] = ()

        def render(outcomes: list[Any]) -> tuple[Reply, bool]:
            nonlocal answered
            reply, answered = batch_reply("event_batch", elements, outcomes, self._writer, exchange.request_id)
            return reply, reply.status == 200

        commands = [element for element in elements if not isinstance(element, Refusal)]
        path = exchange.store.write_path
        if claim is None:
            reply, _ = render(await path.run_each(commands, exchange.origin))
        else:
            reply = await path.answer(commands, exchange.origin, render, claim)
        for outcome in () if reply.replayed else answered:
            self._observer.event(outcome.code if isinstance(outcome, Refusal) else outcome.status)
        exchange.outcome = "batch"
        return reply.status, reply.body, reply.replayed


def _command_of(event: Any) -> ReceiveEvent | Refusal:
    try:
        return ReceiveEvent(parse_event(event))
    except Refusal as refusal:
        return refusal
