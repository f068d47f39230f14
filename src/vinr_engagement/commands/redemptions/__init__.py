"""Redeeming rewards, and what becomes of redemptions: applied, released, reversed."""

from vinr_engagement.commands.redemptions.available import MemberRewards
from vinr_engagement.commands.redemptions.redeem import RedeemReward
from vinr_engagement.commands.redemptions.resolve import ApplyRedemption, FulfillRedemption, ReleaseRedemption

__all__ = ["ApplyRedemption", "FulfillRedemption", "MemberRewards", "RedeemReward", "ReleaseRedemption"]
