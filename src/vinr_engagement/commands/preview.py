"""Trying rules on an event without effect."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from vinr_engagement import ledger, rules
from vinr_engagement.commands.configuration import Configuration, ProgramRules, internal_triggers, program_rules
from vinr_engagement.commands.context import Context, Decision, no_such
from vinr_engagement.commands.events import needed
from vinr_engagement.commands.events.evaluate import Happening, evaluate_in, happening_of
from vinr_engagement.commands.events.incoming import EventIn
from vinr_engagement.foundation.database import Need
from vinr_engagement.foundation.errors import Invalid
from vinr_engagement.ledger import Source

_TRIED = "rule_preview"


class Preview(Decision):
    """What an event would bring, by the rules in force or by those given; decided on a snapshot and thrown away."""

    def __init__(self, event: EventIn, definitions: list[dict[str, Any]] | None, account: str | None) -> None:
        self.event = event
        self.definitions = definitions
        self.account = account

    def needs(self, context: Context) -> Iterator[Iterable[Need]]:
        return needed.waves(context, self.event, self.account)

    def decide(self, context: Context) -> dict[str, Any]:
        entries = self._programs(context)
        context.configuration = _trying(context.configuration, entries)
        happening = self._happening(context)
        outcomes = [evaluate_in(context, entry, happening) for entry in entries]
        written = context.state.inserted.get(ledger.TRANSACTIONS, [])
        return {
            "object": "earning_preview",
            "programs": [msgspec.to_builtins(entry) for entry in outcomes],
            "transactions": [ledger.transaction_snapshot(row) for row in written],
        }

    def _programs(self, context: Context) -> list[ProgramRules]:
        if self.definitions is None:
            return context.configuration.earning
        compiled: dict[str, list[rules.Rule]] = {}
        for number, definition in enumerate(self.definitions):
            program = definition.get("program")
            if program not in context.configuration.programs:
                raise no_such("program", str(program), f"rules[{number}].program")
            compiled.setdefault(str(program), []).append(_compiled(definition, number))
        return [_with_rules(context.configuration.programs[program], listed) for program, listed in compiled.items()]

    def _happening(self, context: Context) -> Happening:
        event = self.event
        account = None if self.account is None else context.own_account(self.account).id
        named = event.object.get("id")
        source = Source(
            "payment" if event.type == "payment.completed" else "event", named if isinstance(named, str) else event.id
        )
        return happening_of(event, source, only_account=account)


def _with_rules(entry: ProgramRules, listed: list[rules.Rule]) -> ProgramRules:
    """The program with other rules; its segments and campaigns stay."""
    return program_rules(entry.program, listed, entry.segments, entry.campaigns.values())


def _compiled(definition: dict[str, Any], number: int) -> rules.Rule:
    try:
        return rules.parse_rule({"id": f"{_TRIED}_{number}", "version": 1, "active": True, **definition})
    except Invalid as fault:
        param = f"rules[{number}]" + (f".{fault.param}" if fault.param else "")
        raise Invalid(fault.code, fault.message, param=param) from None


def _trying(configuration: Configuration, entries: list[ProgramRules]) -> Configuration:
    tried = {entry.program.id: entry for entry in entries}
    return Configuration(
        configuration.version,
        {**configuration.programs, **tried},
        entries,
        internal_triggers(entries),
    )
