"""A member before a reward: all that decides whether they can have it."""

from vinr_engagement import members, rewards, rules
from vinr_engagement.commands import appraise, standing
from vinr_engagement.commands.configuration import ProgramRules
from vinr_engagement.commands.context import Context
from vinr_engagement.foundation.database import Need
from vinr_engagement.members import Account
from vinr_engagement.rewards import Applicant, Reward


def applicant_of(context: Context, entry: ProgramRules, account: Account, reward: Reward) -> Applicant:
    """The member, brought up to date, before a reward of their program. May raise ``NotGathered``."""
    segment = reward.segment
    return Applicant(
        account=account.id,
        status=account.status,
        program_status=entry.program.status,
        tier=account.tier,
        balance=account.balance,
        in_segment=segment is None or appraise.in_segment(context, entry, account, segment, context.now),
        taken=taken(context, reward),
        used=used(context, account, reward.id),
        now=context.now,
    )


def taken(context: Context, reward: Reward) -> int:
    """What the stock of a reward counts; nothing where there is no end of it."""
    if reward.inventory is None:
        return 0
    stock = context.state.find(rewards.REWARD_STOCK, (reward.id,))
    return 0 if stock is None else stock.taken


def used(context: Context, account: Account, reward: str) -> int:
    """How many of a reward the member has had, less those released."""
    usage = context.state.find(rules.RULE_USAGE, rewards.usage_key(account, reward))
    return 0 if usage is None else usage.times


def applicant_needs(entry: ProgramRules, account: Account, reward: Reward) -> list[Need]:
    """What :func:`applicant_of` looks at besides the account."""
    needs: list[Need] = [(rules.RULE_USAGE, rewards.usage_key(account, reward.id))]
    if reward.inventory is not None:
        needs.append((rewards.REWARD_STOCK, (reward.id,)))
    if reward.segment is None:
        return needs
    asked = entry.with_segments(rules.Needs(segments=frozenset((reward.segment,))))
    if asked.customer and account.customer is not None:
        needs.append((members.CUSTOMERS, members.customer_key(account.customer)))
    return [*needs, *standing.totals_needed(account)] if asked.behaviour else needs
