"""From the JSON of an earning rule to a compiled, immutable :class:`Rule`. See ``docs/guides/earning-rules.md``."""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import msgspec

from vinr_engagement.foundation import decimals, money
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.rules.conditions import Conditions, normalise_conditions, parse_conditions
from vinr_engagement.rules.facts import LINE_ITEMS, Needs
from vinr_engagement.rules.fields import (
    LARGEST,
    choice,
    exact,
    flag,
    kind_of,
    listing,
    mapping,
    quote,
    refuse,
    text,
    whole,
)

FIELDS = (
    *("id", "version", "program", "name", "trigger", "award", "earn", "conditions", "multiplier", "multipliers"),
    *("cap", "window", "budget", "recipient", "starts_at", "ends_at", "active", "metadata"),
    *("object", "created_at", "updated_at"),
)
WINDOWS = ("day", "week", "month", "lifetime")
RECIPIENTS = ("member", "referrer", "referee", "both")
PAYING_TRIGGERS = frozenset(("payment.completed", "invoice.paid"))
"""Triggers whose ``amount`` is money paid, so that an amount of zero earns nothing, a fixed award included."""

MOST_POINTS = 1_000_000_000
MOST_FACTOR = 1_000
_LEAST = Fraction(1, 10**decimals.MAX_PLACES)
_MOST_MULTIPLIERS = 20
_MOST_CURRENCIES = 200
_TRIGGER = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+", re.ASCII)

Rate = tuple[int, int]
"""Points per minor unit (``proportional``) or points (``fixed``), as numerator and denominator."""


class Factor(msgspec.Struct, frozen=True):
    """An exact factor and its text."""

    numerator: int
    denominator: int
    text: str


class Award(msgspec.Struct, frozen=True):
    """A compiled award.

    ``proportional`` awards have a rate for each of ``rates``; where that is empty, ``rate`` is for the program's own
    currency, per major unit if ``by_major``, else per minor unit. ``fixed`` awards have only ``rate``.
    """

    definition: dict[str, Any]
    kind: str
    rate: Rate = (0, 1)
    by_major: bool = False
    rates: dict[str, Rate] = {}

    def rate_for(self, currency: str, default_currency: str) -> Rate | None:
        """Points per minor unit of a currency; None if it is not one that earns."""
        if self.rates:
            return self.rates.get(currency)
        if currency != default_currency:
            return None
        return _per_minor(self.rate, currency) if self.by_major else self.rate

    def currencies(self, default_currency: str) -> list[str]:
        """The currencies that earn."""
        return sorted(self.rates) or [default_currency]


class Multiplier(msgspec.Struct, frozen=True):
    """An entry of ``multipliers``: a factor that counts when its conditions hold."""

    when: Conditions
    factor: Factor
    origin: str


class Cap(msgspec.Struct, frozen=True):
    """At most so many points, and so many awards, per member and window."""

    points: int | None
    times: int | None


class Rule(msgspec.Struct, frozen=True, eq=False):
    """A compiled earning rule. ``definition`` is its normalised JSON; ``budget`` is points for the rule as a whole."""

    definition: dict[str, Any]
    id: str
    version: int
    name: str
    trigger: str
    award: Award
    conditions: Conditions | None
    multiplier: Factor
    multipliers: tuple[Multiplier, ...]
    cap: Cap | None
    window: str | None
    budget: int | None
    recipient: str
    starts_at: Instant | None
    ends_at: Instant | None
    active: bool
    needs: Needs
    pays: bool


def normalise(definition: Any) -> dict[str, Any]:
    """The one spelling of a definition, as a new object; normalising twice changes nothing.

    ``earn: {points_per_currency_unit}`` becomes an ``award``, a list of conditions a group with ``match: all``, an
    empty group null, and ``when: {tier}`` or ``{segment}`` a condition. :func:`parse_rule` judges all else.
    Raises ``Invalid`` if it is no object, for a faulty ``earn``, and for ``earn`` beside ``award``.
    """
    if not isinstance(definition, dict):
        raise refuse("", f"A rule must be an object, not {kind_of(definition)}.")
    plain = dict(definition)
    if plain.get("earn") is not None:
        plain["award"] = _award_of_earn(plain["earn"], plain.get("award"))
    plain.pop("earn", None)
    if "conditions" in plain:
        plain["conditions"] = normalise_conditions(plain["conditions"])
    if isinstance(plain.get("multipliers"), list):
        plain["multipliers"] = [_normalise_multiplier(entry) for entry in plain["multipliers"]]
    return plain


def _award_of_earn(earn: Any, award: Any) -> dict[str, Any]:
    if award is not None:
        raise refuse("earn", "earn is another spelling of award: give one of them.")
    mapping(earn, "earn", ("points_per_currency_unit",), "earn")
    rate = earn.get("points_per_currency_unit")
    if isinstance(rate, dict):
        return {"type": "per_currency", "rates": rate}
    exact(rate, "earn.points_per_currency_unit", _LEAST, MOST_POINTS, "points_per_currency_unit")
    return {"type": "per_currency", "points": rate}


def _normalise_multiplier(entry: Any) -> Any:
    if not isinstance(entry, dict) or not isinstance(entry.get("when"), dict | list):
        return entry
    when = entry["when"]
    if isinstance(when, dict) and len(when) == 1 and (name := next(iter(when))) in ("tier", "segment"):
        when = [{"fact": name, "op": "eq", "value": when[name]}]
    return {**entry, "when": normalise_conditions(when)}


def parse_rule(definition: Any) -> Rule:
    """Compile the JSON of a rule, in any accepted spelling; instants are microseconds since the epoch, or None.

    Raises ``Invalid`` (``parameter_invalid``) for the first fault found, with the field's path as ``param``, like
    ``conditions.conditions[1].value``, and a message that says what would be right.
    """
    plain = normalise(definition)
    mapping(plain, "", FIELDS, "A rule")
    conditions = parse_conditions(plain.get("conditions"))
    multipliers = _multipliers(plain.get("multipliers"))
    starts_at, ends_at = _span(plain)
    cap, window = _cap(plain)
    trigger = parse_trigger(plain.get("trigger"), "trigger")
    return Rule(
        definition=plain,
        id=_or(plain, "id", "", lambda value: text(value, "id", 100, "id")),
        version=_or(plain, "version", 1, lambda value: whole(value, "version", 1, LARGEST, "version")),
        name=_or(plain, "name", "", lambda value: text(value, "name", 200, "name")),
        trigger=trigger,
        award=_award(plain.get("award")),
        conditions=conditions,
        multiplier=_or(
            plain, "multiplier", parse_factor(1, "multiplier"), lambda value: parse_factor(value, "multiplier")
        ),
        multipliers=multipliers,
        cap=cap,
        window=window,
        budget=_budget(plain.get("budget")),
        recipient=_recipient(plain.get("recipient"), trigger),
        starts_at=starts_at,
        ends_at=ends_at,
        active=_or(plain, "active", True, lambda value: flag(value, "active", "active")),
        needs=_needs(conditions, multipliers),
        pays=trigger in PAYING_TRIGGERS,
    )


def _or(plain: dict[str, Any], field: str, default: Any, read: Callable[[Any], Any]) -> Any:
    """A field read, or its default if it is missing or null."""
    value = plain.get(field)
    return default if value is None else read(value)


def parse_trigger(value: Any, param: str) -> str:
    """The name of an event that something reacts to. Raises ``Invalid`` for what is no dotted name."""
    name = text(value, param, 100, "trigger")
    if not _TRIGGER.fullmatch(name):
        raise refuse(param, f"trigger is an event's dotted name, like payment.completed, not {quote(name)}.")
    return name


def _award(value: Any) -> Award:
    if value is None:
        raise refuse("award", 'A rule needs an award, like {"type": "per_amount", "per": 100, "points": 1}.')
    if not isinstance(value, dict):
        raise refuse("award", f"award must be an object, not {kind_of(value)}.")
    return _AWARDS[choice(value.get("type"), "award.type", tuple(_AWARDS), "The award's type")](value)


def _fixed(value: dict[str, Any]) -> Award:
    mapping(value, "award", ("type", "points"), "A fixed award")
    points = whole(value.get("points"), "award.points", 1, MOST_POINTS, "The points of a fixed award")
    return Award(value, "fixed", rate=(points, 1))


def _per_amount(value: dict[str, Any]) -> Award:
    mapping(value, "award", ("type", "per", "points", "currencies"), "A per_amount award")
    per = whole(value.get("per"), "award.per", 1, MOST_POINTS, "per, in minor units,")
    points = exact(value.get("points"), "award.points", _LEAST, MOST_POINTS, "points")
    rate = (points.numerator, points.denominator * per)
    return Award(value, "proportional", rate, rates=dict.fromkeys(_currencies(value), rate))


def _per_currency(value: dict[str, Any]) -> Award:
    mapping(value, "award", ("type", "rates", "points", "currencies"), "A per_currency award")
    if (value.get("rates") is None) is (value.get("points") is None):
        raise refuse("award.rates", 'A per_currency award needs rates, like {"EUR": 1, "GBP": 1.2}, or else points.')
    if value.get("points") is None:
        return Award(value, "proportional", rates=_rates(value))
    points = exact(value["points"], "award.points", _LEAST, MOST_POINTS, "points")
    rate = (points.numerator, points.denominator)
    rates = {code: _per_minor(rate, code) for code in _currencies(value)}
    return Award(value, "proportional", rate, by_major=True, rates=rates)


_AWARDS: dict[str, Callable[[dict[str, Any]], Award]] = {
    "per_amount": _per_amount,
    "fixed": _fixed,
    "per_currency": _per_currency,
}


def _rates(value: dict[str, Any]) -> dict[str, Rate]:
    if value.get("currencies") is not None:
        raise refuse("award.currencies", "rates already names the currencies that earn: leave currencies out.")
    rates = value["rates"]
    if not isinstance(rates, dict) or not 1 <= len(rates) <= _MOST_CURRENCIES:
        raise refuse(
            "award.rates", f'rates must name 1 to {_MOST_CURRENCIES} currencies, like {{"EUR": 1, "GBP": 1.2}}.'
        )
    compiled = {}
    for code, points in rates.items():
        where = f"award.rates.{code}"
        rate = exact(points, where, _LEAST, MOST_POINTS, f"The rate of {code} (leave it out to award nothing)")
        compiled[code] = _per_minor((rate.numerator, rate.denominator), _currency(code, where))
    return compiled


def _currencies(value: dict[str, Any]) -> list[str]:
    if value.get("currencies") is None:
        return []
    entries = listing(value["currencies"], "award.currencies", _MOST_CURRENCIES, "currencies")
    if not entries:
        raise refuse("award.currencies", "Name at least one currency, or leave currencies out for the program's own.")
    return [_currency(code, f"award.currencies[{i}]") for i, code in enumerate(entries)]


def _currency(code: Any, param: str) -> str:
    try:
        money.exponent(text(code, param, 100, "A currency"))
    except ValueError as fault:
        raise refuse(param, f"A currency is an ISO 4217 code like EUR: {fault}.") from None
    return code


def _per_minor(rate: Rate, currency: str) -> Rate:
    """Points per major unit as points per minor unit."""
    return rate[0], rate[1] * 10 ** money.exponent(currency)


def parse_factor(value: Any, param: str) -> Factor:
    """An exact factor of at most four places. Raises ``Invalid`` for what is not one from 0 to :data:`MOST_FACTOR`."""
    factor = exact(value, param, Fraction(0), MOST_FACTOR, "A factor")
    return Factor(factor.numerator, factor.denominator, decimals.text(factor))


def _multipliers(value: Any) -> tuple[Multiplier, ...]:
    entries = [] if value is None else listing(value, "multipliers", _MOST_MULTIPLIERS, "multipliers")
    return tuple(_multiplier(entry, f"multipliers[{i}]") for i, entry in enumerate(entries))


def _multiplier(entry: Any, param: str) -> Multiplier:
    mapping(entry, param, ("when", "factor"), "An entry of multipliers")
    when = parse_conditions(entry.get("when"), f"{param}.when")
    if when is None:
        raise refuse(
            f"{param}.when", 'when must say when the factor counts, like {"tier": "gold"}; else use multiplier.'
        )
    if when.on_items:
        example = f"{LINE_ITEMS}sku"
        raise refuse(
            f"{param}.when", f"A factor counts for the whole award: write a second rule for {example} instead."
        )
    return Multiplier(when, parse_factor(entry.get("factor"), f"{param}.factor"), param)


def _cap(plain: dict[str, Any]) -> tuple[Cap | None, str | None]:
    value, window = plain.get("cap"), plain.get("window")
    if window is not None:
        choice(window, "window", WINDOWS, "window")
    if value is None:
        return None, window
    mapping(value, "cap", ("points", "times"), "A cap")
    limits = {name: _or(value, name, None, _limit_reader(f"cap.{name}")) for name in ("points", "times")}
    if limits["points"] is None and limits["times"] is None:
        raise refuse("cap", 'A cap limits points, times or both, like {"points": 500}.')
    if window is None:
        raise refuse("window", f"A cap needs a window: one of {', '.join(WINDOWS)}.")
    return Cap(**limits), window


def _limit_reader(param: str) -> Callable[[Any], int]:
    return lambda value: whole(value, param, 1, LARGEST, param)


def _budget(value: Any) -> int | None:
    if value is None:
        return None
    mapping(value, "budget", ("points",), "A budget")
    return whole(value.get("points"), "budget.points", 1, LARGEST, "A budget's points")


def _recipient(value: Any, trigger: str) -> str:
    referral = trigger.startswith("referral.")
    recipient = (
        ("both" if referral else "member") if value is None else choice(value, "recipient", RECIPIENTS, "recipient")
    )
    if recipient != "member" and not referral:
        raise refuse(
            "recipient", f"Only events of a referral have a {recipient}: leave recipient out, or trigger on referral.*."
        )
    return recipient


def _span(plain: dict[str, Any]) -> tuple[Instant | None, Instant | None]:
    ends = [_or(plain, name, None, _instant_reader(name)) for name in ("starts_at", "ends_at")]
    if None not in ends and ends[0] >= ends[1]:
        raise refuse("ends_at", "ends_at must be after starts_at.")
    return ends[0], ends[1]


def _instant_reader(param: str) -> Callable[[Any], Instant]:
    return lambda value: whole(value, param, -LARGEST, LARGEST, f"{param}, in microseconds,")


def _needs(conditions: Conditions | None, multipliers: tuple[Multiplier, ...]) -> Needs:
    needs = Needs() if conditions is None else conditions.needs
    for multiplier in multipliers:
        needs |= multiplier.when.needs
    return needs
