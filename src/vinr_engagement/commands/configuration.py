"""Programs and rules as a process holds them: compiled once, replaced when the store says that they changed."""

from collections import defaultdict

import msgspec

from vinr_engagement import outbox, programs, rules
from vinr_engagement.foundation import json
from vinr_engagement.foundation.database import Session
from vinr_engagement.programs import Program


class ProgramRules(msgspec.Struct):
    """A program with its active rules, by trigger; ``customer_triggers`` have a rule that asks about the customer."""

    program: Program
    by_trigger: dict[str, list[rules.Rule]]
    customer_triggers: frozenset[str]
    all_rules: dict[str, rules.Rule]

    def rules_for(self, trigger: str) -> list[rules.Rule]:
        """The active rules of a trigger, oldest first."""
        return self.by_trigger.get(trigger, [])


class Configuration(msgspec.Struct):
    """All programs of a store at one version.

    ``earning`` are those that events are evaluated in: all but archived ones. ``internal_triggers`` are the outgoing events
    that some rule reacts to.
    """

    version: int
    programs: dict[str, ProgramRules]
    earning: list[ProgramRules]
    internal_triggers: frozenset[str]

    def program(self, identifier: str) -> Program:
        """The program of an account, which always exists."""
        return self.programs[identifier].program


EMPTY = Configuration(-1, {}, [], frozenset())


async def load(session: Session, version: int) -> Configuration:
    """Reads and compiles everything."""
    compiled: dict[str, list[rules.Rule]] = defaultdict(list)
    for row in await session.rows(rules.RULES, "true order by id"):
        compiled[row.program].append(rules.parse_rule(json.decode(row.body)))
    found = {
        row.id: _program_rules(programs.program_of(row), compiled[row.id])
        for row in await session.rows(programs.PROGRAMS, "true order by id")
    }
    earning = [entry for entry in found.values() if entry.program.status != "archived"]
    return Configuration(version, found, earning, internal_triggers(earning))


def internal_triggers(earning: list[ProgramRules]) -> frozenset[str]:
    """The outgoing events that rules of these programs react to."""
    return frozenset(trigger for entry in earning for trigger in entry.by_trigger) & outbox.EVENT_TYPES


def _program_rules(program: Program, compiled: list[rules.Rule]) -> ProgramRules:
    by_trigger: dict[str, list[rules.Rule]] = defaultdict(list)
    for rule in compiled:
        if rule.active:
            by_trigger[rule.trigger].append(rule)
    asking = frozenset(
        trigger for trigger, listed in by_trigger.items() if any(rules.customer_needed(rule) for rule in listed)
    )
    return ProgramRules(program, dict(by_trigger), asking, {rule.id: rule for rule in compiled})
