"""Receiving an event: once per id, in one transaction with all that comes of it."""

from collections.abc import Iterable, Iterator

from vinr_engagement import inbox, payments, rules
from vinr_engagement.commands.context import Context, Decision
from vinr_engagement.commands.events import incoming, needed, outcome
from vinr_engagement.commands.events.customers import ALL_HANDLERS, other
from vinr_engagement.commands.events.incoming import MAX_EVENT_AHEAD, EventIn
from vinr_engagement.commands.events.outcome import EventOutcome
from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import format_instant
from vinr_engagement.foundation.database import Need
from vinr_engagement.foundation.errors import Conflict, Unprocessable
from vinr_engagement.inbox import ReceivedEvent


class ReceiveEvent(Decision):
    """An event from the shop."""

    def __init__(self, event: EventIn) -> None:
        self.event = event
        self._key = inbox.event_key(event.id)
        self._canonical = json.canonical(event.raw)
        self._customer = needed.customer_named(event)

    def needs(self, context: Context) -> Iterator[Iterable[Need]]:
        waves = needed.waves(context, self.event)
        yield [(inbox.RECEIVED_EVENTS, self._key), *next(waves)]
        if context.state.known(inbox.RECEIVED_EVENTS, self._key) is None:
            yield from waves

    def decide(self, context: Context) -> EventOutcome:
        event = self.event
        first = context.state.find(inbox.RECEIVED_EVENTS, self._key)
        if first is not None:
            return repeat(first, json.fingerprint(self._canonical))
        if event.occurred_at > context.now + MAX_EVENT_AHEAD:
            raise Unprocessable(
                "event_in_future",
                f"created_at {format_instant(event.occurred_at)} is more than 5 minutes ahead of the clock, "
                f"{format_instant(context.now)}.",
                param="created_at",
            )
        answer = ALL_HANDLERS.get(event.type, other)(context, event)
        customer = self._customer_about(context)
        inbox.record(
            context.state,
            event.id,
            event.type,
            customer=customer,
            account=_account_about(event, answer) if customer is None else None,
            status=answer.status,
            canonical=self._canonical,
            outcome=answer.encoded,
            occurred_at=event.occurred_at,
            now=context.now,
        )
        return answer

    def _customer_about(self, context: Context) -> str | None:
        """Whom the event names, or who made the payment that it is about."""
        if self._customer is not None or self.event.type in rules.PAYING_TRIGGERS:
            return self._customer
        found = [context.state.known(payments.PAYMENTS, key) for key in needed.payment_keys(self.event)]
        return next((payment.customer for payment in found if payment is not None and payment.customer), None)


def _account_about(event: EventIn, answer: EventOutcome) -> str | None:
    """The member that an event reached or, where it reached nobody, names."""
    reached = (entry.account for entry in answer.programs if entry.account is not None)
    return next(reached, None) or incoming.named_account(event.object)


def repeat(first: ReceivedEvent, fingerprint: str) -> EventOutcome:
    """The answer to an event whose id was seen before."""
    if first.fingerprint != fingerprint:
        raise Conflict(
            "event_conflict",
            f"Event {first.id} was received before with a different body; an event id names one event for ever.",
            resource=first.id,
        )
    if first.outcome == inbox.ERASED:
        return EventOutcome(first.id, first.type, "duplicate", "erased", first_status=first.status)  # type: ignore[arg-type]
    answer = outcome.decoder.decode(first.outcome)
    answer.first_status, answer.status = answer.status, "duplicate"
    return answer
