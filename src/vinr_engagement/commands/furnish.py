"""What a fresh install has: a program that works, and its rule."""

from typing import Any, ClassVar

from vinr_engagement import programs
from vinr_engagement.commands.configure import CreateProgram, CreateRule
from vinr_engagement.commands.context import Context, Decision
from vinr_engagement.programs import DEFAULT_PROGRAM

DEFAULT_RULE = "rule_default"
_RULE: dict[str, Any] = {
    "program": DEFAULT_PROGRAM,
    "name": "1 point per whole pound",
    "trigger": "payment.completed",
    "award": {"type": "per_amount", "per": 100, "points": 1},
}


class Furnish(Decision):
    """Makes the default program and its rule where the store has no program; several processes may try at once."""

    alone: ClassVar[bool] = True

    def decide(self, context: Context) -> bool:
        if context.configuration.programs:
            return False
        program = programs.default_program(context.now)
        CreateProgram(programs.definition_of(program), DEFAULT_PROGRAM).decide(context)
        CreateRule(_RULE, DEFAULT_RULE).decide(context)
        return True
