"""Store credit: money in wallets, spent on payments and given back with their refunds."""

from dataclasses import dataclass

from tests.machine.ledger_model import Lot, Member, Taken
from tests.machine.money_model import Payment, Refused
from tests.machine.whole import Whole

Returned = tuple[str, str, int, str]
"""A member, a currency, an amount, and whether it was ``returned`` or is a ``conflict``."""


@dataclass(eq=False)
class Spend:
    """Credit spent on a payment: ``pennies`` is which lot each of them came from, in the order in which they went."""

    member: Member
    currency: str
    amount: int
    pennies: Taken
    returned: int = 0
    state: str = "spent"

    def kept(self, amount: int) -> dict[Lot, int]:
        """What the lots would have given had only so much been spent."""
        kept = {}
        for lot, part in self.pennies:
            kept[lot] = min(part, amount)
            amount -= kept[lot]
        return kept

    def give_back(self, total: int, at: int) -> Returned | None:
        """Brings what came back to ``total``."""
        if total <= self.returned:
            return None
        before, after = self.kept(self.amount - self.returned), self.kept(self.amount - total)
        part, self.returned = total - self.returned, total
        holder = self.member.resolved()
        holder.wallet(self.currency).give_back(
            [(lot, before[lot] - after[lot]) for lot in before if before[lot] > after[lot]], at
        )
        return str(holder.id), self.currency, part, "returned"


class Crediting(Whole):
    """The part of the model that is about store credit."""

    def grant(self, member: Member, amount: int, currency: str, expires_at: int | None, kind: str) -> None:
        wallet = member.wallet(currency)
        wallet.add(kind, amount, self.now)
        wallet.lots.append(Lot(amount, amount, False, self.now, self.now, expires_at, None))

    def issue(self, member: Member, amount: int, currency: str, expires_at: int | None) -> dict[str, int]:
        self.own(member)
        if expires_at is not None and expires_at <= self.now:
            raise Refused("expires_at_in_past")
        self.grant(member, amount, currency, expires_at, "adjust")
        return {"amount": amount, "wallet_balance": member.wallet(currency).balance}

    def spend(self, member: Member, amount: int, currency: str, name: str) -> dict[str, int]:
        if self.own(member).status != "active":
            raise Refused("account_closed")
        payment = self.payments.get(name, Payment())
        if payment.failed and not payment.completed:
            raise Refused("payment_failed")
        wallet = member.wallet(currency)
        if wallet.balance < amount:
            raise Refused("insufficient_credit")
        self.payments[name] = payment
        spent = Spend(member, currency, amount, wallet.debit(amount, self.now, "redeem"))
        payment.spends.append(spent)
        self.return_shares(payment)
        return {"amount": -amount, "wallet_balance": wallet.balance}

    def return_shares(self, payment: Payment) -> list[Returned]:
        """Of each spend has come back its share of what was refunded, rounded down."""
        at = min(self.now, max(payment.completed_at, payment.refunded_at))
        if not payment.amount:
            return []
        found = [each.give_back(each.amount * payment.refunded // payment.amount, at) for each in payment.spends]
        return [each for each in found if each is not None]

    def credit_of_failed(self, payment: Payment, at: int) -> list[Returned]:
        told = []
        for spent in payment.spends:
            if spent.state == "spent":
                spent.state = "released"
                told.append(spent.give_back(spent.amount, min(at, self.now)))
        return [each for each in told if each is not None]

    @staticmethod
    def credit_missing(payment: Payment) -> list[Returned]:
        """What came back because the payment had failed, which now completes."""
        told = []
        for spent in payment.spends:
            if spent.state == "released":
                spent.state = "conflict"
                told.append((str(spent.member.resolved().id), spent.currency, spent.amount, "conflict"))
        return told
