"""Adjustments: goodwill, support, migrations."""

from collections.abc import Iterable, Iterator
from typing import Any

from vinr_engagement import ledger, members, programs
from vinr_engagement.commands import standing
from vinr_engagement.commands.context import Context, Decision, due_lots, lots_of
from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import Instant, format_instant
from vinr_engagement.foundation.database import Need
from vinr_engagement.foundation.errors import Invalid, Unprocessable
from vinr_engagement.ledger import Cause, Source, Transaction
from vinr_engagement.members import Account


class Adjust(Decision):
    """Credits (positive) or debits (negative) an account outside any rule."""

    def __init__(
        self,
        account: str,
        amount: int,
        reason: str | None,
        metadata: dict[str, str],
        expires_at: Instant | None = None,
        *,
        qualifying: bool = True,
        allow_negative: bool = False,
    ) -> None:
        self.account = account
        self.amount = amount
        self.reason = reason
        self.metadata = metadata
        self.expires_at = expires_at
        self.qualifying = qualifying
        self.allow_negative = allow_negative

    def needs(self, context: Context) -> Iterator[Iterable[Need]]:
        key = members.account_key(self.account)
        yield [(members.ACCOUNTS, key)]
        account = context.state.known(members.ACCOUNTS, key)
        if account is not None:
            yield lots_of(account) if self.amount < 0 else due_lots(context, [account])

    def decide(self, context: Context) -> dict[str, Any]:
        if self.amount == 0:
            raise Invalid("parameter_invalid", "amount must not be 0.", param="amount")
        account = context.own_account(self.account)
        cause = Cause("adjust", Source("adjustment", None), reason=self.reason, metadata=json.text(self.metadata))
        standing.watch(context, account)
        row = self._credit(context, account, cause) if self.amount > 0 else self._debit(context, account, cause)
        standing.count(context, account, standing.day_of(context, account, context.now), points=row.qualifying)
        return ledger.transaction_snapshot(row)

    def _credit(self, context: Context, account: Account, cause: Cause) -> Transaction:
        program, now = context.configuration.program(account.program), context.now
        available_at, expires_at, months = programs.credit_dates(program, now, held=False)
        if self.expires_at is not None:
            if self.expires_at <= now:
                raise Unprocessable(
                    "expires_at_in_past",
                    f"expires_at {format_instant(self.expires_at)} is not after the clock, {format_instant(now)}.",
                    param="expires_at",
                )
            expires_at, months = self.expires_at, None
        return ledger.credit(
            context.state,
            account,
            program,
            self.amount,
            cause,
            {"award": {"type": "adjustment", "points": self.amount}, "result": self.amount},
            now,
            effective_at=now,
            available_at=available_at,
            expires_at=expires_at,
            inactivity_months=months,
            qualifying=self.qualifying,
        )

    def _debit(self, context: Context, account: Account, cause: Cause) -> Transaction:
        if self.expires_at is not None:
            raise Invalid("parameter_invalid", "expires_at goes with a positive amount.", param="expires_at")
        program = context.configuration.program(account.program)
        return ledger.debit(
            context.state, account, program, -self.amount, cause, context.now, allow_negative=self.allow_negative
        )
