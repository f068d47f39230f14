"""Evaluating an ignored event again: the member has enrolled since, or was told apart by hand."""

from collections.abc import Iterable, Iterator

from vinr_engagement import inbox, payments, rules
from vinr_engagement.commands.context import Context, Decision, no_such
from vinr_engagement.commands.events import incoming, needed, outcome
from vinr_engagement.commands.events.customers import ALL_HANDLERS
from vinr_engagement.commands.events.evaluate import evaluate_in, happening_of
from vinr_engagement.commands.events.incoming import EventIn
from vinr_engagement.commands.events.outcome import EventOutcome, ProgramOutcome, Spent
from vinr_engagement.commands.events.payments import take_back
from vinr_engagement.foundation import json
from vinr_engagement.foundation.database import Need
from vinr_engagement.foundation.errors import Conflict
from vinr_engagement.inbox import ReceivedEvent
from vinr_engagement.ledger import Source
from vinr_engagement.members import Account
from vinr_engagement.payments import Payment


class ReplayEvent(Decision):
    """Evaluates an ignored event in the programs that ignored it; ``account`` names the member where the event did not."""

    def __init__(self, event: str, account: str | None) -> None:
        self.event = event
        self.account = account

    def needs(self, context: Context) -> Iterator[Iterable[Need]]:
        key = inbox.event_key(self.event)
        yield [(inbox.RECEIVED_EVENTS, key)]
        received = context.state.known(inbox.RECEIVED_EVENTS, key)
        if received is not None and _replayable(received):
            yield from needed.waves(context, _sent(received), self.account)

    def decide(self, context: Context) -> EventOutcome:
        received = context.state.find(inbox.RECEIVED_EVENTS, inbox.event_key(self.event))
        if received is None:
            raise no_such("event", self.event)
        account = None if self.account is None else context.own_account(self.account)
        if not _replayable(received):
            raise _not_replayable(received)
        first, event = outcome.decoder.decode(received.outcome), _sent(received)
        money = _money(context, event)
        answer = self._again(context, event, first, account, money)
        context.state.change(received)
        if account is not None:
            received.account = account.id
        received.status = answer.status
        received.outcome = answer.encoded.decode()
        return answer

    def _again(
        self, context: Context, event: EventIn, first: EventOutcome, account: Account | None, money: Payment | None
    ) -> EventOutcome:
        entries = first.programs or [
            ProgramOutcome(entry.program.id, "ignored") for entry in context.configuration.earning
        ]
        context.refunds_to_come = money is not None and money.refunded > 0
        programs = [self._program_again(context, event, entry, account, money) for entry in entries]
        told = Spent(first.credit, first.redemptions)
        if money is not None and context.refunds_to_come:
            take_back(context, event, money, programs, told)
        status, reason = outcome.overall(programs, told)
        return EventOutcome(
            event.id,
            event.type,
            status,
            reason,
            programs,
            first.payment,
            credit=told.credit,
            redemptions=told.redemptions,
        )

    def _program_again(
        self,
        context: Context,
        event: EventIn,
        entry: ProgramOutcome,
        account: Account | None,
        money: Payment | None,
    ) -> ProgramOutcome:
        if entry.status != "ignored" or (account is not None and account.program != entry.program):
            return entry
        only_account = None if account is None else account.id
        happening = happening_of(event, _source(event), money=money, only_account=only_account)
        return evaluate_in(context, context.configuration.programs[entry.program], happening)


def _replayable(received: ReceivedEvent) -> bool:
    """Whether a program ignored it, for what it does by itself was done."""
    built_in = received.type in ALL_HANDLERS and received.type not in rules.PAYING_TRIGGERS
    if built_in or received.status == "deferred" or received.outcome == inbox.ERASED:
        return False
    first = outcome.decoder.decode(received.outcome)
    return first.reason == "no_program" or any(entry.status == "ignored" for entry in first.programs)


def _sent(received: ReceivedEvent) -> EventIn:
    return incoming.parse_event(json.decode(received.body))


def _not_replayable(received: ReceivedEvent) -> Conflict:
    return Conflict(
        "event_not_replayable",
        f"Event {received.id} was {received.status}; only an event that a program ignored can be replayed.",
        resource=received.id,
    )


def _money(context: Context, event: EventIn) -> Payment | None:
    if event.type not in rules.PAYING_TRIGGERS:
        return None
    facts = incoming.payment_of(event.object)
    key = payments.payment_key(facts.payment if event.type == "invoice.paid" and facts.payment else facts.id)
    payment = context.state.find(payments.PAYMENTS, key)
    assert payment is not None
    return context.state.change(payment)


def _source(event: EventIn) -> Source:
    kind = {"payment.completed": "payment", "invoice.paid": "invoice"}.get(event.type)
    return Source("event", event.id) if kind is None else Source(kind, event.object["id"])
