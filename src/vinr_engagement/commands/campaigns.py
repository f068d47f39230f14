"""Making, changing, launching and archiving campaigns; telling the world when they start and end."""

from collections.abc import Iterable
from typing import Any

from vinr_engagement import audit, campaigns, outbox
from vinr_engagement.campaigns import Campaign, CampaignRow
from vinr_engagement.commands.configuration import ProgramRules
from vinr_engagement.commands.configuring import NEW_VERSION, Configure, merged, refuse_unknown_segments
from vinr_engagement.commands.context import Context, Decision, no_such
from vinr_engagement.commands.events.incoming import MAX_EVENT_AHEAD
from vinr_engagement.foundation import ids, json
from vinr_engagement.foundation.clock import Instant, format_instant
from vinr_engagement.foundation.errors import Conflict, Invalid

_STATES = {"draft": "draft", "scheduled": "launched", "active": "launched", "archived": "archived"}
_SETTLED_ONCE_BEGUN = ("audience", "mechanics", "per_member_limit")
_FREE_IN_THE_END = frozenset(("name", "metadata"))


class CreateCampaign(Configure):
    """A new campaign from ``{program, name, audience, schedule, mechanics, goal, budget, per_member_limit, status, metadata}``;
    a draft unless ``status`` launches it.
    """

    def __init__(self, definition: dict[str, Any], identifier: str | None = None) -> None:
        self.definition = definition
        self.identifier = identifier

    def decide(self, context: Context) -> dict[str, Any]:
        program = self.definition.get("program")
        entry = context.configuration.programs.get(program) if isinstance(program, str) else None
        if entry is None:
            raise no_such("program", str(program), "program")
        state = _state_asked(self.definition.get("status") or "draft")
        body = {**_without_status(self.definition), "id": self.identifier or ids.new_id("camp")}
        row = CampaignRow(body["id"], entry.program.id, state, None, None, None, None, 0, "", context.now, context.now)
        _fill(context, entry, row, campaigns.normalise(body))
        context.state.insert(row)
        return _noted(context, "campaign.created", None, row)


class UpdateCampaign(Configure):
    """Replaces the fields given, as far as the campaign may still be changed; ``status`` launches or archives it.

    Raises ``Conflict``: ``campaign_begun`` for what is settled once a campaign has begun, ``campaign_archived`` for one that
    is over for good.
    """

    def __init__(self, campaign: str, changes: dict[str, Any]) -> None:
        self.campaign = campaign
        self.changes = changes

    def decide(self, context: Context) -> dict[str, Any]:
        row = context.state.find(campaigns.CAMPAIGNS, (self.campaign,))
        if row is None:
            raise no_such("campaign", self.campaign)
        before, held = campaigns.campaign_snapshot(row, context.now), json.decode(row.body)
        if "program" in self.changes and self.changes["program"] != row.program:
            raise Invalid(
                "parameter_invalid", "program of a campaign cannot be changed; make a new one.", param="program"
            )
        changed = campaigns.normalise(merged(held, _without_status(self.changes), ("schedule", "metadata")))
        state = row.state if "status" not in self.changes else _state_asked(self.changes["status"])
        _refuse_too_late(context, row, held, changed, state)
        context.state.change(row)
        was_running, row.state, row.updated_at = row.announced == "started", state, context.now
        _fill(context, context.configuration.programs[row.program], row, changed)
        if state == "archived" and was_running:
            _tell(context, row, "ended", context.now)
        return _noted(context, "campaign.updated", before, row)


def _state_asked(status: str) -> str:
    if status not in _STATES:
        known = ", ".join(_STATES)
        hint = "; to end a campaign set schedule.ends_at, or archive it" if status == "ended" else ""
        raise Invalid("parameter_invalid", f"status may be set to one of {known}{hint}.", param="status")
    return _STATES[status]


def _without_status(definition: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in definition.items() if name != "status"}


def _refuse_too_late(
    context: Context, row: CampaignRow, held: dict[str, Any], changed: dict[str, Any], state: str
) -> None:
    if row.state == "archived":
        touched = {name for name, value in changed.items() if value != held.get(name)}
        if state != "archived" or touched - _FREE_IN_THE_END:
            raise Conflict(
                "campaign_archived", f"Campaign {row.id} is archived for good; make a new one.", resource=row.id
            )
    elif has_begun(row, context.now):
        _refuse_once_begun(row, held, changed, state)


def _refuse_once_begun(row: CampaignRow, held: dict[str, Any], changed: dict[str, Any], state: str) -> None:
    settled = [name for name in _SETTLED_ONCE_BEGUN if changed[name] != held[name]]
    settled += ["schedule.starts_at"] if changed["schedule"]["starts_at"] != row.starts_at else []
    settled += ["budget"] if (changed["budget"] is None) is not (held["budget"] is None) else []
    settled += ["status"] if state == "draft" else []
    if settled:
        raise Conflict(
            "campaign_begun",
            f"Campaign {row.id} has begun: its {settled[0]} stays as it is. Archive it and make a new one, or change its "
            "name, schedule.ends_at, goal, the points of its budget, or its metadata.",
            param=settled[0],
            resource=row.id,
        )


def has_begun(row: CampaignRow, now: Instant) -> bool:
    """Whether something may have been given already: an event may be a little ahead of the clock."""
    return row.state == "launched" and row.starts_at is not None and row.starts_at <= now + MAX_EVENT_AHEAD


def _fill(context: Context, entry: ProgramRules, row: CampaignRow, body: dict[str, Any]) -> None:
    """Checks a definition and writes it into the row; one that is launched without a beginning begins now."""
    if row.state == "launched" and body["schedule"]["starts_at"] is None:
        body = {**body, "schedule": {**body["schedule"], "starts_at": context.now}}
    compiled = campaigns.parse_campaign(body)
    _refuse_unknown(context, entry, compiled)
    row.body, row.starts_at, row.ends_at = json.text(body), compiled.starts_at, compiled.ends_at
    campaigns.reschedule(row, context.now)
    announce(context, row, context.now)


def _refuse_unknown(context: Context, entry: ProgramRules, campaign: Campaign) -> None:
    named = frozenset(() if campaign.audience.segment is None else (campaign.audience.segment,))
    refuse_unknown_segments(context, entry.program.id, named, "audience.segment")
    refuse_unknown_segments(context, entry.program.id, campaign.segments, "mechanics")
    for place, mechanic in enumerate(campaign.mechanics):
        if isinstance(mechanic, campaigns.FeaturedReward) and mechanic.reward not in entry.rewards:
            param = f"mechanics[{place}].reward"
            message = f"{param}: program {entry.program.id} has no reward {mechanic.reward!r}."
            raise Invalid("parameter_invalid", message, param=param)
    tier, known = campaign.audience.tier, [tier.key for tier in entry.program.tier_config.tiers]
    if tier is not None and tier not in known:
        raise Invalid(
            "parameter_invalid",
            f"audience.tier: program {entry.program.id} has no tier {tier!r}; it has {', '.join(known) or 'none'}.",
            param="audience.tier",
        )


def announce(context: Context, row: CampaignRow, now: Instant) -> int:
    """Tells of all that has come since it was told last; announce the row's change first. Answers how many facts that is.

    The row remembers what was told, and is locked while it is: whoever comes second finds it told.
    """
    count = 0
    while (upcoming := campaigns.next_due(row)) is not None and upcoming[0] <= now:
        at, announcement = upcoming
        _tell(context, row, announcement, now, at)
        count += 1
    row.due_at = None if upcoming is None else upcoming[0]
    return count


def _tell(
    context: Context, row: CampaignRow, announcement: campaigns.Announcement, now: Instant, at: Instant | None = None
) -> None:
    happened = now if at is None else at
    row.announced = announcement
    snapshot = {**campaigns.campaign_snapshot(row, happened), "effective_at": format_instant(happened)}
    outbox.record(context.state, row, f"campaign.{announcement}", snapshot, now)


def _noted(context: Context, action: str, before: Any, row: CampaignRow) -> dict[str, Any]:
    context.statements.append(NEW_VERSION)
    after = campaigns.campaign_snapshot(row, context.now)
    audit.note(context.state, context.origin, action, row.id, before, after, context.now)
    return after


class AnnounceCampaigns(Decision):
    """Tells of the campaigns that have started or ended since; answers how many facts were told."""

    def __init__(self, identifiers: Iterable[str]) -> None:
        self.identifiers = list(identifiers)

    def decide(self, context: Context) -> int:
        count = 0
        for identifier in self.identifiers:
            row = context.state.find(campaigns.CAMPAIGNS, (identifier,))
            if row is not None and row.due_at is not None and row.due_at <= context.now:
                count += announce(context, context.state.change(row), context.now)
        return count


def announce_until(context: Context, moment: Instant) -> None:
    """Tells of all campaigns that have started or ended by a moment that the clock is moved to."""
    for entry in context.configuration.programs.values():
        for campaign in entry.campaigns.values():
            if campaign.launched and campaign.starts_at is not None and campaign.starts_at <= moment:
                row = context.state.find(campaigns.CAMPAIGNS, (campaign.id,))
                if row is not None and row.due_at is not None and row.due_at <= moment:
                    announce(context, context.state.change(row), moment)


def naming_campaigns(entry: ProgramRules, segment: str) -> Iterable[str]:
    """The campaigns that go by a segment and are not archived."""
    return (each.id for each in entry.campaigns.values() if segment in each.segments and not each.archived)
