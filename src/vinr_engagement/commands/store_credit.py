"""Store credit: issued by hand or for a reward, spent on payments, and given back with their refunds."""

from collections.abc import Iterable, Iterator
from typing import Any

from vinr_engagement import credit, ledger, members, payments
from vinr_engagement.commands.context import Context, Decision, account_needs, due_lots, lots_of
from vinr_engagement.credit import CreditSpend, Wallet
from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import Instant, format_instant
from vinr_engagement.foundation.database import Need
from vinr_engagement.foundation.errors import Conflict, Unprocessable
from vinr_engagement.ledger import Cause, Holder, Source, Transaction
from vinr_engagement.members import Account
from vinr_engagement.payments import Payment

LINK = "credit"
"""What a payment's links call the spends of store credit on it."""


class IssueCredit(Decision):
    """Grants store credit outside any reward. It does not expire unless ``expires_at`` says when."""

    def __init__(
        self,
        account: str,
        amount: int,
        currency: str,
        reason: str | None,
        metadata: dict[str, str],
        expires_at: Instant | None = None,
    ) -> None:
        self.account = account
        self.amount = amount
        self.currency = currency
        self.reason = reason
        self.metadata = metadata
        self.expires_at = expires_at

    def needs(self, context: Context) -> Iterator[Iterable[Need]]:
        waves = account_needs(context, (self.account,))
        yield [*next(waves), _wallet_need(self.account, self.currency)]
        yield next(waves)

    def decide(self, context: Context) -> dict[str, Any]:
        account = context.own_account(self.account)
        cause = Cause("adjust", Source("adjustment", None), reason=self.reason, metadata=json.text(self.metadata))
        explanation = {"award": {"type": "adjustment", "amount": self.amount}, "result": self.amount}
        row = issue(context, account, self.currency, self.amount, cause, explanation, expires_at=self.expires_at)
        return _with_wallet(context, account, row)


class SpendCredit(Decision):
    """Takes store credit for a payment, which need not have completed; its refunds give back their share."""

    def __init__(self, account: str, amount: int, currency: str, payment: str) -> None:
        self.account = account
        self.amount = amount
        self.currency = currency
        self.payment = payment

    def needs(self, context: Context) -> Iterator[Iterable[Need]]:
        key = members.account_key(self.account)
        payment = (payments.PAYMENTS, payments.payment_key(self.payment))
        yield [payment, (members.ACCOUNTS, key), _wallet_need(self.account, self.currency)]
        account = context.state.known(members.ACCOUNTS, key)
        if account is not None:
            yield [*lots_of(account), *due_lots(context, [account])]

    def decide(self, context: Context) -> dict[str, Any]:
        account = context.own_account(self.account)
        if account.status != "active":
            raise Conflict("account_closed", f"Account {account.id} is closed and spends nothing.", resource=account.id)
        payment = context.payment(self.payment)
        if payment.failed_at is not None and payment.completed_event is None:
            raise Conflict(
                "payment_failed",
                f"Payment {payment.id} failed; store credit can be spent on one that may still complete.",
                resource=payment.id,
            )
        row, spent = spend(context, account, self.currency, self.amount, payment)
        give_back_share(context, payment, spent, Cause("reverse", Source("payment", payment.id), reason="refund"))
        return _with_wallet(context, account, row)


def _wallet_need(account: str, currency: str) -> Need:
    return credit.WALLETS, (*members.account_key(account), currency)


def _with_wallet(context: Context, account: Account, row: Transaction) -> dict[str, Any]:
    """The row as it is shown, and what the wallet holds now."""
    return {**ledger.transaction_snapshot(row), "wallet_balance": balance_of(context, account, row.unit)}


def balance_of(context: Context, account: Account, currency: str) -> int:
    """What an account holds in a currency, in minor units."""
    wallet = context.state.find(credit.WALLETS, credit.wallet_key(account, currency))
    return 0 if wallet is None else wallet.balance


def purse_of(context: Context, account: Account, currency: str) -> Holder:
    """The wallet for a currency as a holder, announced for change; an empty one where there was none."""
    wallet = context.state.find(credit.WALLETS, credit.wallet_key(account, currency))
    if wallet is None:
        wallet = context.state.insert(credit.Wallet(account.bucket, account.id, currency, 0))
    return credit.purse(account, context.state.change(wallet))


def purses_of(context: Context, account: Account) -> list[Holder]:
    """The wallets that hold something, as holders announced for change."""
    held = [wallet for wallet in _wallets_of(context, account) if wallet.balance > 0]
    return [credit.purse(account, context.state.change(wallet)) for wallet in held]


def issue(
    context: Context,
    account: Account,
    currency: str,
    amount: int,
    cause: Cause,
    explanation: Any,
    *,
    expires_at: Instant | None = None,
    param: str = "expires_at",
) -> Transaction:
    """Adds ``amount`` minor units to a wallet; the account is settled and announced for change.

    ``cause`` is of type ``adjust`` for what is granted by hand, ``earn`` for what a reward grants; ``param`` is what the
    caller calls ``expires_at``. Raises ``Unprocessable``:
    ``expires_at_in_past``, or ``credit_out_of_range`` beyond 2^53 − 1.
    """
    now = context.now
    if expires_at is not None and expires_at <= now:
        raise Unprocessable(
            "expires_at_in_past",
            f"{param} {format_instant(expires_at)} is not after the clock, {format_instant(now)}.",
            param=param,
        )
    return ledger.credit(
        context.state,
        purse_of(context, account, currency),
        context.configuration.program(account.program),
        amount,
        cause,
        explanation,
        now,
        effective_at=now,
        available_at=now,
        expires_at=expires_at,
        qualifying=False,
    )


def spend(
    context: Context, account: Account, currency: str, amount: int, payment: Payment
) -> tuple[Transaction, CreditSpend]:
    """Takes ``amount`` minor units for a payment, and notes it with the payment; both rows are announced for change.

    Raises ``Unprocessable`` (``insufficient_credit``) beyond what the wallet holds: it is never negative.
    """
    balance = balance_of(context, account, currency)
    if amount > balance:
        raise Unprocessable(
            "insufficient_credit",
            f"Account {account.id} has {balance} minor units of {currency} in store credit; {amount} are needed.",
            resource=account.id,
            details={"balance": balance, "required": amount},
        )
    program = context.configuration.program(account.program)
    cause = Cause("redeem", Source("payment", payment.id), reason="purchase")
    purse = purse_of(context, account, currency)
    row = ledger.debit(context.state, purse, program, amount, cause, context.now)
    taken = json.text(ledger.taken_by(row))
    payments.link(payment, LINK, row.id)
    spent = CreditSpend(row.bucket, row.id, account.id, payment.id, currency, amount, 0, None, "spent", taken)
    return row, context.state.insert(spent)


def spends_on(context: Context, payment: Payment) -> list[CreditSpend]:
    """What was spent on a payment, in the order in which it was, announced for change; each names who owns it now.

    The owners are brought up to date: a merge that was under way when a spend was read has ended once its owner is ours.
    """
    found = [context.state.find(credit.SPENDS, credit.spend_key(name)) for name in payments.linked(payment, LINK)]
    return [_owned(context, spent) for spent in found if spent is not None]


def _owned(context: Context, spent: CreditSpend) -> CreditSpend:
    account = context.survivor(spent.account)
    assert account is not None, f"the account {spent.account} is missing"
    context.state.change(spent).account = account.id
    return spent


def give_back_share(context: Context, payment: Payment, spent: CreditSpend, cause: Cause) -> Transaction | None:
    """Brings what came back of a spend to its share of the payment's refunds; ``None`` where it has come back already."""
    total = credit.due_back(spent.amount, payment.refunded, payment.amount)
    at = max(payment.completed_at or 0, payment.refunded_at or 0)
    row = give_back_credit(context, spent, total, cause, at)
    if row is not None:
        spent.of_amount = payment.amount
    return row


def give_back_credit(context: Context, spent: CreditSpend, total: int, cause: Cause, at: Instant) -> Transaction | None:
    """Brings what came back of a spend to ``total`` minor units, in the lots that it took them from; ``None`` where as much
    has come back already.

    The wallet is that of whoever owns the account's rows now. Lots that expired meanwhile have the program's grace from
    ``at``, or expire at once. Announce the spend's change first.
    """
    if total <= spent.returned:
        return None
    account = context.survivor(spent.account)
    assert account is not None
    taken = credit.parts_returned(credit.taken_of(spent), spent.returned, total)
    spent.returned = total
    return ledger.give_back(
        context.state,
        purse_of(context, account, spent.currency),
        context.configuration.program(account.program),
        taken,
        cause._replace(reverses=spent.id),
        context.now,
        effective_at=min(at, context.now),
    )


def check_wallets(context: Context, source: Account, target: Account) -> None:
    """Raises ``Unprocessable`` (``credit_out_of_range``) where a wallet of two accounts together would hold too much."""
    for wallet in _wallets_of(context, source):
        together = wallet.balance + balance_of(context, target, wallet.currency)
        ledger.check_bounds(credit.purse(target, credit.Wallet(target.bucket, target.id, wallet.currency, together)))


def combine_wallets(context: Context, source: Account, target: Account) -> None:
    """Moves what the source's wallets hold to the target's; rows, lots and spends are re-parented by the caller."""
    check_wallets(context, source, target)
    for wallet in list(_wallets_of(context, source)):
        purse_of(context, target, wallet.currency).balance += wallet.balance
        context.state.delete(wallet)


def _wallets_of(context: Context, account: Account) -> list[Wallet]:
    return context.state.select(credit.WALLETS_OF_ACCOUNT, (account.bucket, account.id))
