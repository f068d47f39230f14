"""Internal events that trigger rules in the same transaction, each wave of them a level deeper."""

from typing import Any

from vinr_engagement import members, outbox
from vinr_engagement.commands import appraise, campaigning, standing
from vinr_engagement.commands.awards import Occasion, give
from vinr_engagement.commands.context import Context
from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import Instant, parse_instant
from vinr_engagement.ledger import Source
from vinr_engagement.outbox import OutgoingEvent

CASCADE_DEPTH = 8
"""How many levels of internal events may trigger rules."""
_DATED = ("loyalty.points.", "loyalty.tier.")


def begin(context: Context) -> None:
    """Starts a command: what is recorded from here on may be reacted to."""
    context.reacted = len(context.state.inserted.get(outbox.OUTGOING_EVENTS, ()))
    context.watched.clear()


def react(context: Context, at: Instant) -> bool:
    """Moves members to the tiers that they have reached, lets rules react to the facts that the command recorded since they
    last did, and to the facts that this records in turn.

    ``at`` is when it happened, for facts that do not say so themselves. Answers whether the limit was met: reactions beyond
    it were left out.
    """
    triggers = context.configuration.internal_triggers
    for depth in range(CASCADE_DEPTH + 1):
        standing.reassess(context)
        if not triggers:
            return False
        recorded: list[OutgoingEvent] = context.state.inserted.get(outbox.OUTGOING_EVENTS, [])
        triggering = [event for event in recorded[context.reacted :] if event.type in triggers]
        context.reacted = len(recorded)
        if not triggering:
            return False
        if depth == CASCADE_DEPTH:
            return True
        for event in triggering:
            _react_to(context, event, at)
    return False


def _react_to(context: Context, event: OutgoingEvent, at: Instant) -> None:
    account = context.state.find(members.ACCOUNTS, members.account_key(event.account))
    if account is None or not members.may_earn(account):
        return
    entry = context.configuration.programs[account.program]
    listed, reacting = entry.rules_for(event.type), entry.campaigns_for(event.type)
    if not (listed or reacting) or entry.program.status != "active":
        return
    snapshot: dict[str, Any] = json.decode(event.data)["object"]
    at = _moment_of(event.type, snapshot, at)
    standing.watch(context, account)
    looked = campaigning.look(context, entry, event.type, account, snapshot, at)
    verdicts = appraise.verdicts(context, entry, listed, account, snapshot, at, factors=campaigning.factors_of(looked))
    occasion = Occasion(event.type, event.id, at, Source("event", event.id), held=False)
    for rule, verdict in zip(listed, verdicts, strict=True):
        if verdict.matched:
            boost = campaigning.boost_of(looked)
            give(context, entry.program, context.state.change(account), rule, verdict, occasion, boost)
    if looked:
        campaigning.carry_out(context, entry.program, context.state.change(account), looked, occasion, money=False)


def _moment_of(event_type: str, snapshot: dict[str, Any], at: Instant) -> Instant:
    """When a fact happened: changes that time brought are dated by when they were due, not by who noticed."""
    moment = snapshot.get("available_at" if event_type == "loyalty.points.available" else "effective_at")
    return parse_instant(moment) if event_type.startswith(_DATED) and isinstance(moment, str) else at
