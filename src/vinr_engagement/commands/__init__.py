"""What can be asked for, one module each, and the write path that runs it in batches; the only place that crosses rooms."""

from vinr_engagement.commands.accounts import CloseAccount, CreateAccount, EraseAccount, ReopenAccount, UpdateAccount
from vinr_engagement.commands.adjust import Adjust
from vinr_engagement.commands.api_keys import ApiKey, CreateKey, RevokeKey, key_snapshot
from vinr_engagement.commands.claims import Claim
from vinr_engagement.commands.clock import AdvanceClock, RejoinRealTime, SetClock, clock_snapshot
from vinr_engagement.commands.configure import (
    CreateProgram,
    CreateRule,
    UpdateProgram,
    UpdateRule,
    program_snapshot,
    rule_snapshot,
)
from vinr_engagement.commands.configure_rewards import CreateReward, UpdateReward
from vinr_engagement.commands.events import EventIn, EventOutcome, ReceiveEvent, ReplayEvent, parse_event
from vinr_engagement.commands.import_member import ImportMember
from vinr_engagement.commands.import_progress import ImportProgress, RememberImport, unfinished_import
from vinr_engagement.commands.member_in import MemberIn, parse_member
from vinr_engagement.commands.merge import MergeAccounts
from vinr_engagement.commands.pin_tier import PinTier
from vinr_engagement.commands.redemptions import (
    ApplyRedemption,
    FulfillRedemption,
    MemberRewards,
    RedeemReward,
    ReleaseRedemption,
)
from vinr_engagement.commands.refer import AttributeReferral, CreateReferral
from vinr_engagement.commands.settle import Settle
from vinr_engagement.commands.standing import tier_progress
from vinr_engagement.commands.store import Store
from vinr_engagement.commands.store_credit import IssueCredit, SpendCredit
from vinr_engagement.commands.write_path import Outcome, Render, Reply, WritePath

__all__ = [
    "Adjust",
    "AdvanceClock",
    "ApiKey",
    "ApplyRedemption",
    "AttributeReferral",
    "Claim",
    "CloseAccount",
    "CreateAccount",
    "CreateKey",
    "CreateProgram",
    "CreateReferral",
    "CreateReward",
    "CreateRule",
    "EraseAccount",
    "EventIn",
    "EventOutcome",
    "FulfillRedemption",
    "ImportMember",
    "ImportProgress",
    "IssueCredit",
    "MemberIn",
    "MemberRewards",
    "MergeAccounts",
    "Outcome",
    "PinTier",
    "ReceiveEvent",
    "RedeemReward",
    "RejoinRealTime",
    "ReleaseRedemption",
    "RememberImport",
    "Render",
    "ReopenAccount",
    "ReplayEvent",
    "Reply",
    "RevokeKey",
    "SetClock",
    "Settle",
    "SpendCredit",
    "Store",
    "UpdateAccount",
    "UpdateProgram",
    "UpdateReward",
    "UpdateRule",
    "WritePath",
    "clock_snapshot",
    "key_snapshot",
    "parse_event",
    "parse_member",
    "program_snapshot",
    "rule_snapshot",
    "tier_progress",
    "unfinished_import",
]
