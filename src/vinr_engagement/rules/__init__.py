"""When to award and how many: earning rules, conditions, and the one function that prices awards and clawbacks."""

from vinr_engagement.rules.award import Limited, Step, Terms, limit
from vinr_engagement.rules.conditions import Condition, Conditions, Failure, Judgement, parse_conditions
from vinr_engagement.rules.definition import (
    PAYING_TRIGGERS,
    RECIPIENTS,
    WINDOWS,
    Award,
    Cap,
    Factor,
    Multiplier,
    Rule,
    normalise,
    parse_rule,
)
from vinr_engagement.rules.evaluate import CampaignFactor, Verdict, amount_of, evaluate
from vinr_engagement.rules.facts import Behaviour, Facts, Needs, customer_needed, facts_needed, segments_needed
from vinr_engagement.rules.operators import OPERATORS
from vinr_engagement.rules.segments import Segment, parse_segment
from vinr_engagement.rules.tables import (
    RULE_BUDGETS,
    RULE_USAGE,
    RULE_VERSIONS,
    RULES,
    SEGMENTS,
    USAGE_OF_ACCOUNT,
    RuleBudget,
    RuleRow,
    RuleUsage,
    RuleVersionRow,
    SegmentRow,
)

__all__ = [
    "OPERATORS",
    "PAYING_TRIGGERS",
    "RECIPIENTS",
    "RULES",
    "RULE_BUDGETS",
    "RULE_USAGE",
    "RULE_VERSIONS",
    "SEGMENTS",
    "USAGE_OF_ACCOUNT",
    "WINDOWS",
    "Award",
    "Behaviour",
    "CampaignFactor",
    "Cap",
    "Condition",
    "Conditions",
    "Factor",
    "Facts",
    "Failure",
    "Judgement",
    "Limited",
    "Multiplier",
    "Needs",
    "Rule",
    "RuleBudget",
    "RuleRow",
    "RuleUsage",
    "RuleVersionRow",
    "Segment",
    "SegmentRow",
    "Step",
    "Terms",
    "Verdict",
    "amount_of",
    "customer_needed",
    "evaluate",
    "facts_needed",
    "limit",
    "normalise",
    "parse_conditions",
    "parse_rule",
    "parse_segment",
    "segments_needed",
]
