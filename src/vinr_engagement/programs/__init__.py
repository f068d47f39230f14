"""A program and its policies: what its points are called and worth, when they expire, how refunds are settled."""

from vinr_engagement.programs.policy import credit_dates, inactivity_deadline, lowest_tier
from vinr_engagement.programs.program import (
    DEFAULT_PROGRAM,
    Currency,
    Expiry,
    Program,
    ProgramRow,
    ReferralLimit,
    Tier,
    TierConfig,
    TierDowngrade,
    TierPeriod,
    check_share_url,
    default_program,
    definition_of,
    program_of,
    row_of,
    validate,
)
from vinr_engagement.programs.tables import PROGRAMS

__all__ = [
    "DEFAULT_PROGRAM",
    "PROGRAMS",
    "Currency",
    "Expiry",
    "Program",
    "ProgramRow",
    "ReferralLimit",
    "Tier",
    "TierConfig",
    "TierDowngrade",
    "TierPeriod",
    "check_share_url",
    "credit_dates",
    "default_program",
    "definition_of",
    "inactivity_deadline",
    "lowest_tier",
    "program_of",
    "row_of",
    "validate",
]
