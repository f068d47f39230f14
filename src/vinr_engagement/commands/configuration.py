"""Programs, rules, segments and campaigns as a process holds them: compiled once, replaced when the store has others."""

from collections import defaultdict
from collections.abc import Iterable
from functools import reduce
from operator import or_

import msgspec

from vinr_engagement import campaigns, outbox, programs, rewards, rules
from vinr_engagement.campaigns import Campaign
from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.database import Session, Table
from vinr_engagement.programs import Program
from vinr_engagement.rewards import Reward


class StoreState(msgspec.Struct, gc=False):
    """The one row that says by which version of the configuration, and by which clock, a store decides; ``clock_now`` is NULL
    where that is the real one.
    """

    id: int
    configuration_version: int
    clock_now: Instant | None


STORE_STATE = Table("store_state", StoreState, ("id",))
STORE_STATE_KEY = (1,)


class ProgramRules(msgspec.Struct):
    """A program with its active rules and launched campaigns by trigger, what they look at, its segments and its rewards.

    ``all_rules`` and ``campaigns`` have those that are over, too; ``featuring`` are launched campaigns that feature rewards.
    ``asking`` are the triggers whose rules or campaigns ask about the event or the member.
    """

    program: Program
    by_trigger: dict[str, list[rules.Rule]]
    needs_by_trigger: dict[str, rules.Needs]
    all_rules: dict[str, rules.Rule]
    segments: dict[str, rules.Segment]
    rewards: dict[str, Reward] = {}
    campaigns: dict[str, Campaign] = {}
    campaigns_by_trigger: dict[str, list[Campaign]] = {}
    featuring: list[Campaign] = []
    asking: frozenset[str] = frozenset()

    def rules_for(self, trigger: str) -> list[rules.Rule]:
        """The active rules of a trigger, oldest first."""
        return self.by_trigger.get(trigger, [])

    def campaigns_for(self, trigger: str) -> list[Campaign]:
        """The launched campaigns that react to a trigger, oldest first."""
        return self.campaigns_by_trigger.get(trigger, [])

    def needs_of(self, trigger: str) -> rules.Needs:
        """What has to be gathered to judge an event of a trigger, by way of segments as well."""
        return self.needs_by_trigger.get(trigger, _NOTHING)

    def with_segments(self, needs: rules.Needs) -> rules.Needs:
        """Needs with those of the segments in them."""
        for segment in needs.segments & self.segments.keys():
            needs |= self.segments[segment].needs
        return needs


_NOTHING = rules.Needs()


class Configuration(msgspec.Struct):
    """All programs of a store at one version.

    ``earning`` are those that events are evaluated in: all but archived ones. ``internal_triggers`` are the outgoing events
    that some rule reacts to.
    """

    version: int
    programs: dict[str, ProgramRules]
    earning: list[ProgramRules]
    internal_triggers: frozenset[str]

    def program(self, identifier: str) -> Program:
        """The program of an account, which always exists."""
        return self.programs[identifier].program


EMPTY = Configuration(-1, {}, [], frozenset())


async def load(session: Session, version: int) -> Configuration:
    """Reads and compiles everything."""
    compiled: dict[str, list[rules.Rule]] = defaultdict(list)
    for row in await session.rows(rules.RULES, "true order by id"):
        compiled[row.program].append(rules.parse_rule(json.decode(row.body)))
    segments: dict[str, dict[str, rules.Segment]] = defaultdict(dict)
    for held in await session.rows(rules.SEGMENTS, "active order by id"):
        segments[held.program][held.id] = rules.parse_segment(json.decode(held.body))
    launched: dict[str, list[Campaign]] = defaultdict(list)
    for made in await session.rows(campaigns.CAMPAIGNS, "true order by id"):
        launched[made.program].append(campaigns.parse_campaign({**json.decode(made.body), "state": made.state}))
    found = {
        row.id: program_rules(programs.program_of(row), compiled[row.id], segments[row.id], launched[row.id])
        for row in await session.rows(programs.PROGRAMS, "true order by id")
    }
    for reward in [rewards.reward_of(row) for row in await session.rows(rewards.REWARDS, "true order by id")]:
        found[reward.program].rewards[reward.id] = reward
    earning = [entry for entry in found.values() if entry.program.status != "archived"]
    return Configuration(version, found, earning, internal_triggers(earning))


def internal_triggers(earning: list[ProgramRules]) -> frozenset[str]:
    """The outgoing events that rules and campaigns of these programs react to."""
    named = {trigger for entry in earning for trigger in (*entry.by_trigger, *entry.campaigns_by_trigger)}
    return frozenset(named) & outbox.EVENT_TYPES


def program_rules(
    program: Program,
    compiled: list[rules.Rule],
    segments: dict[str, rules.Segment],
    made: Iterable[Campaign] = (),
) -> ProgramRules:
    """A program with rules, segments and campaigns, ready for events."""
    by_trigger: dict[str, list[rules.Rule]] = defaultdict(list)
    for rule in compiled:
        if rule.active:
            by_trigger[rule.trigger].append(rule)
    entry = ProgramRules(program, dict(by_trigger), {}, {rule.id: rule for rule in compiled}, segments)
    _add_campaigns(entry, {campaign.id: campaign for campaign in made})
    for trigger in {**by_trigger, **entry.campaigns_by_trigger}:
        wanted = [rule.needs for rule in entry.rules_for(trigger)]
        wanted += [campaign.needs(trigger) for campaign in entry.campaigns_for(trigger)]
        entry.needs_by_trigger[trigger] = entry.with_segments(reduce(or_, wanted))
    conditional = (rule.trigger for rule in compiled if rule.conditions is not None or rule.multipliers)
    entry.asking = frozenset((*conditional, *entry.campaigns_by_trigger))
    return entry


def _add_campaigns(entry: ProgramRules, made: dict[str, Campaign]) -> None:
    entry.campaigns, entry.campaigns_by_trigger, entry.featuring = made, {}, []
    for campaign in made.values():
        triggers = dict.fromkeys(mechanic.trigger for mechanic in campaign.mechanics) if campaign.launched else {}
        for trigger in triggers:
            listed = entry.featuring if trigger is None else entry.campaigns_by_trigger.setdefault(trigger, [])
            listed.append(campaign)
