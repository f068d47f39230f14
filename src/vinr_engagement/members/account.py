"""An account as others see it, and what its status allows."""

from copy import copy
from typing import Any

from vinr_engagement.foundation import ids, json
from vinr_engagement.foundation.clock import Instant, format_instant
from vinr_engagement.foundation.errors import Conflict
from vinr_engagement.members.tables import Account


def new_account(
    program: str, customer: str | None, metadata: dict[str, str], enrolled_at: Instant, now: Instant
) -> Account:
    """An active account with nothing on it."""
    identifier = ids.new_id("loy")
    return Account(
        bucket=ids.bucket_of(identifier),
        id=identifier,
        program=program,
        customer=customer,
        status="active",
        balance=0,
        pending_balance=0,
        lifetime_points=0,
        tier=None,
        merged_into=None,
        merged_at=None,
        buckets="[]",
        metadata=json.text(metadata),
        sequence=0,
        next_due_at=None,
        activity_at=enrolled_at,
        enrolled_at=enrolled_at,
        created_at=now,
        updated_at=now,
        last_activity_at=None,
        erased_at=None,
        tier_earned=None,
        tier_kept_until=None,
        tier_below_since=None,
        tier_pin=None,
        referral=None,
        redemptions=0,
    )


def account_snapshot(account: Account) -> dict[str, Any]:
    """The account as the API and outgoing events show it."""
    return {
        "id": account.id,
        "object": "loyalty_account",
        "program": account.program,
        "customer": account.customer,
        "status": account.status,
        "balance": account.balance,
        "pending_balance": account.pending_balance,
        "lifetime_points": account.lifetime_points,
        "tier": account.tier,
        "merged_into": account.merged_into,
        "metadata": json.decode(account.metadata),
        "enrolled_at": format_instant(account.enrolled_at),
        "created_at": format_instant(account.created_at),
        "updated_at": format_instant(account.updated_at),
        "last_activity_at": None if account.last_activity_at is None else format_instant(account.last_activity_at),
    }


def may_earn(account: Account) -> bool:
    """Closed and merged accounts earn nothing."""
    return account.status == "active"


def merged_conflict(account: Account) -> Conflict:
    """The refusal of a command that names an account which was merged away."""
    return Conflict(
        "account_merged",
        f"Account {account.id} was merged into {account.merged_into}; use that one.",
        resource=account.merged_into,
    )


def copy_of(account: Account) -> Account:
    """An account to change without effect."""
    return copy(account)
