"""The rows of this room."""

import msgspec

from vinr_engagement.foundation import ids, json
from vinr_engagement.foundation.database import Key, Query, Table


class Account(msgspec.Struct, gc=False):
    """A member. The balances are a cache of the ledger, kept in the same transaction.

    ``next_due_at`` is no later than the next change that time will bring (points becoming available, expiring);
    ``buckets`` are those of accounts merged into this one; ``activity_at`` is the last earn or redemption;
    ``last_activity_at`` the last event of any kind. ``tier`` is the one that counts: the higher of ``tier_earned``, which the
    qualifying value reached, and of that of ``tier_pin`` (see the room of tiers for these and what goes with them).
    ``referral`` is the referral by which the member came, while it may still convert; ``redemptions`` those not released.
    """

    bucket: int
    id: str
    program: str
    customer: str | None
    status: str
    balance: int
    pending_balance: int
    lifetime_points: int
    tier: str | None
    merged_into: str | None
    merged_at: int | None
    buckets: str
    metadata: str
    sequence: int
    next_due_at: int | None
    activity_at: int
    enrolled_at: int
    created_at: int
    updated_at: int
    last_activity_at: int | None
    erased_at: int | None
    tier_earned: str | None
    tier_kept_until: int | None
    tier_below_since: int | None
    tier_pin: str | None
    referral: str | None
    redemptions: int

    @property
    def unit(self) -> str:
        """What the account itself holds; store credit is held by its wallets."""
        return "points"

    def all_buckets(self) -> list[int]:
        """Where the account's rows may be: its own bucket first."""
        return [self.bucket] if self.buckets == "[]" else [self.bucket, *json.decode(self.buckets)]


class CustomerLink(msgspec.Struct, gc=False):
    """Which account a customer has in a program: the active one, or the last one that was closed."""

    bucket: int
    customer: str
    program: str
    account: str


class Customer(msgspec.Struct, gc=False):
    """What the shop's ``customer.*`` events say of a buyer. ``body`` is the last object received, as JSON."""

    bucket: int
    id: str
    listed_id: str
    email: str | None
    name: str | None
    country: str | None
    birthday: str | None
    metadata: str
    body: str
    created_at: int
    updated_at: int
    deleted_at: int | None


class CustomerTerm(msgspec.Struct, gc=False):
    """Something that a customer of the mirror is found by the beginning of, in one spelling."""

    bucket: int
    customer: str
    term: str


ACCOUNTS = Table("accounts", Account, ("bucket", "id"), locked=True)
LINKS = Table("customer_links", CustomerLink, ("bucket", "customer", "program"))
LINKS_OF_ACCOUNT = Query(LINKS, ("account",))
CUSTOMERS = Table("customers", Customer, ("bucket", "id"))
TERMS = Table("customer_terms", CustomerTerm, ("bucket", "customer", "term"))
TERMS_OF_CUSTOMER = Query(TERMS, ("bucket", "customer"))


def account_key(account: str) -> Key:
    """Where an account is."""
    return (ids.bucket_of(account), account)


def customer_key(customer: str) -> Key:
    """Where a customer is."""
    return (ids.bucket_of(customer), customer)


def link_key(customer: str, program: str) -> Key:
    """Where a customer's link to a program is."""
    return (ids.bucket_of(customer), customer, program)
