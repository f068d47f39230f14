"""What came of an event: the answer to its sender, and what is kept for a repeat."""

from typing import Any, Literal

import msgspec

Status = Literal["processed", "ignored", "deferred", "duplicate"]


class TransactionLine(msgspec.Struct):
    """A ledger row that the event wrote."""

    id: str
    type: str
    amount: int
    balance_after: int
    account: str


class RuleOutcome(msgspec.Struct):
    """A rule that was looked at: what it awarded, or why not. ``failed`` names the conditions that did not hold."""

    rule: str
    version: int
    matched: bool
    points: int
    reason: str | None = None
    failed: Any = ()
    transaction: str | None = None


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


class PaymentOutcome(msgspec.Struct):
    """What is known of the payment after the event. ``cut`` is what refunds claimed beyond its amount."""

    id: str
    amount: int | None
    refunded: int
    currency: str | None
    cut: int = 0


class EventOutcome(msgspec.Struct, dict=True):
    """The answer. A duplicate has the first outcome, and its status in ``first_status``."""

    id: str
    type: str
    status: Status
    reason: str | None = None
    programs: list[ProgramOutcome] = []
    payment: PaymentOutcome | None = None
    customer: str | None = None
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


def overall(programs: list[ProgramOutcome]) -> tuple[Status, str | None]:
    """The event's own status: processed where it was in any program, else ignored for the first reason."""
    if any(entry.status == "processed" for entry in programs):
        return "processed", None
    return "ignored", programs[0].reason if programs else "no_program"
