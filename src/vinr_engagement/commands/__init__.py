"""What can be asked for, one module each, and the write path that runs it in batches; the only place that crosses rooms."""

from vinr_engagement.commands.accounts import CloseAccount, CreateAccount, EraseAccount, ReopenAccount, UpdateAccount
from vinr_engagement.commands.adjust import Adjust
from vinr_engagement.commands.api_keys import ApiKey, CreateKey, RevokeKey, key_snapshot
from vinr_engagement.commands.campaigns import AnnounceCampaigns, CreateCampaign, UpdateCampaign
from vinr_engagement.commands.claims import Claim
from vinr_engagement.commands.clock import AdvanceClock, RejoinRealTime, SetClock, clock_set, clock_snapshot
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
from vinr_engagement.commands.people import (
    AcceptInvitation,
    AddPerson,
    ChangePassword,
    ResetPassword,
    SignIn,
    SignOut,
    UpdatePerson,
)
from vinr_engagement.commands.pin_tier import PinTier
from vinr_engagement.commands.redemptions import (
    ApplyRedemption,
    FulfillRedemption,
    MemberRewards,
    RedeemReward,
    ReleaseRedemption,
)
from vinr_engagement.commands.refer import AttributeReferral, CreateReferral
from vinr_engagement.commands.reports import CreateReport, DeleteReport
from vinr_engagement.commands.segment_members import Census, count_members, members_page
from vinr_engagement.commands.segments import CreateSegment, DeleteSegment, UpdateSegment, segment_snapshot
from vinr_engagement.commands.settle import Settle
from vinr_engagement.commands.standing import tier_progress
from vinr_engagement.commands.store import Store
from vinr_engagement.commands.store_credit import IssueCredit, SpendCredit
from vinr_engagement.commands.webhook_deliveries import Redeliver, ReplayEvents
from vinr_engagement.commands.webhook_endpoints import (
    CreateEndpoint,
    DeleteEndpoint,
    DisableEndpoint,
    RotateSecret,
    UpdateEndpoint,
)
from vinr_engagement.commands.write_path import Outcome, Render, Reply, WritePath

__all__ = [
    "AcceptInvitation",
    "AddPerson",
    "Adjust",
    "AdvanceClock",
    "AnnounceCampaigns",
    "ApiKey",
    "ApplyRedemption",
    "AttributeReferral",
    "Census",
    "ChangePassword",
    "Claim",
    "CloseAccount",
    "CreateAccount",
    "CreateCampaign",
    "CreateEndpoint",
    "CreateKey",
    "CreateProgram",
    "CreateReferral",
    "CreateReport",
    "CreateReward",
    "CreateRule",
    "CreateSegment",
    "DeleteEndpoint",
    "DeleteReport",
    "DeleteSegment",
    "DisableEndpoint",
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
    "Redeliver",
    "RejoinRealTime",
    "ReleaseRedemption",
    "RememberImport",
    "Render",
    "ReopenAccount",
    "ReplayEvent",
    "ReplayEvents",
    "Reply",
    "ResetPassword",
    "RevokeKey",
    "RotateSecret",
    "SetClock",
    "Settle",
    "SignIn",
    "SignOut",
    "SpendCredit",
    "Store",
    "UpdateAccount",
    "UpdateCampaign",
    "UpdateEndpoint",
    "UpdatePerson",
    "UpdateProgram",
    "UpdateReward",
    "UpdateRule",
    "UpdateSegment",
    "WritePath",
    "clock_set",
    "clock_snapshot",
    "count_members",
    "key_snapshot",
    "members_page",
    "parse_event",
    "parse_member",
    "program_snapshot",
    "rule_snapshot",
    "segment_snapshot",
    "tier_progress",
    "unfinished_import",
]
