"""What a restricted key may do, or a person in a role: ``resource:read`` or ``resource:write``; to write includes to read."""

from functools import cache
from typing import Final

RESOURCES: Final = (
    "accounts",
    "transactions",
    "credit",
    "programs",
    "earning_rules",
    "rewards",
    "redemptions",
    "referrals",
    "segments",
    "campaigns",
    "analytics",
    "customers",
    "events",
    "received_events",
    "webhook_endpoints",
    "connectors",
    "reports",
    "audit_log",
    "api_keys",
    "people",
    "test_helpers",
)
SCOPES: Final = tuple(f"{resource}:{access}" for resource in RESOURCES for access in ("read", "write"))

_OF_ADMINS: Final = frozenset(("webhook_endpoints", "connectors", "audit_log", "api_keys", "people"))
"""What only admins change: who may do what, and where data goes."""


@cache
def of_role(role: str) -> frozenset[str]:
    """What a person in this role may do; ``docs/guides/people.md`` shows it as a table, and a test compares."""
    reads = frozenset(f"{resource}:read" for resource in RESOURCES)
    if role == "viewer":
        return reads
    return reads | {f"{each}:write" for each in RESOURCES if role == "admin" or each not in _OF_ADMINS}


def granted(scopes: frozenset[str], required: str) -> bool:
    """Whether scopes include the required one."""
    if required in scopes:
        return True
    resource, _, access = required.partition(":")
    return access == "read" and f"{resource}:write" in scopes
