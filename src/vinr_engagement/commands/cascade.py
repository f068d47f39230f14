"""Internal events that trigger rules in the same transaction, each wave of them a level deeper."""

from typing import Any

from vinr_engagement import members, outbox
from vinr_engagement.commands import appraise, campaigning, referring, standing
from vinr_engagement.commands.awards import Award, Occasion, give
from vinr_engagement.commands.configuration import ProgramRules
from vinr_engagement.commands.context import Context
from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import Instant, parse_instant
from vinr_engagement.ledger import Source
from vinr_engagement.members import Account
from vinr_engagement.outbox import OutgoingEvent
from vinr_engagement.rules import Rule

CASCADE_DEPTH = 8
"""How many levels of internal events may trigger rules."""
_REFERRAL = "referral."
_DATED = ("loyalty.points.", "loyalty.tier.", "credit.", "redemption.", "referral.rejected")
_MOMENTS = {
    "loyalty.points.available": "available_at",
    "referral.rejected": "ended_at",
    "redemption.released": "released_at",
    "redemption.reversed": "reversed_at",
}


def begin(context: Context) -> None:
    """Starts a command: what is recorded from here on may be reacted to."""
    context.reacted = len(context.state.inserted.get(outbox.OUTGOING_EVENTS, ()))
    context.watched.clear()
    context.refunds_to_come = False


def react(context: Context, at: Instant) -> bool:
    """Moves members to the tiers that they have reached, lets rules react to the facts that the command recorded since they
    last did, and to the facts that this records in turn.

    ``at`` is when it happened, for facts that do not say so themselves. With ``context.refunds_to_come`` nobody is moved yet.
    Answers whether the limit was met: reactions beyond it were left out.
    """
    triggers = context.configuration.internal_triggers
    for depth in range(CASCADE_DEPTH + 1):
        if not context.refunds_to_come:
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
    if account is None:
        return
    entry = context.configuration.programs[account.program]
    listed, reacting = entry.rules_for(event.type), entry.campaigns_for(event.type)
    if not (listed or reacting) or entry.program.status != "active":
        return
    snapshot: dict[str, Any] = json.decode(event.data)["object"]
    at = _moment_of(event.type, snapshot, at)
    occasion = Occasion(event.type, event.id, at, Source("event", event.id), held=False)
    if not event.type.startswith(_REFERRAL):
        _give_to(context, entry, account, listed, snapshot, occasion)
        return
    if event.type == referring.CONVERTED:
        occasion = Occasion(event.type, event.id, at, Source("referral", snapshot["id"]), held=True)
    owed: list[Award] = []
    for side, chosen in referring.recipients(context, account, listed, snapshot):
        owed += _give_to(context, entry, side, chosen, snapshot, occasion)
    if event.type == referring.CONVERTED:
        referring.owe(context, entry.program, snapshot, owed)


def _give_to(
    context: Context,
    entry: ProgramRules,
    account: Account,
    listed: list[Rule],
    snapshot: dict[str, Any],
    occasion: Occasion,
) -> list[Award]:
    """Lets rules, and campaigns beside them, judge a fact for one member; answers what the rules awarded."""
    if not members.may_earn(account):
        return []
    standing.watch(context, account)
    referred = occasion.trigger.startswith(_REFERRAL)  # what a referral brings is the rules' alone
    facts = appraise.facts_of(context, entry, occasion.trigger, account, snapshot, occasion.at)
    looked = [] if referred else campaigning.look(context, entry, occasion.trigger, account, facts)
    verdicts = appraise.verdicts(entry, listed, account, facts, campaigning.factors_of(looked))
    context.state.change(account)
    given = [
        give(context, entry.program, account, rule, verdict, occasion, campaigning.boost_of(looked))
        for rule, verdict in zip(listed, verdicts, strict=True)
        if verdict.matched
    ]
    if looked:
        campaigning.carry_out(context, entry.program, account, looked, occasion, money=False)
    return [each.award for each in given if each.award is not None]


def _moment_of(event_type: str, snapshot: dict[str, Any], at: Instant) -> Instant:
    """When a fact happened: changes that time brought are dated by when they were due, not by who noticed."""
    moment = snapshot.get(_MOMENTS.get(event_type, "effective_at"))
    return parse_instant(moment) if event_type.startswith(_DATED) and isinstance(moment, str) else at
