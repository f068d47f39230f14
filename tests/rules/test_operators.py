"""Every operator on every kind of value: what holds, what does not, and why."""

from decimal import Decimal
from typing import Any

import pytest

from tests.rules.rulebook import group, judge

MISSING = object()

CASES = [
    # why, op, value, found, holds
    ("equal texts", "eq", "web", "web", True),
    ("texts are equal letter by letter", "eq", "web", "Web", False),
    ("equal numbers", "eq", 5, 5, True),
    ("5.0 is the number 5", "eq", 5, 5.0, True),
    ("a float is the decimal it prints as", "eq", 0.1, 0.1, True),
    ("no sum of floats sneaks in", "eq", 0.3, 0.1 + 0.2, False),
    ("a decimal is a number", "eq", 1.25, Decimal("1.250"), True),
    ("a text is not the number it spells", "eq", 5, "5", False),
    ("a number is not the text that spells it", "eq", "5", 5, False),
    ("true is not 1", "eq", 1, True, False),
    ("1 is not true", "eq", True, 1, False),
    ("equal flags", "eq", False, False, True),
    ("a missing fact equals nothing", "eq", "web", MISSING, False),
    ("null is missing", "eq", False, None, False),
    ("a list equals nothing", "eq", "web", ["web"], False),
    ("an object equals nothing", "eq", 1, {"a": 1}, False),
    ("not a number equals nothing", "eq", 1, float("nan"), False),
    ("different texts", "neq", "web", "app", True),
    ("equal texts are not unequal", "neq", "web", "web", False),
    ("a missing fact is unequal", "neq", "web", MISSING, True),
    ("another kind is unequal", "neq", 1, True, True),
    ("above", "gt", 100, 101, True),
    ("equal is not above", "gt", 100, 100, False),
    ("above by a fraction", "gt", 100, 100.0001, True),
    ("at least, equal", "gte", 100, 100, True),
    ("at least, by a fraction short", "gte", 100.0001, 100, False),
    ("below", "lt", 100, 99, True),
    ("equal is not below", "lt", 100, 100, False),
    ("at most, equal", "lte", 1.5, 1.5, True),
    ("numbers beyond 2^53 stay exact", "gt", 2**53 - 1, 2**53 + 1, True),
    ("a huge float costs nothing", "gt", 5, 1e308, True),
    ("infinity is not a number", "gt", 5, float("inf"), False),
    ("a text has no order with a number", "gt", 100, "101", False),
    ("a flag has no order", "gt", 0, True, False),
    ("a missing fact is not below", "lt", 100, MISSING, False),
    ("a missing fact is not at least", "gte", -5, MISSING, False),
    ("later", "gt", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", True),
    ("offsets count", "lt", "2026-01-01T00:00:00Z", "2026-01-01T00:30:00+01:00", True),
    ("the same instant in another zone", "gte", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", True),
    ("a date is its midnight in UTC", "gte", "2026-01-01", "2026-01-01T00:00:00Z", True),
    ("a week date is not RFC 3339", "gt", "2020-01-01", "2026-W01-1", False),
    ("a time without offset is no instant", "gt", "2020-01-01", "2026-01-01T00:00:00", False),
    ("a text that names no time has no order", "gt", "2026-01-01", "zebra", False),
    ("a number is not a time", "gt", "1970-01-01", 5, False),
    ("instants are equal only as texts", "eq", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", False),
    ("a whole number may be written with a point", "gt", 100.0, 101, True),
    ("between, low end", "between", [10, 20], 10, True),
    ("between, high end", "between", [10, 20], 20, True),
    ("between, outside", "between", [10, 20], 20.5, False),
    ("between, of no width", "between", [10, 10], 10, True),
    ("between, times", "between", ["2026-01-01", "2026-02-01"], "2026-01-15T12:00:00Z", True),
    ("between, after", "between", ["2026-01-01", "2026-02-01"], "2026-02-01T00:00:01Z", False),
    ("between, missing", "between", [0, 20], MISSING, False),
    ("between, another kind", "between", [0, 20], "10", False),
    ("in, text", "in", ["web", "app"], "app", True),
    ("in, number as float", "in", [1, 2], 2.0, True),
    ("in, decimal", "in", [0.5], 0.5, True),
    ("in, mixed kinds", "in", ["1", 2], 1, False),
    ("in, true is not 1", "in", [1], True, False),
    ("in, 1 is not true", "in", [True], 1, False),
    ("in, flag", "in", [True], True, True),
    ("in, missing", "in", ["web"], MISSING, False),
    ("in, a list is not an entry", "in", ["web"], ["web"], False),
    ("not in", "not_in", ["web"], "app", True),
    ("not in, but is", "not_in", ["web"], "web", False),
    ("not in, missing", "not_in", ["web"], MISSING, True),
    ("there", "exists", True, "x", True),
    ("false is there", "exists", True, False, True),
    ("zero is there", "exists", True, 0, True),
    ("empty is there", "exists", True, "", True),
    ("missing is not there", "exists", True, MISSING, False),
    ("null is not there", "exists", True, None, False),
    ("asks for missing", "exists", False, MISSING, True),
    ("asks for missing, is there", "exists", False, 0, False),
    ("exists alone asks for presence", "exists", None, 1, True),
    ("part of a text", "contains", "eb", "web", True),
    ("not part of a text", "contains", "x", "web", False),
    ("entry of a list", "contains", "vip", ["new", "vip"], True),
    ("part of an entry is not an entry", "contains", "vi", ["vip"], False),
    ("number in a list", "contains", 5, [1, 5.0], True),
    ("true is not the entry 1", "contains", True, [1], False),
    ("a number is not part of a text", "contains", 5, "1 5", False),
    ("a missing fact contains nothing", "contains", "a", MISSING, False),
    ("a key is not an entry", "contains", "a", {"a": 1}, False),
]


@pytest.mark.parametrize(
    ("op", "value", "found", "holds"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_operator(op: str, value: Any, found: Any, holds: bool) -> None:
    event = {} if found is MISSING else {"x": {"y": found}}
    assert judge(group(("event.x.y", op, value)), event).holds is holds


SEGMENTS = [
    ("in the segment", "eq", "seg_vip", True),
    ("not in that one", "eq", "seg_new", False),
    ("asks not to be in it", "neq", "seg_vip", False),
    ("in one of them", "in", ["seg_new", "seg_vip"], True),
    ("in none of them", "not_in", ["seg_new"], True),
]


@pytest.mark.parametrize(("op", "value", "holds"), [case[1:] for case in SEGMENTS], ids=[case[0] for case in SEGMENTS])
def test_segments(op: str, value: Any, holds: bool) -> None:
    assert judge(group(("segment", op, value)), segments={"seg_vip"}).holds is holds
