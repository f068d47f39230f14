"""What a restricted key may do: ``resource:read`` or ``resource:write``; to write includes to read."""

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
    "test_helpers",
)
SCOPES: Final = tuple(f"{resource}:{access}" for resource in RESOURCES for access in ("read", "write"))


def granted(scopes: frozenset[str], required: str) -> bool:
    """Whether scopes include the required one."""
    if required in scopes:
        return True
    resource, _, access = required.partition(":")
    return access == "read" and f"{resource}:write" in scopes
