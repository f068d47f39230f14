"""Changing rewards. Each change is in the audit log, and every process follows from its next batch on."""

from typing import Any

from vinr_engagement import audit, rewards
from vinr_engagement.commands.configuring import (
    NEW_VERSION,
    Configure,
    merged,
    refuse_unknown_program,
    refuse_unknown_segments,
)
from vinr_engagement.commands.context import Context, no_such
from vinr_engagement.foundation import ids, json
from vinr_engagement.foundation.errors import Invalid
from vinr_engagement.rewards import Reward, RewardStock


class CreateReward(Configure):
    """A new reward."""

    def __init__(self, definition: dict[str, Any], identifier: str | None = None) -> None:
        self.definition = definition
        self.identifier = identifier

    def decide(self, context: Context) -> dict[str, Any]:
        refuse_unknown_program(context, self.definition.get("program"))
        stamps = {"id": self.identifier or ids.new_id("rwd"), "created_at": context.now, "updated_at": context.now}
        reward = _checked(context, {**self.definition, **stamps})
        context.state.insert(rewards.row_of(reward))
        context.state.insert(RewardStock(reward.id, 0))
        return _noted(context, "reward.created", None, reward, 0)


class UpdateReward(Configure):
    """Replaces the fields given; metadata is merged key by key. What was redeemed keeps what it was."""

    def __init__(self, reward: str, changes: dict[str, Any]) -> None:
        self.reward = reward
        self.changes = changes

    def decide(self, context: Context) -> dict[str, Any]:
        row = context.state.find(rewards.REWARDS, (self.reward,))
        if row is None:
            raise no_such("reward", self.reward)
        held = json.decode(row.body)
        if self.changes.get("program", held["program"]) != held["program"]:
            message = "program of a reward cannot be changed; make a new reward."
            raise Invalid("parameter_invalid", message, param="program")
        stock = context.state.find(rewards.REWARD_STOCK, (self.reward,))
        taken = 0 if stock is None else stock.taken
        changed = {**merged(held, self.changes, ("metadata",)), "updated_at": context.now}
        reward = _checked(context, changed)
        context.state.replace(rewards.row_of(reward))
        return _noted(context, "reward.updated", rewards.reward_snapshot(held, taken), reward, taken)


def _checked(context: Context, definition: dict[str, Any]) -> Reward:
    reward = rewards.parse_reward(definition)
    entry = context.configuration.programs.get(reward.program)
    known = set() if entry is None else {tier.key for tier in entry.program.tier_config.tiers}
    unknown = sorted(reward.tiers - known)
    if unknown:
        message = f"eligibility.tiers: program {reward.program} has no tier {unknown[0]!r}."
        raise Invalid("parameter_invalid", message, param="eligibility.tiers")
    if reward.segment is not None:
        refuse_unknown_segments(context, reward.program, frozenset((reward.segment,)), "eligibility.segment")
    return reward


def _noted(context: Context, action: str, before: Any, reward: Reward, taken: int) -> dict[str, Any]:
    context.statements.append(NEW_VERSION)
    snapshot = rewards.reward_snapshot(reward.definition, taken)
    audit.note(context.state, context.origin, action, reward.id, before, snapshot, context.now)
    return snapshot
