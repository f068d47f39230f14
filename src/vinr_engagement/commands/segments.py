"""Making, changing and deleting segments. Each change is in the audit log, and every process follows from its next batch on."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from vinr_engagement import audit, rules
from vinr_engagement.commands.campaigns import naming_campaigns
from vinr_engagement.commands.configuration import ProgramRules
from vinr_engagement.commands.configuring import NEW_VERSION, Configure, merged, refuse_unknown_program
from vinr_engagement.commands.context import Context, no_such
from vinr_engagement.foundation import ids, json
from vinr_engagement.foundation.clock import format_instant
from vinr_engagement.foundation.errors import Conflict, Invalid
from vinr_engagement.rules import SegmentRow

_DEFAULTS: dict[str, Any] = {"match": "all", "conditions": [], "metadata": {}}


class CreateSegment(Configure):
    """A new segment from ``{program, name, match, conditions, metadata}``."""

    def __init__(self, definition: dict[str, Any], identifier: str | None = None) -> None:
        self.definition = definition
        self.identifier = identifier

    def decide(self, context: Context) -> dict[str, Any]:
        refuse_unknown_program(context, self.definition.get("program"))
        body = {**_DEFAULTS, **self.definition, "id": self.identifier or ids.new_id("seg")}
        row = context.state.insert(_row_of(body, context.now, context.now))
        return _noted(context, "segment.created", None, row)


class UpdateSegment(Configure):
    """Replaces the fields given; ``metadata`` is merged key by key. Whoever goes by the segment goes by the new one at once."""

    def __init__(self, segment: str, changes: dict[str, Any]) -> None:
        self.segment = segment
        self.changes = changes

    def decide(self, context: Context) -> dict[str, Any]:
        held = _segment(context, self.segment)
        before, body = segment_snapshot(held), json.decode(held.body)
        if self.changes.get("program", body["program"]) != body["program"]:
            raise Invalid(
                "parameter_invalid", "program of a segment cannot be changed; make a new one.", param="program"
            )
        changed = merged(body, self.changes, ("metadata",))
        row = context.state.replace(_row_of(changed, held.created_at, context.now))
        return _noted(context, "segment.updated", before, row)


class DeleteSegment(Configure):
    """Ends a segment that nothing names. Raises ``Conflict`` (``segment_in_use``) with the id of what does."""

    def __init__(self, segment: str) -> None:
        self.segment = segment

    def decide(self, context: Context) -> dict[str, Any]:
        row = _segment(context, self.segment)
        before = segment_snapshot(row)
        for kind, identifier in _users(context.configuration.programs[row.program], row.id):
            raise Conflict(
                "segment_in_use",
                f"Segment {row.id} is named by the {kind} {identifier}; take it out there first.",
                resource=identifier,
            )
        context.state.change(row)
        row.active, row.updated_at = False, context.now
        _noted(context, "segment.deleted", before, None, row.id)
        return {"id": row.id, "object": "segment", "deleted": True}


Users = Callable[[ProgramRules, str], Iterable[str]]
"""The ids of what names a segment."""


def _naming_rules(entry: ProgramRules, segment: str) -> Iterator[str]:
    return (rule.id for rule in entry.all_rules.values() if segment in rule.needs.segments)


def _naming_rewards(entry: ProgramRules, segment: str) -> Iterator[str]:
    return (reward.id for reward in entry.rewards.values() if reward.active and reward.segment == segment)


NAMED_BY: dict[str, Users] = {
    "earning rule": _naming_rules,
    "campaign": naming_campaigns,
    "reward": _naming_rewards,
}
"""Everything that may name a segment, by its kind in words."""


def _users(entry: ProgramRules, segment: str) -> Iterator[tuple[str, str]]:
    return ((kind, identifier) for kind, users in NAMED_BY.items() for identifier in users(entry, segment))


def _segment(context: Context, identifier: str) -> SegmentRow:
    row = context.state.find(rules.SEGMENTS, (identifier,))
    if row is None or not row.active:
        raise no_such("segment", identifier)
    return row


def _row_of(body: dict[str, Any], created_at: int, updated_at: int) -> SegmentRow:
    body = {**body, "conditions": body["conditions"] or []}
    segment = rules.parse_segment(body)
    return SegmentRow(segment.id, segment.program, True, json.text(body), created_at, updated_at)


def _noted(
    context: Context, action: str, before: Any, row: SegmentRow | None, identifier: str | None = None
) -> dict[str, Any]:
    context.statements.append(NEW_VERSION)
    after = None if row is None else segment_snapshot(row)
    resource = identifier if row is None else row.id
    assert resource is not None
    audit.note(context.state, context.origin, action, resource, before, after, context.now)
    return after or {}


def segment_snapshot(row: SegmentRow) -> dict[str, Any]:
    """The segment as the API shows it."""
    body: dict[str, Any] = json.decode(row.body)
    return {
        "id": row.id,
        "object": "segment",
        "program": row.program,
        **{name: body[name] for name in ("name", "match", "conditions", "metadata")},
        "created_at": format_instant(row.created_at),
        "updated_at": format_instant(row.updated_at),
    }
