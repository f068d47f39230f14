"""Loyalty accounts and the customers behind them."""

from vinr_engagement.members.account import account_snapshot, copy_of, may_earn, merged_conflict, new_account
from vinr_engagement.members.customer import customer_snapshot, mirror, terms_of
from vinr_engagement.members.tables import (
    ACCOUNTS,
    CUSTOMERS,
    LINKS,
    LINKS_OF_ACCOUNT,
    TERMS,
    TERMS_OF_CUSTOMER,
    Account,
    Customer,
    CustomerLink,
    CustomerTerm,
    account_key,
    customer_key,
    link_key,
)

__all__ = [
    "ACCOUNTS",
    "CUSTOMERS",
    "LINKS",
    "LINKS_OF_ACCOUNT",
    "TERMS",
    "TERMS_OF_CUSTOMER",
    "Account",
    "Customer",
    "CustomerLink",
    "CustomerTerm",
    "account_key",
    "account_snapshot",
    "copy_of",
    "customer_key",
    "customer_snapshot",
    "link_key",
    "may_earn",
    "merged_conflict",
    "mirror",
    "new_account",
    "terms_of",
]
