"""What a condition can ask about: names of facts, and how each is read.

``event.*`` is any path in the event's ``data.object``, ``event.line_items.*`` a field of its items, ``account.*`` and
``customer.*`` the member, ``metadata.*`` the account's metadata; the rest are attributes and behaviour of the member.
What follows ``metadata.`` is first looked up as one key, dots included. A fact that is null counts as missing.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol

import msgspec

from vinr_engagement.foundation.clock import DAY, Instant, format_instant
from vinr_engagement.rules.fields import nearest, refuse

Read = Callable[[Any], Any]
Behaviour = Callable[[str], int | None]
"""Answers a fact like ``spend_90d`` by its name; None for one that is missing."""

EVENT = "event."
LINE_ITEMS = "event.line_items."
_LONGEST_NAME = 200
_DEEPEST = 12
_BEHAVIOUR = re.compile(r"(?:spend|orders)_(?:[1-9][0-9]{0,3}d|lifetime)|redemptions_total", re.ASCII)
_ACCOUNT_FIELDS = {
    "id": "text",
    "program": "text",
    "customer": "text",
    "status": "text",
    "tier": "text",
    "balance": "number",
    "pending_balance": "number",
    "lifetime_points": "number",
    "enrolled_at": "instant",
    "created_at": "instant",
    "updated_at": "instant",
    "last_activity_at": "instant",
}
_ATTRIBUTES = {
    "tier": "text",
    "country": "text",
    "enrolled_days": "number",
    "email_subscribed": "flag",
    "points_balance": "number",
    "last_activity_days": "number",
    "segment": "segment",
}
_EVENT_KINDS = {"event.amount": "number", "event.currency": "text"}
_SUGGESTED = (
    *_ATTRIBUTES,
    *(f"account.{field}" for field in _ACCOUNT_FIELDS),
    *("account.metadata.key", "event.amount", "event.currency", "event.metadata.key", "event.line_items.sku"),
    *("customer.email", "customer.country", "customer.metadata.key", "metadata.key"),
    *("spend_30d", "spend_90d", "spend_365d", "spend_lifetime"),
    *("orders_30d", "orders_90d", "orders_365d", "orders_lifetime", "redemptions_total"),
)


def _nothing_known(_name: str) -> int | None:
    return None


class Facts(msgspec.Struct, gc=False):
    """All that one evaluation may look at.

    ``event`` is the event's ``data.object``; ``account`` has the member's fields, with instants as integers;
    ``customer`` is the mirrored customer, or None; ``segments`` are the ids of the segments the member is in, of those
    :func:`segments_needed` names. ``behaviour`` is called with names like ``spend_90d`` only when a condition gets that
    far, and answers None for a fact that is missing. ``at`` is when the event happened, in microseconds.
    """

    event: dict[str, Any]
    account: Mapping[str, Any]
    at: Instant
    customer: Mapping[str, Any] | None = None
    behaviour: Behaviour = _nothing_known
    segments: Collection[str] = ()


class Needs(msgspec.Struct, frozen=True):
    """What has to be gathered before conditions can be judged."""

    behaviour: frozenset[str] = frozenset()
    customer: bool = False
    segments: frozenset[str] = frozenset()

    def __or__(self, other: "Needs") -> "Needs":
        """The needs of both."""
        return Needs(self.behaviour | other.behaviour, self.customer or other.customer, self.segments | other.segments)


def needs_of(fact: str) -> Needs:
    """What reading one fact takes; the ids for ``segment`` stand in its condition's value."""
    if _BEHAVIOUR.fullmatch(fact):
        return Needs(behaviour=frozenset((fact,)))
    return Needs(customer=fact.startswith("customer.") or fact in ("country", "email_subscribed"))


def check_name(fact: object, param: str, *, event_facts: bool) -> str:
    """The fact's name, if there is such a fact. Raises ``Invalid`` with the nearest known one otherwise."""
    if not isinstance(fact, str) or not 1 <= len(fact) <= _LONGEST_NAME:
        raise refuse(param, f"A fact is named by a text of 1 to {_LONGEST_NAME} characters, like event.amount.")
    path = fact.split(".")
    if "" in path or len(path) > _DEEPEST:
        raise refuse(param, f'"{fact}" is not a path: its parts are separated by single dots, {_DEEPEST} at most.')
    if path[0] == "event" and not event_facts:
        raise refuse(param, f'"{fact}" is of an event, and there is none here. Ask about the member, like spend_90d.')
    if not _is_known(fact, path):
        hint = nearest(fact, _SUGGESTED) or " Paths start with event., account., customer. or metadata."
        raise refuse(param, f'There is no fact "{fact}".{hint}')
    return fact


def _is_known(fact: str, path: list[str]) -> bool:
    if len(path) == 1:
        return fact in _ATTRIBUTES or _BEHAVIOUR.fullmatch(fact) is not None
    if path[0] == "account":
        return (len(path) == 2 and path[1] in _ACCOUNT_FIELDS) or (len(path) > 2 and path[1] == "metadata")
    return path[0] in ("event", "customer", "metadata")


def kind_of_fact(fact: str) -> str | None:
    """``number``, ``text``, ``flag``, ``instant`` or ``segment`` where the fact is always of that kind, else None."""
    if fact.startswith(("metadata.", "account.metadata.")):
        return "text"
    if fact.startswith("account."):
        return _ACCOUNT_FIELDS[fact.removeprefix("account.")]
    if _BEHAVIOUR.fullmatch(fact):
        return "number"
    return _ATTRIBUTES.get(fact) or _EVENT_KINDS.get(fact)


def reader(fact: str) -> Read:
    """A function from :class:`Facts` (``event.line_items.*``: from one item) to the fact's value, None if missing."""
    if fact.startswith(LINE_ITEMS):
        return _walk(fact.removeprefix(LINE_ITEMS))
    head, _, rest = fact.partition(".")
    if head == "event":
        return _event_reader(rest)
    if head == "account":
        return _account_reader(rest)
    if head == "customer":
        follow = _walk(rest)
        return lambda facts: follow(facts.customer)
    if head == "metadata":
        return _account_reader(fact)
    return _ATTRIBUTE_READERS.get(fact) or _behaviour_reader(fact)


def _event_reader(rest: str) -> Read:
    if "." not in rest:
        return lambda facts: facts.event.get(rest)
    follow = _walk(rest)
    return lambda facts: follow(facts.event)


def _account_reader(rest: str) -> Read:
    follow = _walk(rest)
    if _ACCOUNT_FIELDS.get(rest) == "instant":
        return lambda facts: _instant_text(follow(facts.account))
    return lambda facts: follow(facts.account)


def _behaviour_reader(fact: str) -> Read:
    return lambda facts: facts.behaviour(fact)


def _walk(path: str) -> Read:
    """Follow a dotted path through objects, and through lists by index."""
    keys = tuple(path.split("."))
    if "metadata" not in keys[:-2]:
        return _follow(keys)
    cut = keys.index("metadata") + 1
    flat, nested = _follow((*keys[:cut], ".".join(keys[cut:]))), _follow(keys)

    def either(place: Any) -> Any:
        found = flat(place)
        return nested(place) if found is None else found

    return either


def _follow(keys: tuple[str, ...]) -> Read:
    def follow(place: Any) -> Any:
        for key in keys:
            if type(place) is dict or isinstance(place, Mapping):
                place = place.get(key)
            elif isinstance(place, list) and key.isdecimal() and int(key) < len(place):
                place = place[int(key)]
            else:
                return None
        return place

    return follow


def _instant_text(value: Any) -> Any:
    return format_instant(value) if type(value) is int else value


def _days_since(field: str) -> Read:
    """Whole days of 24 hours from an instant of the account to the event; never negative."""

    def days(facts: Facts) -> int | None:
        since = facts.account.get(field)
        return None if since is None else max(0, facts.at - since) // DAY

    return days


def _email_subscribed(facts: Facts) -> Any:
    """The customer's own flag, else the one in its metadata, where it is the text ``true`` or ``false``."""
    found = _FLAG(facts.customer)
    if found is None:
        found = _METADATA_FLAG(facts.customer)
    return {"true": True, "false": False}.get(found) if isinstance(found, str) else found


_FLAG = _follow(("email_subscribed",))
_METADATA_FLAG = _follow(("metadata", "email_subscribed"))
_ATTRIBUTE_READERS: dict[str, Read] = {
    "tier": lambda facts: facts.account.get("tier"),
    "country": reader("customer.country"),
    "enrolled_days": _days_since("enrolled_at"),
    "email_subscribed": _email_subscribed,
    "points_balance": lambda facts: facts.account.get("balance"),
    "last_activity_days": _days_since("last_activity_at"),
    "segment": lambda facts: sorted(facts.segments),
}


class HasNeeds(Protocol):
    """A rule, or a group of conditions."""

    @property
    def needs(self) -> Needs:
        """What has to be gathered before it can be judged."""
        ...


def facts_needed(asker: HasNeeds) -> frozenset[str]:
    """The behavioural facts, like ``spend_90d``, that a rule or a group of conditions may ask for."""
    return asker.needs.behaviour


def customer_needed(asker: HasNeeds) -> bool:
    """Whether it may ask about the mirrored customer."""
    return asker.needs.customer


def segments_needed(asker: HasNeeds) -> frozenset[str]:
    """The segments it may ask whether the member is in."""
    return asker.needs.segments
