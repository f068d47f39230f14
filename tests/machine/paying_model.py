"""What payments, invoices, refunds and failures do to the model."""

from typing import Any

from tests.machine import pricing_model
from tests.machine.credit_model import Returned
from tests.machine.money_model import ERASED, Answer, Heard, Payment, Refused
from tests.machine.redeem_model import Told as ToldOfRedemption
from tests.machine.whole import Event, Whole

Told = tuple[list[ToldOfRedemption], list[Returned]]
"""What an event did to what was spent on its payment."""
ALL = 1 << 60


class Paying(Whole):
    """The part of the model that hears of money."""

    def on_payment_completed(self, event: Event, body: dict[str, Any], at: int) -> Answer:
        payment = self.payments.get(body["id"], Payment())
        if payment.completed:
            return self.again(payment, body)
        self.payments[body["id"]] = self.complete(payment, body, at)
        return self.paid(event, payment)

    def on_invoice_paid(self, event: Event, body: dict[str, Any], at: int) -> Answer:
        invoice = self.payments.get(body["id"], Payment())
        if invoice.completed:
            return self.again(invoice, body)
        self.payments[body["id"]] = self.complete(invoice, body, at)
        if "payment" not in body:
            return self.paid(event, invoice)
        payment = self.payments.setdefault(body["payment"], Payment())
        if payment.amount is None:
            payment.amount, payment.currency, payment.completed_at = body["amount"], body["currency"], at
        return self.paid(event, payment)

    @staticmethod
    def again(payment: Payment, body: dict[str, Any]) -> Answer:
        same_customer = payment.customer in (body.get("customer"), ERASED)
        if not same_customer or (payment.amount, payment.currency) != (body["amount"], body["currency"]):
            raise Refused("payment_conflict")
        return Answer("ignored", "payment_already_completed")

    @staticmethod
    def complete(payment: Payment, body: dict[str, Any], at: int) -> Payment:
        payment.told = None if payment.amount is None else (payment.net, payment.currency)
        payment.completed, payment.completed_at = True, at
        payment.amount, payment.currency, payment.customer = body["amount"], body["currency"], body.get("customer")
        return payment

    def paid(self, event: Event, payment: Payment) -> Answer:
        programs = [self.evaluate(program, event, payment) for program in self.programs]
        payment.told = None
        told = self.use(event["object"], self.name_of(payment)), self.credit_missing(payment)
        self.claw_back(payment, programs, told)
        return self.heard(programs, told)

    def on_payment_failed(self, event: Event, body: dict[str, Any], at: int) -> Answer:
        payment = self.payments.setdefault(body["id"], Payment())
        payment.failed, answer = True, Answer("processed")
        if not payment.completed:
            answer.redemptions = self.let_go(body, at)
            answer.credit = self.credit_of_failed(payment, at)
        return answer

    on_payment_expired = on_payment_failed

    @staticmethod
    def heard(programs: list[Heard], told: Told | None = None) -> Answer:
        redemptions, credit = told or ([], [])
        if any(each.status == "processed" for each in programs) or any(each[1] != "unknown" for each in redemptions):
            return Answer("processed", None, programs, redemptions, credit)
        return Answer("ignored", programs[0].reason, programs, redemptions, credit)

    def on_payment_refunded(self, event: Event, body: dict[str, Any], at: int) -> Answer:
        payment = self.payments.get(body["id"], Payment())
        if payment.amount is not None and body["amount_refunded"] > payment.amount:
            raise Refused("refund_exceeds_payment")
        payment.seen = max(payment.seen, body["amount_refunded"])
        return self.refunded(payment, body["id"], at)

    def on_refund_completed(self, event: Event, body: dict[str, Any], at: int) -> Answer:
        payment = self.payments.get(body["payment"], Payment())
        if body["id"] in payment.refunds:
            return self.refunded_again(payment, body["id"], body["amount"])
        if payment.amount is not None and payment.summed + body["amount"] > payment.amount:
            raise Refused("refund_exceeds_payment")
        payment.refunds[body["id"]] = body["amount"]
        payment.summed += body["amount"]
        return self.refunded(payment, body["payment"], at)

    def on_dispute_resolved(self, event: Event, body: dict[str, Any], at: int) -> Answer:
        if body["status"] != "lost":
            return Answer("ignored", "dispute_not_lost")
        payment = self.payments.get(body["payment"], Payment())
        if body["id"] in payment.refunds:
            return self.refunded_again(payment, body["id"], body.get("amount", 0))
        payment.refunds[body["id"]] = body.get("amount", 0)
        payment.disputed += body.get("amount", ALL)
        return self.refunded(payment, body["payment"], at)

    @staticmethod
    def refunded_again(payment: Payment, refund: str, amount: int) -> Answer:
        if payment.refunds[refund] != amount:
            raise Refused("refund_conflict")
        return Answer("ignored", "refund_already_completed")

    def refunded(self, payment: Payment, name: str, at: int) -> Answer:
        self.payments[name] = payment
        payment.refunded_at = max(payment.refunded_at, at)
        if payment.amount is None:
            return Answer("deferred", "payment_not_completed")
        answer = Answer("processed")
        self.claw_back(payment, answer.programs, (answer.redemptions, answer.credit))
        return answer

    def claw_back(self, payment: Payment, programs: list[Heard], told: Told) -> None:
        """After any sequence of refunds, a payment has earned exactly what its net amount would have earned.

        What was spent on it comes back before.
        """
        told[0].extend(self.return_points(payment))
        told[1].extend(self.return_shares(payment))
        at = min(self.now, max(payment.completed_at, payment.refunded_at))
        for award in payment.awards:
            net = pricing_model.net_of_own(award.own_amount, payment.amount or 0, payment.net)
            award.due = max(award.due, award.earned - award.worth(net))
            if award.share is not None:
                award.share.settle(net)
            owed = max(0, award.due - award.lot.expired - award.reversed)
            if owed:
                award.reversed += owed
                amount = award.member.reverse(award.lot, owed, at)
                heard = next((each for each in programs if each.program == award.member.program.id), None)
                if heard is None:
                    heard = Heard(award.member.program.id, "processed")
                    programs.append(heard)
                heard.amounts.append(amount)
        self.take_progress_back(payment, programs, at)
        self.reverse_referrals(payment)
