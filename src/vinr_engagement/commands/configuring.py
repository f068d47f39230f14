"""What commands that change the configuration have in common: each is in the audit log, and every process follows from its
next batch on.
"""

from typing import Any, ClassVar

from vinr_engagement import programs
from vinr_engagement.commands.context import Context, Decision, Statement, no_such
from vinr_engagement.foundation.errors import Invalid

NEW_VERSION = Statement("update store_state set configuration_version = configuration_version + 1 where id = 1", ())
"""Tells every process that the configuration has changed."""


class Configure(Decision):
    """A change that every process has to hear of."""

    alone: ClassVar[bool] = True
    reconfigures: ClassVar[bool] = True


def merged(held: dict[str, Any], changes: dict[str, Any], nested: tuple[str, ...]) -> dict[str, Any]:
    """The fields held with those given in their place; of the ``nested`` ones field by field, and in metadata null removes."""
    result = {**held, **changes}
    for name in nested:
        if isinstance(held.get(name), dict) and isinstance(changes.get(name), dict):
            both = {**held[name], **changes[name]}
            result[name] = {key: value for key, value in both.items() if name != "metadata" or value is not None}
    return result


def refuse_unknown_program(context: Context, program: Any) -> None:
    """Raises ``NotFound`` where a definition names no program, or one that does not exist."""
    if not isinstance(program, str) or context.state.find(programs.PROGRAMS, (program,)) is None:
        raise no_such("program", str(program), "program")


def refuse_unknown_segments(context: Context, program: str, names: frozenset[str], param: str) -> None:
    """Raises ``Invalid`` where a definition names a segment that the program does not have."""
    entry = context.configuration.programs.get(program)
    unknown = sorted(names if entry is None else names - entry.segments.keys())
    if unknown:
        raise Invalid("parameter_invalid", f"{param}: program {program} has no segment {unknown[0]!r}.", param=param)
