"""Which events an endpoint wants: exact types, families such as ``loyalty.points.*``, or ``*`` for all."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from typing import Final

from vinr_engagement import outbox
from vinr_engagement.foundation.errors import Invalid

EVERYTHING: Final = "*"
FAMILIES: Final = frozenset(
    ".".join(parts[:length]) + ".*"
    for parts in (name.split(".") for name in outbox.EVENT_TYPES)
    for length in range(1, len(parts))
)
"""Every family that has a type."""
PATTERNS: Final = frozenset((EVERYTHING, *FAMILIES, *outbox.EVENT_TYPES))


def check(patterns: Iterable[str], param: str) -> list[str]:
    """The patterns, each once. Raises ``Invalid`` for one that no event can match, naming the nearest that one can."""
    found = list(dict.fromkeys(patterns))
    for place, pattern in enumerate(found):
        if pattern not in PATTERNS:
            where = f"{param}[{place}]"
            raise Invalid("parameter_invalid", f"{where}: {_unknown(pattern)}", param=where)
    return found


def _unknown(pattern: str) -> str:
    close = get_close_matches(pattern[:100], PATTERNS, n=1, cutoff=0.6)
    meant = f' Did you mean "{close[0]}"?' if close else ' Send types of events, families such as "loyalty.*", or "*".'
    return f"there is no event type {pattern[:100]!r}.{meant}"


def types_of(patterns: Collection[str]) -> frozenset[str]:
    """The event types that these patterns match."""
    if EVERYTHING in patterns:
        return outbox.EVENT_TYPES
    stems = tuple(pattern[:-1] for pattern in patterns if pattern.endswith(".*"))
    return frozenset(name for name in outbox.EVENT_TYPES if name in patterns or name.startswith(stems))
