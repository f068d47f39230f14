"""A wallet as the ledger sees it."""

from vinr_engagement.credit.tables import Wallet
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.ledger import Holder
from vinr_engagement.members import Account


def purse(account: Account, wallet: Wallet) -> Holder:
    """A wallet as a holder of its currency; announce the changes of both rows to the state before posting."""
    return _Purse(account, wallet)  # type: ignore[return-value] (its properties stand for attributes)


class _Purse:
    """A holder of one currency: the balance is the wallet's; deadlines, numbering of events and the time of change the account's.

    Credit is never pending and counts towards no lifetime points, and what happens to it keeps no points alive: what the
    ledger does to these three goes nowhere.
    """

    __slots__ = ("_account", "_wallet", "activity_at", "bucket", "id", "lifetime_points", "pending_balance", "program")

    def __init__(self, account: Account, wallet: Wallet) -> None:
        self._account = account
        self._wallet = wallet
        self.id = account.id
        self.bucket = account.bucket
        self.program = account.program
        self.activity_at: Instant = account.activity_at
        self.pending_balance = 0
        self.lifetime_points = 0

    @property
    def unit(self) -> str:
        """The currency."""
        return self._wallet.currency

    @property
    def balance(self) -> int:
        """In minor units."""
        return self._wallet.balance

    @balance.setter
    def balance(self, amount: int) -> None:
        self._wallet.balance = amount

    @property
    def next_due_at(self) -> Instant | None:
        """When time next changes something of the account."""
        return self._account.next_due_at

    @next_due_at.setter
    def next_due_at(self, moment: Instant | None) -> None:
        self._account.next_due_at = moment

    @property
    def sequence(self) -> int:
        """The number of the account's last event."""
        return self._account.sequence

    @sequence.setter
    def sequence(self, number: int) -> None:
        self._account.sequence = number

    @property
    def updated_at(self) -> Instant:
        """When the account last changed."""
        return self._account.updated_at

    @updated_at.setter
    def updated_at(self, moment: Instant) -> None:
        self._account.updated_at = moment

    def all_buckets(self) -> list[int]:
        """Where the account's rows may be."""
        return self._account.all_buckets()
