"""The rows of this room: definitions with their versions, and what caps and budgets have left."""

import msgspec

from vinr_engagement.foundation.database import Query, Table


class RuleRow(msgspec.Struct, gc=False):
    """An earning rule at its newest version; ``body`` is its definition as JSON."""

    id: str
    program: str
    version: int
    active: bool
    body: str
    created_at: int
    updated_at: int


class RuleVersionRow(msgspec.Struct, gc=False):
    """A version of a rule, kept for ever."""

    rule: str
    version: int
    body: str
    created_at: int


class RuleBudget(msgspec.Struct, gc=False):
    """What a rule with a budget has given so far, net of what was reversed."""

    rule: str
    points: int


class RuleUsage(msgspec.Struct, gc=False):
    """What a rule with a cap has given one member in one window, net of what was reversed."""

    bucket: int
    account: str
    rule: str
    period: str
    points: int
    times: int


class SegmentRow(msgspec.Struct, gc=False):
    """A segment; ``body`` is its definition as JSON. One that is not active is kept for what names it, and holds nobody."""

    id: str
    program: str
    active: bool
    body: str
    created_at: int
    updated_at: int


SEGMENTS = Table("segments", SegmentRow, ("id",))
RULES = Table("earning_rules", RuleRow, ("id",))
RULE_VERSIONS = Table("earning_rule_versions", RuleVersionRow, ("rule", "version"))
RULE_BUDGETS = Table("rule_budgets", RuleBudget, ("rule",), locked=True)
RULE_USAGE = Table("rule_usage", RuleUsage, ("bucket", "account", "rule", "period"))
USAGE_OF_ACCOUNT = Query(RULE_USAGE, ("bucket", "account"))
