"""Enrolling a member: the account, its link to the customer, the fact, and what the rules make of it."""

from vinr_engagement import members, outbox, programs
from vinr_engagement.commands import cascade
from vinr_engagement.commands.context import Context, already_exists
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.members import Account, CustomerLink
from vinr_engagement.programs import Program


def enroll(
    context: Context, program: Program, customer: str | None, metadata: dict[str, str], enrolled_at: Instant
) -> tuple[Account, bool]:
    """A new active account, announced for change, with its welcome bonus; and whether the cascade limit was met.

    Raises ``Conflict`` (``account_already_exists``) where the customer has an active one.
    """
    account = open_account(context, program, customer, metadata, enrolled_at)
    return account, cascade.react(context, enrolled_at)


def open_account(
    context: Context, program: Program, customer: str | None, metadata: dict[str, str], enrolled_at: Instant
) -> Account:
    """As :func:`enroll`, with no rule reacting yet: no welcome bonus."""
    if customer is not None:
        refuse_second(context, program, customer)
    account = context.state.insert(members.new_account(program.id, customer, metadata, enrolled_at, context.now))
    context.state.born(account.bucket, account.id)
    account.tier = account.tier_earned = programs.lowest_tier(program)
    if customer is not None:
        link(context, customer, account)
    outbox.record(context.state, account, "loyalty.account.created", members.account_snapshot(account), context.now)
    return account


def refuse_second(context: Context, program: Program, customer: str) -> None:
    """Raises ``Conflict`` where the customer has an active account in the program."""
    held = context.state.find(members.LINKS, members.link_key(customer, program.id))
    account = None if held is None else context.survivor(held.account)
    if account is not None and account.status == "active":
        raise already_exists(account, customer)


def link(context: Context, customer: str, account: Account) -> None:
    """Makes the customer resolve to the account."""
    bucket, name, program = members.link_key(customer, account.program)
    context.state.replace(CustomerLink(bucket, name, program, account.id))
