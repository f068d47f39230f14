"""Opening, changing, closing, reopening and erasing accounts."""

from collections.abc import Iterable, Iterator
from typing import Any

from vinr_engagement import members, outbox, tiers
from vinr_engagement.commands import cascade
from vinr_engagement.commands.context import (
    Context,
    Decision,
    Statement,
    account_needs,
    already_exists,
    no_such,
)
from vinr_engagement.commands.enroll import enroll, link, refuse_second
from vinr_engagement.foundation import json
from vinr_engagement.foundation.database import Need
from vinr_engagement.foundation.errors import Conflict, Invalid
from vinr_engagement.members import Account

MAX_METADATA_KEYS = 50


class CreateAccount(Decision):
    """Enrols a member, with the welcome bonus where a rule gives one."""

    def __init__(self, program: str, customer: str | None, metadata: dict[str, str]) -> None:
        self.program = program
        self.customer = customer
        self.metadata = metadata

    def needs(self, context: Context) -> Iterator[Iterable[Need]]:
        if self.customer is None:
            return
        key = members.link_key(self.customer, self.program)
        yield [(members.LINKS, key)]
        held = context.state.known(members.LINKS, key)
        if held is not None:
            yield [(members.ACCOUNTS, members.account_key(held.account))]

    def decide(self, context: Context) -> dict[str, Any]:
        entry = context.configuration.programs.get(self.program)
        if entry is None:
            raise no_such("program", self.program, "program")
        if entry.program.status == "archived":
            raise Conflict(
                "program_archived",
                f"Program {self.program} is archived and takes no new members.",
                resource=self.program,
            )
        account, _ = enroll(context, entry.program, self.customer, self.metadata, context.now)
        return members.account_snapshot(account)


class _OnAccount(Decision):
    """A command about one account, answered with it."""

    def __init__(self, account: str) -> None:
        self.account = account

    def needs(self, context: Context) -> Iterator[Iterable[Need]]:
        return account_needs(context, (self.account,))


class UpdateAccount(_OnAccount):
    """Merges metadata key by key (``None`` removes one), and links a standalone account to a customer."""

    def __init__(self, account: str, metadata: dict[str, str | None] | None, customer: str | None) -> None:
        super().__init__(account)
        self.metadata = metadata
        self.customer = customer

    def decide(self, context: Context) -> dict[str, Any]:
        account = context.own_account(self.account)
        before = members.account_snapshot(account)
        if self.metadata is not None:
            account.metadata = json.text(_merged_metadata(json.decode(account.metadata), self.metadata))
        if self.customer is not None and self.customer != account.customer:
            self._link(context, account, self.customer)
        return _changed(context, account, "loyalty.account.updated", before)

    def _link(self, context: Context, account: Account, customer: str) -> None:
        if account.customer is not None:
            raise Conflict(
                "account_already_linked",
                f"Account {account.id} belongs to customer {account.customer}; only a standalone account can be linked.",
                resource=account.id,
            )
        held = context.state.find(members.LINKS, members.link_key(customer, account.program))
        if held is None or held.account != account.id:  # by a merge the customer may resolve to it already
            refuse_second(context, context.configuration.program(account.program), customer)
        account.customer = customer
        link(context, customer, account)


def _merged_metadata(held: dict[str, str], changes: dict[str, str | None]) -> dict[str, str]:
    merged = {**held, **changes}
    kept = {key: value for key, value in merged.items() if value is not None}
    if len(kept) > MAX_METADATA_KEYS:
        raise Invalid(
            "parameter_invalid",
            f"metadata would have {len(kept)} keys; {MAX_METADATA_KEYS} are allowed.",
            param="metadata",
        )
    return kept


class CloseAccount(_OnAccount):
    """Retires a member: nothing is earned or redeemed; refunds, expiry and adjustments still reach the account."""

    def decide(self, context: Context) -> dict[str, Any]:
        account = context.own_account(self.account)
        if account.status == "closed":
            raise Conflict("account_closed", f"Account {account.id} is closed already.", resource=account.id)
        before = members.account_snapshot(account)
        account.status = "closed"
        return _changed(context, account, "loyalty.account.closed", before)


class ReopenAccount(_OnAccount):
    """Makes a closed account active again, unless its customer has opened another meanwhile."""

    def decide(self, context: Context) -> dict[str, Any]:
        account = context.own_account(self.account)
        if account.status != "closed":
            raise Conflict("account_not_closed", f"Account {account.id} is active; only a closed one can be reopened.")
        if account.customer is not None:
            held = context.state.find(members.LINKS, members.link_key(account.customer, account.program))
            other = None if held is None else context.survivor(held.account)
            if other is not None and other.id != account.id and other.status == "active":
                raise already_exists(other, account.customer)
            link(context, account.customer, account)
        before = members.account_snapshot(account)
        account.status = "active"
        return _changed(context, account, "loyalty.account.reopened", before)


class EraseAccount(_OnAccount):
    """Forgets the person and keeps the amounts: the customer link, metadata and free text go, in past events as well."""

    def decide(self, context: Context) -> dict[str, Any]:
        account = context.own_account(self.account)
        if account.erased_at is not None:
            raise Conflict("account_erased", f"Account {account.id} was erased already.", resource=account.id)
        links = list(context.state.select(members.LINKS_OF_ACCOUNT, (account.id,)))
        for held in links:
            context.state.delete(held)
        context.statements.extend(_forgetting(account, [held.customer for held in links]))
        account.customer, account.metadata, account.erased_at = None, "{}", context.now
        tiers.forget_reason(account)
        return _changed(context, account, "loyalty.account.erased", None)


def _forgetting(account: Account, customers: list[str]) -> list[Statement]:
    blank = '{"object":null,"erased":true}'
    statements = []
    for bucket in account.all_buckets():
        where, of_account = "where bucket = $1 and account = $2", (bucket, account.id)
        statements += [
            Statement(
                "update received_events set body = '{}', outcome = '', customer = null where id in"
                f" (select event from transactions {where} and event is not null)",
                of_account,
            ),
            Statement(
                f"update payments set customer = '' where id in (select payment from purchases {where})",
                of_account,
            ),
            Statement(f"update transactions set reason = null, metadata = '{{}}' {where}", of_account),
            Statement(f"update redemptions set release_reason = null, metadata = '{{}}' {where}", of_account),
        ]
    statements += [
        Statement(
            "update received_events set body = '{}', outcome = '', customer = null where customer = $1 and not exists"
            " (select 1 from customer_links where customer = $1 and account <> $2)",
            (customer, account.id),
        )
        for customer in customers
    ]
    statements += [
        Statement(
            "update received_events set body = '{}', outcome = '', customer = null"
            f" where account is not null and account in ({_EVERYONE})",
            (account.id,),
        ),
        Statement(
            f"update outgoing_events set data = '{blank}'"
            f" where account in ({_EVERYONE}) and type <> 'loyalty.account.erased'",
            (account.id,),
        ),
        Statement("update referrals set metadata = '{}' where referrer = $1 or referee = $1", (account.id,)),
        Statement(
            f"update outgoing_events set data = '{blank}' where type like 'referral.%' and exists (select 1 from referrals r"
            " where (r.referrer = $1 and r.referee = outgoing_events.account"
            " or r.referee = $1 and r.referrer = outgoing_events.account)"
            " and outgoing_events.data like '%\"' || r.id || '\"%')",
            (account.id,),
        ),
        Statement(
            f"update accounts set customer = null, metadata = '{{}}' where id <> $1 and id in ({_EVERYONE})",
            (account.id,),
        ),
    ]
    return statements


_EVERYONE = (
    "with recursive everyone (id) as (select id from accounts where id = $1"
    " union select a.id from accounts a join everyone on a.merged_into = everyone.id) select id from everyone"
)
"""An account, and all that were merged into it, directly or by way of others."""


def _changed(context: Context, account: Account, event: str, before: dict[str, Any] | None) -> dict[str, Any]:
    """Records what changed and answers the account."""
    account.updated_at = context.now
    after = members.account_snapshot(account)
    previous = None if before is None else {name: value for name, value in before.items() if value != after[name]}
    outbox.record(context.state, account, event, after, context.now, previous=previous)
    cascade.react(context, context.now)
    return members.account_snapshot(account)
