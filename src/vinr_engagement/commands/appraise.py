"""Asking the rules of a program about one event and one member, all before anything is awarded."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final, NamedTuple

import msgspec

from vinr_engagement import members, programs, rules
from vinr_engagement.commands import standing
from vinr_engagement.commands.configuration import ProgramRules
from vinr_engagement.commands.context import Context
from vinr_engagement.foundation import calendar, json
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.members import Account
from vinr_engagement.programs import Program


def facts_of(
    context: Context,
    entry: ProgramRules,
    trigger: str,
    account: Account | None,
    event_object: dict[str, Any],
    at: Instant,
    customer: str | None = None,
) -> rules.Facts:
    """What the rules and campaigns of a trigger may ask about an event and the member as before it. Without an account, about
    one that is enrolled by the event. May raise ``NotGathered``.
    """
    if trigger not in entry.asking:
        return rules.Facts(event_object, _NOBODY, at)
    return facts_about(context, entry, account, at, entry.needs_of(trigger), event_object, customer)


def verdicts(
    entry: ProgramRules,
    listed: list[rules.Rule],
    account: Account | None,
    facts: rules.Facts,
    factors: Sequence[rules.CampaignFactor] = (),
) -> list[rules.Verdict]:
    """One verdict for each rule on what :func:`facts_of` answered, with the factors of campaigns."""
    program = entry.program
    key = tier_of(program, account)
    tier = None if key is None else tier_factor(program, key)
    return [
        rules.evaluate(
            rule,
            facts,
            rounding=program.currency.rounding,
            default_currency=program.default_currency,
            tier=tier,
            campaigns=factors,
        )
        for rule in listed
    ]


def tier_of(program: Program, account: Account | None) -> str | None:
    """The tier of a member, or of one that is enrolled by an event."""
    return programs.lowest_tier(program) if account is None or account.tier is None else account.tier


@lru_cache(maxsize=256)
def _exact(multiplier: str) -> Fraction:
    return Fraction(multiplier)


def tier_factor(program: Program, key: str) -> tuple[str, Fraction] | None:
    """The multiplier of a tier; ``None`` where it has none."""
    tier = program.tier_config.named(key)
    return None if tier is None or tier.multiplier == "1" else (key, _exact(tier.multiplier))


def facts_about(
    context: Context,
    entry: ProgramRules,
    account: Account | None,
    at: Instant,
    needs: rules.Needs,
    event_object: dict[str, Any] | None = None,
    customer: str | None = None,
) -> rules.Facts:
    """What conditions with these needs may ask about a member, or about one that is enrolled by the event."""
    name = customer if account is None else account.customer
    facts = rules.Facts(
        event_object or {},
        _newcomer(entry.program, customer, at) if account is None else account_facts(account),
        at,
        customer=_customer_facts(context, name) if needs.customer and name is not None else None,
        behaviour=_behaviour(context, entry.program, account, at),
    )
    if needs.segments:
        facts.segments = {name for name in needs.segments & entry.segments.keys() if entry.segments[name].holds(facts)}
    return facts


def in_segment(context: Context, entry: ProgramRules, account: Account, segment: str, at: Instant) -> bool:
    """Whether a member is in a segment of its program; nobody is in one that does not exist. May raise ``NotGathered``."""
    wanted = entry.with_segments(rules.Needs(segments=frozenset((segment,))))
    return segment in facts_about(context, entry, account, at, wanted).segments


_NOBODY: Mapping[str, Any] = {}


def account_facts(account: Account) -> dict[str, Any]:
    """What conditions may ask about the account itself."""
    facts = msgspec.structs.asdict(account)
    facts["metadata"] = json.decode(account.metadata)
    return facts


def _newcomer(program: Program, customer: str | None, at: Instant) -> dict[str, Any]:
    """A member at the moment of enrolment."""
    account = members.new_account(program.id, customer, {}, at, at)
    account.tier = account.tier_earned = programs.lowest_tier(program)
    return {**account_facts(account), "id": None}


def _customer_facts(context: Context, customer: str) -> dict[str, Any] | None:
    row = context.state.find(members.CUSTOMERS, members.customer_key(customer))
    return None if row is None else json.decode(row.body)


def _behaviour(context: Context, program: Program, account: Account | None, at: Instant) -> rules.Behaviour:
    known: dict[str, int | None] = {}

    def behaviour(name: str) -> int | None:
        if name not in known:
            known[name] = 0 if account is None else behaviour_of(context, program, account, name, at)
        return known[name]

    return behaviour


def behaviour_of(context: Context, program: Program, account: Account, name: str, at: Instant) -> int | None:
    """Spend (minor units of the default currency) and orders, over local days up to the event's, net of refunds."""
    window = window_of(program, name, at)
    if window is None:
        return account.redemptions
    measure, first, last = window
    totals, by_spend = standing.totals_of(context, account), measure == "spend"
    return sum([total.spend if by_spend else total.orders for total in totals if first <= total.day <= last])


class DaysCounted(NamedTuple):
    """The local days that a behavioural fact goes by, both included, and what it adds up: ``spend`` or ``orders``."""

    measure: str
    first: int
    last: int


def window_of(program: Program, name: str, at: Instant) -> DaysCounted | None:
    """The days that a fact such as ``spend_90d`` goes by; ``None`` where it goes by none, like ``redemptions_total``."""
    measure, days = _spelled(name)
    if measure is None:
        return None
    today = calendar.day_number(at, program.zone)
    return DaysCounted(measure, today - days + 1, today)


_LIFETIME: Final = 1 << 40


@lru_cache(maxsize=1024)
def _spelled(name: str) -> tuple[str | None, int]:
    """The measure of a behavioural fact, and how many days it looks back; no measure where it goes by none."""
    measure, _, span = name.partition("_")
    if measure not in ("spend", "orders"):
        return None, 0
    return measure, _LIFETIME if span == "lifetime" else int(span.removesuffix("d"))
