"""The rows of this room. Ledger rows are only ever added."""

import msgspec

from vinr_engagement.foundation.database import Query, Table

POINTS = "points"
"""The unit of loyalty points; store credit has a currency in its place, and counts its minor units."""


class Transaction(msgspec.Struct, gc=False):
    """One ledger row. ``amount`` is signed; ``qualifying`` is what it added to ``lifetime_points``."""

    bucket: int
    account: str
    id: str
    original_account: str
    program: str
    unit: str
    type: str
    amount: int
    balance_after: int
    reason: str | None
    source_type: str
    source_id: str | None
    event: str | None
    rule: str | None
    rule_version: int | None
    campaign: str | None
    redemption: str | None
    reverses: str | None
    available_at: int | None
    expires_at: int | None
    uncollected: int
    qualifying: int
    explanation: str
    metadata: str
    created_at: int
    effective_at: int


class Lot(msgspec.Struct, gc=False):
    """What is left of one credit; it has the credit's id.

    ``closes_at`` is when what remains expires; lots that wait for activity have ``inactivity_months`` in its place.
    ``noticed_for`` is the deadline that was announced last; ``expired`` the points that expired from this lot.
    """

    bucket: int
    account: str
    id: str
    unit: str
    amount: int
    remaining: int
    expired: int
    pending: bool
    noticed_for: int | None
    grace_given: bool
    available_at: int
    expires_at: int | None
    closes_at: int | None
    inactivity_months: int | None
    effective_at: int


TRANSACTIONS = Table("transactions", Transaction, ("bucket", "account", "id"))
LOTS = Table("lots", Lot, ("bucket", "account", "id"))
OPEN_LOTS = Query(LOTS, ("bucket", "account"), "remaining > 0")
