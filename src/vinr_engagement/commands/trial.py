"""What a backtest tries: the rules of a program as they are today, and as they would be."""

from collections.abc import Sequence
from typing import Any

import msgspec

from vinr_engagement import outbox, rules
from vinr_engagement.commands.configuration import ProgramRules, program_rules
from vinr_engagement.commands.configuring import refuse_unknown_segments
from vinr_engagement.commands.context import Context, no_such
from vinr_engagement.commands.events.customers import ALL_HANDLERS, customer_changed
from vinr_engagement.commands.events.payments import invoice_paid, payment_completed
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.errors import Invalid
from vinr_engagement.programs import Program
from vinr_engagement.rules import Rule

_DRAFT = "draft_"
_JUDGED = (payment_completed, invoice_paid, customer_changed)
"""What makes rules look at an event of a known type; at one of any other type they always do."""


class Trial(msgspec.Struct):
    """Two sides of rules. ``entry`` is the program with those of both; ``drafts`` are the proposed ones, by their ids there.

    ``triggers`` are those whose events the shop sends; ``left_out`` the rules that react to what the engine itself tells.
    """

    entry: ProgramRules
    today: list[Rule]
    kept: list[Rule]
    drafts: list[Rule]
    triggers: frozenset[str]
    left_out: int
    dated: bool

    @property
    def program(self) -> Program:
        """Whose rules they are."""
        return self.entry.program

    @property
    def proposed(self) -> list[Rule]:
        """Today's rules but for those replaced, then the drafts."""
        return [*self.kept, *self.drafts]

    def tried(self, listed: Sequence[Rule]) -> list[Rule]:
        """Of some rules those that react to what the shop sends."""
        return [rule for rule in listed if rule.trigger in self.triggers]


def trial_of(context: Context, program: str, definitions: Sequence[dict[str, Any]], replaces: Sequence[str]) -> Trial:
    """The rules in force now, and the same with drafts in place of those replaced. Dates of rules are taken off: each counts for
    every event. Raises ``NotFound`` for a program or a rule that is not there, ``Invalid`` for a faulty draft.
    """
    entry = context.configuration.programs.get(program)
    if entry is None:
        raise no_such("program", program, "program")
    for place, name in enumerate(replaces):
        if name not in entry.all_rules:
            raise no_such("earning rule", name, f"replaces[{place}]")
    today = [rule for rule in entry.all_rules.values() if _in_force(rule, context.now)]
    drafts = [_draft(context, program, definition, place) for place, definition in enumerate(definitions)]
    kept = [rule for rule in today if rule.id not in replaces]
    dated = any(rule.starts_at is not None or rule.ends_at is not None for rule in (*today, *drafts))
    today, kept, drafts = [[_always(rule) for rule in listed] for listed in (today, kept, drafts)]
    every = [*today, *drafts]
    triggers = frozenset(rule.trigger for rule in every if _is_sent(rule.trigger))
    both = program_rules(entry.program, every, entry.segments, entry.campaigns.values())
    left_out = sum(rule.trigger not in triggers for rule in every)
    return Trial(both, today, kept, drafts, triggers, left_out, dated)


def _in_force(rule: Rule, now: Instant) -> bool:
    begun = rule.starts_at is None or rule.starts_at <= now
    return rule.active and begun and (rule.ends_at is None or now < rule.ends_at)


def _always(rule: Rule) -> Rule:
    return msgspec.structs.replace(rule, starts_at=None, ends_at=None)


def _is_sent(trigger: str) -> bool:
    """Whether rules look at events of this type that the shop sends; internal ones come from the engine alone."""
    return trigger not in outbox.EVENT_TYPES and ALL_HANDLERS.get(trigger, _JUDGED[0]) in _JUDGED


def _draft(context: Context, program: str, definition: dict[str, Any], place: int) -> Rule:
    param = f"rules[{place}]"
    if definition.get("program", program) != program:
        raise Invalid("parameter_invalid", f"{param}.program must be {program}, or left out.", param=f"{param}.program")
    named = {"name": definition.get("trigger"), **definition, "program": program}
    try:
        rule = rules.parse_rule({**named, "id": f"{_DRAFT}{place}", "version": 1})
    except Invalid as fault:
        raise Invalid(fault.code, fault.message, param=f"{param}.{fault.param}" if fault.param else param) from None
    refuse_unknown_segments(context, program, rules.segments_needed(rule), f"{param}.conditions")
    return rule
