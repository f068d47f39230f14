"""How values of facts compare: exact numbers, texts, flags and instants, never one kind with another.

A ``bool`` is not a number. A float stands for the decimal it is written as (``0.1`` is one tenth). A value that is
missing, or null, is of no kind and equals nothing.
"""

from collections.abc import Callable
from decimal import Decimal
from math import isfinite
from typing import Any

from vinr_engagement.foundation.clock import Instant, parse_instant

Number = int | Decimal
Test = Callable[[Any], bool]
"""Whether a found value satisfies a condition. Takes any JSON value, or None for a missing one, and never raises."""

_DATE = len("2026-04-01")
_LONGEST_INSTANT = 40
_SHOWN_CHARACTERS = 100
_SHOWN_ENTRIES = 5


def number_of(value: object) -> Number | None:
    """The exact number a value stands for; None for anything that is not a finite number."""
    if type(value) is int:
        return value
    if type(value) is float:
        return Decimal(repr(value)) if isfinite(value) else None
    if type(value) is Decimal:
        return value if value.is_finite() else None
    return None


def instant_of(value: object) -> Instant | None:
    """The instant an RFC 3339 text names (a date alone is its midnight in UTC); None for anything else."""
    if type(value) is not str or not _DATE <= len(value) <= _LONGEST_INSTANT:
        return None
    if value[4] != "-" or value[7] != "-":
        return None
    try:
        return parse_instant(value if len(value) > _DATE else value + "T00:00:00Z")
    except (ValueError, OverflowError):
        return None


_SHORT = frozenset((int, bool, float))


def shown(value: object) -> object:
    """A found value, small enough to stand in an explanation."""
    if value is None or type(value) in _SHORT:
        return value
    if isinstance(value, str) and len(value) > _SHOWN_CHARACTERS:
        return value[: _SHOWN_CHARACTERS - 1] + "…"
    if isinstance(value, dict):
        return f"an object with {len(value)} fields"
    if isinstance(value, list | tuple):
        return [shown(entry) if not isinstance(entry, list) else "a list" for entry in value[:_SHOWN_ENTRIES]]
    if isinstance(value, Decimal):
        return str(value)
    return value


def equals(wanted: Any) -> Test:
    """Same kind and same value. Texts compare as they are, also those that name instants."""
    if isinstance(wanted, bool):
        return lambda found: found is wanted
    if isinstance(wanted, str):
        return lambda found: found == wanted
    return _equals_number(wanted)


def _equals_number(wanted: Number) -> Test:
    def test(found: Any) -> bool:
        if type(found) is int:
            return found == wanted
        number = number_of(found)
        return number is not None and number == wanted

    return test


def among(wanted: list[Any]) -> Test:
    """Equal to at least one entry."""
    texts = frozenset(entry for entry in wanted if isinstance(entry, str))
    flags = tuple(entry for entry in wanted if isinstance(entry, bool))
    numbers = frozenset(entry for entry in wanted if not isinstance(entry, str | bool))

    def test(found: Any) -> bool:
        if type(found) is str:
            return found in texts
        if type(found) is bool:
            return found in flags
        number = number_of(found)
        return number is not None and number in numbers

    return test


def ordered(compare: Callable[[Any, Any], bool], wanted: Number | str) -> Test:
    """``compare(found, wanted)`` where both are numbers, or both name instants; otherwise False."""
    if isinstance(wanted, str):
        return _ordered_instant(compare, instant_of(wanted))

    def test(found: Any) -> bool:
        if type(found) is int:
            return compare(found, wanted)
        number = number_of(found)
        return number is not None and compare(number, wanted)

    return test


def _ordered_instant(compare: Callable[[Any, Any], bool], wanted: Instant | None) -> Test:
    def test(found: Any) -> bool:
        instant = instant_of(found)
        return instant is not None and compare(instant, wanted)

    return test


def containing(wanted: Any) -> Test:
    """A text that has ``wanted`` in it, or a list with an entry equal to it."""
    equal = equals(wanted)

    def test(found: Any) -> bool:
        if type(found) is str:
            return type(wanted) is str and wanted in found
        return isinstance(found, list | tuple) and any(equal(entry) for entry in found)

    return test


def negated(test: Test) -> Test:
    """Holds where ``test`` does not, so also for a missing value."""
    return lambda found: not test(found)
