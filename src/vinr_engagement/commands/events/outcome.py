"""What came of an event: the answer to its sender, and what is kept for a repeat."""

from typing import Any, Literal

import msgspec

from vinr_engagement.ledger import POINTS, Transaction

Status = Literal["processed", "ignored", "deferred", "duplicate"]


class TransactionLine(msgspec.Struct, omit_defaults=True):
    """A ledger row that the event wrote; ``unit`` is left out for points."""

    id: str
    type: str
    amount: int
    balance_after: int
    account: str
    unit: str = POINTS


def line(row: Transaction) -> TransactionLine:
    """A ledger row in the answer to an event."""
    return TransactionLine(row.id, row.type, row.amount, row.balance_after, row.account, row.unit)


class RuleOutcome(msgspec.Struct):
    """A rule that was looked at: what it awarded, or why not. ``failed`` names the conditions that did not hold."""

    rule: str
    version: int
    matched: bool
    points: int
    reason: str | None = None
    failed: Any = ()
    transaction: str | None = None


class ReferralLine(msgspec.Struct):
    """What a payment made of the referral by which the member came; ``reason`` says why it did not convert."""

    id: str
    status: str
    reason: str | None = None


class CampaignOutcome(msgspec.Struct):
    """A mechanic of a campaign that was looked at: the points that the campaign gave by it, or why none.

    ``index`` is its place among the campaign's mechanics.
    """

    campaign: str
    mechanic: str
    index: int
    matched: bool
    points: int
    reason: str | None = None
    failed: Any = ()
    transaction: str | None = None


class ProgramOutcome(msgspec.Struct):
    """What the event meant in one program."""

    program: str
    status: Status
    reason: str | None = None
    account: str | None = None
    enrolled: bool = False
    balance: int | None = None
    transactions: list[TransactionLine] = []
    rules: list[RuleOutcome] = []
    campaigns: list[CampaignOutcome] = []
    cascade_limit: bool = False
    referral: ReferralLine | None = None


class PaymentOutcome(msgspec.Struct):
    """What is known of the payment after the event. ``cut`` is what refunds claimed beyond its amount."""

    id: str
    amount: int | None
    refunded: int
    currency: str | None
    cut: int = 0


class RedemptionOutcome(msgspec.Struct):
    """A redemption that the payment names, or that is applied to it: what the event made of it, and why."""

    redemption: str
    status: Literal["pending", "applied", "released", "reversed", "conflict", "unknown"]
    reason: str | None = None


class CreditOutcome(msgspec.Struct):
    """Store credit that was spent on the payment: what of it was ``returned``, or a ``conflict``, of a payment that completed
    after its failure had given the credit back.

    ``spend`` is the id of the spend's row, ``transaction`` that of the row that gives back; ``amount`` is what came back, or
    what is missing, in minor units.
    """

    spend: str
    account: str
    currency: str
    amount: int
    status: Literal["returned", "conflict"]
    transaction: str | None = None
    balance_after: int | None = None


class Spent(msgspec.Struct):
    """What the event meant for what members had spent on its payment."""

    credit: list[CreditOutcome] = []
    redemptions: list[RedemptionOutcome] = []


class EventOutcome(msgspec.Struct, dict=True):
    """The answer. A duplicate has the first outcome, and its status in ``first_status``."""

    id: str
    type: str
    status: Status
    reason: str | None = None
    programs: list[ProgramOutcome] = []
    payment: PaymentOutcome | None = None
    customer: str | None = None
    credit: list[CreditOutcome] = []
    redemptions: list[RedemptionOutcome] = []
    first_status: Status | None = None
    object: str = "event_outcome"

    @property
    def encoded(self) -> bytes:
        """The outcome as JSON, made once: it is kept and it is sent. Ask for it when the outcome is complete."""
        made: bytes | None = self.__dict__.get("encoded")  # functools.cached_property takes a lock in Python 3.11
        if made is None:
            made = self.__dict__["encoded"] = msgspec.json.encode(self)
        return made


decoder = msgspec.json.Decoder(EventOutcome)


def overall(programs: list[ProgramOutcome], told: Spent | None = None) -> tuple[Status, str | None]:
    """The event's own status: processed where it was in any program, or did something to what was spent on its payment; else
    ignored for the first reason.
    """
    spent = told is not None and any(each.status != "unknown" for each in told.redemptions)
    if spent or any(entry.status == "processed" for entry in programs):
        return "processed", None
    return "ignored", programs[0].reason if programs else "no_program"
