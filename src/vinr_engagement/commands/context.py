"""What a decision is given: state, configuration, the time, and who asks."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from vinr_engagement import credit, ledger, members, payments, referrals, rewards, tiers
from vinr_engagement.audit import Origin
from vinr_engagement.commands.configuration import Configuration
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.database import Need, Query, State, Table
from vinr_engagement.foundation.errors import Conflict, NotFound
from vinr_engagement.members import Account
from vinr_engagement.payments import Payment


@dataclass(slots=True)
class Statement:
    """A set-based change that goes beyond the gathered rows: re-parenting a ledger, say."""

    sql: str
    arguments: tuple[Any, ...]


@dataclass(slots=True)
class Watched:
    """An account before its qualifying value changes: the value, what the tier stands on besides, and whether anything was
    taken from a day since.
    """

    account: Account
    value: int
    standing: tuple[Any, ...]
    lowered: bool = False


@dataclass(slots=True)
class Context:
    """One batch's view of the store, and the origin of the command being decided.

    ``latest_at`` is the time of what was recorded last; it is known to commands that reconfigure. ``reacted`` counts the
    recorded facts that rules have had the chance to react to; ``watched`` are the accounts whose qualifying value the
    command may change, by id. With ``refunds_to_come`` the command takes back, later on, some of what it gives: nobody is moved
    to another tier meanwhile, as what counts is net of refunds. ``catch_up`` writes what time has changed of an account.
    """

    state: State
    configuration: Configuration
    now: Instant
    origin: Origin
    statements: list[Statement]
    catch_up: "Callable[[Context, Account], None]"
    clock_is_set: bool = False
    latest_at: Instant | None = None
    reacted: int = 0
    watched: dict[str, Watched] = field(default_factory=dict)
    refunds_to_come: bool = False

    def account(self, identifier: str) -> Account:
        """An account brought up to date and announced for change; merged ones included. Raises ``NotFound``."""
        account = self.state.find(members.ACCOUNTS, members.account_key(identifier))
        if account is None:
            raise no_such("account", identifier)
        return self.settled(account)

    def own_account(self, identifier: str) -> Account:
        """As :meth:`account`, for a command that names it: one merged away is refused with the survivor's id."""
        account = self.account(identifier)
        if account.status == "merged":
            raise members.merged_conflict(account)
        return account

    def survivor(self, identifier: str) -> Account | None:
        """The account that now holds what this one held, followed through merges."""
        account = self.state.find(members.ACCOUNTS, members.account_key(identifier))
        while account is not None and account.merged_into is not None:
            account = self.state.find(members.ACCOUNTS, members.account_key(account.merged_into))
        return None if account is None else self.settled(account)

    def payment(self, identifier: str) -> Payment:
        """A payment announced for change; a new one where nothing is known of it."""
        payment = self.state.find(payments.PAYMENTS, payments.payment_key(identifier))
        if payment is None:
            return self.state.insert(payments.expected_payment(identifier))
        return self.state.change(payment)

    def settled(self, account: Account) -> Account:
        """The account with all that time has changed of it written, announced for change."""
        self.state.change(account)
        if ledger.is_due(account, self.now):
            self.catch_up(self, account)
        return account


class Command(Protocol):
    """Something that can be asked for.

    ``needs`` names, in waves, what :meth:`decide` will look at; each wave may look at what the one before brought. It is a
    matter of speed only: what is missing is fetched when it is asked for. ``decide`` reads and changes the state, or raises
    a ``Refusal``; it answers plain data that later commands of the batch cannot change. Commands that are ``alone`` share
    no batch; those that ``reconfigure`` change programs, rules or the clock.
    """

    alone: ClassVar[bool]
    reconfigures: ClassVar[bool]

    def needs(self, context: Context) -> Iterator[Iterable[Need]]:
        """Waves of what to gather."""
        ...

    def decide(self, context: Context) -> Any:
        """Does it, in memory."""
        ...


class Decision:
    """A command with the common answers: any batch, no needs known beforehand."""

    alone: ClassVar[bool] = False
    reconfigures: ClassVar[bool] = False

    def needs(self, context: Context) -> Iterator[Iterable[Need]]:
        """Nothing known beforehand."""
        return iter(())


def account_needs(context: Context, identifiers: Iterable[str]) -> Iterator[Iterable[Need]]:
    """The accounts, then what time has changed of those that are due."""
    keys = [members.account_key(identifier) for identifier in identifiers]
    yield [(members.ACCOUNTS, key) for key in keys]
    found = [context.state.known(members.ACCOUNTS, key) for key in keys]
    yield due_lots(context, found)
    yield due_redemptions(context, found)


def due_lots(context: Context, accounts: Iterable[Account | None]) -> list[Need]:
    """What is looked at to bring accounts that time has changed up to date."""
    due = [account for account in accounts if account is not None and ledger.is_due(account, context.now)]
    needs = [need for account in due for source in WHEN_DUE for need in of_account(source, account)]
    keys = [referrals.referral_key(account.referral) for account in due if account.referral is not None]
    return needs + [(referrals.REFERRALS, key) for key in keys]


WHEN_DUE: tuple[Query[Any], ...] = (
    ledger.OPEN_LOTS,
    tiers.TOTALS_OF_ACCOUNT,
    credit.WALLETS_OF_ACCOUNT,
    rewards.EXPIRING_REDEMPTIONS,
)
"""What time changes of an account."""


def due_redemptions(context: Context, accounts: Iterable[Account | None]) -> list[Need]:
    """What is looked at to release redemptions whose time is over, once :func:`due_lots` were gathered."""
    return [
        need
        for account in accounts
        if account is not None and ledger.is_due(account, context.now)
        for source, key in of_account(rewards.EXPIRING_REDEMPTIONS, account)
        if not context.state.missing(source, key)
        for row in context.state.select(rewards.EXPIRING_REDEMPTIONS, key)
        if row.expires_at is not None and row.expires_at <= context.now
        for need in rewards.release_needs(row, account)
    ]


def lots_of(account: Account) -> list[Need]:
    """All open lots of an account."""
    return [(ledger.OPEN_LOTS, (bucket, account.id)) for bucket in account.all_buckets()]


def no_such(kind: str, identifier: str, param: str | None = None) -> NotFound:
    """The refusal of an id that names nothing here."""
    return NotFound(
        "resource_missing", f"No such {kind}: {identifier[:255]!r}.", param=param, resource=identifier[:255]
    )


def already_exists(account: Account, customer: str) -> Conflict:
    """The refusal of a second active account for a customer."""
    return Conflict(
        "account_already_exists",
        f"Customer {customer} already has the active account {account.id} in program {account.program}.",
        resource=account.id,
    )


def of_account(source: Table[Any] | Query[Any], account: Account) -> list[Need]:
    """Rows of a query by bucket and account, in all buckets of the account."""
    return [(source, (bucket, account.id)) for bucket in account.all_buckets()]
