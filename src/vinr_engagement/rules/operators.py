"""The operators of conditions: for each, what values it takes, and the test it compiles to.

======== ============================== ===========================================================================
operator value                          holds when the fact …
======== ============================== ===========================================================================
eq       text, number or flag           is of the same kind and equal
neq      text, number or flag           is not: also when it is missing or of another kind
gt … lte number or RFC 3339 time        is of the same kind and lies above, below; other texts have no order
between  [low, high]                    is of the same kind and lies between them, both included
in       list of 1 to 100               equals one of them
not_in   list of 1 to 100               equals none of them: also when it is missing
exists   true (default) or false        is there and not null; is not
contains text, number or flag           is a text with that text in it, or a list with that entry
======== ============================== ===========================================================================
"""

import operator
from collections.abc import Callable, Collection
from math import ceil, floor
from typing import Any

from vinr_engagement.rules import values
from vinr_engagement.rules.fields import comparable, flag, kind_of, quote, refuse, text

_LONGEST_VALUE = 500
_MOST_VALUES = 100
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
OPERATORS = ("eq", "neq", *_ORDERS, "in", "not_in", "between", "exists", "contains")
SEGMENT_OPERATORS = ("eq", "neq", "in", "not_in")
_OF_KIND = {"number": int | float, "flag": bool, "text": str, "instant": str}
_IN_WORDS = {
    "number": "a number",
    "flag": "true or false",
    "text": "a text",
    "instant": "a time",
    "segment": "a segment",
}


def compile_test(op: str, value: Any, param: str, kind: str | None) -> values.Test:
    """The test for an operator and its value; ``kind`` is the fact's, where it has one.

    Raises ``Invalid`` for a value the operator cannot take, or that no fact of that kind could ever be compared with.
    """
    if kind == "segment":
        return _segment_test(op, value, param)
    if op == "exists":
        present = value is None or flag(value, param, "The value of exists")
        return _is_present if present else values.negated(_is_present)
    _check_kind(op, value, param, kind)
    if op in _ORDERS:
        return values.ordered(_ORDERS[op], _orderable(value, param, op))
    if op == "between":
        return _between(value, param)
    if op in ("in", "not_in"):
        test = values.among([_scalar(entry, f"{param}[{i}]") for i, entry in enumerate(_list(value, param, op))])
        return values.negated(test) if op == "not_in" else test
    if op == "contains":
        return values.containing(_scalar(value, param))
    test = values.equals(_scalar(value, param))
    return values.negated(test) if op == "neq" else test


def lower_bound(op: str, value: Any) -> int:
    """The least value that satisfies ``gt``, ``gte`` or ``between`` on a whole number; 0 for other operators."""
    if op not in ("gt", "gte", "between"):
        return 0
    bound = values.number_of(value[0] if op == "between" else value)
    assert bound is not None, "compile_test takes only numbers for a fact that is a number"
    return floor(bound) + 1 if op == "gt" else ceil(bound)


def _is_present(found: Any) -> bool:
    return found is not None


def _scalar(value: Any, param: str) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return text(value, param, _LONGEST_VALUE, "A value to compare with")
    if value is None or isinstance(value, dict | list | tuple):
        hint = " To ask whether a fact is missing, use exists." if value is None else ""
        raise refuse(param, f"A value to compare with is a text, a number, true or false, not {kind_of(value)}.{hint}")
    return comparable(value, param)


def _list(value: Any, param: str, op: str) -> list[Any]:
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= _MOST_VALUES:
        found = f"a list of {len(value)}" if isinstance(value, list | tuple) else quote(value)
        raise refuse(param, f"{op} needs a list of 1 to {_MOST_VALUES} values, not {found}.")
    return list(value)


def _orderable(value: Any, param: str, op: str) -> Any:
    if isinstance(value, str):
        if values.instant_of(value) is None:
            raise refuse(
                param, f"{op} compares numbers, or times like 2026-04-01T12:00:00Z; {quote(value)} is neither."
            )
        return value
    if value is None or isinstance(value, bool | dict | list | tuple):
        raise refuse(param, f"{op} compares numbers, or times like 2026-04-01T12:00:00Z, not {kind_of(value)}.")
    return comparable(value, param)


def _between(value: Any, param: str) -> values.Test:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise refuse(param, f"between needs [low, high], like [1000, 5000], not {quote(value)}.")
    low, high = (_orderable(end, f"{param}[{i}]", "between") for i, end in enumerate(value))
    if isinstance(low, str) is not isinstance(high, str):
        raise refuse(param, "between needs two numbers or two times, not one of each.")
    if not values.ordered(operator.le, high)(low):
        raise refuse(param, f"between needs the lower end first: [{quote(value[1])}, {quote(value[0])}].")
    above, below = values.ordered(operator.ge, low), values.ordered(operator.le, high)
    return lambda found: above(found) and below(found)


def _segment_test(op: str, value: Any, param: str) -> values.Test:
    if op not in SEGMENT_OPERATORS:
        raise refuse(param, f"segment takes {', '.join(SEGMENT_OPERATORS)}, not {op}.")
    wanted = segment_ids(op, value, param)

    def test(found: Collection[str]) -> bool:
        return any(segment in found for segment in wanted)

    return values.negated(test) if op in ("neq", "not_in") else test


def segment_ids(op: str, value: Any, param: str) -> frozenset[str]:
    """The segments that a condition on ``segment`` names."""
    entries = _list(value, param, op) if op in ("in", "not_in") else [value]
    return frozenset(text(entry, param, _LONGEST_VALUE, "A segment's id") for entry in entries)


def _check_kind(op: str, value: Any, param: str, kind: str | None) -> None:
    """A fact that is always a number is never compared with a text: say so now, not by never matching."""
    if kind is None:
        return
    if op == "contains" and kind != "text":
        raise refuse(param, f"contains looks into texts and lists; this fact is {_IN_WORDS[kind]}.")
    for entry in value if isinstance(value, list | tuple) else (value,):
        if kind == "text" and op in (*_ORDERS, "between") and isinstance(entry, str):
            continue  # a text may name an instant, and _orderable says what else is wrong
        fits = isinstance(entry, _OF_KIND[kind]) and (kind == "flag" or not isinstance(entry, bool))
        if not fits and entry is not None:
            raise refuse(
                param, f"This fact is {_IN_WORDS[kind]}; {quote(entry)} is {kind_of(entry)}, so it would never match."
            )
