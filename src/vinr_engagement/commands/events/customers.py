"""The customers mirror, and what the customers' own events mean for their accounts."""

from vinr_engagement import members, outbox
from vinr_engagement.commands.context import Context
from vinr_engagement.commands.enroll import link
from vinr_engagement.commands.events import incoming
from vinr_engagement.commands.events.evaluate import evaluate_everywhere, happening_of
from vinr_engagement.commands.events.incoming import EventIn
from vinr_engagement.commands.events.outcome import EventOutcome, ProgramOutcome
from vinr_engagement.commands.events.payments import HANDLERS, Handler
from vinr_engagement.commands.merge import combine
from vinr_engagement.foundation.errors import Invalid
from vinr_engagement.ledger import Source
from vinr_engagement.members import Account, Customer

_NOTHING_DONE = ("no_matching_rule", "not_enrolled")


def customer_changed(context: Context, event: EventIn) -> EventOutcome:
    """Mirrors the customer; rules may react."""
    identifier = incoming.identifier_of(event.object, "id")
    _mirror(context, event, identifier)
    happening = happening_of(event, Source("event", event.id), customer=identifier)
    programs = [entry for entry in evaluate_everywhere(context, happening) if _says_something(entry)]
    return EventOutcome(event.id, event.type, "processed", None, programs, customer=identifier)


def _says_something(outcome: ProgramOutcome) -> bool:
    return outcome.status == "processed" or bool(outcome.rules) or outcome.reason not in _NOTHING_DONE


def _mirror(context: Context, event: EventIn, identifier: str) -> Customer:
    known = context.state.find(members.CUSTOMERS, members.customer_key(identifier))
    if known is not None and known.updated_at > event.occurred_at:
        return known  # a newer event has been here already
    customer = context.state.replace(members.mirror(identifier, known, event.object, event.occurred_at))
    _index(context, customer)
    return customer


def _index(context: Context, customer: Customer) -> None:
    """Lets the customer be found by what is known now, and by nothing else."""
    wanted = {term.term: term for term in members.terms_of(customer)}
    for held in list(context.state.select(members.TERMS_OF_CUSTOMER, (customer.bucket, customer.id))):
        if wanted.pop(held.term, None) is None:
            context.state.delete(held)
    for term in wanted.values():
        context.state.insert(term)


def customer_deleted(context: Context, event: EventIn) -> EventOutcome:
    """Keeps the id, forgets the person. Accounts stay: erase them where the law asks for it."""
    identifier = incoming.identifier_of(event.object, "id")
    customer = context.state.find(members.CUSTOMERS, members.customer_key(identifier))
    if customer is not None and customer.updated_at > event.occurred_at:
        return EventOutcome(event.id, event.type, "ignored", "newer_known", customer=identifier)
    fresh = members.mirror(identifier, None, {}, event.occurred_at)
    if customer is not None:
        fresh.listed_id, fresh.created_at = customer.listed_id, customer.created_at
    fresh.deleted_at = event.occurred_at
    _index(context, context.state.replace(fresh))
    return EventOutcome(event.id, event.type, "processed", customer=identifier)


def customer_merged(context: Context, event: EventIn) -> EventOutcome:
    """``{id, merged_from}``: the accounts of ``merged_from`` become those of ``id``, merged where both have one."""
    target = incoming.identifier_of(event.object, "id")
    source = incoming.identifier_of(event.object, "merged_from")
    if source == target:
        raise Invalid(
            "parameter_invalid",
            "data.object.merged_from must name another customer than data.object.id.",
            param="data.object.merged_from",
        )
    programs = []
    for entry in context.configuration.programs.values():
        outcome = _merge_in(context, entry.program.id, source, target)
        if outcome is not None:
            programs.append(outcome)
    return EventOutcome(event.id, event.type, "processed", None, programs, customer=target)


def _merge_in(context: Context, program: str, source: str, target: str) -> ProgramOutcome | None:
    leaving, staying = _account_of(context, source, program), _account_of(context, target, program)
    if leaving is None or (staying is not None and leaving.id == staying.id):
        return None
    if staying is None:
        link(context, target, leaving)
        if leaving.customer == source:
            leaving.customer, leaving.updated_at = target, context.now
            snapshot = members.account_snapshot(leaving)
            outbox.record(
                context.state, leaving, "loyalty.account.updated", snapshot, context.now, previous={"customer": source}
            )
        return ProgramOutcome(program, "processed", account=leaving.id, balance=leaving.balance)
    if staying.status != "active":
        return ProgramOutcome(program, "ignored", "account_closed", account=staying.id)
    survivor = combine(context, leaving, staying)
    return ProgramOutcome(program, "processed", account=survivor.id, balance=survivor.balance)


def _account_of(context: Context, customer: str, program: str) -> Account | None:
    held = context.state.find(members.LINKS, members.link_key(customer, program))
    return None if held is None else context.survivor(held.account)


def other(context: Context, event: EventIn) -> EventOutcome:
    """Any other type: only the rules say what it means."""
    happening = happening_of(event, Source("event", event.id))
    programs = evaluate_everywhere(context, happening)
    if any(entry.status == "processed" for entry in programs):
        return EventOutcome(event.id, event.type, "processed", None, programs)
    reason = programs[0].reason if programs else "no_program"
    return EventOutcome(event.id, event.type, "ignored", reason, programs)


ALL_HANDLERS: dict[str, Handler] = {
    **HANDLERS,
    "customer.created": customer_changed,
    "customer.updated": customer_changed,
    "customer.deleted": customer_deleted,
    "customer.merged": customer_merged,
}
