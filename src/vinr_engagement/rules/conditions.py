"""Conditions of rules, campaigns and segments: JSON compiled once to closures, judged many times, explained on failure.

Conditions on ``event.line_items.*`` speak about single items. With ``match: all`` one item has to satisfy all of them,
and the items that do are eligible. With ``match: any`` the whole amount is eligible when a condition that is not about
items holds, else the items that satisfy any.

A refund tests again only lower bounds on ``event.amount`` (``gt``, ``gte``, the low end of ``between``). Amounts are
whole, so a judgement carries the bounds as one number: the least net amount (``floor``) that still satisfies what held.
With ``all`` that is the highest bound. With ``any`` it is the lowest among those that held, and nothing is tested again
if something else held too.
"""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any

import msgspec

from vinr_engagement.rules import facts as known_facts
from vinr_engagement.rules import operators, values
from vinr_engagement.rules.facts import EVENT, LINE_ITEMS, Facts, Needs, Read
from vinr_engagement.rules.fields import choice, listing, mapping, quote, refuse

_MOST_CONDITIONS = 50
_MOST_FOUND = 5
_MATCHES = ("all", "any")
_EMPTY_GROUPS = [{"match": match, **empty} for match in _MATCHES for empty in ({}, {"conditions": []})]

Failure = dict[str, Any]
"""``{fact, op, value, found}``: one condition that failed; ``found`` is null where the fact was missing."""


class Condition(msgspec.Struct, frozen=True, eq=False, gc=False):
    """One compiled condition; ``floor`` is its lower bound on the event's amount, 0 if it sets none."""

    fact: str
    op: str
    value: Any
    read: Read
    accepts: values.Test
    floor: int

    def failure(self, found: Any) -> Failure:
        """Why it failed, as data."""
        return {"fact": self.fact, "op": self.op, "value": self.value, "found": values.shown(found)}


class Judgement(msgspec.Struct, frozen=True):
    """Whether conditions held; if not, what ``failed``.

    ``eligible`` are the items the award is for, None for all that was bought. ``floor`` is the least net amount, in
    minor units, at which they still hold after a refund.
    """

    holds: bool
    failed: tuple[Failure, ...] = ()
    eligible: tuple[Mapping[str, Any], ...] | None = None
    floor: int = 0


UNCONDITIONAL = Judgement(True)


class Conditions(msgspec.Struct, frozen=True, eq=False):
    """A compiled group. ``definition`` is the JSON it was made from; all of ``on_event`` must hold, and ask about the event
    alone.
    """

    definition: dict[str, Any]
    match: str
    plain: tuple[Condition, ...]
    on_items: tuple[Condition, ...]
    on_event: tuple[Condition, ...]
    needs: Needs
    held: Judgement

    def judge(self, facts: Facts) -> Judgement:
        """Judge the conditions, in their order, reading no more facts than it takes. Never raises for any event."""
        return self._judge_all(facts) if self.match == "all" else self._judge_any(facts)

    def hold(self, facts: Facts) -> bool:
        """Whether they hold, as :meth:`judge` says, without what failed."""
        if self.match == "any" or self.on_items:
            return self.judge(facts).holds
        for condition in self.plain:  # noqa: SIM110 (all() makes a generator: twice the time)
            if not condition.accepts(condition.read(facts)):
                return False
        return True

    def ruled_out(self, event: dict[str, Any]) -> bool:
        """Whether the event's ``data.object`` alone says that they do not hold, whoever the member is."""
        if not self.on_event:
            return False
        facts = Facts(event, {}, 0)
        return any(not condition.accepts(condition.read(facts)) for condition in self.on_event)

    def _judge_all(self, facts: Facts) -> Judgement:
        for condition in self.plain:
            found = condition.read(facts)
            if not condition.accepts(found):
                return Judgement(False, (condition.failure(found),))
        return self._narrow(facts) if self.on_items else self.held

    def _narrow(self, facts: Facts) -> Judgement:
        """Keep the items that satisfy one condition after the other."""
        items = items_of(facts.event)
        for condition in self.on_items:
            left = [item for item in items if condition.accepts(condition.read(item))]
            if not left:
                return Judgement(False, (_item_failure(condition, items),))
            items = left
        return Judgement(True, eligible=tuple(items), floor=self.held.floor)

    def _judge_any(self, facts: Facts) -> Judgement:
        failed, bounds = [], []
        for condition in self.plain:
            found = condition.read(facts)
            if not condition.accepts(found):
                failed.append(condition.failure(found))
            elif condition.floor == 0:
                return UNCONDITIONAL
            else:
                bounds.append(condition.floor)
        items = items_of(facts.event) if self.on_items else []
        chosen = [item for item in items if any(wanted.accepts(wanted.read(item)) for wanted in self.on_items)]
        if bounds:
            return Judgement(True, floor=0 if chosen else min(bounds))
        if chosen:
            return Judgement(True, eligible=tuple(chosen))
        return Judgement(False, (*failed, *(_item_failure(condition, items) for condition in self.on_items)))


def items_of(event: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The event's line items; whatever is not an object is none."""
    items = event.get("line_items")
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []


def _item_failure(condition: Condition, items: list[Mapping[str, Any]]) -> Failure:
    return condition.failure([condition.read(item) for item in items[:_MOST_FOUND]])


def parse_conditions(definition: Any, param: str = "conditions", *, event_facts: bool = True) -> Conditions | None:
    """Compile ``{match, conditions: [{fact, op, value}]}``; None when there is nothing to satisfy.

    A bare list stands for ``match: all``. With ``event_facts`` false (segments) facts of an event are refused. Raises
    ``Invalid`` with the path of the faulty field under ``param``.
    """
    group = normalise_conditions(definition)
    if group is None:
        return None
    mapping(group, param, ("match", "conditions"), "A group of conditions")
    prefix = f"{param}." if param else ""
    match = choice(group.get("match"), f"{prefix}match", _MATCHES, "match")
    where = f"{prefix}conditions"
    entries = listing(group.get("conditions"), where, _MOST_CONDITIONS, "conditions")
    compiled = [_parse(entry, f"{where}[{i}]", event_facts) for i, entry in enumerate(entries)]
    return _grouped(group, match, compiled) if compiled else None


def normalise_conditions(definition: Any) -> Any:
    """The one spelling of a group of conditions: a list becomes ``match: all``, and an empty group None."""
    if isinstance(definition, list | tuple):
        definition = {"conditions": list(definition)}
    if not isinstance(definition, dict):
        return definition
    group = {"match": "all", **definition}
    return None if group in _EMPTY_GROUPS else group


def _grouped(group: dict[str, Any], match: str, compiled: list[Condition]) -> Conditions:
    held = Judgement(True, floor=max(condition.floor for condition in compiled))
    plain = tuple(condition for condition in compiled if not condition.fact.startswith(LINE_ITEMS))
    return Conditions(
        definition=group,
        match=match,
        plain=plain,
        on_items=tuple(condition for condition in compiled if condition.fact.startswith(LINE_ITEMS)),
        on_event=tuple(each for each in plain if match == "all" and each.fact.startswith(EVENT)),
        needs=reduce(or_, map(_needs, compiled)),
        held=held if match == "all" else UNCONDITIONAL,
    )


def _needs(condition: Condition) -> Needs:
    if condition.fact == "segment":
        return Needs(segments=operators.segment_ids(condition.op, condition.value, "value"))
    return known_facts.needs_of(condition.fact)


def _parse(entry: Any, param: str, event_facts: bool) -> Condition:
    mapping(entry, param, ("fact", "op", "value"), "A condition")
    fact = known_facts.check_name(entry.get("fact"), f"{param}.fact", event_facts=event_facts)
    op = choice(entry.get("op"), f"{param}.op", operators.OPERATORS, "op")
    value = entry.get("value")
    if op != "exists" and "value" not in entry:
        raise refuse(f"{param}.value", f"{op} needs a value: what should {quote(fact)} be compared with?")
    accepts = operators.compile_test(op, value, f"{param}.value", known_facts.kind_of_fact(fact))
    floor = max(0, operators.lower_bound(op, value)) if fact == "event.amount" else 0
    return Condition(fact, op, value, known_facts.reader(fact), accepts, floor)
