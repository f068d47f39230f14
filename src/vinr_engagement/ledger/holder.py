"""Whose ledger it is, and why a row is written."""

from typing import NamedTuple, Protocol


class Holder(Protocol):
    """An account with its running totals, or one of its wallets. Announce its change to the state before posting.

    ``unit`` is what it holds: points, or a currency.
    """

    @property
    def unit(self) -> str:
        """What it holds."""
        ...

    id: str
    bucket: int
    program: str
    balance: int
    pending_balance: int
    lifetime_points: int
    next_due_at: int | None
    activity_at: int
    sequence: int
    updated_at: int

    def all_buckets(self) -> list[int]:
        """Where the account's rows may be."""
        ...


class Source(NamedTuple):
    """What a row comes from: ``payment`` ``invoice`` ``redemption`` ``adjustment`` ``event`` ``expiry`` and its id."""

    type: str
    id: str | None


class Cause(NamedTuple):
    """Why a row is written, with the ids where they apply. ``metadata`` is JSON."""

    type: str
    source: Source
    reason: str | None = None
    event: str | None = None
    rule: str | None = None
    rule_version: int | None = None
    campaign: str | None = None
    redemption: str | None = None
    reverses: str | None = None
    metadata: str = "{}"
