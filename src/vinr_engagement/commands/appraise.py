"""Asking the rules of a program about one event and one member, all before anything is awarded."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import msgspec

from vinr_engagement import members, payments, programs, rules
from vinr_engagement.commands.configuration import ProgramRules
from vinr_engagement.commands.context import Context
from vinr_engagement.foundation import calendar, json
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.members import Account
from vinr_engagement.programs import Program

_EPOCH_ORDINAL = 719_163
"""``date(1970, 1, 1).toordinal()``."""


def local_day_number(instant: Instant, program: Program) -> int:
    """The local day as days since 1970-01-01, as purchases keep it."""
    return calendar.local_day(instant, program.zone).toordinal() - _EPOCH_ORDINAL


def verdicts(
    context: Context,
    entry: ProgramRules,
    listed: list[rules.Rule],
    account: Account | None,
    event_object: dict[str, Any],
    at: Instant,
    customer: str | None = None,
) -> list[rules.Verdict]:
    """One verdict for each rule. Without an account, as for one that is enrolled by this event."""
    program = entry.program
    facts = _facts(context, entry, listed, account, event_object, at, customer)
    key = programs.lowest_tier(program) if account is None or account.tier is None else account.tier
    tier = None if key is None else tier_factor(program, key)
    return [
        rules.evaluate(
            rule,
            facts,
            rounding=program.currency.rounding,
            default_currency=program.default_currency,
            tier=tier,
        )
        for rule in listed
    ]


def tier_factor(program: Program, key: str) -> tuple[str, Fraction] | None:
    """The multiplier of a tier; ``None`` where it has none."""
    for tier in program.tier_config.tiers:
        if tier.key == key and tier.multiplier != "1":
            return key, Fraction(tier.multiplier)
    return None


def _facts(
    context: Context,
    entry: ProgramRules,
    listed: list[rules.Rule],
    account: Account | None,
    event_object: dict[str, Any],
    at: Instant,
    customer: str | None,
) -> rules.Facts:
    if all(rule.conditions is None and not rule.multipliers for rule in listed):
        return rules.Facts(event_object, _NOBODY, at)
    name = customer if account is None else account.customer
    asks = any(rules.customer_needed(rule) for rule in listed)
    return rules.Facts(
        event_object,
        _newcomer(entry.program, customer, at) if account is None else _account_facts(account),
        at,
        customer=_customer_facts(context, name) if asks and name is not None else None,
        behaviour=_behaviour(context, entry.program, account, at),
    )


_NOBODY: Mapping[str, Any] = {}


def _account_facts(account: Account) -> dict[str, Any]:
    facts = msgspec.structs.asdict(account)
    facts["metadata"] = json.decode(account.metadata)
    return facts


def _newcomer(program: Program, customer: str | None, at: Instant) -> dict[str, Any]:
    """A member at the moment of enrolment."""
    account = members.new_account(program.id, customer, {}, at, at)
    account.tier = programs.lowest_tier(program)
    return {**_account_facts(account), "id": None}


def _customer_facts(context: Context, customer: str) -> dict[str, Any] | None:
    row = context.state.find(members.CUSTOMERS, members.customer_key(customer))
    return None if row is None else json.decode(row.body)


def _behaviour(context: Context, program: Program, account: Account | None, at: Instant) -> Callable[[str], int | None]:
    def behaviour(name: str) -> int | None:
        return 0 if account is None else behaviour_of(context, program, account, name, at)

    return behaviour


def behaviour_of(context: Context, program: Program, account: Account, name: str, at: Instant) -> int | None:
    """Spend (minor units of the default currency) and orders, over local days up to the event's, net of refunds."""
    measure, _, span = name.partition("_")
    if measure not in ("spend", "orders"):
        return 0
    today = local_day_number(at, program)
    first = -(1 << 40) if span == "lifetime" else today - int(span.removesuffix("d")) + 1
    counted = [
        purchase
        for bucket in account.all_buckets()
        for purchase in context.state.select(payments.PURCHASES_OF_ACCOUNT, (bucket, account.id))
        if first <= purchase.day <= today
    ]
    return sum(purchase.net_spend if measure == "spend" else purchase.orders for purchase in counted)
