"""What points buy: rewards, and members' redemptions of them."""

from vinr_engagement.rewards.availability import Applicant, beyond_limit, out_of_stock, refusal_of
from vinr_engagement.rewards.redemption import redemption_snapshot
from vinr_engagement.rewards.release import release_needs, taken_of, usage_key
from vinr_engagement.rewards.reward import Reward, parse_reward, reward_of, reward_snapshot, row_of
from vinr_engagement.rewards.tables import (
    EXPIRING_REDEMPTIONS,
    REDEMPTION_CODES,
    REDEMPTION_OWNERS,
    REDEMPTIONS,
    REWARD_STOCK,
    REWARDS,
    Redemption,
    RedemptionCode,
    RedemptionOwner,
    RewardRow,
    RewardStock,
    code_key,
    new_code,
    redemption_key,
)
from vinr_engagement.rewards.types import TYPES, Artifact, RewardType

__all__ = [
    "EXPIRING_REDEMPTIONS",
    "REDEMPTIONS",
    "REDEMPTION_CODES",
    "REDEMPTION_OWNERS",
    "REWARDS",
    "REWARD_STOCK",
    "TYPES",
    "Applicant",
    "Artifact",
    "Redemption",
    "RedemptionCode",
    "RedemptionOwner",
    "Reward",
    "RewardRow",
    "RewardStock",
    "RewardType",
    "beyond_limit",
    "code_key",
    "new_code",
    "out_of_stock",
    "parse_reward",
    "redemption_key",
    "redemption_snapshot",
    "refusal_of",
    "release_needs",
    "reward_of",
    "reward_snapshot",
    "row_of",
    "taken_of",
    "usage_key",
]
