"""``expand[]=path`` puts the object in place of its id. One query for each kind of object and page.

An id that names nothing known here (a customer that no event told of, say) stays an id.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel, Field

from vinr_engagement import members
from vinr_engagement.campaigns import campaign_snapshot
from vinr_engagement.campaigns import queries as campaign_queries
from vinr_engagement.commands import program_snapshot, rule_snapshot
from vinr_engagement.entrypoints.api import limits
from vinr_engagement.entrypoints.api.answers import settled
from vinr_engagement.entrypoints.api.errors import Fault
from vinr_engagement.entrypoints.api.exchange import Exchange
from vinr_engagement.entrypoints.api.suggest import hint
from vinr_engagement.foundation import json
from vinr_engagement.foundation.database import Session
from vinr_engagement.inbox import queries as inbox_queries
from vinr_engagement.ledger import queries as ledger_queries
from vinr_engagement.ledger import transaction_snapshot
from vinr_engagement.members import Account, account_snapshot, customer_snapshot
from vinr_engagement.members import queries as member_queries
from vinr_engagement.outbox import queries as outbox_queries
from vinr_engagement.programs import queries as program_queries
from vinr_engagement.rewards import queries as reward_queries
from vinr_engagement.rewards import redemption_snapshot, reward_snapshot
from vinr_engagement.rules import queries as rule_queries

Objects = dict[str, dict[str, Any]]
Tree = dict[str, Any]

PATHS: Final[Mapping[str, Mapping[str, str]]] = {
    "loyalty_account": {"program": "program", "customer": "customer", "merged_into": "loyalty_account"},
    "points_transaction": {
        "account": "loyalty_account",
        "original_account": "loyalty_account",
        "program": "program",
        "rule": "earning_rule",
        "campaign": "campaign",
        "event": "event",
        "redemption": "redemption",
        "reverses": "points_transaction",
    },
    "credit_transaction": {
        "account": "loyalty_account",
        "original_account": "loyalty_account",
        "program": "program",
        "event": "event",
        "reverses": "credit_transaction",
    },
    "lot": {"account": "loyalty_account", "transaction": "points_transaction"},
    "earning_rule": {"program": "program"},
    "reward": {"program": "program"},
    "redemption": {
        "account": "loyalty_account",
        "program": "program",
        "reward": "reward",
        "transaction": "points_transaction",
    },
    "segment": {"program": "program"},
    "campaign": {"program": "program"},
    "event": {"account": "loyalty_account"},
    "referral": {"program": "program", "referrer": "loyalty_account", "referee": "loyalty_account"},
    "program": {},
    "customer": {},
    "received_event": {},
}
"""Which fields of which object can be expanded, and what they lead to."""


class Expanding(BaseModel):
    """The paths to inline."""

    expand: list[str] = Field(
        default_factory=list,
        alias="expand[]",
        max_length=limits.EXPAND_PATHS,
        description="Linked objects to show in place of their ids; may be given several times, and dotted.",
    )

    def tree(self, kind: str) -> Tree:
        """The paths as a tree. Raises ``Fault`` for one that cannot be expanded."""
        found: Tree = {}
        for path in self.expand:
            node, here, parts = found, kind, path.split(".")
            if len(parts) > limits.EXPAND_DEPTH:
                raise _not_expandable(path, f"goes deeper than {limits.EXPAND_DEPTH} steps.")
            for part in parts:
                known = PATHS[here]
                if part not in known:
                    raise _not_expandable(path, f"cannot be expanded: {here} has no {part[:60]!r}.{hint(part, known)}")
                node, here = node.setdefault(part, {}), known[part]
        return found


def _not_expandable(path: str, why: str) -> Fault:
    return Fault("parameter_invalid", f"{path[:100]!r} {why}", param="expand[]")


async def expand(exchange: Exchange, objects: Sequence[dict[str, Any]], kind: str, tree: Tree) -> None:
    """Inlines linked objects into objects of one kind, in place."""
    for field, below in tree.items():
        wanted = {found[field] for found in objects if isinstance(found.get(field), str)}
        linked_kind = PATHS[kind][field]
        loaded = await _LOADERS[linked_kind](exchange, wanted) if wanted else {}
        await expand(exchange, list(loaded.values()), linked_kind, below)
        for found in objects:
            if found.get(field) in loaded:
                found[field] = loaded[found[field]]


async def _accounts(exchange: Exchange, identifiers: Iterable[str]) -> Objects:
    async def read(session: Session) -> list[Account]:
        return await member_queries.get_accounts(session, identifiers)

    found = await settled(exchange, read, lambda accounts: accounts)
    return {account.id: account_snapshot(account) for account in found}


async def _programs(exchange: Exchange, identifiers: Iterable[str]) -> Objects:
    found = await exchange.read(lambda session: program_queries.get_programs(session, identifiers))
    return {program.id: program_snapshot(program) for program in found}


async def _customers(exchange: Exchange, identifiers: Iterable[str]) -> Objects:
    found: list[members.Customer] = await exchange.read(
        lambda session: member_queries.get_customers(session, identifiers)
    )
    return {customer.id: customer_snapshot(customer) for customer in found}


async def _rules(exchange: Exchange, identifiers: Iterable[str]) -> Objects:
    found = await exchange.read(lambda session: rule_queries.get_rules(session, identifiers))
    return {row.id: rule_snapshot(row) for row in found}


async def _rewards(exchange: Exchange, identifiers: Iterable[str]) -> Objects:
    async def read(session: Session) -> Objects:
        found = await reward_queries.get_rewards(session, identifiers)
        taken = await reward_queries.taken_of(session, identifiers)
        return {row.id: reward_snapshot(json.decode(row.body), taken.get(row.id, 0)) for row in found}

    return await exchange.read(read)


async def _campaigns(exchange: Exchange, identifiers: Iterable[str]) -> Objects:
    async def read(session: Session) -> Objects:
        now = await exchange.store.now_in(session)
        found = await campaign_queries.get_campaigns(session, identifiers)
        return {row.id: campaign_snapshot(row, now) for row in found}

    return await exchange.read(read)


async def _redemptions(exchange: Exchange, identifiers: Iterable[str]) -> Objects:
    found = await exchange.read(lambda session: reward_queries.get_redemptions(session, identifiers))
    return {row.id: redemption_snapshot(row) for row in found}


async def _events(exchange: Exchange, identifiers: Iterable[str]) -> Objects:
    """Events received and, for what this engine's own events triggered, those sent."""

    async def read(session: Session) -> Objects:
        received = await inbox_queries.get_received_events(session, identifiers)
        loaded = {event.id: inbox_queries.received_event_snapshot(event) for event in received}
        for identifier in identifiers:
            if identifier not in loaded and (event := await outbox_queries.get_event(session, identifier)) is not None:
                loaded[identifier] = outbox_queries.event_snapshot(event)
        return loaded

    return await exchange.read(read)


async def _transactions(exchange: Exchange, identifiers: Iterable[str]) -> Objects:
    async def read(session: Session) -> Objects:
        found = [await ledger_queries.get_transaction(session, identifier) for identifier in identifiers]
        return {row.id: transaction_snapshot(row) for row in found if row is not None}

    return await exchange.read(read)


_LOADERS: Final[dict[str, Callable[[Exchange, Iterable[str]], Awaitable[Objects]]]] = {
    "loyalty_account": _accounts,
    "program": _programs,
    "customer": _customers,
    "earning_rule": _rules,
    "reward": _rewards,
    "redemption": _redemptions,
    "campaign": _campaigns,
    "event": _events,
    "points_transaction": _transactions,
    "credit_transaction": _transactions,
}
