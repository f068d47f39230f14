"""What a rule gives for an event, straight from what earning rules and refunds promise."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

from tests.machine.campaign_shop import SegmentSpec
from tests.machine.shop import Condition, RuleSpec

PAID = ("payment.completed", "invoice.paid")
Facts = Callable[[str], Any]


Boost = Callable[[int], Fraction]
"""By how much a campaign multiplies an award, for a net amount."""


@dataclass
class Verdict:
    """``worth(net)`` is the award for a net amount, ``plain`` what it would be without campaigns, both rounded; ``exact`` and
    ``exact_plain`` are not. ``zero`` says that the rule matched, but comes to nothing.
    """

    points: int = 0
    worth: Callable[[int], int] = lambda net: 0
    plain: Callable[[int], int] = lambda net: 0
    exact: Callable[[int], Fraction] = lambda net: Fraction(0)
    exact_plain: Callable[[int], Fraction] = lambda net: Fraction(0)
    zero: bool = False


def holds(condition: Condition, facts: Facts) -> bool:
    fact, op, value = condition
    found = facts(fact)
    if found is None:
        return False
    if fact == "segment":
        return value in found
    tests: dict[str, Callable[[], bool]] = {
        "eq": lambda: found == value,
        "gt": lambda: found > value,
        "gte": lambda: found >= value,
        "lt": lambda: found < value,
        "lte": lambda: found <= value,
        "between": lambda: value[0] <= found <= value[1],
    }
    return tests[op]()


def together(group: SegmentSpec, facts: Facts) -> bool:
    """Whether a member of whom these are the facts is in a segment."""
    each = [holds(condition, facts) for condition in group.conditions]
    return all(each) if group.match == "all" else any(each)


def still_holds(condition: Condition, facts: Facts, net: int) -> bool:
    """As it was, except that lower bounds on the amount are tested again on the net amount."""
    fact, op, value = condition
    if not holds(condition, facts):
        return False
    if fact != "event.amount" or op not in ("gt", "gte", "between"):
        return True
    return net > value if op == "gt" else net >= (value[0] if op == "between" else value)


def judge(
    rule: RuleSpec,
    event: dict[str, Any],
    facts: Facts,
    currency: str,
    rounding: str,
    tier_factor: str = "1",
    boost: Boost = lambda net: Fraction(1),
) -> Verdict | None:
    """The verdict for a member; ``None`` where the rule does not match."""
    together = all if rule.match == "all" else any
    if rule.conditions and not together([holds(condition, facts) for condition in rule.conditions]):
        return None
    amount = event.get("amount", 0)
    if rule.per is not None and event["currency"] != currency:
        return None
    seen = {
        condition[0]: facts(condition[0]) for condition in (*rule.conditions, *([rule.bonus[0]] if rule.bonus else []))
    }

    def exact_plain(net: int) -> Fraction:
        if rule.trigger in PAID and net <= 0:
            return Fraction(0)
        kept = [still_holds(condition, seen.get, net) for condition in rule.conditions]
        if kept and not together(kept):
            return Fraction(0)
        exact = rule.rate * (net if rule.per is not None else 1) * Fraction(rule.multiplier) * Fraction(tier_factor)
        if rule.bonus and still_holds(rule.bonus[0], seen.get, net):
            exact *= Fraction(rule.bonus[1])
        return exact

    def exact(net: int) -> Fraction:
        return exact_plain(net) * boost(net)

    def worth(net: int) -> int:
        return rounded(exact(net), rounding)

    def plain(net: int) -> int:
        return rounded(exact_plain(net), rounding)

    points = worth(amount)
    return Verdict(points, worth, plain, exact, exact_plain, zero=points == 0)


def fixed(rule: RuleSpec, rounding: str, tier_factor: str) -> int:
    """What a rule of so many points gives for an event without conditions."""
    return rounded(rule.rate * Fraction(tier_factor), rounding)


def rounded(exact: Fraction, rounding: str) -> int:
    if rounding == "nearest":
        return floor(exact + Fraction(1, 2))
    return floor(exact) if rounding == "down" else ceil(exact)


def net_of_own(own_amount: int | None, payment_amount: int, net: int) -> int:
    """The net amount of an invoice that is not for the whole of its payment shrinks with that of the payment."""
    if own_amount is None or own_amount == payment_amount:
        return net
    if net >= payment_amount:
        return own_amount
    return own_amount * net // payment_amount if payment_amount else 0
