"""Writing what time has changed: points becoming available, expiring."""

from collections.abc import Iterable, Iterator, Sequence

from vinr_engagement import ledger, members
from vinr_engagement.commands.context import Context, Decision, account_needs
from vinr_engagement.foundation.database import Need


class Settle(Decision):
    """Brings accounts up to date; answers how many had something due."""

    def __init__(self, accounts: Sequence[str]) -> None:
        self.accounts = accounts

    def needs(self, context: Context) -> Iterator[Iterable[Need]]:
        return account_needs(context, self.accounts)

    def decide(self, context: Context) -> int:
        count = 0
        for identifier in self.accounts:
            account = context.state.find(members.ACCOUNTS, members.account_key(identifier))
            if account is not None and ledger.is_due(account, context.now):
                context.catch_up(context, context.state.change(account))
                count += 1
        return count
